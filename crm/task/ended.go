package task

import (
	"context"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// ended is what follows when a task has come to its end.
func (t *Tasks) ended(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	if k.State != Exhausted {
		return nil
	}
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

// unhealthy tells the admin that a network or handset blocks our caller number
// (RP-BLOCK).
func (t *Tasks) unhealthy(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	return t.box.Notify(ctx, tx, by, "admin", "", "外呼被网络或手机拦截，请检查主叫号码是否被标记。", events.Subjects{"task": k.ID, "customer": k.CustomerID})
}
