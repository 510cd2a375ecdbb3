package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/complaint"
	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
	"ringback/telephony/acd"
)

// world is a store with one agent, one customer and one call, on a real database.
type world struct {
	t            testing.TB
	db           *pgtest.DB
	bus          *events.Bus
	clock        *clock.Clock
	lib          *script.Library
	box          *seal.Box
	desk         *Desk
	agents       *acd.Agents
	node         uuid.UUID
	line         *line
	voice        *voice
	scope        postgres.Scope
	group, store uuid.UUID
	agent        uuid.UUID
	customer     uuid.UUID
	phone        uuid.UUID
	vehicle      uuid.UUID
	order        uuid.UUID
	task         uuid.UUID
	call         uuid.UUID
	renewal      uuid.UUID
	visit        uuid.UUID
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

var library = sync.OnceValues(func() (*script.Library, error) {
	l, err := script.Shipped()
	if err == nil {
		l.Runs(Actions())
	}
	return l, err
})

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), node: id(), agent: id(), customer: id(), phone: id(), vehicle: id(), order: id(), task: id(), call: id()}
	w.group, w.store = pgtest.Store(t, w.db)
	w.scope = postgres.Scope{Stores: []uuid.UUID{w.store}, User: w.agent, Group: w.group}
	var err error
	if w.lib, err = library(); err != nil {
		t.Fatal(err)
	}
	if w.box, err = seal.New([]byte("0123456789abcdef0123456789abcdef")); err != nil {
		t.Fatal(err)
	}
	w.clock = clock.New(time.Until(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))) // 10:00 in Shanghai
	w.people()
	w.work()
	w.open()
	return w
}

// open makes a new desk over the same database: a restarted server.
func (w *world) open() {
	w.bus = events.NewBus()
	files := customer.NewFiles(w.box, w.bus)
	w.line = &line{w: w}
	w.agents = acd.New(acd.Options{Pool: w.db.Pool, Bus: w.bus, Clock: w.clock, Node: w.node})
	w.voice = &voice{}
	tasks := task.New(files, w.bus, nil)
	renewals, visits := policy.NewRenewals(w.bus, w.lib.Templates.Words), appointment.NewBook(w.bus)
	renewals.Register()
	visits.Register()
	tasks.Register()
	w.desk = New(Options{
		Pool: w.db.Pool, Bus: w.bus, Clock: w.clock, Node: w.node, Agents: floor{w.agents}, Dialer: w.line, Exchange: w.line, Voice: w.voice,
		Scripts: w.lib, Tasks: tasks, Customers: files, Complaints: complaint.NewForms(w.bus), Messages: message.NewBox(w.bus),
		Renewals: renewals, Visits: visits,
		Users: func(context.Context, postgres.DB, uuid.UUID) (Person, error) {
			return Person{Name: "林晓禾", EmployeeNo: "2007"}, nil
		},
	})
}

func (w *world) people() {
	now := w.clock.Now()
	w.db.Exec(w.t, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, $3, '林晓禾', 'x', $4)`,
		w.agent, w.group, w.agent.String(), now)
	w.db.Exec(w.t, `INSERT INTO customer (id, group_id, store_id, name_zh, surname_zh, honorific, created_at, updated_at)
		VALUES ($1, $2, $3, '刘春棠', '刘', '女士', $4, $4)`, w.customer, w.group, w.store, now)
	w.db.Exec(w.t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $3, $4, $5, '0137', 'mobile', $6)`,
		w.phone, w.store, w.customer, w.box.Seal(seal.Phone, []byte("15400000137")), w.box.Hash(seal.Phone, "15400000137"), now)
}

