package task

import (
	"context"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

func (t *Tasks) onDelivered(ctx context.Context, tx postgres.DB, e events.Event) error {
	o, err := workorder.Get(ctx, tx, e.Subject["work_order"])
	if err != nil {
		return err
	}
	_, err = t.delivered(ctx, tx, o, byOf(e))
	return err
}

// delivered lets the rules of a delivered order look at it. A delivery that is
// still ahead (W-FUTURE) makes nothing; Nightly finds it on its day.
func (t *Tasks) delivered(ctx context.Context, tx postgres.DB, o workorder.Order, by customer.By) (made int, err error) {
	if o.State == workorder.Voided || o.DeliveredAt == nil || o.DeliveredAt.After(by.At) {
		return 0, nil
	}
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil || !anyRipe(orderDelivered, *o.DeliveredAt, s, by.At) {
		return 0, err
	}
	c, err := t.files.Get(ctx, tx, o.CustomerID)
	if err != nil {
		return 0, err
	}
	return t.apply(ctx, tx, occasion{
		on: orderDelivered, anchor: *o.DeliveredAt, subject: o.CustomerID.String() + "/" + s.Day(*o.DeliveredAt).Format("2006-01-02"),
		customer: c, vehicle: &o.VehicleID, order: &o, wish: o.PreferredCallTime,
		about: events.Subjects{"work_order": o.ID, "vehicle": o.VehicleID},
	}, by)
}

// onVoided takes a void order out of its tasks; a task about nothing else is
// cancelled (T-B6). One in an agent's hand is left to the agent.
func (t *Tasks) onVoided(ctx context.Context, tx postgres.DB, e events.Event) error {
	order := e.Subject["work_order"]
	_, err := t.end(ctx, tx, byOf(e), cancel, ReasonOrderVoid,
		`work_order_ids = ARRAY[$1]::uuid[] AND state IN ('pending', 'queued', 'retry_wait', 'blocked')`, order)
	if err != nil {
		return err
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE $1 = ANY (work_order_ids) AND cardinality(work_order_ids) > 1
		ORDER BY id FOR UPDATE`, order)
	if err != nil {
		return err
	}
	for _, k := range found {
		k.WorkOrderIDs = without(k.WorkOrderIDs, order)
		if err := t.save(ctx, tx, k, byOf(e)); err != nil {
			return err
		}
	}
	return t.box.Revoke(ctx, tx, "work_order", order, "", ReasonOrderVoid)
}

// newestOrder is the order delivered last that a task is about, nil without one.
func newestOrder(ctx context.Context, tx postgres.DB, k Task) (*workorder.Order, error) {
	if len(k.WorkOrderIDs) == 0 {
		return nil, nil
	}
	orders, err := workorder.ByIDs(ctx, tx, k.WorkOrderIDs)
	if err != nil || len(orders) == 0 {
		return nil, err
	}
	return &orders[len(orders)-1], nil
}
