package task

import (
	"context"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/postgres"
)

// waiting are the states in which a rule may end a task: one in an agent's hand is
// left to the agent.
const waiting = `state IN ('pending', 'queued', 'retry_wait', 'blocked')`

// supersede ends earlier touches of the same plan that are still open when the day of
// a later one has come: one call about one thing. A rule that takes over from other
// kinds does so as soon as its task is written down. An agreed call-back stays.
func (t *Tasks) supersede(ctx context.Context, tx postgres.DB, r rule, o occasion, s dealer.Schedule, by customer.By) error {
	ahead := by.At.Before(s.Day(r.from(s, o.anchor, by.At)))
	if r.more.over == nil && (r.touch == "" || ahead) {
		return nil
	}
	if c := crowdOf(ctx); c != nil {
		if !c.planned(planOf(o)) {
			return nil
		}
		if err := t.insertAll(ctx, tx, c, by); err != nil {
			return err
		}
		ctx = withoutCrowd(ctx)
	}
	_, err := t.end(ctx, tx, by, cancel, ReasonSuperseded, `store_id = $1 AND `+waiting+` AND kind = ANY ($2) AND subject_key LIKE $3 AND not_before < $4
		AND callback_at IS NULL`, by.Store, append(r.more.over, r.kind), planOf(o)+"/%", by.At)
	return err
}

// planOf is the key that the touches of one plan share.
func planOf(o occasion) string {
	if o.renewal != nil {
		return o.renewal.ID.String()
	}
	return o.subject
}

// overtaken ends touches that were written down ahead together with a later one,
// once that one's day has come.
func (t *Tasks) overtaken(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
	return t.end(ctx, tx, by, cancel, ReasonSuperseded, `store_id = $1 AND `+waiting+` AND kind IN ('first_service', 'periodic_service') AND callback_at IS NULL
		AND EXISTS (SELECT FROM task later WHERE later.store_id = $1 AND later.kind = task.kind AND later.vehicle_id = task.vehicle_id AND later.id <> task.id
			AND later.not_before > task.not_before AND later.not_before <= $2 AND later.state IN ('pending', 'queued', 'in_progress', 'retry_wait')
			AND regexp_replace(later.subject_key, '/[^/]*$', '') = regexp_replace(task.subject_key, '/[^/]*$', ''))`, by.Store, by.At)
}
