package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
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
	steps    *crashSteps
	mending  sync.WaitGroup // servers and Redis that are started again
	ledger   *ledgerWatch
	hot      *redis.Server

	told             map[string]bool // what was found wrong
	answers, results int             // that consoles showed as saved, at the last check

	mu sync.Mutex // guards the field below
	db *pgx.Conn  // of ask
}

const (
	crashNodes  = 3
	crashAgents = 8

	callsPerNumber = 250 // a caller number may make 300 calls a day
)

// newCrashHouse stands when every server answers. tasks is how many calls there
// are to make.
func newCrashHouse(t *testing.T, tasks int) *crashHouse {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringback-crash-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755)) // the database's user must get in
	h := &crashHouse{t: t, dir: dir, steps: &crashSteps{moved: make(chan struct{}, 1)}, told: map[string]bool{}}
	t.Cleanup(func() {
		if t.Failed() {
			h.tellLogs()
		}
		_ = os.RemoveAll(dir)
	})
	log := slog.New(slog.DiscardHandler)
	h.cluster, err = startCluster(t.Context(), embedded.Options{Dir: filepath.Join(dir, "postgres"), Logger: log, Settings: processCrashes()}, io.Discard)
	must(t, err)
	t.Cleanup(func() { _ = h.cluster.stop(context.Background()) })
	kept, endKept := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = h.cluster.run(kept) }()
	t.Cleanup(func() { endKept(); <-ended })
	must(t, postgres.Migrate(t.Context(), h.cluster.ownerURL()))
	h.redis = startCrashRedis(t, filepath.Join(dir, "redis"))
	h.street = openStreet(t, h.carrierSaw)
	h.seed(log, tasks)
	for i := range crashNodes {
		h.nodes = append(h.nodes, newCrashNode(h, i))
	}
	h.openRedis()
	h.followSteps()
	for _, n := range h.nodes {
		n.start()
	}
	for _, n := range h.nodes {
		must(t, n.awaitUp())
	}
	return h
}

// processCrashes: PostgreSQL's process is killed here, never the machine, so no
// write needs to reach the disk. Pages are still written whole and commits are not
// answered before they are with the kernel.
func processCrashes() map[string]string {
	return map[string]string{"fsync": "off", "full_page_writes": "on", "synchronous_commit": "on"}
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
		if number, err = telephony.SaveCallerNumber(ctx, tx, h.store.GroupID, h.store.ID, trunk, h.store.Hotline); err != nil {
			return err
		}
		for i := range tasks / callsPerNumber { // one number alone has its calls of the day used up long before the list ends (CG-12)
			if _, err := telephony.SaveCallerNumber(ctx, tx, h.store.GroupID, h.store.ID, trunk, fmt.Sprintf("0510%08d", 1000+i)); err != nil {
				return err
			}
		}
		return nil
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
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if h.db, err = h.connected(ctx, h.db); err != nil {
		return v, err
	}
	rows, err := h.db.Query(ctx, sql, args...)
	if err != nil {
		return v, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
}

// connected is c, or a new connection of the owner when c is none any more.
func (h *crashHouse) connected(ctx context.Context, c *pgx.Conn) (*pgx.Conn, error) {
	if c != nil && !c.IsClosed() {
		return c, nil
	}
	return pgx.Connect(ctx, h.cluster.ownerURL())
}
