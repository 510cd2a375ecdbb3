package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/config"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony"
)

// house is the whole product in this process, on a private cluster with the
// product's own settings: a commit waits for the disk, as it does in a shop.
type house struct {
	b       *testing.B
	n       *node
	store   dealer.Store
	owner   *pgx.Conn
	redis   string
	outside *outsideWorld
	agents  []uuid.UUID
	number  uuid.UUID // the caller number
	end     context.CancelFunc
	ended   chan error
	cluster *keptCluster
}

// newHouse stands when every agent is ready.
func newHouse(b *testing.B) *house {
	b.Helper()
	dir, err := os.MkdirTemp("", "ringback-bench-")
	fatal(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	fatal(b, os.Chmod(dir, 0o755)) // the database's user must get in
	h := &house{b: b, outside: startOutside(b)}
	h.openStores(dir)
	h.seed()
	h.start(dir)
	h.outside.open(b, outsideOrders{
		SIP: h.n.sip.Addr().String(), Console: h.n.listen.Addr().String(), Agents: benchAgents, Password: demoPassword,
	})
	return h
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// openStores starts database and Redis, and wires the rooms on them.
func (h *house) openStores(dir string) {
	b, ctx := h.b, h.b.Context()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	h.cluster, err = startCluster(ctx, embedded.Options{Dir: filepath.Join(dir, "postgres"), Logger: log, Settings: statementSettings()}, os.Stderr)
	fatal(b, err)
	b.Cleanup(func() { _ = h.cluster.stop(context.Background()) })
	fatal(b, postgres.Migrate(ctx, h.cluster.ownerURL()))
	h.owner, err = pgx.Connect(ctx, h.cluster.ownerURL())
	fatal(b, err)
	b.Cleanup(func() { _ = h.owner.Close(context.Background()) })
	pool, err := postgres.Open(ctx, h.cluster.appURL(), postgres.Options{MaxConns: 40})
	fatal(b, err)
	b.Cleanup(pool.Close)
	hot, err := redis.Open(ctx, redis.Options{Dir: filepath.Join(dir, "redis"), Logger: log})
	fatal(b, err)
	b.Cleanup(func() { _ = hot.Close() })
	h.redis = string(hot.Kind())
	box, err := seal.New(make([]byte, seal.KeyBytes))
	fatal(b, err)
	business, err := demoClock(ctx, pool)
	fatal(b, err)
	h.n, err = records(ctx, pool, box, business, log, dir)
	fatal(b, err)
	h.n.hot = hot
}

// seed makes the store: agents with extensions, a supervisor, the trunk, and a
// dealer's file of delivered orders, which makes the follow-ups to call.
func (h *house) seed() {
	b, n, ctx := h.b, h.n, h.b.Context()
	var err error
	h.store, _, err = demoStore(ctx, n.pool, n.clock.Now())
	fatal(b, err)
	_, err = businessClock{pool: n.pool, bus: n.bus, clock: n.clock, store: h.store}.intoWindow(ctx)
	fatal(b, err)
	h.in(func(ctx context.Context, tx pgx.Tx) error {
		for i := range benchAgents {
			id, err := h.user(ctx, tx, benchLogin(i), auth.CSAgent)
			if err != nil {
				return err
			}
			h.agents = append(h.agents, id)
			if err := n.ext.Save(ctx, tx, h.store.GroupID, id, benchExtension(i), demoPassword); err != nil {
				return err
			}
		}
		if _, err := h.user(ctx, tx, benchSupervisor, auth.Supervisor); err != nil {
			return err
		}
		trunk, err := telephony.SaveTrunk(ctx, tx, n.box, telephony.TrunkSetting{
			Group: h.store.GroupID, Name: "模拟中继", Address: h.outside.carrier, MaxCPS: benchCPS, MaxChannels: 2 * benchAgents, IsSimulator: true,
		})
		if err != nil {
			return err
		}
		h.number, err = telephony.SaveCallerNumber(ctx, tx, h.store.GroupID, h.store.ID, trunk, h.store.Hotline)
		return err
	})
	batch, err := n.imports.Upload(ctx, h.scope(), "orders.csv", strings.NewReader(benchOrders(benchCalls+4*benchAgents)))
	fatal(b, err)
	_, err = n.imports.Commit(ctx, h.scope(), batch.ID, func(int, int) {})
	fatal(b, err)
}

func (h *house) user(ctx context.Context, tx postgres.DB, login string, role auth.Role) (uuid.UUID, error) {
	return h.n.people.CreateUser(ctx, tx, auth.NewUser{
		Group: h.store.GroupID, Store: h.store.ID, Login: login, NameZH: login, Password: demoPassword, Roles: []auth.Role{role},
	}, h.n.clock.Now())
}

// benchOrders is a dealer's file: orders delivered three days before the demo's
// day, each of another customer with a test number.
func benchOrders(n int) string {
	var file strings.Builder
	file.WriteString("工单号,车牌号,开单日期,维修类型,客户名称,电话,接待员,维修项目,结算日期,交车时间,合计金额(元)\n")
	for i := range n {
		fmt.Fprintf(&file, "WT%d,宁Z%05d,2026-11-16,定保,王一%s,154%08d,李接待,更换机油、机滤,2026-11-17 10:00,2026-11-17 11:00,%d\n",
			i, i, string(rune('一'+i)), i, 300+i)
	}
	return file.String()
}

// start runs the node until stop.
func (h *house) start(dir string) {
	cfg := config.Defaults()
	cfg.Data, cfg.SIPAddr, cfg.WebRTCAddr, cfg.DrainTime = dir, "127.0.0.1:0", "127.0.0.1:0", time.Second
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(h.b, err)
	h.n.listen = listen
	fatal(h.b, h.n.wire(cfg, wireOptions{demo: true}))
	ctx, cancel := context.WithCancel(context.Background())
	h.end, h.ended = cancel, make(chan error, 1)
	ready := make(chan struct{})
	go func() { h.ended <- h.n.run(ctx, func() error { close(ready); return nil }, h.cluster.run) }()
	h.b.Cleanup(h.stop)
	select {
	case <-ready:
	case err := <-h.ended:
		h.b.Fatal(err)
	}
}

// stop is Ctrl-C.
func (h *house) stop() {
	if h.end == nil {
		return
	}
	h.end()
	h.end = nil
	if err := <-h.ended; err != nil {
		h.b.Error(err)
	}
}

func (h *house) scope() postgres.Scope {
	return postgres.Scope{Stores: []uuid.UUID{h.store.ID}, Group: h.store.GroupID}
}

func (h *house) in(fn func(ctx context.Context, tx pgx.Tx) error) {
	h.b.Helper()
	fatal(h.b, h.n.pool.Scoped(h.b.Context(), h.scope(), fn))
}

// rest measures what everybody ready and no call costs.
func (h *house) rest(d time.Duration) shift {
	before := costNow()
	began := time.Now()
	<-time.After(d)
	return shift{took: time.Since(began), cpu: costNow().since(before)}
}

// work starts the campaign and measures until so many calls are wrapped up.
func (h *house) work(calls int) shift {
	countStatements(h.b, h.owner)
	before, began := costNow(), time.Now()
	h.in(func(ctx context.Context, tx pgx.Tx) error {
		c, err := h.n.dialer.Create(ctx, tx, h.scope(), dialer.NewCampaign{
			Name: "三日回访 · 测量", TaskKind: task.Followup3D, Mode: dialer.Progressive, CallerNumberID: h.number, AgentIDs: h.agents,
		})
		if err != nil {
			return err
		}
		_, err = h.n.dialer.Start(ctx, tx, h.scope(), c.ID)
		return err
	})
	s := shift{redis: h.redis}
	poll, late := time.NewTicker(250*time.Millisecond), time.After(5*time.Minute)
	defer poll.Stop()
	for s.done < calls {
		select {
		case <-poll.C:
		case <-late:
			h.b.Fatalf("only %d of %d calls came about", s.done, calls)
		}
		h.count(&s)
	}
	s.took, s.cpu = time.Since(began), costNow().since(before)
	rows, err := h.owner.Query(h.b.Context(), `SELECT answered_at AS answered, bridged_at AS bridged FROM attempt WHERE bridged_at IS NOT NULL ORDER BY answered_at`)
	fatal(h.b, err)
	s.inside, err = pgx.CollectRows(rows, pgx.RowToStructByName[insideCall])
	fatal(h.b, err)
	printStatements(h.b, os.Stdout, h.owner, s.done)
	return s
}

func (h *house) count(s *shift) {
	fatal(h.b, h.owner.QueryRow(h.b.Context(), `SELECT count(*) FILTER (WHERE state = 'done' AND bridged_at IS NOT NULL),
		count(dialed_at), count(*) FILTER (WHERE state = 'abandoned') FROM attempt`).Scan(&s.done, &s.dialed, &s.lost))
}
