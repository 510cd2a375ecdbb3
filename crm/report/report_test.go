package report_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/errs"
	"ringback/internal/postgres/pgtest"
)

// world is a store with calls of one business day, made with plain SQL: the
// rooms that write these tables are not this package's to know in a test of sums.
type world struct {
	t                   *testing.T
	db                  *pgtest.DB
	group, store, agent uuid.UUID
	customer, phone     uuid.UUID
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func today() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) } // 11:00 in Shanghai

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{t: t, db: pgtest.New(t), agent: id(), customer: id(), phone: id()}
	w.group, w.store = pgtest.Store(t, w.db)
	w.db.Exec(t, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, 'a', '林晓禾', '', $3)`, w.agent, w.group, today())
	w.db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘春棠', $4, $4)`, w.customer, w.group, w.store, today())
	w.db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $3, 'x', 'x', '0137', 'mobile', $4)`, w.phone, w.store, w.customer, today())
	return w
}

// call adds a finished call and returns its attempt.
func (w world) call(state, result string, at time.Time, waitMS int) uuid.UUID {
	task, attempt := id(), id()
	w.db.Exec(w.t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version,
		priority, not_before, due_at, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'completed', $4, gen_random_uuid()::text, 'TR-01', 'csi_followup_3d', 1, 60, $5, $5, $5, $5)`,
		task, w.group, w.store, w.customer, at)
	var bridged, answered *time.Time
	if waitMS >= 0 {
		a, b := at.Add(5*time.Second), at.Add(5*time.Second+time.Duration(waitMS)*time.Millisecond)
		answered, bridged = &a, &b
	}
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, agent_id,
		planned_at, business_at, dialed_at, answered_at, bridged_at, line_result, disposition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '0137', 'progressive', $8, $9, $10, $10, $10, $11, $12, $13, CASE WHEN $8::text = 'done' THEN 'C00' ELSE '' END)`,
		attempt, w.group, w.store, task, w.customer, w.phone, attempt[:], state, w.agent, at, answered, bridged, result)
	return attempt
}

func (w world) score(attempt uuid.UUID, dept, factor string, n int, at time.Time) {
	var response uuid.UUID
	w.db.Scoped(w.t, w.store, func(ctx context.Context, tx pgx.Tx) error {
		response = id()
		return tx.QueryRow(ctx, `
			INSERT INTO response (id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, node, started_at)
			SELECT $1, $2, $3, task_id, id, customer_id, 'csi_followup_3d', 1, 'x', $5 FROM attempt WHERE id = $4
			ON CONFLICT (attempt_id) DO UPDATE SET node = 'x' RETURNING id`, response, w.group, w.store, attempt, at).Scan(&response)
	})
	w.db.Exec(w.t, `INSERT INTO answer (id, store_id, response_id, key, node, dept, factor, value_num, seq, saved_at)
		VALUES ($1, $2, $3, gen_random_uuid()::text, 'n', $4, $5, $6, 1, $7)`, id(), w.store, response, dept, factor, n, at)
}

func (w world) board() report.Wallboard {
	var b report.Wallboard
	w.db.Scoped(w.t, w.store, func(ctx context.Context, tx pgx.Tx) (err error) {
		b, err = report.New().Wallboard(ctx, tx, today())
		return err
	})
	return b
}

func (w world) calls(b report.Behind) ([]report.Call, int) {
	b.Limit = 50
	var out []report.Call
	var n int
	w.db.Scoped(w.t, w.store, func(ctx context.Context, tx pgx.Tx) (err error) {
		out, n, err = report.New().Calls(ctx, tx, today(), b)
		return err
	})
	return out, n
}

func TestTheWallboardNamesTheResultsOwed(t *testing.T) {
	w := newWorld(t)
	at := today().Add(-time.Hour)
	w.call("done", "answered_human", at, 40)
	late, later := w.call("wrap_overdue", "answered_human", at, 40), w.call("wrap_overdue", "answered_human", at.Add(-24*time.Hour), 40)
	owed := w.board().Owed
	if len(owed) != 2 || owed[0].AttemptID != later || owed[1].AttemptID != late || owed[0].Agent == "" || !owed[1].At.Equal(at) {
		t.Errorf("results owed: %+v", owed)
	}
}

func TestEachNumberOfTheWallboardOpensTheCallsThatWereCounted(t *testing.T) {
	w := newWorld(t)
	at := today().Add(-time.Hour)
	good, bad := w.call("done", "answered_human", at, 40), w.call("done", "answered_human", at, 120)
	w.call("failed", "busy", at, -1)
	w.call("failed", "no_answer", at, -1)
	w.call("abandoned", "abandoned", at, -1)
	w.call("done", "answered_human", at.AddDate(0, 0, -1), 10) // yesterday
	w.score(good, "cs", "overall", 10, at)
	w.score(good, "workshop", "quality", 9, at)
	w.score(bad, "cs", "overall", 5, at)
	w.score(bad, "workshop", "quality", 6, at)

	b := w.board()
	if b.Attempts != 5 || b.Reached != 2 || b.Contact != (report.Fraction{Num: 2, Den: 5}) || b.Completed != 2 {
		t.Errorf("attempts %d, reached %d, contact %v, completed %d", b.Attempts, b.Reached, b.Contact, b.Completed)
	}
	if b.Abandoned.Num != 1 || b.Abandoned.Den != 3 {
		t.Errorf("abandoned %d of %d live answers, want 1 of 3", b.Abandoned.Num, b.Abandoned.Den)
	}
	if b.Satisfaction.Overall != (report.Scores{Sum: 15, N: 2, Satisfied: 1, Dissatisfied: 1}) {
		t.Errorf("overall %+v", b.Satisfaction.Overall)
	}
	if d := b.Satisfaction.ByDept; len(d) != 1 || d[0].Dept != "workshop" || d[0].Sum != 15 {
		t.Errorf("by department %+v", d)
	}
	if b.WaitMS.P50 == nil || *b.WaitMS.P50 != 80 {
		t.Errorf("p50 of 40 and 120 ms: %v", b.WaitMS.P50)
	}
	for figure, want := range map[string]int{
		"attempts": b.Attempts, "reached": b.Reached, "abandoned": b.Abandoned.Num,
		"completed": b.Completed, "dissatisfied": b.Satisfaction.Overall.Dissatisfied, "satisfied": 1, "scored": 2, "talking": 0,
	} {
		if _, n := w.calls(report.Behind{Figure: figure}); n != want {
			t.Errorf("behind %s are %d calls, the number says %d", figure, n, want)
		}
	}
	if got, n := w.calls(report.Behind{Figure: "dissatisfied", Dept: "workshop"}); n != 1 || got[0].ID != bad {
		t.Errorf("behind workshop's dissatisfied: %d calls", n)
	}
	if _, n := w.calls(report.Behind{Result: "busy"}); n != 1 {
		t.Errorf("behind busy: %d calls", n)
	}
	if len(b.Results) != 4 {
		t.Errorf("results %v", b.Results)
	}
}

func TestAnotherStoreSeesNothing(t *testing.T) {
	w := newWorld(t)
	call := w.call("done", "answered_human", today(), 40)
	other := pgtest.StoreIn(t, w.db, w.group)
	w.db.Scoped(t, other, func(ctx context.Context, tx pgx.Tx) error {
		if _, n, err := report.New().Calls(ctx, tx, today(), report.Behind{Limit: 10}); err != nil || n != 0 {
			t.Errorf("another store sees %d calls, %v", n, err)
		}
		if _, err := report.New().CallByID(ctx, tx, call); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another store opens the call: %v", err)
		}
		return nil
	})
}

func TestAnUnknownFigureIsRefused(t *testing.T) {
	w := newWorld(t)
	w.db.Scoped(t, w.store, func(ctx context.Context, tx pgx.Tx) error {
		if _, _, err := report.New().Calls(ctx, tx, today(), report.Behind{Figure: "x'; DROP TABLE task"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("got %v", err)
		}
		return nil
	})
}
