package dialer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// DialTask places the call of a task that an agent chose by hand, on the store's
// own line and outside any campaign. The same gate stands before it: its words
// come back as errs.Conflict "gate_refused", the refusal is kept, and the task
// stays as it was. An agent on whom a ringing line counts is refused
// ("agent_counted_on"): somebody is about to be put through to them.
func (d *Dialer) DialTask(ctx context.Context, scope postgres.Scope, user, task uuid.UUID) error {
	var refused *errs.Error
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		refused, err = d.dialTask(ctx, tx, user, task)
		return err
	})
	switch {
	case errors.Is(err, errRollback):
		return numberBusy()
	case err != nil:
		return err
	case refused != nil:
		return refused
	}
	d.planned.ring()
	_ = d.hopper.Wake(ctx) // this node claims it anyway
	return nil
}

func numberBusy() *errs.Error {
	return errs.New(errs.Conflict, "number_busy", "这个号码正在另一通电话中，请稍后再拨或跳过。", "This number is in another call; try again in a moment or skip it.")
}

func (d *Dialer) dialTask(ctx context.Context, tx pgx.Tx, user, task uuid.UUID) (*errs.Error, error) {
	if free, err := d.MayLeave(ctx, tx, user); err != nil || !free {
		return nil, errors.Join(err, countedOn(free))
	}
	now := d.clock.Now()
	found, err := d.readFacts(ctx, tx, []uuid.UUID{task}, now)
	if err != nil || len(found) == 0 {
		return nil, errors.Join(err, noTask())
	}
	t := found[0]
	f, err := d.byHandFacts(ctx, tx, t, user, now)
	if err != nil {
		return nil, err
	}
	if checks, v := judge(f, rules()); v.Outcome != OutcomeOK {
		return refusedWords(checks, v), remember(ctx, tx, t, checks, now)
	}
	way, _ := f.way() // CG-12 has found one
	a := d.attempt(t, way, load{Mode: Manual}, now)
	a.CampaignID, a.AgentID = nil, &user
	if _, err := d.open(ctx, tx, a); err != nil {
		return nil, err
	}
	if err := d.agents.DialingTask(ctx, tx, user, t.TaskID, a.ID); err != nil {
		return nil, err
	}
	_, err = d.tasks.Take(ctx, tx, t.TaskID, user, t.by(now))
	return nil, err
}

// byHandFacts are the facts of a call that the user makes on a line of the store.
func (d *Dialer) byHandFacts(ctx context.Context, tx pgx.Tx, t taskFacts, user uuid.UUID, now time.Time) (Facts, error) {
	f, err := d.facts(t, setting{mode: Manual, agent: user}, now)
	if err != nil {
		return Facts{}, err
	}
	f.Lines, err = storeLines(ctx, tx, t.StoreID, t.Synthetic || f.Rules.Test(f.Number), midnight(now, 0, f.Zone))
	return f, err
}

// countedOn is nil when the agent is free to make a call of their own.
func countedOn(free bool) error {
	if free {
		return nil
	}
	return errs.New(errs.Conflict, "agent_counted_on", "有线路正在振铃，马上可能接给您，请等这一线结束再手动拨打。",
		"A line is ringing that may be put through to you; wait for it to end before you dial by hand.")
}
