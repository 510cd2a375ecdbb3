package report

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// ReworkRow is one report that work must be done again.
type ReworkRow struct {
	ID           uuid.UUID  `json:"id"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	RoNo         string     `json:"roNo" db:"ro_no"`
	KindZH       string     `json:"kindZh" db:"kind_zh"`
	Items        string     `json:"items"`
	Technician   string     `json:"technician"`
	DeliveredAt  *time.Time `json:"deliveredAt,omitempty"`
	Fault        string     `json:"fault" doc:"in the customer's words"`
	State        string     `json:"state" enum:"reported,confirmed,rejected,booked,in_repair,delivered,verified,closed"`
	Cause        string     `json:"cause"`
	ReportedAt   time.Time  `json:"reportedAt"`
	DecidedAt    *time.Time `json:"decidedAt,omitempty"`
	DecidedBy    string     `json:"decidedBy"`
	DecidedWords string     `json:"decidedWords"`
	counted
}

// Reworks lists reports of rework, those to be decided first; state may be empty.
func (r *Report) Reworks(ctx context.Context, db postgres.DB, state string, limit, offset int) ([]ReworkRow, int, error) {
	rows, err := db.Query(ctx, `
		SELECT w.id, w.customer_id, c.name_zh AS customer_name, coalesce(o.ro_no, '') AS ro_no, coalesce(o.kind_text, '') AS kind_zh,
		       coalesce(o.items_text, '') AS items, coalesce(o.technician, '') AS technician, o.delivered_at, w.fault_text AS fault, w.state, w.cause,
		       w.reported_at, w.decided_at, coalesce(u.name_zh, '') AS decided_by, w.decided_words, (count(*) OVER ())::int AS total
		FROM rework w JOIN customer c ON c.id = w.customer_id LEFT JOIN work_order o ON o.id = w.work_order_id LEFT JOIN app_user u ON u.id = w.decided_by
		WHERE $1 = '' OR w.state = $1 ORDER BY w.state <> 'reported', w.reported_at DESC, w.id LIMIT $2 OFFSET $3`, state, limit, offset)
	return page[ReworkRow](rows, err, "rework")
}
