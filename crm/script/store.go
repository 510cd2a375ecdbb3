package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Response is one call's walk as it is kept (spec 2.2.20).
type Response struct {
	ID            uuid.UUID
	GroupID       uuid.UUID
	StoreID       uuid.UUID
	TaskID        uuid.UUID
	AttemptID     uuid.UUID
	CustomerID    uuid.UUID
	ScriptID      string
	ScriptVersion int
	Variables     map[string]any
	Node          string
	Path          []Step
	Identified    bool
	Short         bool
	StartedAt     time.Time  // business time
	FinishedAt    *time.Time // business time
	Completed     bool
	Outcome       string // proposed disposition
	ScoreIndex    *int   // 0–1000, K-03
	NPS           *int   `db:"nps"`
}

// State of the walk.
func (r Response) State() State {
	return State{Node: r.Node, Path: r.Path, Identified: r.Identified, Short: r.Short}
}

const responseColumns = `id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, variables, node, path,
	identified, short, started_at, finished_at, completed, outcome, score_index, nps`

// Open writes a new response. There is one per attempt: a second is a unique
// violation.
func Open(ctx context.Context, db postgres.DB, r Response) error {
	vars, err := json.Marshal(r.Variables)
	if err != nil {
		return fmt.Errorf("encoding the variables of a response: %w", err)
	}
	path, err := json.Marshal(r.Path)
	if err != nil {
		return fmt.Errorf("encoding the path of a response: %w", err)
	}
	_, err = db.Exec(ctx, `
		INSERT INTO response (id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, variables, node, path,
			identified, short, started_at, outcome)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.ID, r.GroupID, r.StoreID, r.TaskID, r.AttemptID, r.CustomerID, r.ScriptID, r.ScriptVersion, vars, r.Node, path,
		r.Identified, r.Short, r.StartedAt, r.Outcome)
	if err != nil {
		return fmt.Errorf("opening the response of attempt %s: %w", r.AttemptID, err)
	}
	return nil
}

// ByAttempt is the response of a call, nil when it has none.
func ByAttempt(ctx context.Context, db postgres.DB, attempt uuid.UUID) (*Response, error) {
	r, err := one(ctx, db, `SELECT `+responseColumns+` FROM response WHERE attempt_id = $1`, attempt)
	if errs.KindOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// Lock reads a response for changing; errs.NotFound "response_not_found".
func Lock(ctx context.Context, db postgres.DB, id uuid.UUID) (Response, error) {
	return one(ctx, db, `SELECT `+responseColumns+` FROM response WHERE id = $1 FOR UPDATE`, id)
}

func one(ctx context.Context, db postgres.DB, sql string, id uuid.UUID) (Response, error) {
	rows, err := db.Query(ctx, sql, id)
	if err != nil {
		return Response{}, fmt.Errorf("reading a response: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Response])
	if errors.Is(err, pgx.ErrNoRows) {
		return Response{}, errs.New(errs.NotFound, "response_not_found", "没有这通电话的答卷。", "There is no such response.")
	}
	if err != nil {
		return Response{}, fmt.Errorf("reading a response: %w", err)
	}
	return r, nil
}

// SaveState keeps where a walk stands and what outcome it proposes.
func SaveState(ctx context.Context, db postgres.DB, id uuid.UUID, st State, outcome string) error {
	path, err := json.Marshal(st.Path)
	if err != nil {
		return fmt.Errorf("encoding the path of a response: %w", err)
	}
	_, err = db.Exec(ctx, `UPDATE response SET node = $2, path = $3, identified = $4, short = $5, outcome = $6 WHERE id = $1`,
		id, st.Node, path, st.Identified, st.Short, outcome)
	if err != nil {
		return fmt.Errorf("saving the state of response %s: %w", id, err)
	}
	return nil
}

// Finish closes a response with its figures; nil where a figure has no answer.
func Finish(ctx context.Context, db postgres.DB, id uuid.UUID, completed bool, outcome string, index, nps *int, at time.Time) error {
	_, err := db.Exec(ctx, `UPDATE response SET finished_at = $2, completed = $3, outcome = $4, score_index = $5, nps = $6 WHERE id = $1`,
		id, at, completed, outcome, index, nps)
	if err != nil {
		return fmt.Errorf("finishing response %s: %w", id, err)
	}
	return nil
}

// SaveAnswers writes answers; the same key and repeat is written over. at is
// business time. Words attached before are kept when the new answer has none.
func SaveAnswers(ctx context.Context, db postgres.DB, r Response, given []Given, at time.Time) error {
	batch := &pgx.Batch{}
	for _, g := range given {
		batch.Queue(`
			INSERT INTO answer (id, store_id, response_id, key, repeat_no, node, dept, factor, value_num, value_code, value_codes, verbatim, skipped, seq, saved_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULLIF($10, ''), $11, NULLIF($12, ''), $13, $14, $15)
			ON CONFLICT (response_id, key, repeat_no) DO UPDATE SET node = EXCLUDED.node, value_num = EXCLUDED.value_num,
				value_code = EXCLUDED.value_code, value_codes = EXCLUDED.value_codes,
				verbatim = coalesce(EXCLUDED.verbatim, answer.verbatim), skipped = EXCLUDED.skipped, seq = EXCLUDED.seq,
				saved_at = EXCLUDED.saved_at`,
			uuid.Must(uuid.NewV7()), r.StoreID, r.ID, g.Key, g.Repeat, g.Node, g.Dept, g.Factor, g.Num, g.Code, g.Codes, g.Verbatim, g.Skipped, g.Seq, at)
	}
	if err := db.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("saving answers of response %s: %w", r.ID, err)
	}
	return nil
}

// SaveWords attaches the customer's words to an answer that exists already; it
// is not ok when there is none yet.
func SaveWords(ctx context.Context, db postgres.DB, response uuid.UUID, key, words string, at time.Time) (ok bool, err error) {
	tag, err := db.Exec(ctx, `
		UPDATE answer SET verbatim = NULLIF($3, ''), saved_at = $4
		WHERE response_id = $1 AND key = $2 AND repeat_no = (SELECT max(repeat_no) FROM answer WHERE response_id = $1 AND key = $2)`,
		response, key, words, at)
	if err != nil {
		return false, fmt.Errorf("saving words of response %s: %w", response, err)
	}
	return tag.RowsAffected() > 0, nil
}

type answerRow struct {
	Key        string
	RepeatNo   int
	Node       string
	Dept       string
	Factor     string
	ValueNum   *float64
	ValueCode  *string
	ValueCodes []string
	Verbatim   *string
	Skipped    string
	Seq        int
	SavedAt    time.Time
}

func (r answerRow) given() Given {
	g := Given{
		Key: r.Key, Repeat: r.RepeatNo, Node: r.Node, Dept: r.Dept, Factor: r.Factor, Num: r.ValueNum, Codes: r.ValueCodes,
		Skipped: r.Skipped, Seq: r.Seq, At: r.SavedAt,
	}
	if r.ValueCode != nil {
		g.Code = *r.ValueCode
	}
	if r.Verbatim != nil {
		g.Verbatim = *r.Verbatim
	}
	return g
}

// Answers of a response in the order they were first given.
func Answers(ctx context.Context, db postgres.DB, response uuid.UUID) ([]Given, error) {
	rows, err := db.Query(ctx, `
		SELECT key, repeat_no, node, dept, factor, value_num, value_code, value_codes, verbatim, skipped, seq, saved_at
		FROM answer WHERE response_id = $1 ORDER BY seq, repeat_no`, response)
	if err != nil {
		return nil, fmt.Errorf("reading answers of response %s: %w", response, err)
	}
	return givens(rows)
}

func givens(rows pgx.Rows) ([]Given, error) {
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[answerRow])
	if err != nil {
		return nil, fmt.Errorf("reading answers: %w", err)
	}
	out := make([]Given, len(found))
	for i, r := range found {
		out[i] = r.given()
	}
	return out, nil
}

// Carried are the answers of the task's earlier calls that broke off (C01): the
// next call goes on behind them (RP-PARTIAL). Answers of a quick form stay with
// the form.
func Carried(ctx context.Context, db postgres.DB, r Response) ([]Given, error) {
	rows, err := db.Query(ctx, `
		SELECT DISTINCT ON (a.key) a.key, a.repeat_no, a.node, a.dept, a.factor, a.value_num, a.value_code, a.value_codes, a.verbatim, a.skipped, a.seq, a.saved_at
		FROM answer a JOIN response p ON p.id = a.response_id
		WHERE p.task_id = $1 AND p.script_id = $2 AND p.id <> $3 AND p.outcome = 'C01' AND p.finished_at <= $4
			AND a.seq > 0 AND a.skipped NOT IN ('short', 'not_applicable') AND strpos(a.key, '.') = 0
		ORDER BY a.key, a.saved_at DESC`, r.TaskID, r.ScriptID, r.ID, r.StartedAt)
	if err != nil {
		return nil, fmt.Errorf("reading answers of earlier calls: %w", err)
	}
	return givens(rows)
}

// FirstRun notes that an effect is run; it is not first when it was run before
// (3.2.4).
func FirstRun(ctx context.Context, db postgres.DB, r Response, node string, index int, action string, at time.Time) (first bool, err error) {
	tag, err := db.Exec(ctx, `
		INSERT INTO script_effect (response_id, node, idx, store_id, action, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		r.ID, node, index, r.StoreID, action, at)
	if err != nil {
		return false, fmt.Errorf("noting effect %s of response %s: %w", action, r.ID, err)
	}
	return tag.RowsAffected() > 0, nil
}
