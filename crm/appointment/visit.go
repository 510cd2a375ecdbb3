package appointment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Arrive notes that the customer is here; after a no-show of the same day, late.
func (b *Book) Arrive(ctx context.Context, db postgres.DB, by customer.By, id, order uuid.UUID, at time.Time) (Appointment, error) {
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	err = b.arrive(ctx, db, by, &a, order, at)
	return a, err
}

func (b *Book) arrive(ctx context.Context, db postgres.DB, by customer.By, a *Appointment, order uuid.UUID, at time.Time) error {
	late := a.State == NoShow
	if late && !sameDay(a.StartsAt, at) {
		return a.refused() // a no-show of another day stays one
	}
	if err := a.move(arrive); err != nil {
		return err
	}
	a.ArrivedAt, a.Late, a.WorkOrderID = &at, late, orNull(order)
	return b.save(ctx, db, *a, by)
}

func sameDay(a, b time.Time) bool {
	a, b = a.In(clock.Shanghai()), b.In(clock.Shanghai())
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// around is how far from the slot's start a work order of the vehicle still counts
// as its visit (T-M5).
const around = 2 * time.Hour

// onOrders looks for the orders whose vehicles have an appointment: of the many that
// an import brings together, few do.
func (b *Book) onOrders(ctx context.Context, tx postgres.DB, es []events.Event) error {
	vehicles := make([]uuid.UUID, len(es))
	for i, e := range es {
		vehicles[i] = e.Subject["vehicle"]
	}
	having, err := vehiclesWith(ctx, tx, `(work_order_id IS NOT NULL OR state IN ('booked', 'confirmed', 'no_show'))`, vehicles)
	if err != nil {
		return err
	}
	for _, e := range es {
		if having[e.Subject["vehicle"]] {
			if err := b.onOrder(ctx, tx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// vehiclesWith are those of the vehicles that have an appointment that fits.
func vehiclesWith(ctx context.Context, db postgres.DB, which string, vehicles []uuid.UUID) (map[uuid.UUID]bool, error) {
	rows, err := db.Query(ctx, `SELECT DISTINCT vehicle_id FROM appointment WHERE vehicle_id = ANY ($1) AND `+which, vehicles)
	if err != nil {
		return nil, fmt.Errorf("looking for appointments: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("looking for appointments: %w", err)
	}
	out := make(map[uuid.UUID]bool, len(found))
	for _, v := range found {
		out[v] = true
	}
	return out, nil
}

// onOrder: an order opened around the slot is the visit, its delivery completes it.
func (b *Book) onOrder(ctx context.Context, tx postgres.DB, e events.Event) error {
	o, err := workorder.Get(ctx, tx, e.Subject["work_order"])
	if err != nil || o.State == workorder.Voided || o.OpenedAt == nil {
		return err
	}
	by := customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM appointment WHERE vehicle_id = $1 AND (work_order_id = $2
		OR work_order_id IS NULL AND state IN ('booked', 'confirmed', 'no_show') AND starts_at BETWEEN $3 AND $4) ORDER BY starts_at FOR UPDATE`,
		o.VehicleID, o.ID, o.OpenedAt.Add(-around), o.OpenedAt.Add(around))
	if err != nil || len(found) == 0 {
		return err
	}
	a := found[0]
	if a.State == NoShow && !sameDay(a.StartsAt, *o.OpenedAt) {
		return nil
	}
	if a.WorkOrderID == nil {
		if err := b.arrive(ctx, tx, by, &a, o.ID, *o.OpenedAt); err != nil {
			return err
		}
	}
	if o.DeliveredAt == nil || o.DeliveredAt.After(by.At) || a.State != Arrived {
		return nil
	}
	if err := a.move(complete); err != nil {
		return err
	}
	return b.save(ctx, tx, a, by)
}

// NoShows turns every appointment of the store whose half hour of grace is over
// into a no-show, and tells how many. Twice changes nothing.
func (b *Book) NoShows(ctx context.Context, db postgres.DB, by customer.By) (int, error) {
	found, err := many(ctx, db, `SELECT `+columns+` FROM appointment
		WHERE store_id = $1 AND state IN ('booked', 'confirmed') AND starts_at <= $2 ORDER BY starts_at, id FOR UPDATE`, by.Store, by.At.Add(-HeldFor))
	if err != nil {
		return 0, err
	}
	for _, a := range found {
		if err := a.move(miss); err != nil {
			return 0, err
		}
		if err := b.save(ctx, db, a, by); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
