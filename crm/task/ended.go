package task

import (
	"context"
	"slices"
	"strings"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/crm/satisfaction"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// ended is what follows when a task has come to its end.
func (t *Tasks) ended(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	switch {
	case k.State == Exhausted:
		if err := t.tellMissed(ctx, tx, k, by); err != nil {
			return err
		}
		return t.usedUp(ctx, tx, k, by)
	case k.LastDisposition == "" || k.State == Cancelled:
		return nil
	case slices.Contains(maintenanceKinds(), k.Kind):
		return t.reminderEnded(ctx, tx, k, by)
	case k.Kind == Followup3D:
		return t.followUpEnded(ctx, tx, k, by)
	case k.RenewalID != nil && k.LastDisposition == "C09":
		return t.sold(ctx, tx, k, by)
	case k.AppointmentID != nil:
		return t.visitCallEnded(ctx, tx, k, by)
	}
	return nil
}

// usedUp is TR-05.
func (t *Tasks) usedUp(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	c, err := t.files.Get(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	o := occasion{on: callsUsedUp, anchor: by.At, subject: k.ID.String(), customer: c, vehicle: k.VehicleID, closed: &k, about: events.Subjects{"task": k.ID}}
	if o.order, err = newestOrder(ctx, tx, k); err != nil {
		return err
	}
	_, err = t.apply(ctx, tx, o, by)
	return err
}

// followUpEnded spares the 7-day call who scored 9 or 10 throughout (D-02).
func (t *Tasks) followUpEnded(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	o, err := newestOrder(ctx, tx, k)
	if err != nil || o == nil {
		return err
	}
	top, err := scoredTop(ctx, tx, occasion{order: o})
	if err != nil || !top {
		return err
	}
	_, err = t.end(ctx, tx, by, cancel, "scored_top", `kind = $1 AND work_order_ids && $2 AND `+waiting, Followup7D, k.WorkOrderIDs)
	return err
}

// reminderEnded stops a maintenance cycle whose customer has said enough, and keeps
// the sign of churn (T-D6).
func (t *Tasks) reminderEnded(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	cut := strings.LastIndex(k.SubjectKey, "/")
	if cut < 0 {
		return nil
	}
	base := k.SubjectKey[:cut]
	if k.LastDisposition == "M08" && k.VehicleID != nil {
		if err := customer.SetVehicleStatus(ctx, tx, *k.VehicleID, "idle", by); err != nil {
			return err
		}
	}
	said, err := declined(ctx, tx, k.StoreID, append(touchKeys(base), k.SubjectKey))
	if err != nil || !said[base] {
		return err
	}
	if k.LastDisposition == "M04" || k.LastDisposition == "M07" {
		if err := t.mayLeave(ctx, tx, k, by); err != nil {
			return err
		}
	}
	_, err = t.end(ctx, tx, by, cancel, ReasonDeclined, `store_id = $1 AND subject_key LIKE $2 AND `+waiting, k.StoreID, base+"/%")
	return err
}

// mayLeave keeps a sign of churn.
func (t *Tasks) mayLeave(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	sign := satisfaction.Sign{Customer: k.CustomerID, Vehicle: k.VehicleID, Task: k.ID, Reason: k.LastDisposition}
	if err := satisfaction.NoteSign(ctx, tx, by, sign); err != nil {
		return err
	}
	return t.publish(ctx, tx, events.ChurnSigned, k, by)
}

// sold makes the renewal invalid when the customer says that the vehicle is gone,
// unless the script has done so (T-E9).
func (t *Tasks) sold(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	_, err := t.renewals.Lose(ctx, tx, by, *k.RenewalID, policy.Loss{Reason: "sold", Scripted: true})
	if errs.KindOf(err) == errs.Conflict {
		return nil
	}
	return err
}

// visitCallEnded: the customer will come (A01), or not any more (A05).
func (t *Tasks) visitCallEnded(ctx context.Context, tx postgres.DB, k Task, by customer.By) (err error) {
	switch k.LastDisposition {
	case "A01":
		_, err = t.visits.Confirm(ctx, tx, by, *k.AppointmentID, appointment.Customer)
	case "A05":
		if err = t.mayLeave(ctx, tx, k, by); err == nil {
			_, err = t.visits.Missed(ctx, tx, by, *k.AppointmentID, "客户表示不再预约")
		}
	}
	if errs.KindOf(err) == errs.Conflict { // the visit has moved on meanwhile
		return nil
	}
	return err
}

// unhealthy tells the admin that a network or handset blocks our caller number
// (RP-BLOCK).
func (t *Tasks) unhealthy(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	return t.box.Notify(ctx, tx, by, "admin", "", "外呼被网络或手机拦截，请检查主叫号码是否被标记。", events.Subjects{"task": k.ID, "customer": k.CustomerID})
}
