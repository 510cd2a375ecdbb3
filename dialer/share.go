package dialer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Bounds of how campaigns share agents.
const (
	FirstPriority, LastPriority, UsualPriority = 1, 9, 5
	LeastWeight, MostWeight, UsualWeight       = 1, 100, 10
)

// claimOn is a campaign's claim on an agent.
type claimOn struct {
	CampaignID uuid.UUID
	Priority   int
	Weight     int
	Dry        bool
	Agents     int // on duty and pledged to it
}

// better tells whether o deserves one more agent rather than c does, who has
// those it has: a campaign that can dial before one that cannot, the first
// priority before the next, and among equals whoever has fewer for its weight
// after getting one (d'Hondt's rule, which never moves an agent back).
func (o claimOn) better(c claimOn) bool {
	switch {
	case o.Dry != c.Dry:
		return c.Dry
	case o.Dry:
		return false
	case o.Priority != c.Priority:
		return o.Priority < c.Priority
	}
	return (o.Agents+1)*c.Weight < c.Agents*o.Weight
}

// claims are the running campaigns that list any of the users, by user.
func claims(ctx context.Context, db postgres.DB, users []uuid.UUID) (map[uuid.UUID][]claimOn, error) {
	rows, err := db.Query(ctx, `
		SELECT l.user_id, c.id AS campaign_id, c.priority, c.weight, c.dry,
			(SELECT count(*) FROM agent_session g WHERE g.campaign_id = c.id AND g.signed_off_at IS NULL AND g.state NOT IN ('paused', 'lost')) AS agents
		FROM campaign_agent l JOIN campaign c ON c.id = l.campaign_id AND c.state = 'running' WHERE l.user_id = ANY ($1)`, orEmpty(users))
	if err != nil {
		return nil, fmt.Errorf("reading which campaigns want an agent: %w", err)
	}
	type ofUser struct {
		UserID uuid.UUID
		claimOn
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[ofUser])
	if err != nil {
		return nil, fmt.Errorf("reading which campaigns want an agent: %w", err)
	}
	out := map[uuid.UUID][]claimOn{}
	for _, f := range found {
		out[f.UserID] = append(out[f.UserID], f.claimOn)
	}
	return out, nil
}

// idleOf are the ready agents of a campaign's list who count for nobody; the
// longest idle first.
func idleOf(ctx context.Context, db postgres.DB, campaign uuid.UUID) ([]uuid.UUID, error) {
	return usersOf(ctx, db, `SELECT g.user_id FROM agent_session g JOIN campaign_agent l ON l.user_id = g.user_id AND l.campaign_id = $1
		WHERE g.campaign_id IS NULL AND g.state = 'ready' AND g.signed_off_at IS NULL ORDER BY g.since`, campaign)
}

// entitled are those of the idle on whom no other campaign has the better claim.
func entitled(ctx context.Context, db postgres.DB, campaign uuid.UUID, idle []uuid.UUID) ([]uuid.UUID, error) {
	by, err := claims(ctx, db, idle)
	if err != nil {
		return nil, err
	}
	var out []uuid.UUID
	for _, u := range idle {
		mine, others := apart(by[u], campaign)
		if mine == nil {
			continue
		}
		mine.Agents += len(out) + 1 // both are compared as if they had got this one
		if !mine.beaten(others) {
			out = append(out, u)
		}
	}
	return out, nil
}

// pledgeIdle takes the idle agents of the campaign's list who may work for it and
// on whom no other has the better claim.
func (d *Dialer) pledgeIdle(ctx context.Context, tx pgx.Tx, campaign uuid.UUID) error {
	users, err := idleOf(ctx, tx, campaign)
	for _, narrow := range []func(context.Context, postgres.DB, uuid.UUID, []uuid.UUID) ([]uuid.UUID, error){mayBePledged, entitled} {
		if err != nil || len(users) == 0 {
			return err
		}
		users, err = narrow(ctx, tx, campaign, users)
	}
	if err != nil {
		return err
	}
	return d.agents.PledgeIdle(ctx, tx, campaign, users)
}

func (c claimOn) beaten(others []claimOn) bool {
	for _, o := range others {
		if o.better(c) {
			return true
		}
	}
	return false
}

// apart is the campaign's own claim, and the others.
func apart(all []claimOn, campaign uuid.UUID) (mine *claimOn, others []claimOn) {
	for _, c := range all {
		if c.CampaignID == campaign {
			mine = &c
			continue
		}
		others = append(others, c)
	}
	return mine, others
}

// giveWay tells the other campaigns whether this one has something to dial, and
// lets an agent go whom they should have.
func (d *Dialer) giveWay(ctx context.Context, l *led, load load, dry bool) error {
	if err := d.noteDry(ctx, l, dry); err != nil || load.Ready <= load.Leaving {
		return err
	}
	return d.share(ctx, l)
}

// share lets one ready agent go on whom another campaign has the better claim, as
// soon as the ledger can do without; that campaign's next tick takes them.
func (d *Dialer) share(ctx context.Context, l *led) error {
	return d.in(ctx, l.GroupID, l.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		ready, err := usersOf(ctx, tx, `SELECT g.user_id FROM agent_session g WHERE g.campaign_id = $1 AND g.state = 'ready' AND g.wants = '' AND g.signed_off_at IS NULL
			AND EXISTS (SELECT FROM campaign_agent l JOIN campaign c ON c.id = l.campaign_id AND c.state = 'running'
				WHERE l.user_id = g.user_id AND l.campaign_id <> $1) ORDER BY g.since`, l.CampaignID)
		if err != nil || len(ready) == 0 {
			return err
		}
		by, err := claims(ctx, tx, ready)
		if err != nil {
			return err
		}
		for _, u := range ready {
			if mine, others := apart(by[u], l.CampaignID); mine != nil && mine.beaten(others) {
				return d.letGo(ctx, tx, l, u)
			}
		}
		return nil
	})
}

func usersOf(ctx context.Context, db postgres.DB, sql string, args ...any) ([]uuid.UUID, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading who is ready: %w", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("reading who is ready: %w", err)
	}
	return users, nil
}

// letGo unpledges a ready agent under the lease lock, when no line counts on them.
func (d *Dialer) letGo(ctx context.Context, tx pgx.Tx, l *led, user uuid.UUID) error {
	if held, err := l.hold(ctx, tx, d.node); err != nil || !held {
		return err
	}
	may, err := d.MayLeave(ctx, tx, user)
	if err != nil || !may {
		return err
	}
	return d.agents.Unpledge(ctx, tx, user, l.CampaignID)
}

// noteDry keeps whether the campaign has something to dial, for the others.
func (d *Dialer) noteDry(ctx context.Context, l *led, dry bool) error {
	if l.dry != nil && *l.dry == dry {
		return nil
	}
	err := d.in(ctx, l.GroupID, l.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE campaign SET dry = $2 WHERE id = $1 AND dry <> $2`, l.CampaignID, dry)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting whether a campaign has something to dial: %w", err)
	}
	l.dry = &dry
	return nil
}
