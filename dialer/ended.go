package dialer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/telephony"
)

// ended: the call is over. What that means depends on how far the attempt came;
// the conditional moves decide, one of them holds.
func (c *call) ended(ctx context.Context, e telephony.CallEvent) error {
	c.waiting = false
	ch := change{Ended: e.At, HangupBy: e.HangupBy, Detail: e.Detail, SIPCode: e.SIPCode, SIPReason: e.SIPReason, onNode: c.d.node}
	var fault bool
	err := c.d.in(ctx, c.attempt.GroupID, c.attempt.StoreID, func(ctx context.Context, tx pgx.Tx) (err error) {
		fault, err = c.d.endIn(ctx, tx, c.attempt.ID, e, ch)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotMoved) {
		return err
	}
	c.d.after(ctx, c.attempt, fault)
	return nil
}

// endIn tries the ends in the order of a call.
func (d *Dialer) endIn(ctx context.Context, tx postgres.DB, id uuid.UUID, e telephony.CallEvent, ch change) (fault bool, err error) {
	with := true
	talked := ch
	talked.hasAgent, talked.LineResult = &with, telephony.ResultAnswered
	a, err := d.move(ctx, tx, id, evHangup, talked)
	if err == nil {
		d.metrics.finished.WithLabelValues(telephony.ResultAnswered).Inc()
		return false, d.agents.WrapUp(ctx, tx, *a.AgentID, a.ID)
	}
	if !errors.Is(err, ErrNotMoved) {
		return false, err
	}
	err = d.abandonIn(ctx, tx, id, ch)
	if !errors.Is(err, ErrNotMoved) {
		return false, err
	}
	failed := ch
	failed.LineResult = e.LineResult
	a, err = d.move(ctx, tx, id, evFail, failed)
	if errors.Is(err, ErrNotMoved) {
		return false, d.closeAbandoned(ctx, tx, id, e)
	}
	if err != nil {
		return false, err
	}
	return a.LineResult == telephony.ResultTrunkFault, d.failed(ctx, tx, a)
}

// closeAbandoned writes when the apology was over.
func (d *Dialer) closeAbandoned(ctx context.Context, tx postgres.DB, id uuid.UUID, e telephony.CallEvent) error {
	_, err := tx.Exec(ctx, `UPDATE attempt SET ended_at = $2, hangup_by = coalesce(nullif($3, ''), hangup_by)
		WHERE id = $1 AND state = 'abandoned' AND ended_at IS NULL`, id, e.At, e.HangupBy)
	if err != nil {
		return fmt.Errorf("closing an abandoned call: %w", err)
	}
	return nil
}

// failed: nobody was reached. The task follows its retry policy, the agent who
// had dialed is free, and a call that never rang for our own or the trunk's
// fault does not count against the number.
func (d *Dialer) failed(ctx context.Context, tx postgres.DB, a Attempt) error {
	d.metrics.finished.WithLabelValues(a.LineResult).Inc()
	if a.RingingAt == nil && slices.Contains([]string{telephony.ResultTrunkFault, telephony.ResultCallerCancel}, a.LineResult) {
		if _, err := tx.Exec(ctx, `DELETE FROM number_attempt WHERE group_id = $1 AND phone_hash = $2 AND attempt_id = $3`,
			a.GroupID, a.PhoneHash, a.ID); err != nil {
			return fmt.Errorf("taking a call out of the number's count: %w", err)
		}
	}
	if err := d.unreached(ctx, tx, a, a.LineResult); err != nil {
		return err
	}
	if a.LineResult == telephony.ResultBlocked {
		if err := d.restCaller(ctx, tx, a, d.clock.Now()); err != nil {
			return err
		}
	}
	if a.AgentID != nil {
		return d.agents.Over(ctx, tx, *a.AgentID, a.ID)
	}
	return nil
}

// unreached ends the work on a task nobody talked about.
func (d *Dialer) unreached(ctx context.Context, tx postgres.DB, a Attempt, lineResult string) error {
	earlier, err := Earlier(ctx, tx, a.TaskID, a.ID)
	if err != nil {
		return err
	}
	_, err = d.tasks.Wrap(ctx, tx, a.TaskID, task.WrapInput{LineResult: lineResult, Earlier: earlier}, a.by(d.clock.Now()))
	if errs.KindOf(err) == errs.Conflict { // an agent or a rule has closed it meanwhile
		return nil
	}
	return err
}

// Earlier are the results of a task's attempts before one: dispositions, or line
// results where nobody talked. Retry policies count them.
func Earlier(ctx context.Context, db postgres.DB, taskID, before uuid.UUID) ([]string, error) {
	rows, err := db.Query(ctx, `
		SELECT coalesce(nullif(disposition, ''), line_result) FROM attempt
		WHERE task_id = $1 AND id <> $2 AND coalesce(nullif(disposition, ''), line_result) <> '' ORDER BY planned_at`, taskID, before)
	if err != nil {
		return nil, fmt.Errorf("reading a task's earlier attempts: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading a task's earlier attempts: %w", err)
	}
	return found, nil
}

// after is what follows a fallen line outside its transaction: agents who wait
// to leave, a trunk that answers nothing, and the next decision.
func (d *Dialer) after(ctx context.Context, a Attempt, fault bool) {
	if a.CampaignID != nil {
		err := d.in(ctx, a.GroupID, a.StoreID, func(ctx context.Context, tx pgx.Tx) error {
			if fault {
				if err := d.pauseOnFaults(ctx, tx, *a.CampaignID); err != nil {
					return err
				}
			}
			return d.agents.GrantWaiting(ctx, tx, *a.CampaignID)
		})
		if err != nil {
			d.log.Warn("looking after a fallen line", "attempt", a.ID, "campaign", *a.CampaignID, "error", err)
		}
	}
	d.moved.ring()
	d.planned.ring()
}

// faultsInARow of a trunk pause the campaign: the carrier answers nothing.
const faultsInARow = 3

func (d *Dialer) pauseOnFaults(ctx context.Context, tx pgx.Tx, campaign uuid.UUID) error {
	var faults int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FROM (
			SELECT line_result FROM attempt WHERE campaign_id = $1 AND ended_at IS NOT NULL
				AND business_at >= (SELECT max(at) FROM campaign_log WHERE campaign_id = $1 AND what = 'started')
			ORDER BY ended_at DESC LIMIT $2) x
		WHERE line_result = 'trunk_fault'`, campaign, faultsInARow).Scan(&faults)
	if err != nil {
		return fmt.Errorf("counting trunk faults: %w", err)
	}
	if faults < faultsInARow {
		return nil
	}
	return d.autoPause(ctx, tx, campaign, ReasonTrunkFault, d.clock.Now())
}

func (d *Dialer) autoPause(ctx context.Context, tx pgx.Tx, campaign uuid.UUID, reason string, now time.Time) error {
	c, err := moveCampaign(ctx, tx, campaign, []CampaignState{Running}, Paused, reason)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.changed(ctx, tx, c, uuid.Nil, "paused", logDetail{Reason: reason}, now)
}
