package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Start starts or resumes a campaign. errs.Invalid campaign_no_caller_number,
// campaign_no_agents or campaign_no_tasks say what is missing; campaign_state
// that it cannot start from where it is.
func (d *Dialer) Start(ctx context.Context, tx postgres.DB, scope postgres.Scope, id uuid.UUID) (Campaign, error) {
	c, err := d.Get(ctx, tx, id)
	if err != nil {
		return Campaign{}, err
	}
	if c.State == Running {
		return c, nil
	}
	if c.State != Draft && c.State != Paused {
		return Campaign{}, wrongState(c)
	}
	if err := d.ready(ctx, tx, c); err != nil {
		return Campaign{}, err
	}
	now := d.clock.Now()
	if _, err := tx.Exec(ctx, `UPDATE campaign SET started_at = coalesce(started_at, $2), window_from = coalesce(window_from, $3) WHERE id = $1`, id, now, realNow()); err != nil {
		return Campaign{}, fmt.Errorf("starting a campaign: %w", err)
	}
	// The lease row is there before the first line is: leaving agents lock it.
	if _, err := tx.Exec(ctx, `INSERT INTO campaign_lease (campaign_id, node_id, epoch, expires_at) VALUES ($1, $2, 0, $3)
		ON CONFLICT (campaign_id) DO NOTHING`, id, d.node, time.Unix(0, 0)); err != nil {
		return Campaign{}, fmt.Errorf("making the lease: %w", err)
	}
	return d.turn(ctx, tx, scope.User, c, []CampaignState{Draft, Paused}, Running, "started", "", now)
}

// Pause stops planning; planned attempts become void, calls on their way and
// live ones go on.
func (d *Dialer) Pause(ctx context.Context, tx postgres.DB, scope postgres.Scope, id uuid.UUID) (Campaign, error) {
	c, err := d.Get(ctx, tx, id)
	if err != nil || c.State == Paused {
		return c, err
	}
	return d.turn(ctx, tx, scope.User, c, []CampaignState{Running}, Paused, "paused", ReasonByUser, d.clock.Now())
}

// Stop ends a campaign once its calls are over.
func (d *Dialer) Stop(ctx context.Context, tx postgres.DB, scope postgres.Scope, id uuid.UUID) (Campaign, error) {
	c, err := d.Get(ctx, tx, id)
	if err != nil || c.State == Draining || c.State == Completed {
		return c, err
	}
	if c.State == Draft {
		return d.turn(ctx, tx, scope.User, c, []CampaignState{Draft}, Cancelled, "cancelled", ReasonByUser, d.clock.Now())
	}
	return d.turn(ctx, tx, scope.User, c, []CampaignState{Running, Paused}, Draining, "stopped", ReasonByUser, d.clock.Now())
}

func (d *Dialer) turn(ctx context.Context, tx postgres.DB, user uuid.UUID, c Campaign, from []CampaignState, to CampaignState, what, reason string, now time.Time) (Campaign, error) {
	moved, err := moveCampaign(ctx, tx, c.ID, from, to, reason)
	if isMissing(err) {
		return Campaign{}, wrongState(c)
	}
	if err != nil {
		return Campaign{}, err
	}
	return moved, d.changed(ctx, tx, moved, user, what, logDetail{Reason: reason}, now)
}

// settleCampaigns ends what is through and lets agents go whose campaign stands
// still or no longer lists them.
func (d *Dialer) settleCampaigns(ctx context.Context) error {
	type campaignRef struct {
		ID, GroupID, StoreID uuid.UUID
		State                CampaignState
	}
	var found []campaignRef
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT c.id, c.group_id, c.store_id, c.state FROM campaign c
			WHERE (c.state = 'draining' OR (c.state = 'running' AND NOT EXISTS (SELECT FROM task t WHERE t.store_id = c.store_id
						AND t.kind = c.task_kind AND t.state IN ('pending','queued','in_progress','retry_wait')))
					OR EXISTS (SELECT FROM agent_session g WHERE g.campaign_id = c.id AND g.signed_off_at IS NULL
						AND g.state <> 'preview' AND g.before_lost <> 'preview' AND (c.state <> 'running'
						OR NOT EXISTS (SELECT FROM campaign_agent l WHERE l.campaign_id = c.id AND l.user_id = g.user_id))))
				AND NOT EXISTS (SELECT FROM attempt a WHERE a.campaign_id = c.id AND a.state IN ('planned','dialing','ringing','checking','answered','bridged'))`)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[campaignRef])
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for campaigns to settle: %w", err)
	}
	for _, c := range found {
		err := d.in(ctx, c.GroupID, c.StoreID, func(ctx context.Context, tx pgx.Tx) error { return d.settleCampaign(ctx, tx, c.ID) })
		if err != nil {
			return fmt.Errorf("settling campaign %s: %w", c.ID, err)
		}
	}
	return nil
}

// settleCampaign looks again under the lease lock: nothing can be planned
// meanwhile.
func (d *Dialer) settleCampaign(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	if err := lockLease(ctx, tx, id); err != nil {
		return err
	}
	l, err := readLoad(ctx, tx, id)
	if err != nil || l.Planned+l.Ringing+l.Talking > 0 {
		return err
	}
	left, err := tasksLeft(ctx, tx, l.StoreID, l.TaskKind)
	if err != nil {
		return err
	}
	if l.State == Draining || l.State == Running && left == 0 {
		reason := l.StateReason
		if l.State == Running {
			reason = ReasonListDone
		}
		now := d.clock.Now()
		c, err := moveCampaign(ctx, tx, id, []CampaignState{Running, Draining}, Completed, reason)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE campaign SET ended_at = $2 WHERE id = $1`, id, now); err != nil {
			return fmt.Errorf("ending a campaign: %w", err)
		}
		l.State = Completed
		if err := d.changed(ctx, tx, c, uuid.Nil, "completed", logDetail{Reason: reason}, now); err != nil {
			return err
		}
	}
	return d.unpledge(ctx, tx, l)
}

// unpledge lets go who is pledged to a campaign that does not run, or that does
// not list them any more. Whoever reads one of its tasks keeps it until they
// dial or skip it: without the pledge they could do neither.
func (d *Dialer) unpledge(ctx context.Context, tx pgx.Tx, l load) error {
	rows, err := tx.Query(ctx, `
		SELECT g.user_id FROM agent_session g WHERE g.campaign_id = $1 AND g.signed_off_at IS NULL AND g.state <> 'preview' AND g.before_lost <> 'preview'
			AND ($2 OR NOT EXISTS (SELECT FROM campaign_agent a WHERE a.campaign_id = $1 AND a.user_id = g.user_id))`, l.ID, l.State != Running)
	if err != nil {
		return fmt.Errorf("looking for pledged agents: %w", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("looking for pledged agents: %w", err)
	}
	for _, user := range users {
		if err := d.agents.Pledge(ctx, tx, user, nil); err != nil {
			return err
		}
	}
	return nil
}
