package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// RenewalRow is one renewal opportunity in a list. Amounts are fen.
type RenewalRow struct {
	ID                 uuid.UUID  `json:"id"`
	Stage              string     `json:"stage"`
	Expiry             time.Time  `json:"-"`
	ExpiryDay          string     `json:"expiry" db:"-"`
	Days               int        `json:"days" db:"-" doc:"until the expiry; negative after it"`
	YearIndex          int        `json:"yearIndex" doc:"1: the first renewal after a new car"`
	CustomerID         uuid.UUID  `json:"customerId"`
	CustomerName       string     `json:"customerName"`
	Last4              string     `json:"-" db:"last4"`
	Phone              string     `json:"phone" db:"-"`
	Plate              string     `json:"plate"`
	Model              string     `json:"model"`
	Insurer            string     `json:"insurer"`
	PremiumBeforeFen   int64      `json:"premiumBeforeFen"`
	PremiumAfterFen    int64      `json:"premiumAfterFen"`
	Agent              string     `json:"agent"`
	NextContactAt      *time.Time `json:"nextContactAt,omitempty"`
	LastContactAt      *time.Time `json:"lastContactAt,omitempty"`
	LostReason         string     `json:"lostReason"`
	LostWords          string     `json:"lostWords"`
	LostAt             *time.Time `json:"lostAt,omitempty"`
	Competitor         string     `json:"competitor"`
	CompetitorPriceFen *int64     `json:"competitorPriceFen,omitempty"`
	QuoteState         string     `json:"quoteState"`
	QuoteFen           int64      `json:"quoteFen"`
	counted
}

// RenewalFilter chooses renewals. Stage "open" is every stage that may still be won.
type RenewalFilter struct {
	Store         uuid.UUID
	Agent         *uuid.UUID // only the customers this user may see
	ID            *uuid.UUID
	Stage         string
	LostReason    string
	Limit, Offset int
}

// Renewals lists renewals by expiry, with how many there are.
func (r *Report) Renewals(ctx context.Context, db postgres.DB, f RenewalFilter) ([]RenewalRow, int, error) {
	rows, err := db.Query(ctx, `
		SELECT n.id, n.stage, n.expiry, n.year_index, n.customer_id, c.name_zh AS customer_name, coalesce(v.plate, '') AS plate,
		       coalesce(nullif(v.model, ''), v.series, '') AS model, coalesce(i.insurer, '') AS insurer, n.premium_before_fen, n.premium_after_fen,
		       coalesce(u.name_zh, '') AS agent, n.next_contact_at, n.last_contact_at, n.lost_reason, n.lost_words, n.lost_at, n.competitor,
		       n.competitor_price_fen, coalesce(q.state, '') AS quote_state, coalesce(q.total_fen, 0) AS quote_fen,
		       coalesce((SELECT p.last4 FROM customer_phone p WHERE p.customer_id = c.id ORDER BY p.priority, p.created_at LIMIT 1), '') AS last4,
		       (count(*) OVER ())::int AS total
		FROM renewal n JOIN customer c ON c.id = n.customer_id JOIN vehicle v ON v.id = n.vehicle_id LEFT JOIN app_user u ON u.id = n.agent_id
		LEFT JOIN LATERAL (SELECT insurer FROM policy p WHERE p.id = ANY (n.policy_ids) ORDER BY p.kind LIMIT 1) i ON true
		LEFT JOIN LATERAL (SELECT CASE WHEN x.state = 'draft' AND x.sms_id IS NOT NULL THEN 'sending' ELSE x.state END AS state, x.total_fen
			FROM quote x WHERE x.renewal_id = n.id ORDER BY x.version DESC LIMIT 1) q ON true
		WHERE `+ownCustomer+` AND n.store_id = $2 AND ($3 = '' OR n.stage = $3 OR $3 = 'open' AND n.stage NOT IN ('bound', 'lost', 'invalid'))
			AND ($4 = '' OR n.lost_reason = $4) AND ($5::uuid IS NULL OR n.id = $5)
		ORDER BY n.expiry, n.id LIMIT $6 OFFSET $7`, f.Agent, f.Store, f.Stage, f.LostReason, f.ID, f.Limit, f.Offset)
	out, total, err := page[RenewalRow](rows, err, "renewals")
	for i := range out {
		out[i].Phone, out[i].ExpiryDay = Masked(out[i].Last4), out[i].Expiry.Format(time.DateOnly)
	}
	return out, total, err
}

// Tally is how many rows have a code, and the premiums before, in fen.
type Tally struct {
	Code       string `json:"code"`
	N          int    `json:"n"`
	PremiumFen int64  `json:"premiumFen"`
}

// RenewalStages counts renewals by stage; RenewalLosses the lost ones by reason.
func (r *Report) RenewalStages(ctx context.Context, db postgres.DB, store uuid.UUID, agent *uuid.UUID) ([]Tally, error) {
	return tallies(ctx, db, `SELECT n.stage AS code, count(*)::int AS n, sum(n.premium_before_fen)::bigint AS premium_fen
		FROM renewal n JOIN customer c ON c.id = n.customer_id WHERE `+ownCustomer+` AND n.store_id = $2 GROUP BY n.stage`, agent, store)
}

// RenewalLosses counts lost renewals by reason, the most frequent first.
func (r *Report) RenewalLosses(ctx context.Context, db postgres.DB, store uuid.UUID, agent *uuid.UUID) ([]Tally, error) {
	return tallies(ctx, db, `SELECT n.lost_reason AS code, count(*)::int AS n, sum(n.premium_before_fen)::bigint AS premium_fen
		FROM renewal n JOIN customer c ON c.id = n.customer_id WHERE `+ownCustomer+` AND n.store_id = $2 AND n.stage = 'lost'
		GROUP BY n.lost_reason ORDER BY count(*) DESC, n.lost_reason`, agent, store)
}

func tallies(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Tally, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("counting renewals: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Tally])
	if err != nil {
		return nil, fmt.Errorf("counting renewals: %w", err)
	}
	return out, nil
}
