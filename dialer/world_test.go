package dialer_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony/acd"
)

// waiting is the hopper as the dialer wants it.
type waiting interface {
	Fill(ctx context.Context, campaign uuid.UUID, next []dialer.Next) error
	Pop(ctx context.Context, campaign uuid.UUID, n int, limit float64) ([]uuid.UUID, error)
	Len(ctx context.Context, campaign uuid.UUID) (int, error)
	Drop(ctx context.Context, campaign uuid.UUID) error
	Wake(ctx context.Context) error
	Woken(ctx context.Context, on func()) error
}

// world is a store with a simulated trunk, tasks to call and agents.
type world struct {
	t        testing.TB
	db       *pgtest.DB
	group    uuid.UUID
	store    uuid.UUID
	trunk    uuid.UUID
	number   uuid.UUID
	clock    *clock.Clock
	bus      *events.Bus
	box      *seal.Box
	tasks    *task.Tasks
	files    *customer.Files
	hopper   waiting
	exchange *fakeExchange
	leaving  *dialer.Dialer // asked whether an agent may leave

	registered sync.Once // the first dialer's handlers: one process has one
	agents     *acd.Agents
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// newWorld opens at half past ten on 2026-11-20 in Shanghai.
func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.New(t)
	w := &world{t: t, db: db, clock: clock.New(time.Until(time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC))), bus: events.NewBus()}
	w.group, w.store = pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	w.box = box
	w.files = customer.NewFiles(box, w.bus)
	w.tasks = task.New(w.files, w.bus, nil)
	w.tasks.Register()
	server := redis.InMemory()
	t.Cleanup(func() { _ = server.Close() })
	w.hopper = hopper.New(server)
	w.exchange = newExchange()
	w.agents = acd.New(acd.Options{Pool: db.Pool, Bus: w.bus, Clock: w.clock, Node: id(), MayLeave: w.mayLeave})
	w.trunk, w.number = id(), id()
	db.Exec(t, `INSERT INTO trunk (id, group_id, name, address, max_cps, max_channels, is_simulator) VALUES ($1, $2, '模拟线路', '127.0.0.1:5080', 50, 30, true)`, w.trunk, w.group)
	db.Exec(t, `INSERT INTO caller_number (id, group_id, store_id, trunk_id, number) VALUES ($1, $2, $3, $4, '057188880000')`, w.number, w.group, w.store, w.trunk)
	return w
}

func (w *world) mayLeave(ctx context.Context, tx postgres.DB, user uuid.UUID) (bool, error) {
	return w.leaving.MayLeave(ctx, tx, user)
}

func (w *world) scope(user uuid.UUID) postgres.Scope {
	return postgres.Scope{Stores: []uuid.UUID{w.store}, Group: w.group, User: user}
}

func (w *world) in(fn func(ctx context.Context, tx pgx.Tx) error) {
	w.t.Helper()
	if err := w.db.Pool.Scoped(context.Background(), w.scope(uuid.Nil), fn); err != nil {
		w.t.Fatal(err)
	}
}

// dialer makes one node.
func (w *world) dialer(change ...func(*dialer.Options)) (*dialer.Dialer, uuid.UUID) {
	node := id()
	o := dialer.Options{
		Pool: w.db.Pool, Bus: w.bus, Hopper: w.hopper, Clock: w.clock, Exchange: w.exchange, Agents: w.agents,
		Tasks: w.tasks, Box: w.box, Node: node, Name: "test", Drain: time.Second, Logger: slog.New(slog.NewTextHandler(testWriter{w.t}, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	d := dialer.New(o)
	w.registered.Do(d.Register)
	w.leaving = d
	return d, node
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(string(p[:len(p)-1]))
	return len(p), nil
}

// run starts the node until the test ends or stop is called.
func (w *world) run(d *dialer.Dialer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				w.t.Errorf("Run ended with %v", err)
			}
		})
	}
	w.t.Cleanup(stop)
	return stop
}

// task adds a customer with the number and a due follow-up.
func (w *world) task(number string) uuid.UUID {
	w.t.Helper()
	customerID, phone, taskID := id(), id(), id()
	now := w.clock.Now()
	w.db.Exec(w.t, `INSERT INTO customer (id, group_id, store_id, name_zh, source, is_synthetic, created_at, updated_at) VALUES ($1, $2, $3, '张三', 'work_order', true, $4, $4)`,
		customerID, w.group, w.store, now)
	w.db.Exec(w.t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'mobile', $7)`,
		phone, w.store, customerID, w.box.Seal(seal.Phone, []byte(number)), w.box.Hash(seal.Phone, number), number[len(number)-4:], now)
	w.db.Exec(w.t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority,
			not_before, due_at, phone_id, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'queued', $4, $5, 'TR-01', 'csi_followup_3d', 1, 60, $6, $7, $8, $6, $6)`,
		taskID, w.group, w.store, customerID, taskID.String(), now.Add(-time.Hour), now.Add(48*time.Hour), phone)
	return taskID
}

