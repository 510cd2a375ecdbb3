package appointment

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/clock"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// New is a booking to make.
type New struct {
	Customer uuid.UUID
	Vehicle  uuid.UUID // zero: not known yet
	At       time.Time // the slot that holds it is booked
	Reason   string    // first, periodic, repair, …
	Bay      string    // empty: what the reason needs
	Items    string
	Source   string // in, out, advisor, online, rework
	Advisor  string
	FromTask uuid.UUID // the call it was made in
	Request  bool      // only asked for: nothing is held until it is booked
}

// Make books a slot, or keeps a request. errs.Conflict "slot_full" and
// "already_booked" (the vehicle comes for that reason anyway), errs.Invalid
// "slot_closed" and "appointment_past".
func (b *Book) Make(ctx context.Context, db postgres.DB, by customer.By, n New) (Appointment, error) {
	a := Appointment{
		ID: uuid.Must(uuid.NewV7()), GroupID: by.Group, StoreID: by.Store, CustomerID: n.Customer, VehicleID: orNull(n.Vehicle), StartsAt: n.At,
		Kind: n.Bay, Reason: n.Reason, ItemsZH: n.Items, Source: n.Source, State: Requested, AdvisorName: n.Advisor,
		FromTaskID: orNull(n.FromTask), CreatedAt: by.At, Version: 1,
	}
	if a.Kind == "" {
		a.Kind = BayFor(n.Reason)
	}
	if n.At.Before(by.At) {
		return Appointment{}, errs.New(errs.Invalid, "appointment_past", "预约时间已经过去，请另选时间。", "That time is over; choose a later one.")
	}
	if err := b.notTwice(ctx, db, a); err != nil {
		return Appointment{}, err
	}
	if !n.Request {
		if err := a.take(ctx, db); err != nil {
			return Appointment{}, err
		}
	}
	return a, b.insert(ctx, db, a, by)
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func (b *Book) notTwice(ctx context.Context, db postgres.DB, a Appointment) error {
	if a.VehicleID == nil {
		return nil
	}
	found, err := many(ctx, db, `SELECT `+columns+` FROM appointment
		WHERE vehicle_id = $1 AND reason = $2 AND state IN ('requested', 'booked', 'confirmed') LIMIT 1`, *a.VehicleID, a.Reason)
	if err != nil || len(found) == 0 {
		return err
	}
	when := found[0].StartsAt.In(clock.Shanghai())
	return errs.New(errs.Conflict, "already_booked", "这辆车已约了 "+when.Format("1月2日 15:04")+"，请改期而不是再约一次。",
		"This vehicle is booked already for "+when.Format("2 Jan 15:04")+"; move that booking instead.")
}

// take holds the slot that StartsAt lies in.
func (a *Appointment) take(ctx context.Context, db postgres.DB) error {
	slot, starts, err := hold(ctx, db, a.StoreID, a.Kind, a.StartsAt)
	if err != nil {
		return err
	}
	a.SlotID, a.StartsAt = &slot, starts
	return a.move(book)
}

// Accept books the slot of a request.
func (b *Book) Accept(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID) (Appointment, error) {
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if err := a.take(ctx, db); err != nil {
		return Appointment{}, err
	}
	return a, b.save(ctx, db, a, by)
}

// Part is who says yes to an appointment.
type Part string

// Parts.
const (
	Customer Part = "customer"
	Parts    Part = "parts"
	Workshop Part = "bay"
)

// Confirm keeps one part's yes; with all three the appointment is confirmed.
func (b *Book) Confirm(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, part Part) (Appointment, error) {
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if a.State != Booked && a.State != Confirmed {
		return Appointment{}, a.refused()
	}
	a.CustomerOK = a.CustomerOK || part == Customer
	a.PartsOK = a.PartsOK || part == Parts
	a.BayOK = a.BayOK || part == Workshop
	if a.CustomerOK && a.PartsOK && a.BayOK && a.State == Booked {
		if err := a.move(confirm); err != nil {
			return Appointment{}, err
		}
	}
	return a, b.save(ctx, db, a, by)
}

// AddItems notes what else the customer wants looked at or parts ordered for. What is
// noted already is not noted twice.
func (b *Book) AddItems(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, items string) (Appointment, error) {
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if !a.State.Ahead() {
		return Appointment{}, a.refused()
	}
	if items = strings.TrimSpace(items); items == "" || strings.Contains(a.ItemsZH, items) {
		return a, nil
	}
	a.ItemsZH = strings.TrimPrefix(a.ItemsZH+"；"+items, "；")
	return a, b.save(ctx, db, a, by)
}

// Move books another slot in the place of an appointment: A02, or A04 within 7 days
// of a no-show. The old one is kept as rescheduled and its slot is free again.
func (b *Book) Move(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, to time.Time) (Appointment, error) {
	old, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if old.State == NoShow && by.At.After(old.StartsAt.AddDate(0, 0, 7)) {
		return Appointment{}, errs.New(errs.Conflict, "no_show_too_old", "爽约已超过 7 天，请新建预约。", "The no-show is more than 7 days old; make a new appointment.")
	}
	held := old.State.Ahead()
	if err := old.move(reschedule); err != nil {
		return Appointment{}, err
	}
	if held {
		if err := release(ctx, db, old); err != nil {
			return Appointment{}, err
		}
	}
	if err := b.save(ctx, db, old, by); err != nil {
		return Appointment{}, err
	}
	a := old
	a.ID, a.State, a.StartsAt, a.SlotID, a.ReplacesID, a.CreatedAt, a.Version = uuid.Must(uuid.NewV7()), Requested, to, nil, &old.ID, by.At, 1
	a.Late, a.PartsOK, a.BayOK, a.CustomerOK, a.ArrivedAt, a.WorkOrderID, a.ClosedReason = false, false, false, false, nil, nil, ""
	if err := a.take(ctx, db); err != nil {
		return Appointment{}, err
	}
	return a, b.insert(ctx, db, a, by)
}

// Cancel gives the slot back (A03). A reason is wanted: errs.Invalid "reason_needed".
func (b *Book) Cancel(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, reason string) (Appointment, error) {
	if reason == "" {
		return Appointment{}, errs.New(errs.Invalid, "reason_needed", "取消预约要写明原因。", "Cancelling an appointment needs a reason.")
	}
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if err := a.move(withdraw); err != nil {
		return Appointment{}, err
	}
	if err := release(ctx, db, a); err != nil {
		return Appointment{}, err
	}
	a.ClosedReason = reason
	return a, b.save(ctx, db, a, by)
}

// Missed keeps why a customer did not come (A05).
func (b *Book) Missed(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, reason string) (Appointment, error) {
	a, err := lock(ctx, db, id)
	if err != nil {
		return Appointment{}, err
	}
	if a.State != NoShow {
		return Appointment{}, a.refused()
	}
	a.ClosedReason = reason
	return a, b.save(ctx, db, a, by)
}
