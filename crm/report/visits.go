package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// VisitRow is a booking on the day's board.
type VisitRow struct {
	ID           uuid.UUID  `json:"id"`
	Bay          string     `json:"bay" enum:"fast,general,body"`
	StartsAt     time.Time  `json:"startsAt"`
	State        string     `json:"state" enum:"requested,booked,confirmed,arrived,completed,no_show,rescheduled,cancelled"`
	Late         bool       `json:"late"`
	Reason       string     `json:"reason"`
	Items        string     `json:"items"`
	Source       string     `json:"source" enum:"in,out,advisor,online,rework"`
	Advisor      string     `json:"advisor"`
	PartsOK      bool       `json:"partsOk" db:"parts_ok"`
	BayOK        bool       `json:"bayOk" db:"bay_ok"`
	CustomerOK   bool       `json:"customerOk" db:"customer_ok"`
	ArrivedAt    *time.Time `json:"arrivedAt,omitempty"`
	ClosedReason string     `json:"closedReason"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	Last4        string     `json:"-" db:"last4"`
	Masked       string     `json:"phone" db:"-"`
	Plate        string     `json:"plate"`
	Model        string     `json:"model"`
	Own          bool       `json:"own" doc:"false: of somebody else's customer; who it is stays covered"`
	MadeBy       string     `json:"madeBy"`
}

// Visits lists a store's bookings that begin in a span of time. With an agent given,
// who the other agents' customers are stays covered (spec 5.2).
func (r *Report) Visits(ctx context.Context, db postgres.DB, store uuid.UUID, from, to time.Time, agent *uuid.UUID) ([]VisitRow, error) {
	rows, err := db.Query(ctx, `
		SELECT v.id, v.kind AS bay, v.starts_at, v.state, v.late, v.reason, v.items_zh AS items, v.source, v.advisor_name AS advisor, v.parts_ok, v.bay_ok,
		       v.customer_ok, v.arrived_at, v.closed_reason, v.customer_id, c.name_zh AS customer_name, coalesce(x.plate, '') AS plate,
		       coalesce(nullif(x.model, ''), x.series, '') AS model, coalesce(u.name_zh, '') AS made_by,
		       coalesce((SELECT p.last4 FROM customer_phone p WHERE p.customer_id = c.id ORDER BY p.priority, p.created_at LIMIT 1), '') AS last4,
		       `+ownCustomer+` AS own
		FROM appointment v JOIN customer c ON c.id = v.customer_id LEFT JOIN vehicle x ON x.id = v.vehicle_id LEFT JOIN app_user u ON u.id = v.created_by
		WHERE v.store_id = $2 AND v.starts_at >= $3 AND v.starts_at < $4 ORDER BY v.starts_at, v.created_at, v.id`, agent, store, from, to)
	if err != nil {
		return nil, fmt.Errorf("listing appointments: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[VisitRow])
	if err != nil {
		return nil, fmt.Errorf("listing appointments: %w", err)
	}
	for i := range out {
		out[i].cover()
	}
	return out, nil
}

func (v *VisitRow) cover() {
	v.Masked = Masked(v.Last4)
	if !v.Own {
		v.CustomerID, v.CustomerName, v.Masked, v.Plate, v.Model, v.Items, v.ClosedReason = uuid.Nil, "", "", "", "", "", ""
	}
}
