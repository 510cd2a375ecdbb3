package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Wallboard is what a supervisor sees live (spec 4.2).
type Wallboard struct {
	At           time.Time     `json:"at"`
	Agents       AgentsNow     `json:"agents"`
	Lines        Lines         `json:"lines"`
	Attempts     int           `json:"attemptsToday"`
	Reached      int           `json:"reachedToday"`
	Contact      Fraction      `json:"contactRate"` // persons reached of calls made
	Abandoned    AbandonRate   `json:"abandoned"`
	Completed    int           `json:"completedToday"`
	WaitMS       Percentiles   `json:"waitMs"` // answer to agent
	Satisfaction Satisfaction  `json:"satisfaction"`
	QuickForms   int           `json:"quickFormsToday"`
	Tasks        TasksNow      `json:"tasks"`
	Results      []ResultCount `json:"results"`
	Owed         []ResultOwed  `json:"owed"` // oldest first
}

// ResultOwed is a call whose agent let the wrap-up time pass without choosing a
// result (spec 2.5.2, wrapped_pending). At is the call's business time.
type ResultOwed struct {
	AttemptID       uuid.UUID `json:"attemptId"`
	CustomerID      uuid.UUID `json:"customerId"`
	Agent           string    `json:"agent"`
	CustomerInitial string    `json:"customerInitial"`
	At              time.Time `json:"at"`
	SignedOn        bool      `json:"signedOn"` // the agent is there to choose it
}

// AgentsNow counts and lists the agents who are signed on.
type AgentsNow struct {
	ByState map[string]int `json:"byState"`
	List    []AgentNow     `json:"list"`
}

// AgentNow is one agent's row. Since is real time.
type AgentNow struct {
	UserID          uuid.UUID  `json:"userId"`
	Name            string     `json:"name"`
	State           string     `json:"state" enum:"offline,ready,reserved,preview,dialing,ringing,talking,holding,consult,wrapup,paused,lost"`
	Since           time.Time  `json:"since"`
	Reason          string     `json:"reason"`
	Campaign        *string    `json:"campaign"`
	CustomerInitial *string    `json:"customerInitial"`
	AnsweredToday   int        `json:"answeredToday"`
	ScoreSum        int        `json:"scoreSum"`
	ScoreN          int        `json:"scoreN"`
	AudioUp         bool       `json:"audioUp"`
	AttemptID       *uuid.UUID `json:"attemptId"`
}

// Lines counts calls on their way, by attempt state.
type Lines struct {
	Planned int `json:"planned"`
	Dialing int `json:"dialing"`
	Ringing int `json:"ringing"`
	Waiting int `json:"waiting"` // answered, no agent yet
	Talking int `json:"talking"`
}

// AbandonRate is abandoned over live answers today, with the tightest cap.
type AbandonRate struct {
	Fraction
	CapBP int `json:"capBp"`
}

// Percentiles of milliseconds; null when nothing was measured.
type Percentiles struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
}

// Scores sums 10-point answers: satisfied is 8 and more, dissatisfied 6 and less (D-10).
type Scores struct {
	Sum          int `json:"sum"`
	N            int `json:"n"`
	Satisfied    int `json:"satisfied"`
	Dissatisfied int `json:"dissatisfied"`
}

// Satisfaction so far today.
type Satisfaction struct {
	Overall Scores       `json:"overall"`
	ByDept  []DeptScores `json:"byDept"`
}