// agent adds a user of the store who is signed on and ready.
func (w *world) agent(name string) uuid.UUID {
	w.t.Helper()
	user := id()
	w.db.Exec(w.t, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, $3, $4, '', $5)`,
		user, w.group, name+user.String(), name, w.clock.Now())
	w.db.Exec(w.t, `INSERT INTO user_role (user_id, store_id, role) VALUES ($1, $2, 'cs_agent')`, user, w.store)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		if _, err := w.agents.SignOn(ctx, tx, acd.SignOnInput{User: user, Group: w.group, Store: w.store, Device: "browser"}); err != nil {
			return err
		}
		return w.agents.Audio(ctx, tx, user, true)
	})
	return user
}

func (w *world) campaign(d *dialer.Dialer, mode dialer.Mode, agents ...uuid.UUID) dialer.Campaign {
	w.t.Helper()
	var c dialer.Campaign
	w.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		c, err = d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{
			Name: "三日回访 " + id().String(), TaskKind: task.Followup3D, Mode: mode,
			CallerNumberID: w.number, RingSeconds: 30, AgentIDs: agents,
		})
		if err != nil {
			return err
		}
		c, err = d.Start(ctx, tx, w.scope(uuid.Nil), c.ID)
		return err
	})
	return c
}

// until polls a condition that the dialer brings about.
func (w *world) until(what string, cond func() bool) {
	w.t.Helper()
	deadline, tick := time.NewTimer(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatalf("waited in vain for: %s\n%s", what, w.dump())
		}
	}
}

func (w *world) dump() string {
	out := ""
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT 'attempt ' || state || ' ' || line_result || ' ' || called_last4 || ' ' || detail FROM attempt
			UNION ALL SELECT 'task ' || state || ' ' || coalesce(next_attempt_at::text, '') FROM task
			UNION ALL SELECT 'agent ' || state || ' ' || coalesce(campaign_id::text, 'free') FROM agent_session`)
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, l := range lines {
			out += l + "\n"
		}
		return err
	})
	return out
}

// count runs a counting query as the store sees it.
func (w *world) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	w.in(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&n) })
	return n
}

func (w *world) text(sql string, args ...any) string {
	w.t.Helper()
	var s string
	w.in(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&s) })
	return s
}

// console closes every wrap-up as an agent would, until the test ends.
func (w *world) console(d *dialer.Dialer) {
	w.every(20*time.Millisecond, func(ctx context.Context) { w.wrapUp(ctx, d) })
}

// every does something again and again until the test ends.
func (w *world) every(pause time.Duration, do func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				do(ctx)
			}
		}
	}()
	w.t.Cleanup(func() { cancel(); <-done })
}

// wrapUp closes what wrap-ups there are; one that fails is tried again later.
func (w *world) wrapUp(ctx context.Context, d *dialer.Dialer) {
	_ = w.db.Pool.Scoped(ctx, w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error { return w.wrapAll(ctx, tx, d) })
}

func (w *world) wrapAll(ctx context.Context, tx pgx.Tx, d *dialer.Dialer) error {
	rows, err := tx.Query(ctx, `SELECT id FROM attempt WHERE state = 'wrap'`)
	if err != nil {
		return err
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for _, attempt := range open {
		a, err := d.Wrapped(ctx, tx, attempt, "C00")
		if err != nil {
			return err
		}
		if _, err := w.tasks.Wrap(ctx, tx, a.TaskID, task.WrapInput{LineResult: "answered_human", Disposition: "C00"},
			customer.By{Group: w.group, Store: w.store, At: w.clock.Now()}); err != nil {
			return err
		}
		if err := w.agents.Done(ctx, tx, *a.AgentID); err != nil {
			return err
		}
	}
	return nil
}

func number(n int) string { return fmt.Sprintf("1540000%04d", n) }

// otherStore is another store of the same group, in the same world.
func (w *world) otherStore() *world {
	w.t.Helper()
	out := &world{
		t: w.t, db: w.db, group: w.group, store: pgtest.StoreIn(w.t, w.db, w.group), trunk: w.trunk, number: id(), clock: w.clock, bus: w.bus,
		box: w.box, tasks: w.tasks, files: w.files, hopper: w.hopper, exchange: w.exchange, leaving: w.leaving, agents: w.agents,
	}
	w.db.Exec(w.t, `INSERT INTO caller_number (id, group_id, store_id, trunk_id, number) VALUES ($1, $2, $3, $4, '057188880001')`, out.number, w.group, out.store, w.trunk)
	return out
}
