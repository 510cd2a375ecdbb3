package task

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Wait moves the next attempt of a waiting task: the gate said "not before".
func (t *Tasks) Wait(ctx context.Context, tx postgres.DB, id uuid.UUID, until time.Time, by customer.By) error {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	k.NextAttemptAt = &until
	return t.save(ctx, tx, k, by)
}

// Block holds a task that may not be called for a cause which may end: missing
// consent, a complaint's freeze, a bad number (spec 2.5.1). It comes back by
// [Tasks.Unblock], when the cause is seen to have ended ([Tasks.Nightly] and the
// events that say so), or at healsAt when that is not zero; at due + 14 days it is
// excluded. A task in an agent's hand is not blocked: errs.Conflict "task_state".
func (t *Tasks) Block(ctx context.Context, tx postgres.DB, id uuid.UUID, reason string, healsAt time.Time, by customer.By) error {
	k, err := lock(ctx, tx, id)
	if err != nil || k.State == Blocked && k.BlockedReason == reason {
		return err
	}
	if k.State == InProgress {
		return k.refused()
	}
	if k.State != Blocked {
		if err := k.move(block); err != nil {
			return err
		}
	}
	k.BlockedReason, k.HealsAt = reason, nil
	if !healsAt.IsZero() {
		k.HealsAt = &healsAt
	}
	return t.save(ctx, tx, k, by)
}

// Unblock gives a blocked task back to the queue.
func (t *Tasks) Unblock(ctx context.Context, tx postgres.DB, id uuid.UUID, by customer.By) error {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	return t.unblock(ctx, tx, k, by)
}

func (t *Tasks) unblock(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	if err := k.move(heal); err != nil {
		return err
	}
	k.BlockedReason, k.HealsAt = "", nil
	return t.save(ctx, tx, k, by)
}

// reconsider looks again at blocked tasks of a query: one whose cause has ended
// goes back to the queue, one that is barred for good is excluded.
func (t *Tasks) reconsider(ctx context.Context, tx postgres.DB, by customer.By, where string, args ...any) (healed int, err error) {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE state = 'blocked' AND `+where+` ORDER BY id FOR UPDATE`, args...)
	if err != nil {
		return 0, err
	}
	for _, k := range found {
		if k.HealsAt != nil && k.HealsAt.After(by.At) {
			continue
		}
		now := k
		if err := t.judge(ctx, tx, &now, by); err != nil {
			return healed, err
		}
		switch {
		case now.State == Blocked && now.BlockedReason == k.BlockedReason:
			continue
		case now.State == Blocked || now.State == Excluded:
			err = t.save(ctx, tx, now, by)
		default:
			k.PhoneID = now.PhoneID
			err = t.unblock(ctx, tx, k, by)
			healed++
		}
		if err != nil {
			return healed, err
		}
	}
	return healed, nil
}

// Exclude ends a task that may never be called (CG-01, CG-05, CG-09, CG-10).
func (t *Tasks) Exclude(ctx context.Context, tx postgres.DB, id uuid.UUID, reason string, by customer.By) error {
	_, err := t.end(ctx, tx, by, exclude, reason, `id = $1`, id)
	return err
}

// Cancel ends an open task that has no purpose any more.
func (t *Tasks) Cancel(ctx context.Context, tx postgres.DB, id uuid.UUID, reason string, by customer.By) error {
	_, err := t.end(ctx, tx, by, cancel, reason, `id = $1`, id)
	return err
}

// Reopen gives a closed task back to the queue for one more attempt, within 7 days
// of its end; why is kept with it. errs.Conflict "task_too_old" or "task_state".
func (t *Tasks) Reopen(ctx context.Context, tx postgres.DB, id uuid.UUID, by customer.By) (Task, error) {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return Task{}, err
	}
	if k.CompletedAt != nil && by.At.After(k.CompletedAt.AddDate(0, 0, 7)) {
		return Task{}, errs.New(errs.Conflict, "task_too_old", "任务结束已超过 7 天，不能重新打开。请新建任务。",
			"The task ended more than 7 days ago and cannot be reopened. Create a new one.")
	}
	if err := k.move(reopen); err != nil {
		return Task{}, err
	}
	k.MaxAttempts, k.CompletedAt, k.NextAttemptAt, k.BlockedReason, k.HealsAt = k.Attempts+1, nil, nil, "", nil
	return k, t.save(ctx, tx, k, by)
}
