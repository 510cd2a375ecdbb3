package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// remember stores what the gate refused: one row per task and rule, counted.
func remember(ctx context.Context, db postgres.DB, t taskFacts, checks []Check, now time.Time) error {
	for _, c := range checks {
		figure := c.Figure
		if figure == nil {
			figure = map[string]any{}
		}
		if _, err := db.Exec(ctx, `
			INSERT INTO refusal (task_id, rule, group_id, store_id, outcome, until_at, figure, reason_zh, reason_en, first_at, last_at, cause)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
			ON CONFLICT (task_id, rule) DO UPDATE SET outcome = $5, until_at = $6, figure = $7, reason_zh = $8, reason_en = $9,
				times = refusal.times + 1, last_at = $10, cause = $11, ended_at = NULL`,
			t.TaskID, c.Rule, t.GroupID, t.StoreID, string(c.Outcome), timeOrNull(c.Until), figure, c.ReasonZH, c.ReasonEN, now, string(c.Cause)); err != nil {
			return fmt.Errorf("storing a refusal: %w", err)
		}
	}
	return nil
}

// rest is how long a refused task rests that nothing but a change of the
// customer's file, the campaign or the store can make callable. The healer looks
// again as soon as something changed; the rest is for what nothing told.
const rest = time.Hour

// refuse does to the task what the verdict asks for (spec 2.5.1): a wait moves its
// next attempt; a stop that may end holds it; only one that never ends ends it. A
// task that another agent may take is left as it is.
func (d *Dialer) refuse(ctx context.Context, tx postgres.DB, t taskFacts, checks []Check, v Verdict, now time.Time) error {
	if err := remember(ctx, tx, t, checks, now); err != nil {
		return err
	}
	d.metrics.refusals.WithLabelValues(v.Rule, string(v.Outcome)).Inc()
	switch {
	case v.Cause == ByAgent:
		return nil
	case v.Cause == Never:
		return d.tasks.Exclude(ctx, tx, t.TaskID, v.Rule, t.by(now))
	case v.Outcome == OutcomeWait && !v.Until.IsZero():
		return d.tasks.Wait(ctx, tx, t.TaskID, v.Until, t.by(now))
	}
	return d.tasks.Wait(ctx, tx, t.TaskID, now.Add(rest), t.by(now))
}

func (t taskFacts) by(now time.Time) customer.By {
	return customer.By{Group: t.GroupID, Store: t.StoreID, At: now}
}

// CheckInput says what to check: a task, on the line of a campaign or on none.
type CheckInput struct {
	Task     uuid.UUID
	Campaign uuid.UUID // zero: without a line, so that a synthetic number passes
}

// Check asks the gate about one task, as it would before a dial, and changes
// nothing.
func (d *Dialer) Check(ctx context.Context, tx postgres.DB, in CheckInput) ([]Check, Verdict, error) {
	now := d.clock.Now()
	found, err := d.readFacts(ctx, tx, []uuid.UUID{in.Task}, now)
	if err != nil {
		return nil, Verdict{}, err
	}
	if len(found) == 0 {
		return nil, Verdict{}, noTask()
	}
	var s setting
	if in.Campaign != uuid.Nil {
		l, err := d.readLoad(ctx, tx, in.Campaign, now)
		if err != nil {
			return nil, Verdict{}, err
		}
		s = l.setting(nil)
	}
	f, err := d.facts(found[0], s, now)
	if err != nil {
		return nil, Verdict{}, err
	}
	checks, v := judge(f, rules())
	return checks, v, nil
}
