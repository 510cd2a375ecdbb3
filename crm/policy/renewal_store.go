package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

const renewalColumns = `id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, year_index, stage, agent_id, confirmed_at,
	next_contact_at, next_contact_way, last_contact_at, intention, competitor, competitor_price_fen, lost_reason, lost_words, lost_at,
	lost_confirmed_at, invalid_reason, bound_policy_ids, bound_at, premium_before_fen, premium_after_fen, created_at, version`

// GetRenewal reads one opportunity; errs.NotFound "renewal_not_found".
func GetRenewal(ctx context.Context, db postgres.DB, id uuid.UUID) (Renewal, error) {
	return oneRenewal(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE id = $1`, id)
}

func lockRenewal(ctx context.Context, db postgres.DB, id uuid.UUID) (Renewal, error) {
	return oneRenewal(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE id = $1 FOR UPDATE`, id)
}

func oneRenewal(ctx context.Context, db postgres.DB, sql string, args ...any) (Renewal, error) {
	found, err := renewals(ctx, db, sql, args...)
	if err != nil {
		return Renewal{}, err
	}
	if len(found) == 0 {
		return Renewal{}, errs.New(errs.NotFound, "renewal_not_found", "没有这条续保机会。", "There is no such renewal.")
	}
	return found[0], nil
}

func renewals(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Renewal, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading renewals: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Renewal])
	if err != nil {
		return nil, fmt.Errorf("reading renewals: %w", err)
	}
	return found, nil
}

// OpenRenewals lists a store's opportunities that may still be won, by expiry.
func OpenRenewals(ctx context.Context, db postgres.DB, store uuid.UUID) ([]Renewal, error) {
	return renewals(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE store_id = $1 AND stage NOT IN ('bound', 'lost', 'invalid') ORDER BY expiry, id`, store)
}

// RenewalsOf lists a vehicle's opportunities, the newest first.
func RenewalsOf(ctx context.Context, db postgres.DB, vehicle uuid.UUID) ([]Renewal, error) {
	return renewals(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE vehicle_id = $1 ORDER BY expiry DESC`, vehicle)
}

// insertRenewal writes a new opportunity; false when the vehicle has an open one, or
// this expiry was one before.
func (n *Renewals) insertRenewal(ctx context.Context, db postgres.DB, r Renewal, by customer.By) (bool, error) {
	err := db.QueryRow(ctx, `
		INSERT INTO renewal (id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, year_index, stage, premium_before_fen, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING RETURNING id`,
		r.ID, r.GroupID, r.StoreID, r.VehicleID, r.CustomerID, r.PolicyIDs, r.Expiry, r.YearIndex, r.Stage, r.PremiumBeforeFen, by.At).Scan(&r.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("opening a renewal: %w", err)
	}
	return true, n.tell(ctx, db, r, "", Contact{}, by)
}

// saveRenewal writes what moved, keeps it in the log and tells it.
func (n *Renewals) saveRenewal(ctx context.Context, db postgres.DB, r Renewal, from Stage, c Contact, by customer.By) error {
	_, err := db.Exec(ctx, `
		UPDATE renewal SET customer_id = $2, policy_ids = $3, stage = $4, agent_id = $5, confirmed_at = $6, next_contact_at = $7, next_contact_way = $8,
			last_contact_at = $9, intention = $10, competitor = $11, competitor_price_fen = $12, lost_reason = $13, lost_words = $14, lost_at = $15,
			lost_confirmed_at = $16, invalid_reason = $17, bound_policy_ids = $18, bound_at = $19, premium_before_fen = $20, premium_after_fen = $21,
			updated_at = $22, expiry = $23, year_index = $24, version = version + 1
		WHERE id = $1`,
		r.ID, r.CustomerID, orNone(r.PolicyIDs), r.Stage, r.AgentID, r.ConfirmedAt, r.NextContactAt, r.NextContactWay, r.LastContactAt, r.Intention,
		r.Competitor, r.CompetitorPriceFen, r.LostReason, r.LostWords, r.LostAt, r.LostConfirmedAt, r.InvalidReason, orNone(r.BoundPolicyIDs),
		r.BoundAt, r.PremiumBeforeFen, r.PremiumAfterFen, by.At, r.Expiry, r.YearIndex)
	if err != nil {
		return fmt.Errorf("writing renewal %s: %w", r.ID, err)
	}
	return n.tell(ctx, db, r, from, c, by)
}

func orNone(ids []uuid.UUID) []uuid.UUID {
	if ids == nil {
		return []uuid.UUID{}
	}
	return ids
}

// tell logs the move (续保跟进) and publishes renewal.changed.
func (n *Renewals) tell(ctx context.Context, db postgres.DB, r Renewal, from Stage, c Contact, by customer.By) error {
	var actor *uuid.UUID
	if by.Actor != uuid.Nil {
		actor = &by.Actor
	}
	if _, err := db.Exec(ctx, `INSERT INTO renewal_log (id, store_id, renewal_id, at, actor_id, way, from_stage, to_stage, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		uuid.Must(uuid.NewV7()), r.StoreID, r.ID, by.At, actor, c.Way, from, r.Stage, c.Words); err != nil {
		return fmt.Errorf("logging renewal %s: %w", r.ID, err)
	}
	e := events.Event{
		Kind: events.RenewalChanged, Group: r.GroupID, Store: r.StoreID, At: by.At, Actor: by.Actor,
		Subject: events.Subjects{"renewal": r.ID, "customer": r.CustomerID, "vehicle": r.VehicleID},
	}
	return n.bus.Publish(ctx, db, e, map[string]any{"from": from, "stage": r.Stage, "expiry": r.Expiry.Format(time.DateOnly)})
}

// Entry is one line of a renewal's history.
type Entry struct {
	At        time.Time  `json:"at"`
	ActorID   *uuid.UUID `json:"actor_id"`
	Way       string     `json:"way"`
	FromStage Stage      `json:"from_stage"`
	ToStage   Stage      `json:"to_stage"`
	Words     string     `json:"words"`
}

// History lists a renewal's moves, the newest first.
func History(ctx context.Context, db postgres.DB, renewal uuid.UUID) ([]Entry, error) {
	rows, err := db.Query(ctx, `SELECT at, actor_id, way, from_stage, to_stage, words FROM renewal_log WHERE renewal_id = $1 ORDER BY at DESC, id DESC`, renewal)
	if err != nil {
		return nil, fmt.Errorf("reading the history of renewal %s: %w", renewal, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Entry])
	if err != nil {
		return nil, fmt.Errorf("reading the history of renewal %s: %w", renewal, err)
	}
	return found, nil
}
