package report

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// TaskRow is a promise to call, as lists show it. Times are business time.
type TaskRow struct {
	ID              uuid.UUID  `json:"id"`
	Kind            string     `json:"kind"`
	State           string     `json:"state"`
	CustomerID      uuid.UUID  `json:"customerId"`
	CustomerName    string     `json:"customerName"`
	RONos           []string   `json:"roNos" db:"ro_nos"`
	DueAt           time.Time  `json:"dueAt"`
	NotBefore       time.Time  `json:"notBefore"`
	NextAttemptAt   *time.Time `json:"nextAttemptAt"`
	CallbackAt      *time.Time `json:"callbackAt"`
	Attempts        int        `json:"attempts"`
	MaxAttempts     int        `json:"maxAttempts"`
	Priority        int        `json:"priority"`
	Reason          string     `json:"reason"`
	BlockedReason   string     `json:"blockedReason"`
	LastLineResult  string     `json:"lastLineResult"`
	LastDisposition string     `json:"lastDisposition"`
	counted
}

// TaskFilter chooses tasks. State "open" is pending, queued, in_progress, retry_wait.
type TaskFilter struct {
	Kind, State   string
	Customer      *uuid.UUID
	Limit, Offset int
}

func openStates() []string { return []string{"pending", "queued", "in_progress", "retry_wait"} }

// Tasks lists tasks by due moment, with how many there are.
func (r *Report) Tasks(ctx context.Context, db postgres.DB, f TaskFilter) ([]TaskRow, int, error) {
	states := []string{f.State}
	if f.State == "open" {
		states = openStates()
	}
	rows, err := db.Query(ctx, `
		SELECT t.id, t.kind, t.state, t.customer_id, k.name_zh AS customer_name,
		       ARRAY(SELECT w.ro_no FROM work_order w WHERE w.id = ANY (t.work_order_ids) ORDER BY w.ro_no) AS ro_nos,
		       t.due_at, t.not_before, t.next_attempt_at, t.callback_at, t.attempts, t.max_attempts, t.priority, t.reason,
		       t.blocked_reason, t.last_line_result, t.last_disposition, (count(*) OVER ())::int AS total
		FROM task t JOIN customer k ON k.id = t.customer_id
		WHERE ($1 = '' OR t.kind = $1) AND ($2 = '' OR t.state = ANY ($3)) AND ($4::uuid IS NULL OR t.customer_id = $4)
		ORDER BY t.due_at, t.id LIMIT $5 OFFSET $6`, f.Kind, f.State, states, f.Customer, f.Limit, f.Offset)
	return page[TaskRow](rows, err, "tasks")
}

// Refused is why a task was not called: one row per rule (spec 2.6).
type Refused struct {
	TaskID       uuid.UUID  `json:"taskId"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	Rule         string     `json:"rule"`
	Outcome      string     `json:"outcome"`
	UntilAt      *time.Time `json:"until"`
	ReasonZH     string     `json:"reasonZh" db:"reason_zh"`
	ReasonEN     string     `json:"reasonEn" db:"reason_en"`
	Times        int        `json:"times"`
	FirstAt      time.Time  `json:"firstAt"`
	LastAt       time.Time  `json:"lastAt"`
	counted
}

// Refusals lists why tasks were not called: of one task, of one kind, or all.
func (r *Report) Refusals(ctx context.Context, db postgres.DB, task *uuid.UUID, kind string, limit, offset int) ([]Refused, int, error) {
	rows, err := db.Query(ctx, `
		SELECT f.task_id, t.customer_id, k.name_zh AS customer_name, f.rule, f.outcome, f.until_at, f.reason_zh, f.reason_en,
		       f.times, f.first_at, f.last_at, (count(*) OVER ())::int AS total
		FROM refusal f JOIN task t ON t.id = f.task_id JOIN customer k ON k.id = t.customer_id
		WHERE ($1::uuid IS NULL OR f.task_id = $1) AND ($2 = '' OR t.kind = $2)
		ORDER BY f.last_at DESC, f.task_id LIMIT $3 OFFSET $4`, task, kind, limit, offset)
	return page[Refused](rows, err, "refusals")
}
