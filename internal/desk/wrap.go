package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

type wrapArgs struct {
	AttemptID   uuid.UUID  `json:"attemptId"`
	Disposition string     `json:"disposition"`
	Notes       string     `json:"notes,omitempty"`
	CallbackAt  *time.Time `json:"callbackAt,omitempty" doc:"the time agreed: of a C02, or a renewal's next contact"`
	SlotAt      *time.Time `json:"slotAt,omitempty" doc:"start of the slot to book, for M01, A02 and A04"`
	Lost        *lostArgs  `json:"lost,omitempty" doc:"why the renewal is lost, for I06"`
}

type lostArgs struct {
	Reason     string `json:"reason"`
	Words      string `json:"words" doc:"the customer's own words, at least 10 characters"`
	Competitor string `json:"competitor,omitempty"`
}

// wrap closes a call with its result: answers, response, outcome, attempt, task
// and agent move in one transaction, or not at all.
func (d *Desk) wrap(a act, in wrapArgs) (None, error) {
	at, err := a.mine(in.AttemptID)
	if err != nil {
		return None{}, err
	}
	if at.State != "wrap" && at.State != "wrap_overdue" {
		return None{}, notWrapping(at.State)
	}
	t, err := d.lastWords(a, at)
	if err != nil {
		return None{}, err
	}
	out, err := d.outcome(a, at, t, in)
	if err != nil {
		return None{}, err
	}
	if err := d.keepPromises(a, at, in); err != nil {
		return None{}, err
	}
	return None{}, d.close(a, at, t, out)
}

func notWrapping(state string) error {
	if state == "done" {
		return errs.New(errs.Conflict, "already_wrapped", "这一通已经选过结果。", "This call has its result already.")
	}
	return errs.New(errs.Conflict, "call_still_up", "通话还没有结束，请先挂机再选结果。", "The call is still up; hang up before choosing its result.")
}

// lastWords locks the call's response, nil when it has none. Words that end the
// script count as said: their effects are run.
func (d *Desk) lastWords(a act, at attempt) (*talk, error) {
	resp, err := script.ByAttempt(a.ctx, a.tx, at.ID)
	if err != nil || resp == nil {
		return nil, err
	}
	t, err := d.talkOf(a, resp.ID)
	if err != nil || !t.walk.LastWords() {
		return t, err
	}
	out, err := t.walk.Next(t.walk.Node)
	if err != nil {
		return nil, err
	}
	_, err = d.keep(t, out)
	return t, err
}

// outcome checks the result that the agent chose.
func (d *Desk) outcome(a act, at attempt, t *talk, in wrapArgs) (outcome, error) {
	if !slices.Contains(d.allowed(t), in.Disposition) {
		return outcome{}, errs.New(errs.Invalid, "disposition", "请选择这份话术的一个结果。", "Choose one of this script's results.").At("disposition")
	}
	if in.Disposition == "C00" {
		if err := d.complete(t); err != nil {
			return outcome{}, err
		}
	}
	o, err := outcomeOf(a.ctx, a.tx, at.ID)
	if err != nil {
		return outcome{}, err
	}
	o.Disposition, o.Notes = in.Disposition, cmp.Or(strings.TrimSpace(in.Notes), o.Notes)
	o.CallbackAt, err = d.agreed(a, t, in, o.CallbackAt)
	return o, err
}

func (d *Desk) allowed(t *talk) []string {
	if t != nil {
		return t.walk.Script().Dispositions
	}
	return []string{"C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C12", "C13", "C14"}
}

func (d *Desk) complete(t *talk) error {
	if t == nil {
		return nil
	}
	missing := t.walk.Missing()
	if len(missing) == 0 {
		return nil
	}
	names := make([]string, len(missing))
	for i, path := range missing {
		n, _, prefix := t.walk.At(path)
		names[i] = labelOf(prefix, n).zh
	}
	return errs.New(errs.Conflict, "answers_missing", "还有必答的问题没有答案："+strings.Join(names, "、")+"。请补上，或改选“部分完成”。",
		fmt.Sprintf("%d required answers are missing; give them, or choose \"partly completed\".", len(missing))).At("disposition")
}

// agreed is the time of a C02: as chosen now, else the newest answer, else as
// kept before. Other results have none.
func (d *Desk) agreed(a act, t *talk, in wrapArgs, kept *time.Time) (*time.Time, error) {
	if in.Disposition != "C02" {
		return nil, nil
	}
	at := in.CallbackAt
	if at == nil {
		at = answered(t)
	}
	if at == nil {
		at = kept
	}
	if at == nil {
		return nil, errs.New(errs.Invalid, "callback_needed", "约定再联系需要填写约好的时间。", "An agreed call-back needs its time.").At("callbackAt")
	}
	return at, d.agreeable(a, *at)
}

// answered is the time given to the script's own question for a call-back.
func answered(t *talk) *time.Time {
	if t == nil {
		return nil
	}
	for _, key := range []string{"callback_at", "better_time"} {
		if g, ok := t.walk.Given(key); ok && g.Skipped == "" {
			if at, err := time.Parse(time.RFC3339, g.Code); err == nil {
				return &at
			}
		}
	}
	return nil
}

