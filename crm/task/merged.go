package task

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// onMerged settles the tasks of two files that became one (spec 7.5): the merged
// file's tasks have the survivor's id already. What the two had twice stays once, with
// the orders of both; numbers, consent and do-not-call are looked at again.
func (t *Tasks) onMerged(ctx context.Context, tx postgres.DB, e events.Event) error {
	survivor, merged := e.Subject["customer"], e.Subject["merged"]
	if err := sameNumbers(ctx, tx, survivor, merged); err != nil {
		return err
	}
	if err := t.closeDoubles(ctx, tx, survivor, merged, byOf(e)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE task SET subject_key = replace(subject_key, $2::text, $1::text) WHERE customer_id = $1 AND strpos(subject_key, $2::text) > 0`,
		survivor, merged); err != nil {
		return fmt.Errorf("renaming the subjects of a merge: %w", err)
	}
	return t.lookAgain(ctx, tx, survivor, e)
}

// onUnmerged looks at the tasks of both files again: customer.unmerged has given each
// its own back, but those made since may hold the other's number.
func (t *Tasks) onUnmerged(ctx context.Context, tx postgres.DB, e events.Event) error {
	for _, who := range []uuid.UUID{e.Subject["customer"], e.Subject["merged"]} {
		if err := t.lookAgain(ctx, tx, who, e); err != nil {
			return err
		}
	}
	return nil
}

// sameNumbers has the tasks name the survivor's row of a number that both files have.
func sameNumbers(ctx context.Context, tx postgres.DB, survivor, merged uuid.UUID) error {
	_, err := tx.Exec(ctx, `UPDATE task SET phone_id = coalesce((SELECT k.id FROM customer_phone r JOIN customer_phone k ON k.phone_hash = r.phone_hash AND k.customer_id = $1
				WHERE r.id = task.phone_id AND r.customer_id = $2), phone_id),
			phone_fix_id = coalesce((SELECT k.id FROM customer_phone r JOIN customer_phone k ON k.phone_hash = r.phone_hash AND k.customer_id = $1
				WHERE r.id = task.phone_fix_id AND r.customer_id = $2), phone_fix_id)
		WHERE customer_id = $1 AND `+waiting, survivor, merged)
	if err != nil {
		return fmt.Errorf("naming the numbers of a merge: %w", err)
	}
	return nil
}

// closeDoubles leaves one open task per subject.
func (t *Tasks) closeDoubles(ctx context.Context, tx postgres.DB, survivor, merged uuid.UUID, by customer.By) error {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE customer_id = $1 AND `+waiting+` ORDER BY id FOR UPDATE`, survivor)
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, keepFirst)
	kept := map[string]*Task{}
	for i := range found {
		k := &found[i]
		subject := k.Kind + " " + subjectOf(*k, survivor, merged)
		keep := kept[subject]
		if keep == nil {
			kept[subject] = k
			continue
		}
		if keep.absorb(*k) {
			if err := t.save(ctx, tx, *keep, by); err != nil {
				return err
			}
		}
		if _, err := t.end(ctx, tx, by, cancel, ReasonMerged, `id = $1`, k.ID); err != nil {
			return err
		}
	}
	return nil
}

// subjectOf is what a task is about once the two are one: a number that is to be
// corrected, else its subject with the survivor's id.
func subjectOf(k Task, survivor, merged uuid.UUID) string {
	if k.PhoneFixID != nil {
		return k.PhoneFixID.String()
	}
	return strings.ReplaceAll(k.SubjectKey, merged.String(), survivor.String())
}

// keepFirst orders doubles: a promised call-back, then what was tried more, then what
// is due first.
func keepFirst(a, b Task) int {
	agreed := func(k Task) int {
		if k.CallbackAt != nil {
			return 0
		}
		return 1
	}
	return cmp.Or(agreed(a)-agreed(b), b.Attempts-a.Attempts, a.DueAt.Compare(b.DueAt), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID.String(), b.ID.String()))
}

// absorb takes over what a double was about; false: nothing new.
func (k *Task) absorb(o Task) bool {
	before := len(k.WorkOrderIDs) + len(k.NotUserIDs) + k.Priority
	for _, id := range o.WorkOrderIDs {
		if !slices.Contains(k.WorkOrderIDs, id) {
			k.WorkOrderIDs = append(k.WorkOrderIDs, id)
		}
	}
	for _, id := range o.NotUserIDs {
		if !slices.Contains(k.NotUserIDs, id) {
			k.NotUserIDs = append(k.NotUserIDs, id)
		}
	}
	k.Priority = max(k.Priority, o.Priority)
	return len(k.WorkOrderIDs)+len(k.NotUserIDs)+k.Priority != before
}

// lookAgain gives waiting calls a number of the customer's own that may be called, and
// asks again what holds them.
func (t *Tasks) lookAgain(ctx context.Context, tx postgres.DB, who uuid.UUID, e events.Event) error {
	by := byOf(e)
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE customer_id = $1 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait')
		AND NOT EXISTS (SELECT FROM customer_phone p WHERE p.id = task.phone_id AND p.customer_id = $1 AND p.status IN ('ok', 'unknown')) ORDER BY id FOR UPDATE`, who)
	if err != nil {
		return err
	}
	for _, k := range found {
		if err := t.otherPhone(ctx, tx, &k); err != nil {
			return err
		}
		if err := t.save(ctx, tx, k, by); err != nil {
			return err
		}
	}
	if _, err := t.reconsider(ctx, tx, by, `customer_id = $1 AND blocked_reason = $2`, who, ReasonBadPhone); err != nil {
		return err
	}
	return t.heldByConsent(ctx, tx, who, by)
}
