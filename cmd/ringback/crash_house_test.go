package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/auth"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony"
)

// crashNodeEnv makes this test program one server of the crash harness.
const crashNodeEnv = "RINGBACK_CRASH_NODE"

// runCrashNode is `ringback serve`.
func runCrashNode() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return run(ctx, []string{"serve"}, os.Getenv, io.Discard, os.Stderr)
}

// crashHouse is a store on several servers, each a process of its own, with one
// PostgreSQL, one Redis, and a carrier that keeps its own log.
type crashHouse struct {
	t        *testing.T
	dir      string
	cluster  *keptCluster
	redis    *crashRedis
	street   *crashStreet
	nodes    []*crashNode
	agents   []*crashAgent
	store    dealer.Store
	campaign uuid.UUID
}

const (
	crashNodes  = 3
	crashAgents = 6
)

// newCrashHouse stands when every server answers. tasks is how many calls there
// are to make.
func newCrashHouse(t *testing.T, tasks int) *crashHouse {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringback-crash-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755)) // the database's user must get in
	h := &crashHouse{t: t, dir: dir}
	t.Cleanup(func() {
		if t.Failed() {
			h.tellLogs()
		}
		_ = os.RemoveAll(dir)
	})
	log := slog.New(slog.DiscardHandler)
	h.cluster, err = startCluster(t.Context(), embedded.Options{Dir: filepath.Join(dir, "postgres"), Logger: log}, io.Discard)
	must(t, err)
	t.Cleanup(func() { _ = h.cluster.stop(context.Background()) })
	kept, endKept := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = h.cluster.run(kept) }()
	t.Cleanup(func() { endKept(); <-ended })
	must(t, postgres.Migrate(t.Context(), h.cluster.ownerURL()))
	h.redis = startCrashRedis(t, filepath.Join(dir, "redis"))
	h.street = openStreet(t)
	h.seed(log, tasks)
	for i := range crashNodes {
		h.nodes = append(h.nodes, newCrashNode(h, i))
	}
	for _, n := range h.nodes {
		n.start()
	}
	for _, n := range h.nodes {
		n.awaitUp()
	}
	return h
}

// seed makes the store, its people and a running predictive campaign, in this
// process and before any server runs.
func (h *crashHouse) seed(log *slog.Logger, tasks int) {
	t, ctx := h.t, h.t.Context()
	pool, err := postgres.Open(ctx, h.cluster.appURL(), postgres.Options{MaxConns: 8})
	must(t, err)
	defer pool.Close()
	box, err := seal.New(make([]byte, seal.KeyBytes))
	must(t, err)
	business, err := demoClock(ctx, pool)
	must(t, err)
	hot, err := redis.Open(ctx, redis.Options{URL: h.redis.url(), Logger: log})
	must(t, err)
	defer func() { _ = hot.Close() }()
	n, err := records(ctx, pool, box, business, log, filepath.Join(h.dir, "seed"))
	must(t, err)
	h.store, _, err = demoStore(ctx, pool, n.clock.Now())
	must(t, err)
	_, err = businessClock{pool: pool, bus: n.bus, clock: n.clock, store: h.store}.intoWindow(ctx)
	must(t, err)
	scope := postgres.Scope{Stores: []uuid.UUID{h.store.ID}, Group: h.store.GroupID}
	var number uuid.UUID
	var people []uuid.UUID
	capBP := 300
	must(t, pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		for i := range crashAgents {
			id, err := n.people.CreateUser(ctx, tx, auth.NewUser{
				Group: h.store.GroupID, Store: h.store.ID, Login: benchLogin(i), NameZH: benchLogin(i), Password: demoPassword, Roles: []auth.Role{auth.CSAgent},
			}, n.clock.Now())
			if err != nil {
				return err
			}
			people = append(people, id)
			if err := n.ext.Save(ctx, tx, h.store.GroupID, id, benchExtension(i), demoPassword); err != nil {
				return err
			}
		}
		trunk, err := telephony.SaveTrunk(ctx, tx, box, telephony.TrunkSetting{
			Group: h.store.GroupID, Name: "模拟中继", Address: h.street.carrier.Addr().String(), MaxCPS: 8, MaxChannels: 40, IsSimulator: true,
		})
		if err != nil {
			return err
		}
		number, err = telephony.SaveCallerNumber(ctx, tx, h.store.GroupID, h.store.ID, trunk, h.store.Hotline)
		return err
	}))
	batch, err := n.imports.Upload(ctx, scope, "orders.csv", strings.NewReader(benchOrders(tasks)))
	must(t, err)
	_, err = n.imports.Commit(ctx, scope, batch.ID, func(int, int) {})
	must(t, err)
	d := dialer.New(dialer.Options{Pool: pool, Bus: n.bus, Hopper: hopper.New(hot), Clock: n.clock, Tasks: n.tasks, Box: box, Node: n.id, Name: "seed", Logger: log})
	must(t, pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		c, err := d.Create(ctx, tx, scope, dialer.NewCampaign{
			Name: "三日回访 · 断电演练", TaskKind: task.Followup3D, Mode: dialer.Predictive, CallerNumberID: number, AgentIDs: people, CapBP: &capBP,
		})
		if err != nil {
			return err
		}
		h.campaign = c.ID
		_, err = d.Start(ctx, tx, scope, c.ID)
		return err
	}))
}

