package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Facts are what the rules ask of a customer's file before a call is promised.
type Facts struct {
	Phones       []Phone           // by priority, masked
	Consents     map[string]string // the newest answer by purpose
	Stops        []Scope           // open do-not-call scopes of any of the numbers
	CSAgent      *uuid.UUID
	RenewalAgent *uuid.UUID
}

// FactsOf reads the facts of many customers at the moment at, with one statement for
// each kind.
func (f *Files) FactsOf(ctx context.Context, db postgres.DB, group uuid.UUID, ids []uuid.UUID, at time.Time) (map[uuid.UUID]*Facts, error) {
	out := map[uuid.UUID]*Facts{}
	if err := readAgents(ctx, db, ids, out); err != nil {
		return nil, err
	}
	hashes, err := f.readPhones(ctx, db, ids, out)
	if err != nil {
		return nil, err
	}
	if err := readConsents(ctx, db, ids, out); err != nil {
		return nil, err
	}
	return out, readStops(ctx, db, group, hashes, at, out)
}

func readAgents(ctx context.Context, db postgres.DB, ids []uuid.UUID, out map[uuid.UUID]*Facts) error {
	type agents struct {
		ID             uuid.UUID
		CSAgentID      *uuid.UUID
		RenewalAgentID *uuid.UUID
	}
	found, err := collect[agents](ctx, db, `SELECT id, cs_agent_id, renewal_agent_id FROM customer WHERE id = ANY ($1)`, ids)
	if err != nil {
		return fmt.Errorf("reading the agents of customers: %w", err)
	}
	for _, r := range found {
		out[r.ID] = &Facts{Consents: map[string]string{}, CSAgent: r.CSAgentID, RenewalAgent: r.RenewalAgentID}
	}
	return nil
}

func (f *Files) readPhones(ctx context.Context, db postgres.DB, ids []uuid.UUID, out map[uuid.UUID]*Facts) (hashes [][]byte, err error) {
	type owned struct {
		CustomerID uuid.UUID
		phoneRow
	}
	found, err := collect[owned](ctx, db, `SELECT customer_id, `+phoneColumns+` FROM customer_phone
		WHERE customer_id = ANY ($1) ORDER BY priority, created_at, id`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of customers: %w", err)
	}
	for _, r := range found {
		if facts := out[r.CustomerID]; facts != nil {
			facts.Phones = append(facts.Phones, f.masked(r.phoneRow))
			hashes = append(hashes, r.PhoneHash)
		}
	}
	return hashes, nil
}

func readConsents(ctx context.Context, db postgres.DB, ids []uuid.UUID, out map[uuid.UUID]*Facts) error {
	type newest struct {
		CustomerID uuid.UUID
		consentRow
	}
	found, err := collect[newest](ctx, db, `SELECT DISTINCT ON (customer_id, purpose) customer_id, purpose, state FROM consent
		WHERE customer_id = ANY ($1) ORDER BY customer_id, purpose, at DESC, id DESC`, ids)
	if err != nil {
		return fmt.Errorf("reading the consents of customers: %w", err)
	}
	for _, r := range found {
		if facts := out[r.CustomerID]; facts != nil {
			facts.Consents[r.Purpose] = r.State
		}
	}
	return nil
}

func readStops(ctx context.Context, db postgres.DB, group uuid.UUID, hashes [][]byte, at time.Time, out map[uuid.UUID]*Facts) error {
	type stop struct {
		PhoneHash []byte
		Scope     Scope
	}
	found, err := collect[stop](ctx, db, `SELECT DISTINCT phone_hash, scope FROM number_dnc
		WHERE group_id = $1 AND phone_hash = ANY ($2) AND from_at <= $3 AND (to_at IS NULL OR to_at > $3)`, group, hashes, at)
	if err != nil {
		return fmt.Errorf("reading do-not-call: %w", err)
	}
	stops := map[string][]Scope{}
	for _, r := range found {
		stops[string(r.PhoneHash)] = append(stops[string(r.PhoneHash)], r.Scope)
	}
	for _, facts := range out {
		for _, p := range facts.Phones {
			facts.Stops = append(facts.Stops, stops[string(p.Hash)]...)
		}
	}
	return nil
}

func collect[T any](ctx context.Context, db postgres.DB, sql string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}
