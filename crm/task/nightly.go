package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/postgres"
)

// Nightly finds what only time brings, and what an event missed: the same rules
// look at everything they could be about. It works on the store of by and is safe
// to repeat: the same rule twice changes nothing.
func (t *Tasks) Nightly(ctx context.Context, tx postgres.DB, by customer.By) (created, ended int, err error) {
	return t.nightly(by, func(look func(context.Context, postgres.DB) error) error { return look(ctx, tx) })
}

// lookAtOnce is how many deliveries or vehicles the rules look at in one transaction.
const lookAtOnce = 100

// nightly is Nightly, each look where in has it.
func (t *Tasks) nightly(by customer.By, in func(look func(context.Context, postgres.DB) error) error) (created, ended int, err error) {
	count := func(all *int, look func(context.Context, postgres.DB, customer.By) (int, error)) {
		if err != nil {
			return
		}
		n := 0
		err = in(func(ctx context.Context, tx postgres.DB) (err error) {
			n, err = look(ctx, tx, by)
			return err
		})
		*all += n
	}
	var orders, vehicles []uuid.UUID
	count(new(int), func(ctx context.Context, tx postgres.DB, by customer.By) (_ int, err error) {
		orders, vehicles, err = inView(ctx, tx, by)
		return 0, err
	})
	for ids := range slices.Chunk(orders, lookAtOnce) {
		count(&created, func(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
			return t.lookAtOrders(ctx, tx, by, ids)
		})
	}
	for ids := range slices.Chunk(vehicles, lookAtOnce) {
		count(&created, func(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
			return t.lookAtVehicles(ctx, tx, by, ids)
		})
	}
	count(new(int), t.overtaken)
	for _, look := range []func(context.Context, postgres.DB, customer.By) (int, error){t.lookAtRenewals, t.lookAtVisits, t.lookAtFiles} {
		count(&created, look)
	}
	count(new(int), func(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
		return t.reconsider(ctx, tx, by, `store_id = $1`, by.Store)
	})
	for _, look := range []func(context.Context, postgres.DB, customer.By) (int, error){t.corrected, t.tooLate, t.stuck} {
		count(&ended, look)
	}
	return created, ended, err
}

// tooLate ends follow-ups that nobody was called for in time.
func (t *Tasks) tooLate(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
	return t.end(ctx, tx, by, exhaust, ReasonTooLate,
		`store_id = $1 AND kind = $2 AND state IN ('pending', 'queued', 'retry_wait') AND due_at < $3`,
		by.Store, Followup3D, by.At.AddDate(0, 0, -LateDays))
}

// stuck ends tasks whose bar has not gone in two weeks.
func (t *Tasks) stuck(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
	return t.end(ctx, tx, by, exclude, ReasonBadPhone, `store_id = $1 AND state = 'blocked' AND due_at < $2`, by.Store, by.At.AddDate(0, 0, -14))
}

// lookBack is how long after a delivery a rule may still have something to do.
const lookBack = 30 * 24 * time.Hour

// inView are the deliveries of the last weeks and the vehicles that the rules look at.
func inView(ctx context.Context, tx postgres.DB, by customer.By) (orders, vehicles []uuid.UUID, err error) {
	delivered, err := workorder.DeliveredBetween(ctx, tx, by.Store, by.At.Add(-lookBack), by.At)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range delivered {
		orders = append(orders, o.ID)
	}
	known, err := workorder.UpkeepOf(ctx, tx, by.Store, nil, by.At)
	for _, u := range known {
		vehicles = append(vehicles, u.VehicleID)
	}
	return orders, vehicles, err
}

// lookAtOrders lets the rules look at some deliveries.
func (t *Tasks) lookAtOrders(ctx context.Context, tx postgres.DB, by customer.By, ids []uuid.UUID) (made int, err error) {
	orders, err := workorder.ByIDs(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	orders = slices.DeleteFunc(orders, func(o workorder.Order) bool { return o.State == workorder.Voided })
	return t.deliveredAll(ctx, tx, orders, by)
}

// NightlyPass is Nightly for every store, in many short transactions: a task that the
// rules look at is nobody's to dial meanwhile. The stores after one that fails are
// still done.
func (t *Tasks) NightlyPass(ctx context.Context, pool *postgres.Pool, now time.Time) error {
	return eachStore(ctx, pool, func(scope postgres.Scope, s dealer.Store) error {
		_, _, err := t.nightly(customer.By{Group: s.GroupID, Store: s.ID, At: now}, func(look func(context.Context, postgres.DB) error) error {
			return pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error { return look(ctx, tx) })
		})
		return err
	})
}

// MinutePass does what cannot wait for the nightly one: who has not come half an hour
// after their slot began is a no-show (2.5.6).
func (t *Tasks) MinutePass(ctx context.Context, pool *postgres.Pool, now time.Time) error {
	return eachStore(ctx, pool, func(scope postgres.Scope, s dealer.Store) error {
		return pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
			_, err := t.visits.NoShows(ctx, tx, customer.By{Group: s.GroupID, Store: s.ID, At: now})
			return err
		})
	})
}

func eachStore(ctx context.Context, pool *postgres.Pool, fn func(postgres.Scope, dealer.Store) error) error {
	var stores []dealer.Store
	err := pool.Scoped(ctx, postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) (err error) {
		stores, err = dealer.ListStores(ctx, tx, uuid.Nil) // stores carry no policy
		return err
	})
	for _, s := range stores {
		if failed := fn(postgres.Scope{Group: s.GroupID, Stores: []uuid.UUID{s.ID}}, s); failed != nil {
			err = errors.Join(err, fmt.Errorf("the rules of store %s: %w", s.Code, failed))
		}
	}
	return err
}
