package policy

import (
	"bytes"
	"context"
	"encoding/json"
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

// KnownPolicies finds which of the numbers a store has already, and keeps them from
// changing until the transaction ends.
func KnownPolicies(ctx context.Context, db postgres.DB, store uuid.UUID, nos []string) (map[string]Known, error) {
	rows, err := db.Query(ctx, `SELECT id, policy_no, content_hash FROM policy WHERE store_id = $1 AND policy_no = ANY ($2) ORDER BY id FOR UPDATE`, store, nos)
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

// Result is what became of one policy that was saved.
type Result struct {
	ID  uuid.UUID
	How dealer.Saved
}

// Save is SaveAll of one policy.
func (b *Book) Save(ctx context.Context, db postgres.DB, p Policy, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	r, err := b.SaveAll(ctx, db, []Policy{p}, at, actor)
	if err != nil {
		return uuid.Nil, "", err
	}
	return r[0].ID, r[0].How, nil
}

// SaveAll writes policies of one store by their numbers, no number twice, and
// publishes policy.saved after all of them. Equal content is not written again and
// publishes nothing (dealer.Same); a changed policy keeps its id.
func (b *Book) SaveAll(ctx context.Context, db postgres.DB, policies []Policy, at time.Time, actor uuid.UUID) ([]Result, error) {
	if len(policies) == 0 {
		return nil, nil
	}
	nos := make([]string, len(policies))
	for i, p := range policies {
		nos[i] = p.PolicyNo
	}
	known, err := KnownPolicies(ctx, db, policies[0].StoreID, nos)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(policies))
	var c rows
	var es []events.Event
	for i, p := range policies {
		k, ok := known[p.PolicyNo]
		out[i] = Result{k.ID, dealer.Updated}
		switch {
		case !ok:
			out[i] = Result{uuid.Must(uuid.NewV7()), dealer.New}
		case bytes.Equal(k.ContentHash, p.ContentHash):
			out[i].How = dealer.Same
			continue
		}
		p.ID = out[i].ID
		c.add(p)
		e, err := saved(p, out[i].How, at, actor)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	if err := write(ctx, db, c, at); err != nil {
		return nil, err
	}
	return out, b.bus.PublishAll(ctx, db, es)
}

func saved(p Policy, how dealer.Saved, at time.Time, actor uuid.UUID) (events.Event, error) {
	data, err := json.Marshal(map[string]any{"how": how, "kind": p.Kind, "end_day": p.EndDay.Format(time.DateOnly)})
	if err != nil {
		return events.Event{}, fmt.Errorf("encoding the event of policy %s: %w", p.PolicyNo, err)
	}
	return events.Event{
		Kind: events.PolicySaved, Group: p.GroupID, Store: p.StoreID, At: at, Actor: actor, Data: data,
		Subject: events.Subjects{"policy": p.ID, "vehicle": p.VehicleID, "customer": p.CustomerID},
	}, nil
}
