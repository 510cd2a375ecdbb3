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
	Until    *time.Time  `json:"until,omitempty"`
	ReasonZH string      `json:"reasonZh"`
	ReasonEN string      `json:"reasonEn"`
	Times    int         `json:"times"`
	FirstAt  time.Time   `json:"firstAt"`
	LastAt   time.Time   `json:"lastAt"`
}

// Refusals of the tasks a campaign calls, newest first, with how many there are.
func (d *Dialer) Refusals(ctx context.Context, db postgres.DB, campaign uuid.UUID, limit, offset int) ([]RefusalView, int, error) {
	type row struct {
		RefusalView
		CustomerID   uuid.UUID
		CustomerName string
		Total        int
	}
	rows, err := db.Query(ctx, `
		SELECT r.task_id, r.rule, r.outcome, r.until_at AS until, r.reason_zh, r.reason_en, r.times, r.first_at, r.last_at,
			u.id AS customer_id, u.name_zh AS customer_name, count(*) OVER () AS total
		FROM refusal r JOIN task t ON t.id = r.task_id JOIN customer u ON u.id = t.customer_id
		JOIN campaign c ON c.store_id = t.store_id AND c.task_kind = t.kind
		WHERE c.id = $1 ORDER BY r.last_at DESC, r.task_id, r.rule LIMIT $2 OFFSET $3`, campaign, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("listing refusals: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[row])
	if err != nil {
		return nil, 0, fmt.Errorf("listing refusals: %w", err)
	}
	out, total := make([]RefusalView, len(found)), 0
	for i, r := range found {
		out[i], total = r.RefusalView, r.Total
		out[i].Customer = CustomerRef{ID: r.CustomerID, Name: r.CustomerName}
	}
	return out, total, nil
}