func (w *world) work() {
	now := w.clock.Now()
	w.db.Exec(w.t, `INSERT INTO vehicle (id, group_id, store_id, vin, plate, model, next_due_date, next_due_km, created_at, updated_at)
		VALUES ($1, $2, $3, 'L00E5F6G8R0123456', '宁Z3K218', 'E5', '2027-05-17', 28600, $4, $4)`, w.vehicle, w.group, w.store, now)
	w.db.Exec(w.t, `INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role) VALUES ($1, $2, $3, $4, 'owner')`, id(), w.store, w.vehicle, w.customer)
	w.db.Exec(w.t, `INSERT INTO work_order (id, group_id, store_id, ro_no, kind, state, vehicle_id, customer_id, advisor_name, delivered_at, promised_at,
		items_text, total_fen, content_hash, created_at, updated_at)
		VALUES ($1, $2, $3, 'WT2611170128', 'periodic', 'delivered', $4, $5, '张伟', $6, $7, '机油机滤', 102600, '\x00', $8, $8)`,
		w.order, w.group, w.store, w.vehicle, w.customer, at("2026-11-17T17:12:00+08:00"), at("2026-11-17T16:00:00+08:00"), now)
	w.db.Exec(w.t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason, script_id,
		script_version, priority, not_before, due_at, phone_id, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'in_progress', $4, $5, ARRAY[$6]::uuid[], 'k', 'TR-01', 'csi_followup_3d', 1, 60, $7, $8, $9, $7, $7)`,
		w.task, w.group, w.store, w.customer, w.vehicle, w.order, now, at("2026-11-20T18:00:00+08:00"), w.phone)
}

// dialled inserts an answered attempt of the task.
func (w *world) dialled(call uuid.UUID) {
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, agent_id,
		planned_at, business_at, dialed_at, ringing_at, answered_at, line_result)
		VALUES ($1, $2, $3, $4, $5, $6, '\x01', '0137', 'progressive', 'answered', $7, $8, $9, $8, $8, $8, 'answered_human')`,
		call, w.group, w.store, w.task, w.customer, w.phone, w.agent, time.Now().UTC(), w.clock.Now())
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func (w *world) caller() Caller { return Caller{Scope: w.scope, User: w.agent, Client: "page 1"} }

func (w *world) scoped(fn func(ctx context.Context, tx pgx.Tx) error) {
	w.t.Helper()
	if err := w.db.Pool.Scoped(context.Background(), w.scope, fn); err != nil {
		w.t.Fatal(err)
	}
}

// bridged signs the agent on and gives them the customer.
func (w *world) bridged() *world {
	w.t.Helper()
	w.signedOn()
	w.dialled(w.call)
	w.scoped(func(ctx context.Context, tx pgx.Tx) error {
		if err := w.agents.Dialing(ctx, tx, w.agent, w.call); err != nil {
			return err
		}
		if err := w.line.move(ctx, tx, w.call, "bridged"); err != nil {
			return err
		}
		return w.agents.Talking(ctx, tx, w.agent, w.call)
	})
	return w
}

// signedOn begins a shift in the browser, audio and all.
func (w *world) signedOn() *world {
	w.t.Helper()
	w.do("desk.signOn", args{"device": "browser"})
	if _, err := w.try(id(), "desk.audio.offer", args{"sdp": "v=0"}); err != nil {
		w.t.Fatal(err)
	}
	w.voice.on(true)
	return w
}

// hungUp tells that the customer hung up.
func (w *world) hungUp() *world {
	w.t.Helper()
	w.scoped(func(ctx context.Context, tx pgx.Tx) error {
		if err := w.line.move(ctx, tx, w.call, "wrap"); err != nil {
			return err
		}
		return w.agents.WrapUp(ctx, tx, w.agent, w.call)
	})
	return w
}

type args = map[string]any

func (w *world) try(cmd uuid.UUID, name string, a args) (json.RawMessage, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.desk.Do(context.Background(), w.caller(), cmd, name, raw)
}

func (w *world) do(name string, a args) string {
	w.t.Helper()
	raw, err := w.try(id(), name, a)
	if err != nil {
		w.t.Fatalf("%s %v: %v", name, a, err)
	}
	var m moved
	if err := json.Unmarshal(raw, &m); err != nil {
		w.t.Fatal(err)
	}
	return m.Node
}

func (w *world) view() View {
	w.t.Helper()
	v, err := w.desk.Snapshot(context.Background(), w.caller())
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// say answers the question on the screen, or reads the words on it.
func (w *world) say(answers args) string {
	w.t.Helper()
	s := w.view().Script
	n := s.Node
	switch n.Kind {
	case "say":
		return w.do("desk.next", args{"responseId": s.ResponseID, "node": n.ID})
	case "end":
		w.t.Fatalf("the script is at its end %s", n.ID)
	}
	a := args{"responseId": s.ResponseID, "node": n.ID, "key": n.Key}
	if v, ok := answers[n.Key]; ok {
		a["value"] = v
	} else {
		fill(a, n)
	}
	return w.do("desk.answer", a)
}

func fill(a args, n NodeView) {
	switch {
	case n.Answer.NA:
		a["skipped"] = "na"
	case n.Answer.Type == "score10":
		a["value"] = 9
	case n.Answer.Type == "nps":
		a["value"] = 10
	case n.Answer.Type == "multi" && n.Current != nil:
		a["value"] = n.Current.Value
	case n.Answer.Type == "multi":
		a["value"] = []string{n.Answer.Options[0].Value}
	case len(n.Answer.Options) > 0:
		a["value"] = n.Answer.Options[0].Value
	default:
		a["value"] = "说好四点交车，五点多才弄完，也没人打个电话说一声"
	}
}

// to goes on until the script stands on node.
func (w *world) to(node string, answers args) *world {
	w.t.Helper()
	for range 60 {
		if w.view().Script.Node.ID == node {
			return w
		}
		w.say(answers)
	}
	w.t.Fatalf("never came to %s", node)
	return w
}

func (w *world) count(sql string, a ...any) (n int) {
	w.t.Helper()
	w.scoped(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, a...).Scan(&n) })
	return n
}

