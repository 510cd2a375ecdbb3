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
	"ringback/internal/events"
	"ringback/internal/postgres"
)

func byOf(e events.Event) customer.By {
	return customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At}
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
	if _, err := tx.Exec(ctx, `UPDATE task SET work_order_ids = array_remove(work_order_ids, $1), updated_at = $2, version = version + 1
		WHERE $1 = ANY (work_order_ids) AND cardinality(work_order_ids) > 1`, order, e.At); err != nil {
		return fmt.Errorf("taking void order %s out of its tasks: %w", order, err)
	}
	return nil
}

// onDNC excludes waiting tasks that the new entry forbids.
func (t *Tasks) onDNC(ctx context.Context, tx postgres.DB, e events.Event) error {
	hash, scope, err := customer.DNCHash(ctx, tx, e.Subject["dnc"])
	if err != nil {
		return err
	}
	for _, kind := range Kinds() {
		if !scope.Stops(kind.Class, IsSurvey(kind.Code)) {
			continue
		}
		if _, err := t.end(ctx, tx, byOf(e), exclude, ReasonDNC,
			`kind = $1 AND state IN ('pending', 'queued', 'retry_wait', 'blocked')
				AND customer_id IN (SELECT customer_id FROM customer_phone WHERE phone_hash = $2)`, kind.Code, hash); err != nil {
			return err
		}
	}
	return nil
}

// onPhoneInvalid gives waiting tasks of the number the customer's next one, else
// blocks them until somebody corrects the file.
func (t *Tasks) onPhoneInvalid(ctx context.Context, tx postgres.DB, e events.Event) error {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE phone_id = $1 AND state IN ('pending', 'queued', 'retry_wait') ORDER BY id FOR UPDATE`, e.Subject["phone"])
	if err != nil {
		return err
	}
	for _, k := range found {
		if err := t.otherPhone(ctx, tx, &k); err != nil {
			return err
		}
		if err := t.save(ctx, tx, k, byOf(e)); err != nil {
			return err
		}
	}
	return nil
}

// otherPhone moves a task to the first callable number that is not its present
// one; without one it is blocked as bad_phone.
func (t *Tasks) otherPhone(ctx context.Context, tx postgres.DB, k *Task) error {
	phones, err := t.files.Phones(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	after := 0
	for _, p := range phones {
		if k.PhoneID != nil && p.ID == *k.PhoneID {
			after = p.Priority
		}
	}
	if p, why := choose(phones, after); why == "" {
		k.PhoneID = &p.ID
		return nil
	}
	k.BlockedReason, k.NextAttemptAt, k.CallbackAt = ReasonBadPhone, nil, nil
	return k.move(block)
}

// Nightly finds what only time brings: deliveries that were still ahead when they
// were imported, follow-ups later than due + 4 days, blocked tasks later than
// due + 14 days. It works on the store of by and is safe to repeat.
func (t *Tasks) Nightly(ctx context.Context, tx postgres.DB, by customer.By) (created, ended int, err error) {
	orders, err := untouched(ctx, tx, by)
	if err != nil {
		return 0, 0, err
	}
	for _, o := range orders {
		if err := t.followUp(ctx, tx, o, by); err != nil {
			return 0, 0, err
		}
	}
	late, err := t.end(ctx, tx, by, exhaust, ReasonTooLate,
		`store_id = $1 AND kind = $2 AND state IN ('pending', 'queued', 'retry_wait') AND due_at < $3`,
		by.Store, Followup3D, by.At.AddDate(0, 0, -LateDays))
	if err != nil {
		return 0, 0, err
	}
	stuck, err := t.end(ctx, tx, by, exclude, ReasonBadPhone, `store_id = $1 AND state = 'blocked' AND due_at < $2`, by.Store, by.At.AddDate(0, 0, -14))
	return len(orders), late + stuck, err
}

// NightlyPass is Nightly for every store, each in its own transaction; the stores
// after one that fails are still done.
func (t *Tasks) NightlyPass(ctx context.Context, pool *postgres.Pool, now time.Time) error {
	var stores []dealer.Store
	err := pool.Scoped(ctx, postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) (err error) {
		stores, err = dealer.ListStores(ctx, tx, uuid.Nil) // stores carry no policy
		return err
	})
	for _, s := range stores {
		scope := postgres.Scope{Group: s.GroupID, Stores: []uuid.UUID{s.ID}}
		err = errors.Join(err, pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
			if _, _, err := t.Nightly(ctx, tx, customer.By{Group: s.GroupID, Store: s.ID, At: now}); err != nil {
				return fmt.Errorf("nightly pass of store %s: %w", s.Code, err)
			}
			return nil
		}))
	}
	return err
}

// untouched are surveyed orders of the last two weeks without a task.
func untouched(ctx context.Context, tx postgres.DB, by customer.By) ([]workorder.Order, error) {
	orders, err := workorder.DeliveredBetween(ctx, tx, by.Store, by.At.AddDate(0, 0, -14), by.At)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT DISTINCT unnest(work_order_ids) FROM task WHERE store_id = $1 AND kind = $2 AND created_at > $3`,
		by.Store, Followup3D, by.At.AddDate(0, 0, -60))
	if err != nil {
		return nil, fmt.Errorf("reading the orders that have tasks: %w", err)
	}
	have, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("reading the orders that have tasks: %w", err)
	}
	known := make(map[uuid.UUID]bool, len(have))
	for _, id := range have {
		known[id] = true
	}
	var out []workorder.Order
	for _, o := range orders {
		if o.Kind.Surveyed() && !known[o.ID] {
			out = append(out, o)
		}
	}
	return out, nil
}
