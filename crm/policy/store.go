package policy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Book writes policies and publishes what changed.
type Book struct{ bus *events.Bus }

// NewBook makes a book that publishes on bus.
func NewBook(bus *events.Bus) *Book { return &Book{bus: bus} }

const columns = `id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, insured_name, applicant_name, start_day, end_day,
	premium_fen, vehicle_tax_fen, commission_bp, commission_fen, claims_count, underwriting, underwriting_text, sold_by, sold_on,
	previous_insurer, channel, source, extra, content_hash, import_batch_id, is_synthetic`

// Get reads one policy; errs.NotFound "policy_not_found".
func Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Policy, error) {
	found, err := query(ctx, db, `SELECT `+columns+` FROM policy WHERE id = $1`, id)
	if err != nil {
		return Policy{}, err
	}
	if len(found) == 0 {
		return Policy{}, errs.New(errs.NotFound, "policy_not_found", "没有这张保单。", "There is no such policy.")
	}
	return found[0], nil
}

// OfVehicle lists a vehicle's policies, the latest expiry first.
func OfVehicle(ctx context.Context, db postgres.DB, vehicle uuid.UUID) ([]Policy, error) {
	return query(ctx, db, `SELECT `+columns+` FROM policy WHERE vehicle_id = $1 ORDER BY end_day DESC, kind, policy_no`, vehicle)
}

// EndingBetween lists a store's policies whose last day lies in [from, to], by
// vehicle and expiry: for the nightly pass over renewals.
func EndingBetween(ctx context.Context, db postgres.DB, store uuid.UUID, from, to time.Time) ([]Policy, error) {
	return query(ctx, db, `SELECT `+columns+` FROM policy WHERE store_id = $1 AND end_day BETWEEN $2 AND $3 ORDER BY vehicle_id, end_day, kind`,
		store, from, to)
}

func query(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Policy, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading policies: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Policy])
	if err != nil {
		return nil, fmt.Errorf("reading policies: %w", err)
	}
	return found, nil
}

// Known is a policy that is there already.
type Known struct {
	ID          uuid.UUID
	PolicyNo    string
	ContentHash []byte
}

// KnownPolicies finds which of the numbers a store has already.
func KnownPolicies(ctx context.Context, db postgres.DB, store uuid.UUID, nos []string) (map[string]Known, error) {
	rows, err := db.Query(ctx, `SELECT id, policy_no, content_hash FROM policy WHERE store_id = $1 AND policy_no = ANY ($2)`, store, nos)
	if err != nil {
		return nil, fmt.Errorf("looking up policies: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Known])
	if err != nil {
		return nil, fmt.Errorf("looking up policies: %w", err)
	}
	out := make(map[string]Known, len(found))
	for _, k := range found {
		out[k.PolicyNo] = k
	}
	return out, nil
}

// Save writes a policy by its number in the store and publishes policy.saved.
// Equal content is not written again and publishes nothing (dealer.Same); a changed
// policy keeps its id.
func (b *Book) Save(ctx context.Context, db postgres.DB, p Policy, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	var hash []byte
	how := dealer.Updated
	err := db.QueryRow(ctx, `SELECT id, content_hash FROM policy WHERE store_id = $1 AND policy_no = $2 FOR UPDATE`, p.StoreID, p.PolicyNo).Scan(&p.ID, &hash)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		p.ID, how = uuid.Must(uuid.NewV7()), dealer.New
	case err != nil:
		return uuid.Nil, "", fmt.Errorf("looking up policy %s: %w", p.PolicyNo, err)
	case bytes.Equal(hash, p.ContentHash):
		return p.ID, dealer.Same, nil
	}
	return p.ID, how, b.write(ctx, db, p, how, at, actor)
}

func (b *Book) write(ctx context.Context, db postgres.DB, p Policy, how dealer.Saved, at time.Time, actor uuid.UUID) error {
	if p.Extra == nil {
		p.Extra = []byte("{}")
	}
	_, err := db.Exec(ctx, `
		INSERT INTO policy (`+columns+`, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $29)
		ON CONFLICT (store_id, policy_no) DO UPDATE SET kind = $5, insurer = $6, vehicle_id = $7, customer_id = $8, insured_name = $9,
			applicant_name = $10, start_day = $11, end_day = $12, premium_fen = $13, vehicle_tax_fen = $14, commission_bp = $15,
			commission_fen = $16, claims_count = $17, underwriting = $18, underwriting_text = $19, sold_by = $20, sold_on = $21,
			previous_insurer = $22, channel = $23, source = $24, extra = $25, content_hash = $26, import_batch_id = $27, updated_at = $29`,
		p.ID, p.GroupID, p.StoreID, p.PolicyNo, p.Kind, p.Insurer, p.VehicleID, p.CustomerID, p.InsuredName, p.ApplicantName, p.StartDay, p.EndDay,
		p.PremiumFen, p.VehicleTaxFen, p.CommissionBP, p.CommissionFen, p.ClaimsCount, p.Underwriting, p.UnderwritingText, p.SoldBy, p.SoldOn,
		p.PreviousInsurer, p.Channel, p.Source, p.Extra, p.ContentHash, p.ImportBatchID, p.IsSynthetic, at)
	if err != nil {
		return fmt.Errorf("writing policy %s: %w", p.PolicyNo, err)
	}
	e := events.Event{
		Kind: events.PolicySaved, Group: p.GroupID, Store: p.StoreID, At: at, Actor: actor,
		Subject: events.Subjects{"policy": p.ID, "vehicle": p.VehicleID, "customer": p.CustomerID},
	}
	return b.bus.Publish(ctx, db, e, map[string]any{"how": how, "kind": p.Kind, "end_day": p.EndDay.Format(time.DateOnly)})
}
