package appointment

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

const columns = `id, group_id, store_id, customer_id, vehicle_id, slot_id, starts_at, kind, reason, items_zh, source, state, late, advisor_name,
	parts_ok, bay_ok, customer_ok, arrived_at, work_order_id, closed_reason, from_task_id, replaces_id, created_at, version`

// Get reads one appointment; errs.NotFound "appointment_not_found".
func Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Appointment, error) {
	return one(ctx, db, `SELECT `+columns+` FROM appointment WHERE id = $1`, id)
}

func lock(ctx context.Context, db postgres.DB, id uuid.UUID) (Appointment, error) {
	return one(ctx, db, `SELECT `+columns+` FROM appointment WHERE id = $1 FOR UPDATE`, id)
}

func one(ctx context.Context, db postgres.DB, sql string, args ...any) (Appointment, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return Appointment{}, fmt.Errorf("reading an appointment: %w", err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Appointment])
	if errors.Is(err, pgx.ErrNoRows) {
		return Appointment{}, errs.New(errs.NotFound, "appointment_not_found", "没有这条预约。", "There is no such appointment.")
	}
	if err != nil {
		return Appointment{}, fmt.Errorf("reading an appointment: %w", err)
	}
	return a, nil
}

func many(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Appointment, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading appointments: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Appointment])
	if err != nil {
		return nil, fmt.Errorf("reading appointments: %w", err)
	}
	return found, nil
}

// Between lists a store's appointments that begin in a span of time.
func Between(ctx context.Context, db postgres.DB, store uuid.UUID, from, to time.Time) ([]Appointment, error) {
	return many(ctx, db, `SELECT `+columns+` FROM appointment WHERE store_id = $1 AND starts_at >= $2 AND starts_at < $3 ORDER BY starts_at, id`, store, from, to)
}

// OfCustomer lists a customer's appointments, the newest first.
func OfCustomer(ctx context.Context, db postgres.DB, id uuid.UUID, limit int) ([]Appointment, error) {
	return many(ctx, db, `SELECT `+columns+` FROM appointment WHERE customer_id = $1 ORDER BY starts_at DESC, id LIMIT $2`, id, limit)
}

// ForTask is the newest booking that a call about visit (nil: about none) has to do
// with: the visit itself, what took its place, or what was booked in the call. Nil
// when there is none.
func ForTask(ctx context.Context, db postgres.DB, customer, task uuid.UUID, visit *uuid.UUID) (*Appointment, error) {
	found, err := many(ctx, db, `SELECT `+columns+` FROM appointment WHERE customer_id = $1 AND (from_task_id = $2 OR id = $3 OR replaces_id = $3)
		ORDER BY created_at DESC, id DESC LIMIT 1`, customer, task, visit)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// AheadOf are those of the vehicles that are expected in the workshop.
func AheadOf(ctx context.Context, db postgres.DB, vehicles []uuid.UUID) (map[uuid.UUID]bool, error) {
	return vehiclesWith(ctx, db, `state IN ('requested', 'booked', 'confirmed')`, vehicles)
}

func (b *Book) insert(ctx context.Context, db postgres.DB, a Appointment, by customer.By) error {
	if err := write(ctx, db, a, by); err != nil {
		return err
	}
	return b.tell(ctx, db, a, by)
}

func write(ctx context.Context, db postgres.DB, a Appointment, by customer.By) error {
	var user *uuid.UUID
	if by.Actor != uuid.Nil {
		user = &by.Actor
	}
	_, err := db.Exec(ctx, `
		INSERT INTO appointment (id, group_id, store_id, customer_id, vehicle_id, slot_id, starts_at, kind, reason, items_zh, source, state,
			advisor_name, from_task_id, replaces_id, created_by, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)`,
		a.ID, a.GroupID, a.StoreID, a.CustomerID, a.VehicleID, a.SlotID, a.StartsAt, a.Kind, a.Reason, a.ItemsZH, a.Source, a.State,
		a.AdvisorName, a.FromTaskID, a.ReplacesID, user, by.At)
	if err != nil {
		return fmt.Errorf("writing an appointment: %w", err)
	}
	return nil
}

func (b *Book) save(ctx context.Context, db postgres.DB, a Appointment, by customer.By) error {
	_, err := db.Exec(ctx, `
		UPDATE appointment SET slot_id = $2, starts_at = $3, state = $4, late = $5, parts_ok = $6, bay_ok = $7, customer_ok = $8, arrived_at = $9,
			work_order_id = $10, closed_reason = $11, items_zh = $12, updated_at = $13, version = version + 1
		WHERE id = $1`,
		a.ID, a.SlotID, a.StartsAt, a.State, a.Late, a.PartsOK, a.BayOK, a.CustomerOK, a.ArrivedAt, a.WorkOrderID, a.ClosedReason, a.ItemsZH, by.At)
	if err != nil {
		return fmt.Errorf("writing appointment %s: %w", a.ID, err)
	}
	return b.tell(ctx, db, a, by)
}

func (b *Book) tell(ctx context.Context, db postgres.DB, a Appointment, by customer.By) error {
	about := events.Subjects{"appointment": a.ID, "customer": a.CustomerID}
	if a.VehicleID != nil {
		about["vehicle"] = *a.VehicleID
	}
	e := events.Event{Kind: events.AppointmentChanged, Group: a.GroupID, Store: a.StoreID, At: by.At, Actor: by.Actor, Subject: about}
	return b.bus.Publish(ctx, db, e, map[string]any{"state": a.State})
}
