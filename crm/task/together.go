package task

import (
	"context"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Together lists what else this customer is to be called about now: one call
// serves several reasons. The most urgent first; the task itself is not listed.
func Together(ctx context.Context, db postgres.DB, k Task, by customer.By) ([]Task, error) {
	return many(ctx, db, `SELECT `+columns+` FROM task
		WHERE customer_id = $1 AND id <> $2 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') AND not_before <= $3
		ORDER BY priority DESC, due_at, id`, k.CustomerID, k.ID, by.At)
}

// Settle closes another reason of the same customer in the call of k, with its own
// disposition. A disposition that does not close is refused: errs.Invalid
// "result_code"; then the reason stays and is called about another time.
func (t *Tasks) Settle(ctx context.Context, tx postgres.DB, k Task, other uuid.UUID, disposition string, by customer.By) (Task, error) {
	o, err := lock(ctx, tx, other)
	if err != nil {
		return Task{}, err
	}
	d, ok := FindDisposition(disposition)
	if !ok || !d.Closes {
		return Task{}, badCode("disposition", disposition)
	}
	if o.CustomerID != k.CustomerID {
		return Task{}, errs.New(errs.Invalid, "other_customer", "这个任务属于另一位客户，不能在这一通里办结。",
			"This task belongs to another customer and cannot be closed in this call.")
	}
	if o.State == Pending {
		if err := o.move(ripen); err != nil {
			return Task{}, err
		}
	}
	if err := o.move(take); err != nil {
		return Task{}, err
	}
	o.LastDisposition, o.LastLineResult = d.Code, k.LastLineResult
	o.count(by.At)
	if err := t.aboutNumber(ctx, tx, o, WrapInput{Disposition: disposition}, d, by); err != nil {
		return Task{}, err
	}
	return t.close(ctx, tx, o, d.Closed(), by)
}

// others lets the customer's other reasons rest as long as this one does: who was
// just spoken to, or was just tried in vain, is not rung again for the next reason
// at once. After a conversation that is the next call day.
func (t *Tasks) others(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	s, err := t.schedule(ctx, tx, k.StoreID, by.At)
	if err != nil {
		return err
	}
	d, spoke := FindDisposition(k.LastDisposition)
	rest := s.NextDay(by.At, false)
	switch {
	case k.State == RetryWait && k.NextAttemptAt != nil && !(spoke && d.RPC):
		rest = *k.NextAttemptAt
	case !spoke || !d.RPC:
		return nil
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE customer_id = $1 AND id <> $2 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') AND callback_at IS NULL
			AND coalesce(next_attempt_at, not_before) < $3 ORDER BY id FOR UPDATE`, k.CustomerID, k.ID, rest)
	if err != nil {
		return err
	}
	for _, o := range found {
		o.NextAttemptAt = &rest
		if err := t.save(ctx, tx, o, by); err != nil {
			return err
		}
	}
	return nil
}
