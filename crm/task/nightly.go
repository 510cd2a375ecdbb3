package task

import (
	"context"
	"errors"
	"fmt"
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
	for _, look := range []func(context.Context, postgres.DB, customer.By) (int, error){
		t.lookAtOrders, t.lookAtVehicles, t.lookAtRenewals, t.lookAtVisits, t.lookAtFiles,
	} {
		n, err := look(ctx, tx, by)
		if err != nil {
			return created, ended, err
		}
		created += n
	}
	if _, err := t.reconsider(ctx, tx, by, `store_id = $1`, by.Store); err != nil {
		return created, ended, err
	}
	right, err := t.corrected(ctx, tx, by)
	if err != nil {
		return created, ended, err
	}
	late, err := t.end(ctx, tx, by, exhaust, ReasonTooLate,
		`store_id = $1 AND kind = $2 AND state IN ('pending', 'queued', 'retry_wait') AND due_at < $3`,
		by.Store, Followup3D, by.At.AddDate(0, 0, -LateDays))
	if err != nil {
		return created, ended, err
	}
	stuck, err := t.end(ctx, tx, by, exclude, ReasonBadPhone, `store_id = $1 AND state = 'blocked' AND due_at < $2`, by.Store, by.At.AddDate(0, 0, -14))
	return created, right + late + stuck, err
}

// lookBack is how long after a delivery a rule may still have something to do.
const lookBack = 30 * 24 * time.Hour

// lookAtOrders lets the rules look at the deliveries of the last weeks.
func (t *Tasks) lookAtOrders(ctx context.Context, tx postgres.DB, by customer.By) (made int, err error) {
	orders, err := workorder.DeliveredBetween(ctx, tx, by.Store, by.At.Add(-lookBack), by.At)
	if err != nil {
		return 0, err
	}
	return t.deliveredAll(ctx, tx, orders, by)
}

// NightlyPass is Nightly for every store, each in its own transaction; the stores
// after one that fails are still done.
func (t *Tasks) NightlyPass(ctx context.Context, pool *postgres.Pool, now time.Time) error {
	return eachStore(ctx, pool, func(ctx context.Context, tx pgx.Tx, s dealer.Store) error {
		_, _, err := t.Nightly(ctx, tx, customer.By{Group: s.GroupID, Store: s.ID, At: now})
		return err
	})
}

// MinutePass does what cannot wait for the nightly one: who has not come half an hour
// after their slot began is a no-show (2.5.6).
func (t *Tasks) MinutePass(ctx context.Context, pool *postgres.Pool, now time.Time) error {
	return eachStore(ctx, pool, func(ctx context.Context, tx pgx.Tx, s dealer.Store) error {
		_, err := t.visits.NoShows(ctx, tx, customer.By{Group: s.GroupID, Store: s.ID, At: now})
		return err
	})
}

func eachStore(ctx context.Context, pool *postgres.Pool, fn func(context.Context, pgx.Tx, dealer.Store) error) error {
	var stores []dealer.Store
	err := pool.Scoped(ctx, postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) (err error) {
		stores, err = dealer.ListStores(ctx, tx, uuid.Nil) // stores carry no policy
		return err
	})
	for _, s := range stores {
		scope := postgres.Scope{Group: s.GroupID, Stores: []uuid.UUID{s.ID}}
		err = errors.Join(err, pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
			if err := fn(ctx, tx, s); err != nil {
				return fmt.Errorf("the rules of store %s: %w", s.Code, err)
			}
			return nil
		}))
	}
	return err
}