func (h *crashHouse) tellLogs() {
	for _, n := range h.nodes {
		b, _ := os.ReadFile(n.logPath())
		h.t.Logf("node %d ends with:\n%s", n.i, b[max(0, len(b)-4000):])
	}
}

// ask reads one row as the owner, past row-level security; it waits out a
// database that restarts.
func ask[T any](h *crashHouse, sql string, args ...any) T {
	h.t.Helper()
	var v T
	var err error
	for range 100 {
		if v, err = askOnce[T](h, sql, args...); err == nil {
			return v
		}
		pause(100 * time.Millisecond)
	}
	h.t.Fatalf("%s: %v", sql, err)
	return v
}

func askOnce[T any](h *crashHouse, sql string, args ...any) (v T, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, h.cluster.ownerURL())
	if err != nil {
		return v, err
	}
	defer func() { _ = c.Close(ctx) }()
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return v, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
}

// crashNode is one server process; it comes back at the same addresses.
type crashNode struct {
	h              *crashHouse
	i              int
	http, sip, web string
	cmd            *exec.Cmd
	gone           chan struct{} // closed when the process has ended
}

func newCrashNode(h *crashHouse, i int) *crashNode {
	n := &crashNode{h: h, i: i, http: freeAddr(h.t, "tcp"), sip: freeAddr(h.t, "udp"), web: freeAddr(h.t, "udp")}
	must(h.t, os.MkdirAll(n.dir(), 0o755))
	h.t.Cleanup(n.stop)
	return n
}

func (n *crashNode) dir() string     { return filepath.Join(n.h.dir, fmt.Sprintf("node%d", n.i)) }
func (n *crashNode) logPath() string { return filepath.Join(n.dir(), "log") }

// freeAddr is a loopback address nobody listens on.
func freeAddr(t *testing.T, network string) string {
	t.Helper()
	if network == "tcp" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer func() { _ = l.Close() }()
		return l.Addr().String()
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = c.Close() }()
	return c.LocalAddr().String()
}

func (n *crashNode) start() {
	n.h.t.Helper()
	log, err := os.OpenFile(n.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(n.h.t, err)
	defer func() { _ = log.Close() }()
	cmd := exec.Command(os.Args[0])
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env = append(os.Environ(), crashNodeEnv+"=1",
		"RINGBACK_DATABASE_URL="+n.h.cluster.appURL(), "RINGBACK_REDIS_URL="+n.h.redis.url(), "RINGBACK_KEY="+hex.EncodeToString(make([]byte, seal.KeyBytes)),
		"RINGBACK_DATA="+n.dir(), "RINGBACK_HTTP_ADDR="+n.http, "RINGBACK_SIP_ADDR="+n.sip, "RINGBACK_WEBRTC_ADDR="+n.web,
		fmt.Sprintf("RINGBACK_RTP_PORTS=%d-%d", 22000+400*n.i, 22399+400*n.i), fmt.Sprintf("RINGBACK_NODE=node%d", n.i),
		"RINGBACK_DRAIN_SECONDS=3", "RINGBACK_LOG_LEVEL=info")
	must(n.h.t, cmd.Start())
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	n.cmd, n.gone = cmd, gone
}

// awaitUp waits until the server answers requests. One that found no database yet
// has ended with a sentence and is started again, as systemd does.
func (n *crashNode) awaitUp() {
	n.h.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		res, err := http.Get("http://" + n.http + "/healthz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-n.gone:
			pause(time.Second)
			n.start()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			n.h.t.Fatalf("node %d does not come up: %v", n.i, err)
		}
	}
}

func (n *crashNode) up() bool {
	select {
	case <-n.gone:
		return false
	default:
		return true
	}
}

func (n *crashNode) signal(sig syscall.Signal) {
	if err := n.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		n.h.t.Errorf("signalling node %d: %v", n.i, err)
	}
}

// again starts an ended server once more.
func (n *crashNode) again() {
	<-n.gone
	n.start()
	n.awaitUp()
	for _, a := range n.h.agents {
		a.registerAt(n.i)
	}
}

func (n *crashNode) stop() {
	if n.cmd == nil {
		return
	}
	n.signal(syscall.SIGCONT)
	n.signal(syscall.SIGKILL)
	<-n.gone
}

// crashRedis is a redis-server that keeps nothing on disk.
type crashRedis struct {
	t         *testing.T
	dir, addr string
	cmd       *exec.Cmd
}

func startCrashRedis(t *testing.T, dir string) *crashRedis {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	r := &crashRedis{t: t, dir: dir, addr: freeAddr(t, "tcp")}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *crashRedis) url() string { return "redis://" + r.addr + "/0" }

func (r *crashRedis) start() {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.addr)
	r.cmd = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", r.dir)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(r.t, r.cmd.Start())
	for range 500 {
		if r.say("PING") == "+PONG" {
			return
		}
		pause(10 * time.Millisecond)
	}
	r.t.Fatal("redis-server does not answer")
}

func (r *crashRedis) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// say sends one inline command and gives the first line of the answer.
func (r *crashRedis) say(command string) string {
	c, err := net.DialTimeout("tcp", r.addr, time.Second)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(c, "%s\r\n", command)
	b := make([]byte, 64)
	n, _ := c.Read(b)
	return strings.TrimSpace(string(b[:n]))
}