// DeptScores are one department's.
type DeptScores struct {
	Dept string `json:"dept"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	Scores
}

// TasksNow is what is left to do.
type TasksNow struct {
	DueToday int `json:"dueToday"`
	Overdue  int `json:"overdue"`
	Left     int `json:"left"`
}

// ResultCount is a line result with today's calls.
type ResultCount struct {
	Word
	N int `json:"n"`
}

// Wallboard reads the store's live figures at business time now.
func (r *Report) Wallboard(ctx context.Context, db postgres.DB, now time.Time) (Wallboard, error) {
	from, to := r.Day(now)
	w := Wallboard{At: now}
	steps := []func() error{
		func() error { return r.attempts(ctx, db, from, to, &w) },
		func() (err error) { w.Lines, err = lines(ctx, db); return err },
		func() (err error) { w.Agents, err = agents(ctx, db, from, to); return err },
		func() (err error) { w.Satisfaction, err = satisfaction(ctx, db, from, to); return err },
		func() (err error) { w.Tasks, err = tasksNow(ctx, db, now, to); return err },
		func() (err error) { w.Results, err = results(ctx, db, from, to); return err },
		func() (err error) { w.Owed, err = owed(ctx, db); return err },
		func() error {
			return db.QueryRow(ctx, `SELECT count(*) FROM quick_form WHERE created_at >= $1 AND created_at < $2`, from, to).Scan(&w.QuickForms)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return Wallboard{}, fmt.Errorf("reading the wallboard: %w", err)
		}
	}
	return w, nil
}

// attempts: a call counts as made once it was dialled; a person was reached when
// the line result says so.
func (r *Report) attempts(ctx context.Context, db postgres.DB, from, to time.Time, w *Wallboard) error {
	err := db.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE dialed_at IS NOT NULL),
		       count(*) FILTER (WHERE bridged_at IS NOT NULL),
		       count(*) FILTER (WHERE state = 'abandoned'),
		       count(*) FILTER (WHERE bridged_at IS NOT NULL OR state = 'abandoned'),
		       count(*) FILTER (WHERE state = 'done' AND disposition = 'C00'),
		       coalesce((SELECT min(cap_bp) FROM campaign WHERE state = 'running'), 150)
		FROM attempt WHERE business_at >= $1 AND business_at < $2`, from, to).
		Scan(&w.Attempts, &w.Reached, &w.Abandoned.Num, &w.Abandoned.Den, &w.Completed, &w.Abandoned.CapBP)
	if err != nil {
		return fmt.Errorf("counting attempts: %w", err)
	}
	w.Contact = Fraction{Num: w.Reached, Den: w.Attempts}
	return db.QueryRow(ctx, `
		SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY ms),
		       percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)
		FROM (SELECT extract(epoch FROM bridged_at - answered_at)::float8 * 1000 AS ms FROM attempt
		      WHERE business_at >= $1 AND business_at < $2 AND bridged_at IS NOT NULL AND answered_at IS NOT NULL) w`, from, to).
		Scan(&w.WaitMS.P50, &w.WaitMS.P95, &w.WaitMS.P99)
}

