package customer

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Consent purposes of spec 2.4.23.
const (
	PurposeService   = "service_call"
	PurposeMarketing = "marketing"
)

// Consent is one answer of a customer; history is append-only.
type Consent struct {
	Customer uuid.UUID
	Purpose  string
	State    string // given, refused, withdrawn
	Channel  string // paper, call, sms, online, import
	Evidence string
}

// RecordConsent is RecordConsents of one.
func (f *Files) RecordConsent(ctx context.Context, db postgres.DB, by By, c Consent) error {
	return f.RecordConsents(ctx, db, by, []Consent{c})
}

// RecordConsents appends answers, unless one repeats the customer's newest, and
// publishes consent.changed.
func (f *Files) RecordConsents(ctx context.Context, db postgres.DB, by By, consents []Consent) error {
	if len(consents) == 0 {
		return nil
	}
	newest, err := newestConsents(ctx, db, consents)
	if err != nil {
		return err
	}
	var user *uuid.UUID
	if by.Actor != uuid.Nil {
		user = &by.Actor
	}
	var rows postgres.Columns
	var es []events.Event
	for _, c := range consents {
		key := c.Customer.String() + c.Purpose
		if newest[key] == c.State {
			continue
		}
		newest[key] = c.State
		rows.Add(uuid.Must(uuid.NewV7()), c.Customer, c.Purpose, c.State, c.Channel, c.Evidence)
		e := by.event(events.ConsentChanged, events.Subjects{"customer": c.Customer})
		if e.Data, err = json.Marshal(map[string]string{"purpose": c.Purpose, "state": c.State}); err != nil {
			return fmt.Errorf("encoding a consent: %w", err)
		}
		es = append(es, e)
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := db.Exec(ctx, `INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, evidence, at, by_user)
		SELECT id, $7, customer, purpose, state, channel, evidence, $8, $9
		FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) AS r (id, customer, purpose, state, channel, evidence)`,
		rows.Args(by.Store, by.At, user)...); err != nil {
		return fmt.Errorf("recording consents: %w", err)
	}
	return f.bus.PublishAll(ctx, db, es)
}

func newestConsents(ctx context.Context, db postgres.DB, consents []Consent) (map[string]string, error) {
	ids := make([]uuid.UUID, len(consents))
	for i, c := range consents {
		ids[i] = c.Customer
	}
	type newest struct {
		CustomerID uuid.UUID
		Purpose    string
		State      string
	}
	rows, err := db.Query(ctx, `SELECT DISTINCT ON (customer_id, purpose) customer_id, purpose, state FROM consent
		WHERE customer_id = ANY ($1) ORDER BY customer_id, purpose, at DESC, id DESC`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[newest])
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	out := map[string]string{}
	for _, r := range found {
		out[r.CustomerID.String()+r.Purpose] = r.State
	}
	return out, nil
}

type consentRow struct {
	Purpose string
	State   string
}

// Consents are the newest answers by purpose.
func Consents(ctx context.Context, db postgres.DB, customer uuid.UUID) (map[string]string, error) {
	rows, err := db.Query(ctx, `SELECT DISTINCT ON (purpose) purpose, state FROM consent WHERE customer_id = $1 ORDER BY purpose, at DESC, id DESC`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading consents of %s: %w", customer, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[consentRow])
	if err != nil {
		return nil, fmt.Errorf("reading consents of %s: %w", customer, err)
	}
	out := map[string]string{}
	for _, r := range found {
		out[r.Purpose] = r.State
	}
	return out, nil
}

// SetPreferredTime keeps when a customer wants to be called, in their words, and
// as hours of the day ("15:00") when they named some.
func (f *Files) SetPreferredTime(ctx context.Context, db postgres.DB, by By, customer uuid.UUID, words, from, to string) error {
	_, err := db.Exec(ctx, `
		UPDATE customer SET preferred_time = $2, preferred_from = NULLIF($3, '')::time, preferred_to = NULLIF($4, '')::time,
			updated_at = $5, version = version + 1 WHERE id = $1`, customer, words, from, to, by.At)
	if err != nil {
		return fmt.Errorf("keeping the preferred time of %s: %w", customer, err)
	}
	return nil
}

// Review is a question about a file which a clerk answers.
type Review struct {
	Kind     string // same_person, ownership, phone, fill_blank
	Customer uuid.UUID
	Other    uuid.UUID // zero: none
	Vehicle  uuid.UUID // zero: none
	Evidence any
}

// Evidence is why matching asks: the rule of spec 7.5 or code of 7.4, and the other
// name of 7.5 #7.
type Evidence struct {
	Rule string `json:"rule"`
	Name string `json:"name,omitempty"`
}

// OpenReview asks once: an open question of the same kind about the same file is
// not repeated, nor one about two persons whom a clerk has found to be different, nor
// what one file alone gave rise to and a clerk has answered.
func (f *Files) OpenReview(ctx context.Context, db postgres.DB, by By, r Review) error {
	return f.openReviews(ctx, db, by, []Review{r})
}

func (f *Files) openReviews(ctx context.Context, db postgres.DB, by By, reviews []Review) error {
	if len(reviews) == 0 {
		return nil
	}
	var ids, customers []uuid.UUID
	var others, vehicles []*uuid.UUID
	var kinds, evidence []string
	for _, r := range reviews {
		raw := []byte("{}")
		if r.Evidence != nil {
			var err error
			if raw, err = json.Marshal(r.Evidence); err != nil {
				return fmt.Errorf("encoding the evidence of a review: %w", err)
			}
		}
		ids, kinds, customers = append(ids, uuid.Must(uuid.NewV7())), append(kinds, r.Kind), append(customers, r.Customer)
		others, vehicles, evidence = append(others, orNull(r.Other)), append(vehicles, orNull(r.Vehicle)), append(evidence, string(raw))
	}
	_, err := db.Exec(ctx, `
		INSERT INTO merge_case (id, store_id, kind, customer_id, other_id, vehicle_id, evidence, state, created_at)
		SELECT id, $1, kind, customer, other, vehicle, evidence::jsonb, 'open', $2
		FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[]) AS r (id, kind, customer, other, vehicle, evidence)
		WHERE NOT EXISTS (SELECT 1 FROM merge_case m WHERE m.state = 'open' AND m.kind = r.kind AND m.customer_id = r.customer
			AND m.other_id IS NOT DISTINCT FROM r.other AND m.vehicle_id IS NOT DISTINCT FROM r.vehicle)
		AND NOT EXISTS (SELECT 1 FROM merge_case m WHERE r.kind = 'same_person' AND m.kind = r.kind AND m.state IN ('open', 'different')
			AND m.customer_id IN (r.customer, r.other) AND m.other_id IN (r.customer, r.other))
		AND NOT EXISTS (SELECT 1 FROM merge_case m WHERE r.evidence::jsonb ? 'rule' AND r.other IS NULL AND m.kind = r.kind AND m.customer_id = r.customer
			AND m.other_id IS NULL AND m.vehicle_id IS NOT DISTINCT FROM r.vehicle AND m.evidence = r.evidence::jsonb)`,
		by.Store, by.At, ids, kinds, customers, others, vehicles, evidence)
	if err != nil {
		return fmt.Errorf("opening reviews: %w", err)
	}
	return nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
