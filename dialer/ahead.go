package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

// ahead is one decision of predictive mode: the model is told what has become of
// the calls, lines are taken back that an agent's vanishing has left without
// cover, and the model says how many to open.
func (d *Dialer) ahead(ctx context.Context, l *led, load load, tasks int) (out pacing.Decision, err error) {
	err = d.in(ctx, load.GroupID, load.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		if l.learns == nil {
			if l.learns, err = newLearner(ctx, tx, load, realNow()); err != nil {
				return err
			}
		}
		if err := l.learns.watch(ctx, tx, load.ID); err != nil {
			return err
		}
		now := realNow()
		if !load.proof().Holds() {
			if err := takeBack(ctx, tx, l.learns.excess(load, now), now); err != nil {
				return err
			}
		}
		out = l.learns.decide(load, tasks, now)
		return nil
	})
	if err != nil {
		l.learns = nil // what was told may have been rolled back with what was read
		return pacing.Decision{}, fmt.Errorf("deciding ahead: %w", err)
	}
	return out, nil
}

// excess are the ringing lines to take back (PACING.md §2.2).
func (n *learner) excess(l load, now time.Time) []uuid.UUID {
	var ids []uuid.UUID
	var ages []float64
	cancelled := 0
	for id, a := range n.open {
		if a.State != Ringing && a.State != Dialing || a.HasAgent {
			continue
		}
		if a.CancelAt != nil {
			cancelled++
			continue
		}
		ids, ages = append(ids, id), append(ages, now.Sub(*a.DialedAt).Seconds())
	}
	least := l.house.Rules.Dialing.CancelAfter.Std().Seconds()
	if l.house.Rules.Dialing.CancelYounger {
		least = 0
	}
	var out []uuid.UUID
	for _, i := range l.proof().Cancel(nil, ages, cancelled, least) {
		out = append(out, ids[i])
	}
	return out
}

// takeBack asks the nodes of these lines to hang up; each counts until its final
// response.
func takeBack(ctx context.Context, db postgres.DB, lines []uuid.UUID, now time.Time) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `UPDATE attempt SET cancel_at = $2 WHERE id = ANY ($1) AND cancel_at IS NULL AND state IN ('dialing','ringing')`, lines, now)
	if err != nil {
		return fmt.Errorf("taking lines back: %w", err)
	}
	return nil
}

// mayBePledged leaves out who may not take the task of a line that is open: the
// line counts on whoever is ready (PACING.md §2.5).
func mayBePledged(ctx context.Context, db postgres.DB, campaign uuid.UUID, users []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := db.Query(ctx, `
		SELECT u FROM unnest($2::uuid[]) u WHERE NOT EXISTS (
			SELECT FROM attempt a JOIN task t ON t.id = a.task_id
			WHERE a.campaign_id = $1 AND a.agent_id IS NULL AND a.state IN ('planned','dialing','ringing','checking','answered')
				AND (u = ANY (t.not_user_ids) OR t.skill <> '' AND EXISTS (SELECT FROM user_skill k WHERE k.store_id = t.store_id AND k.user_id = u)
					AND NOT EXISTS (SELECT FROM user_skill k WHERE k.store_id = t.store_id AND k.user_id = u AND k.skill = t.skill)))`, campaign, orEmpty(users))
	if err != nil {
		return nil, fmt.Errorf("looking for who may be pledged: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("looking for who may be pledged: %w", err)
	}
	return found, nil
}