// close writes everything down and frees the agent. Rows are locked in the order
// attempt, agent, task.
func (d *Desk) close(a act, at attempt, t *talk, o outcome) error {
	if t != nil {
		if err := d.finish(t, o.Disposition); err != nil {
			return err
		}
	}
	o.ClosedAt = &a.now
	if err := saveOutcome(a.ctx, a.tx, at, a.User, o, a.now); err != nil {
		return err
	}
	if err := d.o.Dialer.Wrapped(a.ctx, a.tx, at.ID, o.Disposition); err != nil {
		return err
	}
	if err := d.free(a, at); err != nil {
		return err
	}
	return d.wrapTask(a, at, o)
}

// free ends the wrap-up of the agent whose call this is; one who was paused for
// its lateness stays paused, one in the next call stays there.
func (d *Desk) free(a act, at attempt) error {
	st, err := sessionOf(a.ctx, a.tx, a.User)
	if err != nil || st == nil || st.standing() != "wrapup" || st.AttemptID != nil && *st.AttemptID != at.ID {
		return err
	}
	return d.o.Agents.Done(a.ctx, a.tx, a.User)
}

func (d *Desk) wrapTask(a act, at attempt, o outcome) error {
	earlier, err := earlierResults(a.ctx, a.tx, at)
	if err != nil {
		return err
	}
	_, err = d.o.Tasks.Wrap(a.ctx, a.tx, at.TaskID, task.WrapInput{
		LineResult: at.LineResult, Disposition: o.Disposition, CallbackAt: o.CallbackAt,
		Earlier: earlier,
	}, a.by())
	return err
}

// earlierResults of the task's attempts before this one: retry limits count them.
func earlierResults(ctx context.Context, db postgres.DB, at attempt) ([]string, error) {
	rows, err := db.Query(ctx, `SELECT coalesce(nullif(disposition, ''), line_result) FROM attempt
		WHERE task_id = $1 AND id <> $2 AND (disposition <> '' OR line_result <> '') ORDER BY planned_at`, at.TaskID, at.ID)
	if err != nil {
		return nil, fmt.Errorf("reading earlier attempts: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading earlier attempts: %w", err)
	}
	return found, nil
}

type attemptArgs struct {
	AttemptID uuid.UUID `json:"attemptId"`
}

// wrapMore gives another 30 s for the result, counted from the present limit.
func (d *Desk) wrapMore(a act, in attemptArgs) (None, error) {
	at, err := a.mine(in.AttemptID)
	if err != nil {
		return None{}, err
	}
	if at.State != "wrap" {
		return None{}, notWrapping(at.State)
	}
	o, err := outcomeOf(a.ctx, a.tx, at.ID)
	if err != nil {
		return None{}, err
	}
	until := time.Now().UTC()
	if o.WrapUntil != nil {
		until = *o.WrapUntil
	}
	until = until.Add(moreTime)
	defer d.o.Changed(a.User)
	return None{}, saveOutcome(a.ctx, a.tx, at, a.User, outcome{WrapUntil: &until}, a.now)
}

type late struct {
	ID      uuid.UUID
	GroupID uuid.UUID
	StoreID uuid.UUID
	AgentID uuid.UUID
}

// Run watches wrap-ups, and the pages of waiting agents, until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			if err := d.overdueOnce(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
				d.o.Logger.Warn("overdue wrap-ups could not be looked at", "error", err)
			}
			d.refreshOnce()
		}
	}
}

// overdueOnce sets calls aside whose result did not come in time: the agent is
// paused by the system, the task stays in progress, every answer stays (2.5.2).
func (d *Desk) overdueOnce(ctx context.Context, now time.Time) error {
	var found []late
	err := d.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT a.id, a.group_id, a.store_id, o.agent_id FROM attempt a JOIN call_outcome o ON o.attempt_id = a.id
			WHERE a.state = 'wrap' AND o.wrap_until < $1`, now)
		if err != nil {
			return fmt.Errorf("reading overdue wrap-ups: %w", err)
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[late])
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range found {
		if err := d.setAside(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) setAside(ctx context.Context, l late) error {
	scope := postgres.Scope{Stores: []uuid.UUID{l.StoreID}, Group: l.GroupID, User: l.AgentID}
	return d.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		moved, err := d.o.Dialer.Overdue(ctx, tx, l.ID)
		if err != nil || !moved {
			return err
		}
		st, err := sessionOf(ctx, tx, l.AgentID)
		if err != nil || st == nil || st.standing() != "wrapup" || st.AttemptID != nil && *st.AttemptID != l.ID {
			return err
		}
		granted, err := d.o.Agents.Pause(ctx, tx, l.AgentID, "forced")
		if err != nil || granted {
			return err
		}
		return d.o.Agents.Done(ctx, tx, l.AgentID) // what is wanted now is the pause
	})
}
