package task

import (
	"context"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Done closes work that is no call: a file that was corrected, a form that was
// written. note says what was done. errs.Invalid "task_is_call" for a call: that ends
// with its disposition.
func (t *Tasks) Done(ctx context.Context, tx postgres.DB, id uuid.UUID, note string, by customer.By) (Task, error) {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return Task{}, err
	}
	if k.Channel == Call {
		return Task{}, errs.New(errs.Invalid, "task_is_call", "这是电话任务，请在通话后选择结果来结束。", "This is a call; it ends with the result of the call.")
	}
	for _, e := range []event{ripen, take} {
		if to, ok := next(k.State, e); ok {
			k.State = to
		}
	}
	if note != "" {
		k.Note = note
	}
	if by.Actor != uuid.Nil {
		k.AssigneeID = &by.Actor
	}
	return t.close(ctx, tx, k, Completed, by)
}

// corrected ends tasks about numbers that are in order again (TR-80, TR-08).
func (t *Tasks) corrected(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
	return t.end(ctx, tx, by, cancel, ReasonCorrected, `store_id = $1 AND kind = $2 AND reason = 'TR-80' AND `+waiting+` AND (
		EXISTS (SELECT FROM customer_phone p WHERE p.id = task.phone_fix_id AND p.status IN ('ok', 'unknown'))
		OR phone_fix_id IS NULL AND EXISTS (SELECT FROM customer_phone p WHERE p.customer_id = task.customer_id AND p.status IN ('ok', 'unknown')))`,
		by.Store, DataFix)
}
