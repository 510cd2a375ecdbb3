package report

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

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
