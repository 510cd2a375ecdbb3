package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// CustomerRef is a customer by name.
type CustomerRef struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// RefusalView is why a task was not called.
type RefusalView struct {
	TaskID   uuid.UUID   `json:"taskId"`
	Customer CustomerRef `json:"customer"`
	Rule     string      `json:"rule"`
	Outcome  Outcome     `json:"outcome"`
	Cause    Cause       `json:"cause" enum:"time,file,house,agent,never"`
	LabelZH  string      `json:"labelZh" db:"-"`
	LabelEN  string      `json:"labelEn" db:"-"`
	Until    *time.Time  `json:"until,omitempty"`
	EndedAt  *time.Time  `json:"endedAt,omitempty"` // when its cause was seen to have ended
	ReasonZH string      `json:"reasonZh"`
	ReasonEN string      `json:"reasonEn"`
	Times    int         `json:"times"`
	FirstAt  time.Time   `json:"firstAt"`
	LastAt   time.Time   `json:"lastAt"`
}

// refusalRow is a RefusalView as it is read.
type refusalRow struct {
	TaskID       uuid.UUID
	CustomerID   uuid.UUID
	CustomerName string
	Rule         string
	Outcome      Outcome
	Cause        Cause
	UntilAt      *time.Time
	EndedAt      *time.Time
	ReasonZH     string `db:"reason_zh"`
	ReasonEN     string `db:"reason_en"`
	Times        int
	FirstAt      time.Time
	LastAt       time.Time
	Total        int
}

func (r refusalRow) view() RefusalView {
	l := LabelOf(r.Rule)
	return RefusalView{
		TaskID: r.TaskID, Customer: CustomerRef{ID: r.CustomerID, Name: r.CustomerName}, Rule: r.Rule, Outcome: r.Outcome, Cause: r.Cause,
		LabelZH: l.ZH, LabelEN: l.EN, Until: r.UntilAt, EndedAt: r.EndedAt, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN,
		Times: r.Times, FirstAt: r.FirstAt, LastAt: r.LastAt,
	}
}

// Refusals of the tasks a campaign calls, newest first, with how many there are.
// rule narrows them to one; empty is all.
func (d *Dialer) Refusals(ctx context.Context, db postgres.DB, campaign uuid.UUID, rule string, limit, offset int) ([]RefusalView, int, error) {
	found, err := refusalRows(ctx, db, `
		SELECT r.task_id, u.id AS customer_id, u.name_zh AS customer_name, r.rule, r.outcome, r.cause, r.until_at, r.ended_at, r.reason_zh, r.reason_en,
			r.times, r.first_at, r.last_at, count(*) OVER () AS total
		FROM refusal r JOIN task t ON t.id = r.task_id JOIN customer u ON u.id = t.customer_id
		JOIN campaign c ON c.store_id = t.store_id AND c.task_kind = t.kind
		WHERE c.id = $1 AND ($2 = '' OR r.rule = $2) ORDER BY r.last_at DESC, r.task_id, r.rule LIMIT $3 OFFSET $4`, campaign, rule, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	out, total := make([]RefusalView, len(found)), 0
	for i, r := range found {
		out[i], total = r.view(), r.Total
	}
	return out, total, nil
}

// refusalsOf are the refusals of tasks, newest first.
func refusalsOf(ctx context.Context, db postgres.DB, tasks []uuid.UUID) (map[uuid.UUID][]RefusalView, error) {
	found, err := refusalRows(ctx, db, `
		SELECT r.task_id, u.id AS customer_id, u.name_zh AS customer_name, r.rule, r.outcome, r.cause, r.until_at, r.ended_at, r.reason_zh, r.reason_en,
			r.times, r.first_at, r.last_at, count(*) OVER () AS total
		FROM refusal r JOIN task t ON t.id = r.task_id JOIN customer u ON u.id = t.customer_id
		WHERE r.task_id = ANY ($1) ORDER BY r.last_at DESC, r.rule`, tasks)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID][]RefusalView{}
	for _, r := range found {
		out[r.TaskID] = append(out[r.TaskID], r.view())
	}
	return out, nil
}

func refusalRows(ctx context.Context, db postgres.DB, sql string, args ...any) ([]refusalRow, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("listing refusals: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[refusalRow])
	if err != nil {
		return nil, fmt.Errorf("listing refusals: %w", err)
	}
	return found, nil
}
