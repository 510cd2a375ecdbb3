package task

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// onDelivered lets the rules look at the orders of one publication: an import tells
// of hundreds at once.
func (t *Tasks) onDelivered(ctx context.Context, tx postgres.DB, es []events.Event) error {
	byStore := map[uuid.UUID][]uuid.UUID{}
	for _, e := range es {
		byStore[e.Store] = append(byStore[e.Store], e.Subject["work_order"])
	}
	for store, ids := range byStore {
		by := byOf(es[0])
		by.Store = store
		orders, err := workorder.ByIDs(ctx, tx, ids)
		if err != nil {
			return err
		}
		if err := t.safetyDone(ctx, tx, orders, by); err != nil {
			return err
		}
		if _, err := t.deliveredAll(ctx, tx, orders, by); err != nil {
			return err
		}
	}
	return nil
}

// safetyDone ends calls about a declined safety item once the vehicle was here again
// (TR-18: repaired).
func (t *Tasks) safetyDone(ctx context.Context, tx postgres.DB, orders []workorder.Order, by customer.By) error {
	ids := make([]uuid.UUID, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	_, err := t.end(ctx, tx, by, cancel, ReasonVisited, `kind = $1 AND reason = 'TR-18' AND `+waiting+` AND EXISTS (
		SELECT FROM work_order v WHERE v.id = ANY ($2) AND v.vehicle_id = task.vehicle_id AND v.state <> 'voided' AND NOT v.id = ANY (task.work_order_ids)
			AND v.delivered_at > (SELECT max(w.delivered_at) FROM work_order w WHERE w.id = ANY (task.work_order_ids)))`, PeriodicService, ids)
	return err
}

// deliveredAll lets the rules look at deliveries, oldest first. A delivery that is
// still ahead (W-FUTURE) makes nothing; Nightly finds it on its day.
func (t *Tasks) deliveredAll(ctx context.Context, tx postgres.DB, orders []workorder.Order, by customer.By) (made int, err error) {
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return 0, err
	}
	var ripe []workorder.Order
	for _, o := range orders {
		if o.HandedOver() && !o.DeliveredAt.After(by.At) && anyRipe(orderDelivered, *o.DeliveredAt, s, by.At) {
			ripe = append(ripe, o)
		}
	}
	if len(ripe) == 0 {
		return 0, nil
	}
	c, had, err := t.gatherOrders(ctx, tx, ripe, s, by)
	if err != nil {
		return 0, err
	}
	alone := map[uuid.UUID]bool{} // customers whom the rules must ask the database about
	for i := range ripe {
		o := delivery(&ripe[i], c.people[ripe[i].CustomerID], s)
		look := c.context(ctx)
		if had[o.order.ID] || alone[o.customer.ID] {
			if err := t.insertAll(ctx, tx, c, by); err != nil {
				return made, err
			}
			look, alone[o.customer.ID] = ctx, true // what the crowd knew of this customer may be so no longer
		}
		n, err := t.apply(look, tx, o, by)
		if err != nil {
			return made, err
		}
		made += n
	}
	return made, t.insertAll(ctx, tx, c, by)
}

// onVoided takes a void order out of its tasks; a task about nothing else is
// cancelled (T-B6). One in an agent's hand is left to the agent.
func (t *Tasks) onVoided(ctx context.Context, tx postgres.DB, e events.Event) error {
	order := e.Subject["work_order"]
	if _, err := t.takeOut(ctx, tx, order, byOf(e), ReasonOrderVoid, "true"); err != nil {
		return err
	}
	return t.box.Revoke(ctx, tx, "work_order", order, "", ReasonOrderVoid)
}

// onOrders follows what a later file says of orders whose follow-up still waits: back
// in work (2.5.7), it is cancelled until the next hand-over; handed over on another
// day, it is promised anew for that day.
func (t *Tasks) onOrders(ctx context.Context, tx postgres.DB, es []events.Event) error {
	ids := make([]uuid.UUID, len(es))
	for i, e := range es {
		ids[i] = e.Subject["work_order"]
	}
	by := byOf(es[0])
	with, err := ordersWithTasks(ctx, tx, ids, by.At)
	if err != nil || len(with) == 0 {
		return err
	}
	orders, err := workorder.ByIDs(ctx, tx, slices.Collect(maps.Keys(with)))
	if err != nil {
		return err
	}
	moved := map[uuid.UUID][]workorder.Order{}
	for _, o := range orders {
		if o.State == workorder.Voided { // onVoided
			continue
		}
		by.Store = o.StoreID
		s, err := t.schedule(ctx, tx, by.Store, by.At)
		if err != nil {
			return err
		}
		day := "none"
		if o.HandedOver() {
			day = s.Day(*o.DeliveredAt).Format(time.DateOnly)
		}
		n, err := t.takeOut(ctx, tx, o.ID, by, ReasonReopened, `kind = ANY ($2) AND subject_key NOT LIKE '%/' || $3`, []string{Followup3D, Followup7D}, day)
		if err != nil {
			return err
		}
		if n > 0 && o.HandedOver() {
			moved[o.StoreID] = append(moved[o.StoreID], o)
		}
	}
	for store, list := range moved {
		by.Store = store
		if _, err := t.deliveredAll(ctx, tx, list, by); err != nil {
			return err
		}
	}
	return nil
}

// takeOut takes an order ($1) out of waiting tasks; a task about nothing else is
// cancelled, and its subject is free for a later hand-over of the same day.
func (t *Tasks) takeOut(ctx context.Context, tx postgres.DB, order uuid.UUID, by customer.By, reason, where string, args ...any) (int, error) {
	args = append([]any{order}, args...)
	n, err := t.end(ctx, tx, by, cancel, reason, `work_order_ids = ARRAY[$1]::uuid[] AND `+waiting+` AND `+where, args...)
	if err != nil {
		return n, err
	}
	if n > 0 {
		if _, err := tx.Exec(ctx, `UPDATE task SET subject_key = subject_key || '/' || id WHERE work_order_ids = ARRAY[$1]::uuid[]
			AND state = 'cancelled' AND blocked_reason = $2 AND NOT subject_key LIKE '%/' || id`, order, reason); err != nil {
			return n, fmt.Errorf("freeing the subject of order %s: %w", order, err)
		}
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE $1 = ANY (work_order_ids) AND cardinality(work_order_ids) > 1 AND `+where+`
		ORDER BY id FOR UPDATE`, args...)
	if err != nil {
		return n, err
	}
	for _, k := range found {
		k.WorkOrderIDs = without(k.WorkOrderIDs, order)
		if err := t.save(ctx, tx, k, by); err != nil {
			return n, err
		}
	}
	return n + len(found), nil
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