func lines(ctx context.Context, db postgres.DB) (l Lines, err error) {
	err = db.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'dialing'),
		       count(*) FILTER (WHERE state IN ('ringing', 'checking')), count(*) FILTER (WHERE state = 'answered'),
		       count(*) FILTER (WHERE state = 'bridged')
		FROM attempt WHERE state IN ('planned','dialing','ringing','checking','answered','bridged')`).
		Scan(&l.Planned, &l.Dialing, &l.Ringing, &l.Waiting, &l.Talking)
	return l, err
}

func agents(ctx context.Context, db postgres.DB, from, to time.Time) (AgentsNow, error) {
	rows, err := db.Query(ctx, `
		SELECT s.user_id, u.name_zh AS name, s.state, s.since, s.reason, s.audio_up, s.attempt_id,
		       (SELECT c.name FROM campaign c WHERE c.id = s.campaign_id) AS campaign,
		       (SELECT left(k.name_zh, 1) FROM attempt a JOIN customer k ON k.id = a.customer_id WHERE a.id = s.attempt_id) AS customer_initial,
		       (SELECT count(*) FROM attempt a WHERE a.agent_id = s.user_id AND a.business_at >= $1 AND a.business_at < $2
		          AND a.bridged_at IS NOT NULL)::int AS answered_today,
		       coalesce(sc.score_sum, 0)::int AS score_sum, coalesce(sc.score_n, 0)::int AS score_n
		FROM agent_session s JOIN app_user u ON u.id = s.user_id
		LEFT JOIN LATERAL (
		    SELECT sum(an.value_num) AS score_sum, count(*) AS score_n
		    FROM answer an JOIN response re ON re.id = an.response_id JOIN attempt a ON a.id = re.attempt_id
		    WHERE a.agent_id = s.user_id AND an.factor = 'overall' AND an.value_num IS NOT NULL
		      AND an.saved_at >= $1 AND an.saved_at < $2) sc ON true
		WHERE s.signed_off_at IS NULL ORDER BY s.state, s.since`, from, to)
	if err != nil {
		return AgentsNow{}, fmt.Errorf("listing agents: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[AgentNow])
	if err != nil {
		return AgentsNow{}, fmt.Errorf("listing agents: %w", err)
	}
	out := AgentsNow{ByState: map[string]int{}, List: list}
	for _, a := range list {
		out.ByState[a.State]++
	}
	return out, nil
}

func owed(ctx context.Context, db postgres.DB) ([]ResultOwed, error) {
	rows, err := db.Query(ctx, `
		SELECT a.id AS attempt_id, a.customer_id, u.name_zh AS agent, left(k.name_zh, 1) AS customer_initial, a.business_at AS at,
		       EXISTS (SELECT FROM agent_session s WHERE s.user_id = a.agent_id AND s.signed_off_at IS NULL) AS signed_on
		FROM attempt a JOIN app_user u ON u.id = a.agent_id JOIN customer k ON k.id = a.customer_id
		WHERE a.state = 'wrap_overdue' ORDER BY a.business_at`)
	if err != nil {
		return nil, fmt.Errorf("listing the results owed: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[ResultOwed])
}

const scoreColumns = `
	coalesce(sum(a.value_num), 0)::int AS sum, count(*)::int AS n,
	(count(*) FILTER (WHERE a.value_num >= 8))::int AS satisfied, (count(*) FILTER (WHERE a.value_num <= 6))::int AS dissatisfied`

// satisfaction counts the 10-point answers given today, by the department the
// question charges (spec 3.3); the overall question counts once, in Overall.
func satisfaction(ctx context.Context, db postgres.DB, from, to time.Time) (Satisfaction, error) {
	type row struct {
		Dept    string
		Overall bool
		Scores
	}
	rows, err := db.Query(ctx, `
		SELECT a.dept, a.factor = 'overall' AS overall, `+scoreColumns+`
		FROM answer a
		WHERE a.saved_at >= $1 AND a.saved_at < $2 AND a.value_num IS NOT NULL AND a.skipped = ''
		  AND a.factor IN ('initiation', 'advisor', 'facility', 'pickup', 'quality', 'overall')
		GROUP BY a.dept, a.factor = 'overall'`, from, to)
	if err != nil {
		return Satisfaction{}, fmt.Errorf("reading satisfaction: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return Satisfaction{}, fmt.Errorf("reading satisfaction: %w", err)
	}
	out := Satisfaction{ByDept: []DeptScores{}}
	byDept := map[string]Scores{}
	for _, r := range found {
		if r.Overall {
			out.Overall = add(out.Overall, r.Scores)
			continue
		}
		byDept[r.Dept] = add(byDept[r.Dept], r.Scores)
	}
	for _, d := range Departments() {
		if sc, ok := byDept[d.Code]; ok {
			out.ByDept = append(out.ByDept, DeptScores{Dept: d.Code, ZH: d.ZH, EN: d.EN, Scores: sc})
		}
	}
	return out, nil
}

func add(a, b Scores) Scores {
	return Scores{a.Sum + b.Sum, a.N + b.N, a.Satisfied + b.Satisfied, a.Dissatisfied + b.Dissatisfied}
}

func tasksNow(ctx context.Context, db postgres.DB, now, dayEnd time.Time) (t TasksNow, err error) {
	err = db.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE due_at < $2 AND due_at >= $1), count(*) FILTER (WHERE due_at < $1), count(*)
		FROM task WHERE state IN ('pending', 'queued', 'in_progress', 'retry_wait')`, now, dayEnd).
		Scan(&t.DueToday, &t.Overdue, &t.Left)
	return t, err
}

func results(ctx context.Context, db postgres.DB, from, to time.Time) ([]ResultCount, error) {
	rows, err := db.Query(ctx, `
		SELECT line_result AS code, count(*)::int AS n FROM attempt
		WHERE business_at >= $1 AND business_at < $2 AND line_result <> '' GROUP BY line_result`, from, to)
	if err != nil {
		return nil, fmt.Errorf("counting results: %w", err)
	}
	counts := map[string]int{}
	var code string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&code, &n}, func() error { counts[code] = n; return nil }); err != nil {
		return nil, fmt.Errorf("counting results: %w", err)
	}
	out := []ResultCount{}
	for _, w := range LineResults() {
		if c := counts[w.Code]; c > 0 {
			out = append(out, ResultCount{w, c})
		}
	}
	return out, nil
}
