package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"ringback/crm/message/smstest"
	"ringback/dialer"
	"ringback/internal/clock"
	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/redis"
)

// clusterCmd runs several servers on this machine as they would run on several:
// each a process of its own, on its own loopback address, over one database and
// one Redis. Store, customers and carrier are the demo's.
type clusterCmd struct {
	Nodes     int    `default:"3" help:"How many servers, 1 to 9."`
	Data      string `default:"./var/cluster" help:"Directory of everything the cluster keeps."`
	Port      int    `default:"8080" help:"Port of the consoles on 127.0.0.1, 127.0.0.2, …"`
	Reset     bool   `help:"Forget an earlier cluster in the data directory first."`
	Customers string `default:"mixed" enum:"mixed,answer,bursts" help:"How customers behave: mixed (as real ones), answer (everybody), bursts (everybody, with test tones)."`
	Postgres  string `env:"RINGBACK_POSTGRES_BIN" placeholder:"DIR" help:"Directory of PostgreSQL's programs (initdb, postgres); default: the newest on this machine."`
}

// clusterConns are the connections of the private database that the nodes share.
const clusterConns = 80

// Run starts the cluster and waits for Ctrl-C.
func (c *clusterCmd) Run(e *env) (err error) {
	started := time.Now()
	if c.Nodes < 1 || c.Nodes > 9 {
		return errs.New(errs.Invalid, "nodes", "--nodes 应为 1 到 9。", "--nodes is from 1 to 9.")
	}
	dir, err := dataDir(c.Data)
	if err != nil {
		return err
	}
	d := &demoCmd{Data: c.Data, Reset: c.Reset, Customers: c.Customers, Postgres: c.Postgres}
	s, err := d.stores(e, dir, "Starting the cluster's database and Redis …", 8)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	hot, err := clusterRedis(e.ctx, dir, s.log)
	if err != nil {
		return err
	}
	defer func() { _ = hot.Close() }()
	w, err := d.world(e.ctx, dir, s.log, s.pool)
	if err != nil {
		return err
	}
	if err := c.campaigns(e.ctx, d, w); err != nil {
		return err
	}
	return c.live(e, dir, w, s.db, hot.URL(), started)
}

// clusterRedis is a redis-server that several processes reach.
func clusterRedis(ctx context.Context, dir string, log *slog.Logger) (*redis.Server, error) {
	hot, err := redis.Open(ctx, redis.Options{Dir: filepath.Join(dir, "redis"), Logger: log})
	if err == nil && hot.URL() == "" {
		err = errors.Join(errs.New(errs.Unavailable, "redis_missing", "几个节点要共用一个 Redis：请安装 redis-server（make cluster 会自动安装）。",
			"Several servers share one Redis: install redis-server (make cluster does)."), hot.Close())
	}
	return hot, err
}

// campaigns makes the demo's campaigns, which the nodes then lead.
func (c *clusterCmd) campaigns(ctx context.Context, d *demoCmd, w demoWorld) error {
	w.n.dialer = dialer.New(dialer.Options{Pool: w.n.pool, Bus: w.n.bus, Clock: w.n.clock, Tasks: w.n.tasks, Box: w.n.box, Node: w.n.id, Recording: true, Logger: w.n.log})
	return d.prepareCampaigns(ctx, w)
}

// live runs carrier, message gateway and servers until Ctrl-C; the servers end
// first, then what they stand on.
func (c *clusterCmd) live(e *env, dir string, w demoWorld, db *keptCluster, redisURL string, started time.Time) error {
	gateway, err := simulatedGateway(&config.Config{})
	if err != nil {
		return err
	}
	below, stop := context.WithCancel(context.WithoutCancel(e.ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for _, run := range []func(context.Context) error{w.carrier.Run, gateway.Run, db.run, w.clock.follow} {
		running.Go(func() {
			if err := run(below); err != nil {
				fmt.Fprintln(e.log, "ringback:", err)
			}
		})
	}
	base := append(os.Environ(),
		"RINGBACK_DATABASE_URL="+db.appURL(), "RINGBACK_REDIS_URL="+redisURL, "RINGBACK_DATA="+dir, "RINGBACK_KEY=", "RINGBACK_KEY_FILE="+filepath.Join(dir, "seal.key"),
		"RINGBACK_SMS_URL="+gateway.URL(), "RINGBACK_SMS_TOKEN="+smstest.Token, "RINGBACK_DRAIN_SECONDS=10", "RINGBACK_DATABASE_CONNS="+strconv.Itoa(min(20, clusterConns/c.Nodes)),
		"RINGBACK_SIP_TRUNK_ADDRESS=")
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	s := servers{tell: e.log, dir: dir, program: []string{self, "serve", "--simulated"}, ended: make(chan *server, c.Nodes)}
	defer s.stop()
	for i := range c.Nodes {
		if err := s.start(e.ctx, i+1, c.Port, base); err != nil {
			return err
		}
	}
	c.welcome(e, s, w, time.Since(started))
	return s.watch(e.ctx)
}

func (c *clusterCmd) welcome(e *env, s servers, w demoWorld, took time.Duration) {
	fmt.Fprintf(e.out, "\nRingback cluster is ready (%.1f s).  集群已就绪。\n\n", took.Seconds())
	for _, n := range s.all {
		fmt.Fprintf(e.out, "  node / 节点 %d   %-24s pid %-8d log %s\n", n.no, n.url, n.cmd.Process.Pid, n.log)
	}
	for _, u := range demoUsers() {
		fmt.Fprintf(e.out, "  %-14s %s / %s\n", u.role, u.login, demoPassword)
	}
	fmt.Fprintf(e.out, `  business time  %s

What to do: sign in as agent1 at one node and as agent2 at another, allow the microphone and press F2.
Any node may lead the campaign and place its calls; an agent talks to customers of all of them.
kill -9 a node's pid: its campaigns and calls go on at the others. Ctrl-C stops everything.
接下来：agent1 和 agent2 分别登录两个节点，按 F2 签入；用 kill -9 结束任一节点，其余节点会接管。
`, w.n.clock.Now().In(clock.Shanghai()).Format("2006-01-02 15:04"))
}

// consoleOf is the address of a node's console.
func consoleOf(no, port int) string {
	return net.JoinHostPort("127.0.0."+strconv.Itoa(no), strconv.Itoa(port))
}
