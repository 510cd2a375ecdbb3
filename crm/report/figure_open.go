package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// FigureRow is one row behind a figure. At is business time.
type FigureRow struct {
	Part         *string    `json:"part"`
	Noun         string     `json:"noun"` // call, task, order, customer, form, rework, …: what ID names
	ID           uuid.UUID  `json:"id"`
	At           time.Time  `json:"at"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	StoreID      uuid.UUID  `json:"storeId"`
	AgentID      *uuid.UUID `json:"agentId"`
	AgentName    *string    `json:"agentName"`
	Num          int64      `json:"num"`
	Den          int64      `json:"den"`
	Open         bool       `json:"open"`
	Value        string     `json:"value"`
	counted
}

// Sides of a figure that can be opened.
const (
	SideAll  = ""     // every row
	SideNum  = "num"  // those in the numerator
	SideDen  = "den"  // those in the denominator
	SideRest = "rest" // those in the denominator that add nothing to the numerator for good
	SideOpen = "open" // those that may still change
)

// restRows is the condition of SideRest.
const restRows = `x.den <> 0 AND x.num <= 0 AND NOT x.open`

// Opening chooses rows behind a figure.
type Opening struct {
	FigureQuery
	Part          string // empty: all parts
	Side          string
	Limit, Offset int
}

// Behind lists the rows that a figure is the sum of, newest first, with how many
// there are. errs.Invalid "figure_side" for a side that does not exist.
func (r *Report) Behind(ctx context.Context, db postgres.DB, d Definition, o Opening) ([]FigureRow, int, error) {
	switch o.Side {
	case SideAll, SideNum, SideDen, SideRest, SideOpen:
	default:
		return nil, 0, errs.New(errs.Invalid, "figure_side", "只能打开分子、分母、未达成或未定的记录。",
			"Only the numerator, the denominator, the rest or the open rows can be opened.").At("side")
	}
	if !d.HasSource() || o.Agent != nil && !d.PerAgent {
		return []FigureRow{}, 0, nil
	}
	rows, err := db.Query(ctx, `
		SELECT x.part, x.noun, x.id, x.at, x.customer_id, k.name_zh AS customer_name, k.store_id, x.agent_id, u.name_zh AS agent_name,
		       x.num::bigint AS num, x.den::bigint AS den, x.open, coalesce(x.value, '') AS value, (count(*) OVER ())::int AS total
		FROM (`+d.rows+`) x JOIN customer k ON k.id = x.customer_id LEFT JOIN app_user u ON u.id = x.agent_id
		WHERE ($4::uuid IS NULL OR x.agent_id = $4) AND ($5 = '' OR x.part = $5)
		  AND CASE $6::text WHEN 'num' THEN x.num <> 0 WHEN 'den' THEN x.den <> 0 WHEN 'rest' THEN `+restRows+`
		      WHEN 'open' THEN x.open ELSE true END
		ORDER BY x.at DESC, x.id, x.part, x.value LIMIT $7 OFFSET $8`,
		o.Period.From, o.Period.To, o.Now, o.Agent, o.Part, o.Side, o.Limit, o.Offset)
	return page[FigureRow](rows, err, "figure "+d.ID)
}

// Callers are the agents who dialled in the period, by name.
func (r *Report) Callers(ctx context.Context, db postgres.DB, p Period) ([]Ref, error) {
	rows, err := db.Query(ctx, `
		SELECT u.id, u.name_zh AS name FROM app_user u
		WHERE u.id IN (SELECT a.agent_id FROM attempt a WHERE a.business_at >= $1 AND a.business_at < $2) ORDER BY u.name_zh, u.id`, p.From, p.To)
	if err != nil {
		return nil, fmt.Errorf("listing the period's callers: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Ref])
	if err != nil {
		return nil, fmt.Errorf("listing the period's callers: %w", err)
	}
	return out, nil
}