func (w *world) text(sql string, a ...any) (s string) {
	w.t.Helper()
	w.scoped(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, a...).Scan(&s) })
	return s
}

// line stands in for the dialer and the exchange; it keeps attempts as they do.
type line struct {
	w      *world
	broken error
	hungUp []string
	digits []byte
}

func (l *line) move(ctx context.Context, tx postgres.DB, call uuid.UUID, state string) error {
	now := time.Now().UTC()
	tag, err := tx.Exec(ctx, `UPDATE attempt SET state = $2, bridged_at = CASE WHEN $2 = 'bridged' THEN $3 ELSE bridged_at END,
		ended_at = CASE WHEN $2 = 'wrap' THEN $3 ELSE ended_at END, hangup_by = CASE WHEN $2 = 'wrap' THEN 'customer' ELSE hangup_by END WHERE id = $1`,
		call, state, now)
	if err != nil || tag.RowsAffected() == 0 {
		return fmt.Errorf("moving %s to %s: %w", call, state, err)
	}
	return l.w.bus.Publish(ctx, tx, events.Event{
		Kind: events.AttemptChanged, Group: l.w.group, Store: l.w.store, At: l.w.clock.Now(),
		Subject: events.Subjects{"attempt": call, "agent": l.w.agent},
	}, map[string]string{"state": state})
}

func (l *line) DialPreview(context.Context, postgres.Scope, uuid.UUID) error { return l.broken }

func (l *line) DialTask(context.Context, postgres.Scope, uuid.UUID, uuid.UUID) error {
	return l.broken
}

func (l *line) SkipPreview(context.Context, postgres.Scope, uuid.UUID, string) error { return l.broken }

func (l *line) Hangup(_ context.Context, _ postgres.Scope, _ uuid.UUID, early string) error {
	l.hungUp = append(l.hungUp, early)
	return nil
}

func (l *line) Wrapped(ctx context.Context, tx postgres.DB, attempt uuid.UUID, disposition string) error {
	if l.broken != nil {
		return l.broken
	}
	if _, err := tx.Exec(ctx, `UPDATE attempt SET disposition = $2 WHERE id = $1`, attempt, disposition); err != nil {
		return err
	}
	return l.move(ctx, tx, attempt, "done")
}

func (l *line) Overdue(ctx context.Context, tx postgres.DB, attempt uuid.UUID) (bool, error) {
	tag, err := tx.Exec(ctx, `UPDATE attempt SET state = 'wrap_overdue' WHERE id = $1 AND state = 'wrap'`, attempt)
	return tag.RowsAffected() > 0, err
}

func (l *line) Mute(uuid.UUID, bool) {}

func (l *line) Press(_ context.Context, _ postgres.Scope, _ uuid.UUID, key byte) error {
	l.digits = append(l.digits, key)
	return nil
}

// floor is telephony/acd as cmd wires it.
type floor struct{ *acd.Agents }

func (f floor) SignOn(ctx context.Context, tx postgres.DB, in SignOn) error {
	_, err := f.Agents.SignOn(ctx, tx, acd.SignOnInput(in))
	return err
}

// voice stands in for browsers and desk phones.
type voice struct {
	on         func(up bool)
	registered bool
	atOnce     bool // the phone answers as it rings
	closed     int
}

func (v *voice) Browser(_ uuid.UUID, offer string, on func(bool)) (string, error) {
	v.on = on
	return "answer to " + offer, nil
}
func (v *voice) Echo(_ uuid.UUID, offer string) (string, error) { return "echo of " + offer, nil }
func (v *voice) EndEcho(uuid.UUID)                              {}
func (v *voice) Extension(context.Context, postgres.DB, uuid.UUID) (string, bool, error) {
	return "8001", v.registered, nil
}

func (v *voice) Ring(_ context.Context, _ uuid.UUID, _ string, on func(bool)) error {
	v.on = on
	if v.atOnce {
		on(true)
	}
	return nil
}
func (v *voice) Close(uuid.UUID)                       { v.closed++ }
func (v *voice) Levels(uuid.UUID) (uint8, uint8, bool) { return 0, 0, false }
