package customer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

const customerColumns = `id, group_id, store_id, kind, name_zh, surname_zh, honorific, birthday, address_zh, segment, club_member,
	club_level, is_vip, preferred_time, advisor_name, bringer_only, no_phone, tags, freeze_until, version`

// Get reads one customer; errs.NotFound "customer_not_found".
func (f *Files) Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Customer, error) {
	rows, err := db.Query(ctx, `SELECT `+customerColumns+` FROM customer WHERE id = $1`, id)
	if err != nil {
		return Customer{}, fmt.Errorf("reading customer %s: %w", id, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Customer])
	if errors.Is(err, pgx.ErrNoRows) {
		return Customer{}, errs.New(errs.NotFound, "customer_not_found", "没有这位客户的档案。", "There is no such customer.")
	}
	if err != nil {
		return Customer{}, fmt.Errorf("reading customer %s: %w", id, err)
	}
	return c, nil
}

// Card is everything the desk shows about a customer; visits are package
// workorder's.
type Card struct {
	Customer Customer          `json:"customer"`
	Phones   []Phone           `json:"phones"`
	Vehicles []Vehicle         `json:"vehicles"` // own ones first
	Consents map[string]string `json:"consents"` // purpose to given, refused, withdrawn
	DNC      []Scope           `json:"dnc"`
	Reviews  int               `json:"open_reviews"`
}

// Card reads a customer's card at the moment now.
func (f *Files) Card(ctx context.Context, db postgres.DB, id uuid.UUID, now time.Time) (Card, error) {
	var card Card
	var err error
	if card.Customer, err = f.Get(ctx, db, id); err != nil {
		return Card{}, err
	}
	if card.Phones, err = f.Phones(ctx, db, id); err != nil {
		return Card{}, err
	}
	if card.Vehicles, err = VehiclesOf(ctx, db, id); err != nil {
		return Card{}, err
	}
	if card.Consents, err = Consents(ctx, db, id); err != nil {
		return Card{}, err
	}
	hashes := make([][]byte, len(card.Phones))
	for i, p := range card.Phones {
		hashes[i] = p.Hash
	}
	if card.DNC, err = DNCOf(ctx, db, card.Customer.GroupID, hashes, now); err != nil {
		return Card{}, err
	}
	err = db.QueryRow(ctx, `SELECT count(*) FROM merge_case WHERE state = 'open' AND (customer_id = $1 OR other_id = $1)`, id).Scan(&card.Reviews)
	if err != nil {
		return Card{}, fmt.Errorf("counting the reviews of %s: %w", id, err)
	}
	return card, nil
}

const vehicleColumns = `v.id, v.kind, v.vin, v.vin_valid, v.frame_no, v.plate, v.brand, v.series, v.model, v.sale_date, v.warranty_end_date,
	v.mileage_last, v.mileage_at, v.next_due_date, v.next_due_km, v.status,
	o.customer_id AS owner_id, coalesce(oc.name_zh, '') AS owner_name`

const vehicleOwner = `LEFT JOIN LATERAL (SELECT customer_id FROM ownership WHERE vehicle_id = v.id AND role = 'owner' AND to_day IS NULL
	ORDER BY from_day DESC NULLS LAST LIMIT 1) o ON true LEFT JOIN customer oc ON oc.id = o.customer_id`

// VehiclesOf lists what a customer owns, uses or brings, own ones first.
func VehiclesOf(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]Vehicle, error) {
	return queryVehicles(ctx, db, `SELECT `+vehicleColumns+` FROM ownership w JOIN vehicle v ON v.id = w.vehicle_id `+vehicleOwner+`
		WHERE w.customer_id = $1 AND w.to_day IS NULL
		ORDER BY array_position(ARRAY['owner', 'user', 'bringer'], w.role), v.created_at`, customer)
}

// GetVehicle reads one vehicle with its owner; errs.NotFound "vehicle_not_found".
func GetVehicle(ctx context.Context, db postgres.DB, id uuid.UUID) (Vehicle, error) {
	found, err := queryVehicles(ctx, db, `SELECT `+vehicleColumns+` FROM vehicle v `+vehicleOwner+` WHERE v.id = $1`, id)
	if err != nil {
		return Vehicle{}, err
	}
	if len(found) == 0 {
		return Vehicle{}, errs.New(errs.NotFound, "vehicle_not_found", "没有这辆车。", "There is no such vehicle.")
	}
	return found[0], nil
}

func queryVehicles(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Vehicle, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading vehicles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Vehicle])
	if err != nil {
		return nil, fmt.Errorf("reading vehicles: %w", err)
	}
	return found, nil
}

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

// RecordConsent appends an answer unless it repeats the newest one, and publishes
// consent.changed.
func (f *Files) RecordConsent(ctx context.Context, db postgres.DB, by By, c Consent) error {
	have, err := Consents(ctx, db, c.Customer)
	if err != nil || have[c.Purpose] == c.State {
		return err
	}
	var user *uuid.UUID
	if by.Actor != uuid.Nil {
		user = &by.Actor
	}
	if _, err := db.Exec(ctx, `INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, evidence, at, by_user)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		uuid.Must(uuid.NewV7()), by.Store, c.Customer, c.Purpose, c.State, c.Channel, c.Evidence, by.At, user); err != nil {
		return fmt.Errorf("recording consent of %s: %w", c.Customer, err)
	}
	return f.publish(ctx, db, by, events.ConsentChanged, events.Subjects{"customer": c.Customer},
		map[string]string{"purpose": c.Purpose, "state": c.State})
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

// OpenReview asks once: an open question of the same kind about the same file
// is not repeated.
func (f *Files) OpenReview(ctx context.Context, db postgres.DB, by By, r Review) error {
	evidence := []byte("{}")
	if r.Evidence != nil {
		raw, err := json.Marshal(r.Evidence)
		if err != nil {
			return fmt.Errorf("encoding the evidence of a review: %w", err)
		}
		evidence = raw
	}
	_, err := db.Exec(ctx, `
		INSERT INTO merge_case (id, store_id, kind, customer_id, other_id, vehicle_id, evidence, state, created_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, 'open', $8
		WHERE NOT EXISTS (SELECT 1 FROM merge_case WHERE state = 'open' AND kind = $3 AND customer_id = $4
			AND other_id IS NOT DISTINCT FROM $5 AND vehicle_id IS NOT DISTINCT FROM $6)`,
		uuid.Must(uuid.NewV7()), by.Store, r.Kind, r.Customer, orNull(r.Other), orNull(r.Vehicle), evidence, by.At)
	if err != nil {
		return fmt.Errorf("opening a review of %s: %w", r.Customer, err)
	}
	return nil
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
