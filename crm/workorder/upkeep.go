package workorder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Upkeep is what is known about a vehicle's maintenance. Days are dates.
type Upkeep struct {
	VehicleID    uuid.UUID
	CustomerID   *uuid.UUID // whom to remind: the owner, else who came or bought last
	VehicleKind  string
	Model        string
	SoldOn       *time.Time
	WarrantyEnd  *time.Time
	LastID       *uuid.UUID // the visit the next one counts from
	LastOn       *time.Time
	LastKm       *int
	ProposedDate *time.Time // by the workshop, at that visit
	ProposedKm   *int
	MileageKm    *int // the newest reading, also one a customer told
	MileageOn    *time.Time
	SeenKm       []int32     // readings of visits, oldest first
	SeenOn       []time.Time // their days
	InWorkshop   bool        // a maintenance order is open
}

// readings are the known mileages, oldest first.
func (u Upkeep) readings() []Mileage {
	var out []Mileage
	for i, km := range u.SeenKm {
		out = append(out, Mileage{Km: int(km), On: u.SeenOn[i]})
	}
	if u.MileageKm != nil && u.MileageOn != nil && !slices.ContainsFunc(out, func(m Mileage) bool { return m.On.Equal(*u.MileageOn) }) {
		out = append(out, Mileage{Km: *u.MileageKm, On: *u.MileageOn})
	}
	slices.SortStableFunc(out, func(a, b Mileage) int { return a.On.Compare(b.On) })
	return out
}

// UpkeepOf reads what is known at now of some vehicles of a store, or of all that are
// in use when vehicles is nil. A visit counts from its delivery; the first and periodic
// services count, and every visit at which the workshop wrote down the next one.
func UpkeepOf(ctx context.Context, db postgres.DB, store uuid.UUID, vehicles []uuid.UUID, now time.Time) ([]Upkeep, error) {
	only, args := ``, []any{store, now}
	if vehicles != nil {
		only, args = ` AND v.id = ANY ($3)`, append(args, vehicles)
	}
	rows, err := db.Query(ctx, `
		SELECT v.id AS vehicle_id, v.kind AS vehicle_kind, coalesce(nullif(v.model, ''), v.series) AS model, v.warranty_end_date AS warranty_end,
			coalesce(d.day, v.sale_date) AS sold_on, coalesce(o.customer_id, m.customer_id, d.customer_id) AS customer_id,
			m.id AS last_id, m.day AS last_on, m.mileage_in AS last_km, m.next_due_date AS proposed_date, m.next_due_km AS proposed_km,
			v.mileage_last AS mileage_km, v.mileage_at AS mileage_on, coalesce(r.kms, '{}') AS seen_km, coalesce(r.days, '{}') AS seen_on,
			EXISTS (SELECT FROM work_order w WHERE w.vehicle_id = v.id AND w.kind IN ('first', 'periodic') AND w.delivered_at IS NULL
				AND w.settled_at IS NULL AND w.state <> 'voided' AND w.opened_at > $2::timestamptz - interval '30 days') AS in_workshop
		FROM vehicle v
		LEFT JOIN LATERAL (SELECT delivered_day AS day, customer_id FROM sale_delivery WHERE vehicle_id = v.id AND delivered_at <= $2
			ORDER BY delivered_at DESC LIMIT 1) d ON true
		LEFT JOIN LATERAL (SELECT customer_id FROM ownership WHERE vehicle_id = v.id AND role = 'owner' AND to_day IS NULL
			ORDER BY from_day DESC NULLS LAST LIMIT 1) o ON true
		LEFT JOIN LATERAL (SELECT w.id, w.customer_id, (coalesce(w.delivered_at, w.settled_at) AT TIME ZONE 'Asia/Shanghai')::date AS day, w.mileage_in,
				w.next_due_date, w.next_due_km FROM work_order w
			WHERE w.vehicle_id = v.id AND w.state <> 'voided' AND coalesce(w.delivered_at, w.settled_at) <= $2
				AND (w.kind IN ('first', 'periodic') OR w.next_due_date IS NOT NULL)
			ORDER BY coalesce(w.delivered_at, w.settled_at) DESC LIMIT 1) m ON true
		LEFT JOIN LATERAL (SELECT array_agg(x.mileage_in ORDER BY x.day) AS kms, array_agg(x.day ORDER BY x.day) AS days FROM (
				SELECT DISTINCT ON (w.opened_at::date) w.mileage_in, (w.opened_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM (
					SELECT mileage_in, opened_at FROM work_order WHERE vehicle_id = v.id AND state <> 'voided' AND mileage_in IS NOT NULL AND opened_at <= $2
					ORDER BY opened_at DESC LIMIT 100) w -- no vehicle comes a hundred times in three days
				ORDER BY w.opened_at::date DESC LIMIT 3) x) r ON true
		WHERE v.store_id = $1 AND v.status = 'active'`+only+`
		ORDER BY v.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the upkeep of vehicles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Upkeep])
	if err != nil {
		return nil, fmt.Errorf("reading the upkeep of vehicles: %w", err)
	}
	return found, nil
}
