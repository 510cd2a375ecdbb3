package appointment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Entered is a booking as the dealer's own system has it.
type Entered struct {
	New
	State State // empty: still ahead
}

// news is how far back a visit that is over may still lead to something (TR-53); an
// older one is history.
const news = 24 * time.Hour

// Enter keeps a booking of the dealer's system. The same one, known by vehicle or
// customer and half hour, is not made twice: it moves on to the state the file tells
// when the machine allows it, and is the same otherwise. One that is ahead takes its
// slot; held is false when the slot is full or the workshop closed, and it is then
// kept as a request. errs.Conflict "already_booked" when the vehicle comes for that
// reason at another time, errs.Invalid "appointment_over" when its time is over and
// the file does not say what became of it.
func (b *Book) Enter(ctx context.Context, db postgres.DB, by customer.By, e Entered) (id uuid.UUID, how dealer.Saved, held bool, err error) {
	found, err := many(ctx, db, `SELECT `+columns+` FROM appointment WHERE store_id = $1 AND (vehicle_id = $2 OR customer_id = $3)
		AND starts_at > $4::timestamptz - interval '30 minutes' AND starts_at <= $4 AND state <> 'rescheduled' ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
		by.Store, orNull(e.Vehicle), e.Customer, e.At)
	if err != nil {
		return uuid.Nil, dealer.Same, false, err
	}
	if len(found) > 0 {
		how, err := b.follow(ctx, db, by, found[0], e.State)
		return found[0].ID, how, true, err
	}
	if e.State != "" && !e.State.Ahead() {
		id, err := b.past(ctx, db, by, e)
		return id, dealer.New, true, err
	}
	if e.At.Before(by.At) {
		return uuid.Nil, dealer.Same, false, errs.New(errs.Invalid, "appointment_over", "预约时间已过，文件没有写明结果（到店、取消或爽约），本行未导入。",
			"The time is over and the file does not say what became of it (came, cancelled, missed); the row was not imported.")
	}
	return b.ahead(ctx, db, by, e)
}

// ahead makes a booking that is still to come.
func (b *Book) ahead(ctx context.Context, db postgres.DB, by customer.By, e Entered) (uuid.UUID, dealer.Saved, bool, error) {
	e.Request = e.State == Requested
	a, err := b.Make(ctx, db, by, e.New)
	if told, ok := errs.Of(err); ok && (told.Code == "slot_full" || told.Code == "slot_closed") {
		e.Request = true
		a, err = b.Make(ctx, db, by, e.New)
		return a.ID, dealer.New, false, err
	}
	if err == nil && e.State == Confirmed {
		_, err = b.follow(ctx, db, by, a, Confirmed)
	}
	return a.ID, dealer.New, true, err
}

// follow moves a booking on to where the dealer's system has it. What it refuses is
// ours to know better: a visit that came is not booked again by yesterday's file.
func (b *Book) follow(ctx context.Context, db postgres.DB, by customer.By, a Appointment, to State) (dealer.Saved, error) {
	does := map[State]event{Confirmed: confirm, Arrived: arrive, NoShow: miss, Cancelled: withdraw}
	e, known := does[to]
	if !known && to == Completed && (a.State == Arrived || a.State == Booked || a.State == Confirmed) {
		if a.State != Arrived {
			if err := b.arrive(ctx, db, by, &a, uuid.Nil, a.StartsAt); err != nil {
				return dealer.Same, err
			}
		}
		e, known = complete, true
	}
	if !known {
		return dealer.Same, nil
	}
	if next, ok := next(a.State, e); !ok || next == a.State {
		return dealer.Same, nil
	}
	switch to {
	case Arrived:
		return dealer.Updated, b.arrive(ctx, db, by, &a, uuid.Nil, a.StartsAt)
	case Confirmed:
		a.CustomerOK, a.PartsOK, a.BayOK = true, true, true
	case Cancelled:
		a.ClosedReason = "dms"
		if err := release(ctx, db, a); err != nil {
			return dealer.Same, err
		}
	}
	if err := a.move(e); err != nil {
		return dealer.Same, err
	}
	return dealer.Updated, b.save(ctx, db, a, by)
}

// past keeps a visit that is over: no slot is held for it, and only what happened in
// the last day is news to anybody.
func (b *Book) past(ctx context.Context, db postgres.DB, by customer.By, e Entered) (uuid.UUID, error) {
	a := Appointment{
		ID: uuid.Must(uuid.NewV7()), GroupID: by.Group, StoreID: by.Store, CustomerID: e.Customer, VehicleID: orNull(e.Vehicle), StartsAt: e.At,
		Kind: BayFor(e.Reason), Reason: e.Reason, ItemsZH: e.Items, Source: e.Source, State: e.State, AdvisorName: e.Advisor, CreatedAt: by.At, Version: 1,
	}
	if err := write(ctx, db, a, by); err != nil || e.At.Before(by.At.Add(-news)) {
		return a.ID, err
	}
	return a.ID, b.tell(ctx, db, a, by)
}

// Recount counts anew what slots hold, after bookings were taken back without the
// machine (the undo of an import).
func Recount(ctx context.Context, db postgres.DB, slots []uuid.UUID) error {
	if len(slots) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `UPDATE appointment_slot s SET used = n.used, capacity = greatest(s.capacity, n.used)
		FROM (SELECT k.id, count(a.id)::int AS used FROM unnest($1::uuid[]) k (id)
			LEFT JOIN appointment a ON a.slot_id = k.id AND a.state NOT IN ('cancelled', 'rescheduled', 'requested') GROUP BY 1) n
		WHERE s.id = n.id`, slots)
	if err != nil {
		return fmt.Errorf("counting slots anew: %w", err)
	}
	return nil
}
