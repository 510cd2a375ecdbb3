package customer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
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

// GetVehicles reads several vehicles; those that are not there are left out.
func GetVehicles(ctx context.Context, db postgres.DB, ids []uuid.UUID) (map[uuid.UUID]Vehicle, error) {
	found, err := queryVehicles(ctx, db, `SELECT `+vehicleColumns+` FROM vehicle v `+vehicleOwner+` WHERE v.id = ANY ($1)`, ids)
	out := make(map[uuid.UUID]Vehicle, len(found))
	for _, v := range found {
		out[v.ID] = v
	}
	return out, err
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
