package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// skipRest is how long a skipped task is not offered again.
const skipRest = time.Hour

// inHand is the task an agent reads before the dial.
type inHand struct {
	CampaignID *uuid.UUID
	TaskID     *uuid.UUID
}

func notPreviewing() *errs.Error {
	return errs.New(errs.Conflict, "no_preview", "现在没有等待拨打的任务，请稍候系统分配。", "There is no task waiting to be dialed; wait for the next one.")
}

func previewOf(ctx context.Context, tx postgres.DB, user uuid.UUID) (campaign, task uuid.UUID, err error) {
	rows, err := tx.Query(ctx, `SELECT campaign_id, task_id FROM agent_session WHERE user_id = $1 AND signed_off_at IS NULL
		AND (state = 'preview' OR state = 'lost' AND before_lost = 'preview')`, user)
	if err != nil {
		return campaign, task, fmt.Errorf("reading the task in hand: %w", err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[inHand])
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (h.CampaignID == nil || h.TaskID == nil) {
		return campaign, task, notPreviewing()
	}
	if err != nil {
		return campaign, task, fmt.Errorf("reading the task in hand: %w", err)
	}
	return *h.CampaignID, *h.TaskID, nil
}

// DialPreview places the call of the task that the user has before them. The
// agent is fixed: the answer is bridged at once. When the gate refuses, the task
// goes back, the agent is free and the error says why.
func (d *Dialer) DialPreview(ctx context.Context, scope postgres.Scope, user uuid.UUID) error {
	var refused *errs.Error
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		refused, err = d.dialPreview(ctx, tx, user)
		return err
	})
	if errors.Is(err, errRollback) {
		return numberBusy()
	}
	if err != nil {
		return err
	}
	if refused != nil {
		d.moved.ring()
		return refused
	}
	d.planned.ring()
	_ = d.hopper.Wake(ctx)
	return nil
}

func (d *Dialer) dialPreview(ctx context.Context, tx pgx.Tx, user uuid.UUID) (*errs.Error, error) {
	campaign, task, err := previewOf(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	load, err := d.readLoad(ctx, tx, campaign, now)
	if err != nil {
		return nil, err
	}
	if load.State != Running {
		return nil, errs.New(errs.Conflict, "campaign_state", "外呼活动没有在运行，暂时不能拨打。", "The campaign is not running, so nothing can be dialed now.")
	}
	found, err := d.readFacts(ctx, tx, []uuid.UUID{task}, now)
	if err != nil || len(found) == 0 {
		return nil, errors.Join(err, noTask())
	}
	t := found[0]
	s := load.setting(nil)
	s.mode, s.agent = Preview, user
	f, err := d.facts(t, s, now)
	if err != nil {
		return nil, err
	}
	checks, v := judge(f, rules())
	way, ok := f.way()
	if v.Outcome == OutcomeOK && !ok {
		c := load.lineless()
		c.Rule = "CG-12"
		checks, v = []Check{c}, Verdict{Outcome: c.Outcome, Cause: c.Cause, Rule: c.Rule, Until: c.Until}
	}
	if v.Outcome != OutcomeOK {
		return refusedWords(checks, v), d.refusePreview(ctx, tx, user, t, checks, v, now)
	}
	a := d.attempt(t, way, load, now)
	a.AgentID, a.Mode = &user, Preview
	if _, err := d.open(ctx, tx, a); err != nil {
		return nil, err
	}
	return nil, d.agents.Dialing(ctx, tx, user, a.ID)
}

func refusedWords(checks []Check, v Verdict) *errs.Error {
	if c, ok := v.of(checks); ok {
		return errs.New(errs.Conflict, "gate_refused", c.ReasonZH, c.ReasonEN)
	}
	return errs.New(errs.Conflict, "gate_refused", "这个电话现在不能拨打。", "This call may not be made now.")
}

func (d *Dialer) refusePreview(ctx context.Context, tx pgx.Tx, user uuid.UUID, t taskFacts, checks []Check, v Verdict, now time.Time) error {
	if _, err := d.tasks.Release(ctx, tx, t.TaskID, time.Time{}, t.by(now)); err != nil {
		return err
	}
	if err := d.refuse(ctx, tx, t, checks, v, now); err != nil {
		return err
	}
	return d.agents.Done(ctx, tx, user)
}

// SkipPreview gives the task before the user back, for an hour, and frees the user.
func (d *Dialer) SkipPreview(ctx context.Context, scope postgres.Scope, user uuid.UUID, reason string) error {
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		campaign, task, err := previewOf(ctx, tx, user)
		if err != nil {
			return err
		}
		c, err := d.Get(ctx, tx, campaign)
		if err != nil {
			return err
		}
		now := d.clock.Now()
		by := Attempt{GroupID: c.GroupID, StoreID: c.StoreID}.by(now)
		by.Actor = user
		if _, err := d.tasks.Release(ctx, tx, task, now.Add(skipRest), by); err != nil {
			return err
		}
		d.log.Info("an agent skipped a task", "user", user, "task", task, "reason", reason)
		return d.agents.Done(ctx, tx, user)
	})
	d.moved.ring()
	return err
}

// Hangup ends the user's call: CANCEL before the answer, BYE after. early says
// why it came before the closing (D-15), and is empty otherwise.
func (d *Dialer) Hangup(ctx context.Context, scope postgres.Scope, user uuid.UUID, early string) error {
	var call *Attempt
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		if call, err = d.Live(ctx, tx, user); err != nil || call == nil {
			return err
		}
		if early != "" {
			if _, err = tx.Exec(ctx, `UPDATE attempt SET detail = $2 WHERE id = $1`, call.ID, "early_hangup:"+early); err != nil {
				return fmt.Errorf("keeping why the call was ended early: %w", err)
			}
		}
		if call.State == Planned {
			return d.void(ctx, tx, *call)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if call == nil || !call.State.Live() {
		return noCall()
	}
	if call.State == Planned {
		return nil
	}
	return d.end(ctx, scope, *call)
}

// Wrapped closes an attempt with the agent's disposition: wrap → done, in the
// desk's transaction. ErrNotMoved while the call is still up.
func (d *Dialer) Wrapped(ctx context.Context, tx postgres.DB, attempt uuid.UUID, disposition string) (Attempt, error) {
	return d.move(ctx, tx, attempt, evClose, change{Wrapped: realNow(), Disposition: disposition})
}

// Overdue marks a wrap-up whose time is over: the agent still owes the outcome.
func (d *Dialer) Overdue(ctx context.Context, tx postgres.DB, attempt uuid.UUID) (Attempt, error) {
	return d.move(ctx, tx, attempt, evOverdue, change{})
}
