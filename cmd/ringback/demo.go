package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/obs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/redis"
	"ringback/internal/seal"

	"github.com/jackc/pgx/v5"
)

// demoCmd runs everything a demo needs in one process.
type demoCmd struct {
	Data      string `default:"./var" help:"Directory of everything the demo keeps."`
	Port      int    `default:"8080" help:"Port of the console on 127.0.0.1; 0 takes a free one."`
	Reset     bool   `help:"Forget an earlier demo in the data directory first."`
	Empty     bool   `help:"Start with an empty store: no files imported, no campaign."`
	Customers string `default:"mixed" enum:"mixed,answer,bursts" help:"How customers behave: mixed (as real ones), answer (everybody), bursts (everybody, with test tones)."`
	Hear      string `help:"Directory that gets what each customer heard, as WAV files."`
	Media     string `help:"Browser audio: ip:port to listen on; default a free port."`
	Advertise string `help:"Browser audio: ip:port told to browsers instead."`
	Postgres  string `env:"RINGBACK_POSTGRES_BIN" placeholder:"DIR" help:"Directory of PostgreSQL's programs (initdb, postgres); default: the newest on this machine."`
	Verbose   bool   `help:"Log to the terminal instead of ringback.log in the data directory."`
}

// Run starts the demo and waits for Ctrl-C.
func (d *demoCmd) Run(e *env) (err error) {
	started := time.Now()
	dir, err := dataDir(d.Data)
	if err != nil {
		return err
	}
	listen, err := listenHTTP(fmt.Sprintf("127.0.0.1:%d", d.Port))
	if err != nil {
		return err
	}
	defer func() { _ = listen.Close() }()
	s, err := d.stores(e, dir, "Starting the demo's database …", 40)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	defer func() { _ = os.Remove(readyPath(dir)) }()
	hot, err := redis.Open(e.ctx, redis.Options{Dir: filepath.Join(dir, "redis"), Logger: s.log})
	if hot == nil {
		return err
	}
	defer func() { _ = hot.Close() }()
	w, err := d.world(e.ctx, dir, s.log, s.pool)
	if err != nil {
		return err
	}
	w.n.hot, w.n.listen = hot, listen
	return d.live(e, dir, w, started, s.db)
}

// demoStores are the log and the private database that a demo, of one server or of
// several, stands on.
type demoStores struct {
	log   *slog.Logger
	db    *keptCluster
	pool  *postgres.Pool
	close func() error
}

// stores opens them in dir, emptied before when that was asked for.
func (d *demoCmd) stores(e *env, dir, saying string, conns int32) (s demoStores, err error) {
	if d.Reset {
		if err := resetData(dir); err != nil {
			return s, err
		}
	}
	log, closeLog, err := d.logger(e, dir)
	if err != nil {
		return s, err
	}
	fmt.Fprintln(e.out, saying)
	db, err := startCluster(e.ctx, embedded.Options{Dir: filepath.Join(dir, "postgres"), Bin: d.Postgres, Logger: log}, e.log)
	if err != nil {
		closeLog()
		return s, err
	}
	end := func() error {
		defer closeLog()
		return db.stop(context.WithoutCancel(e.ctx))
	}
	if err := postgres.Migrate(e.ctx, db.ownerURL()); err != nil {
		return s, errors.Join(err, end())
	}
	pool, err := postgres.Open(e.ctx, db.appURL(), postgres.Options{MaxConns: conns})
	if err != nil {
		return s, errors.Join(err, end())
	}
	return demoStores{log: log, db: db, pool: pool, close: func() error { pool.Close(); return end() }}, nil
}

// demoWorld is a demo's store with its carrier, before the server runs.
type demoWorld struct {
	n       *node
	store   dealer.Store
	phone   phone
	carrier *simulator
	clock   businessClock
}

func (d *demoCmd) world(ctx context.Context, dir string, log *slog.Logger, pool *postgres.Pool) (w demoWorld, err error) {
	key, _, err := sealKey(nil, dir)
	if err != nil {
		return w, err
	}
	box, err := seal.New(key)
	if err != nil {
		return w, err
	}
	business, err := demoClock(ctx, pool)
	if err != nil {
		return w, err
	}
	if w.n, err = records(ctx, pool, box, business, log, dir); err != nil {
		return w, err
	}
	var made bool
	if w.store, made, err = demoStore(ctx, pool, business.Now()); err != nil {
		return w, err
	}
	w.clock = businessClock{pool: pool, bus: w.n.bus, clock: business, store: w.store}
	if _, err = w.clock.intoWindow(ctx); err != nil {
		return w, err
	}
	if w.phone, err = seedPeople(ctx, pool, w.n.people, w.n.ext, w.store, made, business.Now()); err != nil {
		return w, err
	}
	if w.carrier, err = d.simulate(business); err != nil {
		return w, err
	}
	if err = seedTrunk(ctx, pool, box, w.store, w.carrier.Addr().String()); err != nil {
		return w, err
	}
	return w, d.fill(ctx, w)
}

