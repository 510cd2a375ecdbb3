package task

import (
	"context"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// onAppointment follows a booking: the call and the messages before it, the call
// after a no-show, and the end of reminders that are not needed any more (T-D2).
func (t *Tasks) onAppointment(ctx context.Context, tx postgres.DB, e events.Event) error {
	a, err := appointment.Get(ctx, tx, e.Subject["appointment"])
	if err != nil {
		return err
	}
	by := byOf(e)
	if err := t.visitStops(ctx, tx, a, by); err != nil {
		return err
	}
	_, err = t.visit(ctx, tx, a, by)
	return err
}

// visitStops ends what a booking, its move or its end makes needless.
func (t *Tasks) visitStops(ctx context.Context, tx postgres.DB, a appointment.Appointment, by customer.By) error {
	if a.State.Ahead() {
		if a.VehicleID == nil {
			return nil
		}
		if _, err := t.end(ctx, tx, by, cancel, ReasonAppointment, `vehicle_id = $1 AND kind = ANY ($2) AND `+waiting, *a.VehicleID, maintenanceKinds()); err != nil {
			return err
		}
		return t.box.Revoke(ctx, tx, "upkeep", *a.VehicleID, "", ReasonAppointment)
	}
	reason := ReasonMoved
	if a.State == appointment.Arrived || a.State == appointment.Completed {
		reason = ReasonVisited
	}
	_, err := t.end(ctx, tx, by, cancel, reason, `appointment_id = $1 AND (kind = $2 OR $3) AND `+waiting, a.ID, ApptConfirm, a.State != appointment.NoShow)
	if err != nil {
		return err
	}
	return t.box.Revoke(ctx, tx, "appointment", a.ID, "", reason)
}

// visit lets the rules look at a booking that is ahead, or was missed.
func (t *Tasks) visit(ctx context.Context, tx postgres.DB, a appointment.Appointment, by customer.By) (int, error) {
	on := visitAhead
	switch a.State {
	case appointment.Booked, appointment.Confirmed:
	case appointment.NoShow:
		on = visitMissed
	default:
		return 0, nil
	}
	c, err := t.files.Get(ctx, tx, a.CustomerID)
	if err != nil {
		return 0, err
	}
	when := a.StartsAt.In(clock.Shanghai())
	about := events.Subjects{"appointment": a.ID}
	if a.VehicleID != nil {
		about["vehicle"] = *a.VehicleID
	}
	return t.apply(ctx, tx, occasion{
		on: on, anchor: a.StartsAt, subject: a.ID.String(), customer: c, vehicle: a.VehicleID, visit: &a, about: about, useless: a.StartsAt,
		words: map[string]string{"appt_time_zh": when.Format("1月2日15:04"), "appt_items_zh": a.ItemsZH, "advisor_name": a.AdvisorName},
	}, by)
}

// lookAtVisits turns visits that did not happen into no-shows, and lets the rules
// look at what is booked for the next days and was missed lately.
func (t *Tasks) lookAtVisits(ctx context.Context, tx postgres.DB, by customer.By) (made int, err error) {
	if _, err := t.visits.NoShows(ctx, tx, by); err != nil {
		return 0, err
	}
	near, err := appointment.Between(ctx, tx, by.Store, by.At.AddDate(0, 0, -2), by.At.AddDate(0, 0, 60))
	if err != nil {
		return 0, err
	}
	for _, a := range near {
		n, err := t.visit(ctx, tx, a, by)
		if err != nil {
			return made, err
		}
		made += n
	}
	return made, nil
}
