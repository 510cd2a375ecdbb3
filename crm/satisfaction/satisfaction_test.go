package satisfaction_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/satisfaction"
	"ringback/crm/script"
	"ringback/internal/postgres/pgtest"
)

func score(factor string, v float64) script.Given {
	return script.Given{Key: factor, Factor: factor, Num: &v, Seq: 1}
}

func TestIndexIsTheWeightedMeanOfTheFactorsAnswered(t *testing.T) {
	refused := script.Given{Factor: "facility", Skipped: script.SkipRefused}
	for _, tt := range []struct {
		name  string
		given []script.Given
		want  int
	}{
		{"all ten", []script.Given{score("quality", 10), score("facility", 10), score("pickup", 10), score("advisor", 10), score("initiation", 10)}, 1000},
		{"one factor", []script.Given{score("quality", 7)}, 700},
		{"weights 24 and 18", []script.Given{score("quality", 10), score("advisor", 5)}, 786}, // (24·1000+18·500)/42
		{"means inside a factor", []script.Given{score("pickup", 10), score("pickup", 8), score("pickup", 3)}, 700},
		{"refused, overall and standard are outside", []script.Given{score("quality", 9), refused, score("overall", 1), score("nps", 0), score("standard", 1)}, 900},
	} {
		got := satisfaction.Index(tt.given)
		if got == nil || *got != tt.want {
			t.Errorf("%s: %v, want %d", tt.name, got, tt.want)
		}
	}
	if got := satisfaction.Index([]script.Given{refused}); got != nil {
		t.Errorf("an index of nothing: %d", *got)
	}
}

func TestNPSIsTheAnswerItself(t *testing.T) {
	if got := satisfaction.NPSOf([]script.Given{score("overall", 3), score("nps", 0)}); got == nil || *got != 0 {
		t.Errorf("nps %v", got)
	}
	if got := satisfaction.NPSOf([]script.Given{{Factor: "nps", Skipped: script.SkipRefused}}); got != nil {
		t.Errorf("a refused nps: %d", *got)
	}
}

// world has one response to hang answers on.
type world struct {
	t        *testing.T
	db       *pgtest.DB
	store    uuid.UUID
	response uuid.UUID
	seq      int
}

func newWorld(t *testing.T, scriptID string) *world {
	w := &world{t: t, db: pgtest.New(t), response: uuid.Must(uuid.NewV7())}
	group, store := pgtest.Store(t, w.db)
	w.store = store
	now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	id := w.response
	w.db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘', $4, $4)`, id, group, store, now)
	w.db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $1, '\x', '\x', '0137', 'mobile', $3)`, id, store, now)
	w.db.Exec(t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority, not_before, due_at, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'completed', $1, 'k', 'TR-01', $4, 1, 60, $5, $5, $5, $5)`, id, group, store, scriptID, now)
	w.db.Exec(t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, planned_at, business_at)
		VALUES ($1, $2, $3, $1, $1, $1, '\x', '0137', 'preview', 'done', $4, $4)`, id, group, store, now)
	w.db.Exec(t, `INSERT INTO response (id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, node, started_at)
		VALUES ($1, $2, $3, $1, $1, $1, $4, 1, 'end_ok', $5)`, id, group, store, scriptID, now)
	return w
}

func (w *world) answer(key, dept, factor string, v float64, skipped string, at time.Time) {
	w.seq++
	var num *float64
	if skipped == "" {
		num = &v
	}
	w.db.Exec(w.t, `INSERT INTO answer (id, store_id, response_id, key, repeat_no, node, dept, factor, value_num, skipped, seq, saved_at)
		VALUES ($1, $2, $3, $4, $5, $4, $6, $7, $8, $9, $5, $10)`, uuid.Must(uuid.NewV7()), w.store, w.response, key, w.seq, dept, factor, num, skipped, at)
}

func (w *world) between(from, to time.Time) (day satisfaction.Day) {
	w.db.Scoped(w.t, w.store, func(ctx context.Context, tx pgx.Tx) (err error) {
		day, err = satisfaction.Between(ctx, tx, from, to)
		return err
	})
	return day
}

func TestDayCountsEachAnswerOnceByItsDepartment(t *testing.T) {
	w := newWorld(t, "csi_followup_3d")
	noon := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	for key, v := range map[string]float64{"speed_reception": 9, "price_labour": 6, "staff_service": 7} {
		w.answer(key, "reception", "advisor", v, "", noon)
	}
	w.answer("price_parts", "parts", "pickup", 4, "", noon)
	w.answer("cleanliness", "wash", "quality", 0, "refused", noon)
	w.answer("quoted_first", "reception", "standard", 1, "", noon)
	w.answer("overall", "cs", "overall", 8, "", noon)
	w.answer("overall", "cs", "overall", 5, "", noon.AddDate(0, 0, -1))
	for _, v := range []float64{10, 9, 7, 6} {
		w.answer("nps", "cs", "nps", v, "", noon)
	}
	day := w.between(noon.Add(-time.Hour), noon.Add(time.Hour))
	if want := (satisfaction.Figure{Sum: 8, N: 1, Satisfied: 1}); day.Overall != want {
		t.Errorf("overall %+v, want %+v", day.Overall, want)
	}
	want := map[string]satisfaction.Figure{
		"cs": {Sum: 8, N: 1, Satisfied: 1}, "parts": {Sum: 4, N: 1, Dissatisfied: 1},
		"reception": {Sum: 22, N: 3, Satisfied: 1, Dissatisfied: 1},
	}
	if len(day.ByDept) != len(want) {
		t.Errorf("departments %+v", day.ByDept)
	}
	for _, d := range day.ByDept {
		if d.Figure != want[d.Dept] {
			t.Errorf("%s: %+v, want %+v", d.Dept, d.Figure, want[d.Dept])
		}
	}
	if num, den := day.NPS(); num != 1 || den != 4 {
		t.Errorf("nps %d of %d, want 1 of 4", num, den)
	}
}

func TestOtherScriptsDoNotCountAsSurveys(t *testing.T) {
	w := newWorld(t, "ssi_new_car")
	noon := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	w.answer("overall", "sales", "overall", 3, "", noon)
	if day := w.between(noon.Add(-time.Hour), noon.Add(time.Hour)); day.Overall.N != 0 || len(day.ByDept) != 0 {
		t.Errorf("figures %+v", day)
	}
}