// demoClock is business time as the database keeps it; a new demo begins on its
// files' own day.
func demoClock(ctx context.Context, pool *postgres.Pool) (c *clock.Clock, err error) {
	err = pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		offset, known, err := storedOffset(ctx, tx)
		if err != nil {
			return err
		}
		if !known {
			offset = time.Until(demoDay())
			err = storeOffset(ctx, tx, offset)
		}
		c = clock.New(offset)
		return err
	})
	return c, err
}

// live runs the server until it is told to stop.
func (d *demoCmd) live(e *env, dir string, w demoWorld, started time.Time, cluster *keptCluster) error {
	cfg := config.Defaults()
	cfg.Data = dir
	cfg.SIPAddr, cfg.WebRTCAddr = "127.0.0.1:0", "127.0.0.1:0"
	cfg.DrainTime = 0 // nobody waits for simulated customers
	if d.Media != "" {
		cfg.WebRTCAddr = d.Media
	}
	gateway, err := simulatedGateway(&cfg)
	if err != nil {
		return err
	}
	if err := w.n.wire(cfg, wireOptions{demo: true, moveClock: w.clock.moveOn(w.n), advertise: d.Advertise}); err != nil {
		return err
	}
	if err := d.prepareCampaigns(e.ctx, w); err != nil {
		return err
	}
	ready := readyFile{URL: "http://" + w.n.listen.Addr().String(), SIP: w.n.sip.Addr().String(), PID: os.Getpid(), Phone: w.phone}
	ready.Metrics = ready.URL + "/metrics"
	ready.Phone.Server = ready.SIP
	for _, u := range demoUsers() {
		ready.Logins = append(ready.Logins, login{string(u.role), u.login, demoPassword})
	}
	return w.n.run(e.ctx, func() error {
		if err := ready.write(dir); err != nil {
			return err
		}
		d.welcome(e, ready, w, time.Since(started))
		return nil
	}, w.carrier.Run, gateway.Run, cluster.run)
}

func (d *demoCmd) welcome(e *env, r readyFile, w demoWorld, took time.Duration) {
	fmt.Fprintf(e.out, `
Ringback demo is ready (%.1f s).  演示已就绪。

  Console / 控制台   %s
`, took.Seconds(), r.URL)
	for _, l := range r.Logins {
		fmt.Fprintf(e.out, "  %-18s %s / %s\n", l.Role, l.User, l.Password)
	}
	fmt.Fprintf(e.out, `  desk phone         sip:%s@%s password %s (belongs to %s)
  metrics            %s
  business time      %s (it stands still for nobody: 下一时段 in the user menu moves on)

What to do: open the console, sign in as agent1, allow the microphone and press F2. The prepared
campaign rings the first customer; the first three pick up after 3 s and stay until you hang up.
Sign in as supervisor in another window to watch. Ctrl-C stops everything.
接下来：用 agent1 登录，允许麦克风，按 F2 签入；前三位客户 3 秒后接起，直到您挂机。
`, r.Phone.Extension, r.Phone.Server, r.Phone.Password, r.Phone.Owner, r.Metrics,
		w.n.clock.Now().In(clock.Shanghai()).Format("2006-01-02 15:04"))
}

func (d *demoCmd) logger(e *env, dir string) (*slog.Logger, func(), error) {
	if d.Verbose {
		log, _ := obs.NewLogger(e.log, slog.LevelInfo)
		return log, func() {}, nil
	}
	f, err := os.OpenFile(filepath.Join(dir, "ringback.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the log: %w", err)
	}
	log, _ := obs.NewLogger(f, slog.LevelInfo)
	return log, func() { _ = f.Close() }, nil
}

// listenHTTP takes the console's port first, so that a taken one is told at once.
func listenHTTP(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "port_taken", "端口 "+addr+" 已被其他程序占用。请换一个：ringback demo --port 8090（make demo PORT=8090），或停掉占用它的程序。",
			"Port "+addr+" is taken by another program. Use another one: ringback demo --port 8090 (make demo PORT=8090), or stop that program.").Because(err)
	}
	return l, nil
}

// dataDir makes the data directory and tries to write in it.
func dataDir(path string) (string, error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the data directory: %w", err)
	}
	if err = os.MkdirAll(dir, 0o755); err == nil {
		probe := filepath.Join(dir, ".writable")
		if err = os.WriteFile(probe, nil, 0o600); err == nil {
			err = os.Remove(probe)
		}
	}
	if err != nil {
		return "", errs.New(errs.Unavailable, "data_directory", "数据目录 "+dir+" 不能写入。请检查权限，或用 --data 指定另一个目录。",
			"The data directory "+dir+" cannot be written. Check its permissions, or name another one with --data.").Because(err)
	}
	return dir, nil
}

// resetData forgets what an earlier demo kept; a running one is refused.
func resetData(dir string) error {
	if a, err := embedded.Join(filepath.Join(dir, "postgres")); err == nil && a.AppURL != "" {
		return errs.New(errs.Conflict, "demo_running", "这个数据目录正被另一个 ringback 使用，请先停掉它，再用 --reset。",
			"Another ringback is using this data directory. Stop it before you use --reset.")
	}
	for _, name := range []string{"postgres", "redis", "files", "seal.key", "ready.json", "ringback.log"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("resetting the data directory: %w", err)
		}
	}
	return nil
}
