package report_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/postgres"
)

// books is a store whose rows a test writes itself, and whose figures it reads.
type books struct {
	world
	report *report.Report
	now    time.Time
	stores []uuid.UUID // whose figures are read
	conn   *pgx.Conn   // as the owner
}

func newBooks(t *testing.T) books {
	w := newWorld(t)
	c, err := pgx.Connect(t.Context(), w.db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return books{world: w, report: report.New(), now: today(), stores: []uuid.UUID{w.store}, conn: c}
}

func (b books) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.conn.Exec(b.t.Context(), sql, args...); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
}

// scoped runs fn over the stores whose figures are read.
func (b books) scoped(fn func(ctx context.Context, tx pgx.Tx) error) {
	b.t.Helper()
	if err := b.db.Pool.Scoped(b.t.Context(), postgres.Scope{Stores: b.stores}, fn); err != nil {
		b.t.Fatal(err)
	}
}

// month of now.
func (b books) month() report.FigureQuery {
	p, err := b.report.PeriodOf("month", "", "", "", b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return report.FigureQuery{Period: p, Now: b.now}
}

// person adds a customer.
func (b books) person() uuid.UUID {
	k := id()
	b.exec(`INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '客户', $4, $4)`, k, b.group, b.store, b.now)
	return k
}

type job struct {
	kind, state string
	due, done   time.Time
	orders      []uuid.UUID
	customer    uuid.UUID
}

// task adds a promise; without a customer it is somebody new's.
func (b books) task(j job) uuid.UUID {
	k := id()
	if j.kind == "" {
		j.kind = "followup_3d"
	}
	if j.customer == uuid.Nil {
		j.customer = b.person()
	}
	if j.orders == nil {
		j.orders = []uuid.UUID{}
	}
	var done *time.Time
	if !j.done.IsZero() {
		done = &j.done
	}
	b.exec(`INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version,
		priority, not_before, due_at, completed_at, work_order_ids, assignee_id, created_at, updated_at)
		VALUES ($1::uuid, $2, $3, $4, 'service', $5, $6, $1::text, 'TR-01', 'csi_followup_3d', 1, 60, $7, $7, $8, $9, $10, $7, $7)`,
		k, b.group, b.store, j.kind, j.state, j.customer, j.due, done, j.orders, b.agent)
	return k
}

// order adds a work order of a new vehicle.
func (b books) order(kind, state string, delivered time.Time, customer uuid.UUID) uuid.UUID {
	o, v := id(), id()
	b.exec(`INSERT INTO vehicle (id, group_id, store_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)`, v, b.group, b.store, b.now)
	b.exec(`INSERT INTO work_order (id, group_id, store_id, ro_no, kind, state, vehicle_id, customer_id, delivered_at, content_hash, created_at, updated_at)
		VALUES ($1::uuid, $2, $3, $1::text, $4, $5, $6, $7, $8, '', $9, $9)`, o, b.group, b.store, kind, state, v, customer, delivered, b.now)
	return o
}

type dial struct {
	task                       uuid.UUID
	state, result, disposition string
	at                         time.Time
	notDialled                 bool
}

func (b books) dial(d dial) uuid.UUID {
	a := id()
	var dialled *time.Time
	if !d.notDialled {
		dialled = &d.at
	}
	if d.state == "" {
		d.state = "done"
	}
	b.exec(`INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, agent_id,
		planned_at, business_at, dialed_at, line_result, disposition)
		SELECT $1, $2, $3, t.id, t.customer_id, $5, $6, '0137', 'progressive', $7, $8, $9, $9, $10, $11, $12 FROM task t WHERE t.id = $4`,
		a, b.group, b.store, d.task, b.phone, a[:], d.state, b.agent, d.at, dialled, d.result, d.disposition)
	return a
}

// talk is how a response ended.
type talk struct {
	completed, short, open bool
	outcome                string
}

func (b books) response(attempt uuid.UUID, at time.Time, how talk) uuid.UUID {
	r := id()
	var finished *time.Time
	if !how.open {
		f := at.Add(5 * time.Minute)
		finished = &f
	}
	b.exec(`INSERT INTO response (id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, node, short, started_at, finished_at, completed, outcome)
		SELECT $1, $2, $3, a.task_id, a.id, a.customer_id, 'csi_followup_3d', 1, 'x', $5, $6, $7, $8, $9 FROM attempt a WHERE a.id = $4`,
		r, b.group, b.store, attempt, how.short, at, finished, how.completed, how.outcome)
	return r
}

// survey is a whole finished follow-up call, and its response.
func (b books) survey(at time.Time) uuid.UUID {
	k := b.task(job{state: "completed", due: at, done: at})
	return b.response(b.dial(dial{task: k, result: "answered_human", disposition: "C00", at: at}), at, talk{completed: true, outcome: "C00"})
}

// says adds an answer: a number is a score, a word is a code; empty is a refusal.
func (b books) says(response uuid.UUID, key, dept, factor string, value any) {
	var num *int
	var code *string
	skipped := ""
	switch v := value.(type) {
	case int:
		num = &v
	case string:
		code = &v
	default:
		skipped = "refused"
	}
	b.exec(`INSERT INTO answer (id, store_id, response_id, key, node, dept, factor, value_num, value_code, skipped, seq, saved_at)
		SELECT $1, $2, r.id, $4, $4, $5, $6, $7, $8, $9, 1, r.started_at FROM response r WHERE r.id = $3`,
		id(), b.store, response, key, dept, factor, num, code, skipped)
}

func (b books) read(figure string, q report.FigureQuery) report.Reading {
	b.t.Helper()
	d, err := report.FigureByID(figure)
	if err != nil {
		b.t.Fatal(err)
	}
	var out report.Reading
	b.scoped(func(ctx context.Context, tx pgx.Tx) (err error) {
		out, err = b.report.Figure(ctx, tx, d, q)
		return err
	})
	b.opensToItsRows(d, q, out)
	return out
}

// opensToItsRows is the promise of rule 6, checked for every figure that any test
// reads: the rows behind each side are as many, and sum to, what the figure says.
func (b books) opensToItsRows(d report.Definition, q report.FigureQuery, got report.Reading) {
	b.t.Helper()
	all, n := b.open(d, q, "", report.SideAll)
	var num, den int64
	for _, r := range all {
		num, den = num+r.Num, den+r.Den
	}
	if n != got.Rows || len(all) != n || num != got.Num || den != got.Den {
		b.t.Errorf("%s says %d/%d of %d rows; opened it has %d/%d of %d", d.ID, got.Num, got.Den, got.Rows, num, den, n)
	}
	if _, open := b.open(d, q, "", report.SideOpen); open != got.Open {
		b.t.Errorf("%s says %d open rows; opened it has %d", d.ID, got.Open, open)
	}
	if _, rest := b.open(d, q, "", report.SideRest); rest != got.Rest {
		b.t.Errorf("%s says %d rows of the rest; opened it has %d", d.ID, got.Rest, rest)
	}
	for _, p := range got.Split {
		rows, _ := b.open(d, q, p.Code, report.SideNum)
		var sum int64
		for _, r := range rows {
			sum += r.Num
		}
		if sum != p.Num {
			b.t.Errorf("%s of %s says numerator %d; opened it has %d", d.ID, p.Code, p.Num, sum)
		}
	}
}

func (b books) open(d report.Definition, q report.FigureQuery, part, side string) ([]report.FigureRow, int) {
	b.t.Helper()
	var out []report.FigureRow
	var n int
	b.scoped(func(ctx context.Context, tx pgx.Tx) (err error) {
		out, n, err = b.report.Behind(ctx, tx, d, report.Opening{FigureQuery: q, Part: part, Side: side, Limit: 1000})
		return err
	})
	return out, n
}

func (b books) want(figure, shown string) report.Reading {
	b.t.Helper()
	got := b.read(figure, b.month())
	if s := got.Unit.Show(got.Value); s != shown {
		b.t.Errorf("%s is %s (%d/%d), want %s", figure, s, got.Num, got.Den, shown)
	}
	return got
}

func part(t *testing.T, r report.Reading, code string) report.PartReading {
	t.Helper()
	for _, p := range r.Split {
		if p.Code == code {
			return p
		}
	}
	b, _ := json.Marshal(r.Split)
	t.Fatalf("%s has no part %s: %s", r.ID, code, b)
	return report.PartReading{}
}
