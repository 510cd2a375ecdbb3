package desk

import (
	"cmp"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/errs"
)

// aboutBooking names the appointment in scripts and messages.
func (d *Desk) aboutBooking(vars map[string]any, s subject) {
	b := s.booking
	if b == nil {
		return
	}
	vars["appt_time_zh"] = b.StartsAt.In(d.zone).Format("1月2日15:04")
	vars["appt_items_zh"] = cmp.Or(b.ItemsZH, appointment.ReasonZH(b.Reason))
	vars["advisor_name"] = cmp.Or(b.AdvisorName, "服务顾问")
}

// createVisit books the slot that the customer agreed to, or moves what was booked in
// this call or missed before it (A04).
func (d *Desk) createVisit(t *talk, due script.Due) error {
	at, ok := t.time(due, "at_key")
	if !ok {
		return nil
	}
	return d.book(t.act, t.call, at, due.Effect.Params["reason"], t.text(due, "note_key"))
}

// book holds a slot for the call's customer. What the call has booked or is about is
// moved instead of booked twice; words are what to look at besides.
func (d *Desk) book(a act, at attempt, when time.Time, reason, words string) error {
	s, k, err := d.aboutAttempt(a, at)
	if err != nil {
		return err
	}
	if b := s.booking; b != nil && movable(*b, a.now) {
		if b.State.Ahead() && !when.Before(b.StartsAt) && when.Before(b.StartsAt.Add(appointment.HeldFor)) {
			return nil // it is booked already
		}
		_, err := d.o.Visits.Move(a.ctx, a.tx, a.by(), b.ID, when)
		return err
	}
	n := appointment.New{
		Customer: s.customer.ID, At: when, Reason: reason, Items: appointment.ReasonZH(reason), Source: "out",
		Advisor: s.customer.AdvisorName, FromTask: k.ID,
	}
	if reason == "rework" {
		n.Source = reason
	}
	if words != "" {
		n.Items += "；" + words
	}
	if s.vehicle != nil {
		n.Vehicle = s.vehicle.ID
	}
	if n.Advisor == "" && s.visit != nil {
		n.Advisor = s.visit.AdvisorName
	}
	_, err = d.o.Visits.Make(a.ctx, a.tx, a.by(), n)
	return err
}

// changeVisit carries the customer's word on the appointment that the call is about.
func (d *Desk) changeVisit(t *talk, due script.Due) error {
	s, err := d.matter(t)
	if err != nil {
		return err
	}
	if s.booking == nil {
		return errs.New(errs.Conflict, "appointment_gone", "这通电话没有对应的预约，请先按 A 预约，或选择别的结果。",
			"There is no appointment behind this call; book one with A, or choose another result.")
	}
	words, id := t.text(due, "note_key"), s.booking.ID
	switch due.Effect.Params["action"] {
	case "reschedule":
		at, ok := t.time(due, "at_key")
		if !ok {
			return nil
		}
		return d.book(t.act, t.call, at, s.booking.Reason, "")
	case "cancel":
		if s.booking.State == appointment.Cancelled {
			return nil
		}
		_, err = d.o.Visits.Cancel(t.ctx, t.tx, t.by(), id, cmp.Or(words, "客户未说明原因"))
		return err
	}
	if _, err := d.o.Visits.AddItems(t.ctx, t.tx, t.by(), id, words); err != nil {
		return err
	}
	_, err = d.o.Visits.Confirm(t.ctx, t.tx, t.by(), id, appointment.Customer)
	return err
}

// movable: a booking ahead, or one missed in the last seven days (2.5.6).
func movable(b appointment.Appointment, now time.Time) bool {
	return b.State.Ahead() || b.State == appointment.NoShow && !now.After(b.StartsAt.AddDate(0, 0, 7))
}

// aboutAttempt is what a call is about, and its task.
func (d *Desk) aboutAttempt(a act, at attempt) (subject, task.Task, error) {
	k, err := task.Get(a.ctx, a.tx, at.TaskID)
	if err != nil {
		return subject{}, task.Task{}, err
	}
	s, err := d.subjectOf(a.ctx, a.tx, k)
	return s, k, err
}

type bookArgs struct {
	AttemptID uuid.UUID `json:"attemptId"`
	At        time.Time `json:"at" doc:"start of a slot"`
	Items     string    `json:"items,omitempty"`
}

// bookNow is the quick action 预约 (A): a slot at any moment of a call, whatever its
// script says.
func (d *Desk) bookNow(a act, in bookArgs) (None, error) {
	at, err := a.mine(in.AttemptID)
	if err != nil {
		return None{}, err
	}
	s, k, err := d.aboutAttempt(a, at)
	if err != nil {
		return None{}, err
	}
	if err := d.book(a, at, in.At, reasonOf(k, s), strings.TrimSpace(in.Items)); err != nil {
		return None{}, err
	}
	defer d.o.Changed(a.User)
	return None{}, nil
}

// reasonOf is what a booking made in a call of this kind is for.
func reasonOf(k task.Task, s subject) string {
	switch {
	case s.booking != nil:
		return s.booking.Reason
	case k.Kind == task.FirstService:
		return "first"
	case k.Kind == task.PeriodicService || k.Kind == task.WarrantyExpiry:
		return "periodic"
	}
	return "repair"
}
