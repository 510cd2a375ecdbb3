package task

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// missed is the message that a customer gets who has rejected two calls, or whose
// voice mail answered twice (RP-REJECT, RP-MACHINE): one for the task, of its own
// purpose, never advertising. Empty: none. The three-day follow-up has TR-05.
func missed(k Task) string {
	if p := policyOf(k.LastLineResult); k.LastDisposition != "" || p != RPReject && p != RPMachine {
		return ""
	}
	if k.Kind == Followup7D {
		return "missed_followup"
	}
	return smsFor(k.Kind)
}

// tellMissed sends it.
func (t *Tasks) tellMissed(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	text := missed(k)
	if text == "" {
		return nil
	}
	c, err := t.files.Get(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return err
	}
	o := occasion{anchor: by.At, subject: k.ID.String(), customer: c, vehicle: k.VehicleID, about: events.Subjects{"task": k.ID}}
	if o.order, err = newestOrder(ctx, tx, k); err != nil {
		return err
	}
	if o.words, o.useless, err = t.missedWords(ctx, tx, k, by); err != nil {
		return err
	}
	_, err = t.sendSMS(ctx, tx, rule{id: "missed", from: atOnce, via: bySMS, text: text}, o, s, by)
	return err
}

// missedWords are the day and the kilometres of a maintenance, or the time of a visit.
func (t *Tasks) missedWords(ctx context.Context, tx postgres.DB, k Task, by customer.By) (words map[string]string, useless time.Time, err error) {
	if k.AppointmentID != nil {
		a, err := appointment.Get(ctx, tx, *k.AppointmentID)
		if err != nil {
			return nil, useless, err
		}
		return map[string]string{"appt_time_zh": a.StartsAt.In(clock.Shanghai()).Format("15:04")}, a.StartsAt, nil
	}
	if k.VehicleID == nil || k.Kind != FirstService && k.Kind != PeriodicService {
		return nil, useless, nil
	}
	known, err := workorder.UpkeepOf(ctx, tx, k.StoreID, []uuid.UUID{*k.VehicleID}, by.At)
	if err != nil || len(known) == 0 {
		return nil, useless, err
	}
	plans, err := workorder.Plans(ctx, tx, k.StoreID)
	if err != nil {
		return nil, useless, err
	}
	c, _ := workorder.PlanFor(plans, known[0].VehicleKind, known[0].Model).Next(known[0], clock.Shanghai())
	return dueWords(c), useless, nil
}
