package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/telephony"
)

// reapOnce sets right what nobody else will: planned attempts that no node
// claimed, calls of dead nodes, agents pledged to a campaign that stands still,
// campaigns that are through.
func (d *Dialer) reapOnce(ctx context.Context) error {
	stale := d.voidStale(ctx)
	if away(stale) {
		return stale
	}
	dead, err := d.deadNodes(ctx)
	if err != nil {
		return errors.Join(stale, err)
	}
	return errors.Join(stale, d.recover(ctx, dead), d.settleCampaigns(ctx))
}

// attemptRef is enough to work on an attempt in its store's scope.
type attemptRef struct {
	ID, GroupID, StoreID uuid.UUID
}

func refs(ctx context.Context, db postgres.DB, sql string, args ...any) ([]attemptRef, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for attempts: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[attemptRef])
	if err != nil {
		return nil, fmt.Errorf("looking for attempts: %w", err)
	}
	return found, nil
}

// voidStale gives planned attempts older than 10 s back: they were never dialed.
func (d *Dialer) voidStale(ctx context.Context) error {
	var stale []attemptRef
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		stale, err = refs(ctx, tx, `SELECT id, group_id, store_id FROM attempt WHERE state = 'planned' AND planned_at < $1`, realNow().Add(-voidAfter))
		return err
	})
	if err != nil {
		return err
	}
	return d.eachAttempt(ctx, stale, func(ctx context.Context, tx pgx.Tx, a Attempt) error {
		if a.State != Planned {
			return nil
		}
		return d.void(ctx, tx, a)
	})
}

// eachAttempt works on attempts one by one, each row locked in its own
// transaction; one that another node holds is left to it, and one that resists keeps
// none of the others waiting.
func (d *Dialer) eachAttempt(ctx context.Context, list []attemptRef, fn func(context.Context, pgx.Tx, Attempt) error) error {
	var failures []error
	for _, r := range list {
		err := d.in(ctx, r.GroupID, r.StoreID, func(ctx context.Context, tx pgx.Tx) error {
			a, err := oneAttempt(ctx, tx, `SELECT `+attemptColumns+` FROM attempt a WHERE a.id = $1 FOR UPDATE SKIP LOCKED`, r.ID)
			if isMissing(err) {
				return nil
			}
			if err != nil {
				return err
			}
			return fn(ctx, tx, a)
		})
		switch {
		case err == nil, errors.Is(err, ErrNotMoved):
		case away(err):
			return fmt.Errorf("setting attempt %s right: %w", r.ID, err)
		default:
			failures = append(failures, fmt.Errorf("setting attempt %s right: %w", r.ID, err))
		}
	}
	return errors.Join(failures...)
}

// void takes a planned attempt back: the task is free again, and the agent who
// was to have the call too.
func (d *Dialer) void(ctx context.Context, tx postgres.DB, a Attempt) error {
	a, err := d.move(ctx, tx, a.ID, evVoid, change{Ended: realNow()})
	if err != nil {
		return err
	}
	d.metrics.finished.WithLabelValues(string(Void)).Inc()
	return d.giveBack(ctx, tx, a)
}

func (d *Dialer) giveBack(ctx context.Context, tx postgres.DB, a Attempt) error {
	if _, err := d.tasks.Release(ctx, tx, a.TaskID, time.Time{}, a.by(d.clock.Now())); err != nil && !conflict(err) {
		return err
	}
	if a.AgentID != nil {
		return d.agents.Over(ctx, tx, *a.AgentID, a.ID)
	}
	return nil
}

// refuseClaim: the gate said no at the last moment.
func (d *Dialer) refuseClaim(ctx context.Context, tx postgres.DB, a Attempt, t taskFacts, checks []Check, v Verdict, now time.Time) error {
	a, err := d.move(ctx, tx, a.ID, evRefuse, change{Ended: realNow(), LineResult: "compliance_stop", Detail: v.Rule})
	if err != nil {
		return err
	}
	d.metrics.finished.WithLabelValues("compliance_stop").Inc()
	if err := d.giveBack(ctx, tx, a); err != nil {
		return err
	}
	return d.refuse(ctx, tx, t, checks, v, now)
}

// deadNodes are those without a heartbeat whose calls are still open. After an
// outage of the database every node is without: whoever comes back first gives the
// others a moment.
func (d *Dialer) deadNodes(ctx context.Context) ([]uuid.UUID, error) {
	var dead []uuid.UUID
	now := realNow()
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT a.node_id FROM attempt a LEFT JOIN node n ON n.id = a.node_id
			WHERE a.state IN ('dialing','ringing','checking','answered','bridged') AND a.node_id <> $1
				AND (n.stopped_at IS NOT NULL OR (n.id IS NULL OR n.heartbeat_at NOT BETWEEN $2 AND $3)
					AND NOT EXISTS (SELECT FROM node me WHERE me.id = $1 AND me.steady_at > $4))`,
			d.node, now.Add(-telephony.NodeGoneAfter), now.Add(telephony.ClockAhead), now.Add(-telephony.NodeJudgesAfter))
		if err != nil {
			return err
		}
		dead, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for dead nodes: %w", err)
	}
	return dead, nil
}

// recover closes the calls of nodes that are gone, as DESIGN.md §2 says. Their
// customers are never called again at once, and a conversation keeps its agent,
// who writes down what was said.
func (d *Dialer) recover(ctx context.Context, nodes []uuid.UUID) error {
	if len(nodes) == 0 {
		return nil
	}
	var lost []attemptRef
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		lost, err = refs(ctx, tx, `SELECT id, group_id, store_id FROM attempt
			WHERE node_id = ANY($1) AND state IN ('dialing','ringing','checking','answered','bridged')`, nodes)
		return err
	})
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		d.log.Warn("closing the calls of a node that is gone", "nodes", nodes, "calls", len(lost))
	}
	return d.eachAttempt(ctx, lost, d.lose)
}

func (d *Dialer) lose(ctx context.Context, tx pgx.Tx, a Attempt) error {
	result := ""
	switch a.State {
	case Answered:
		result = telephony.ResultAbandoned
	case Bridged:
		result = telephony.ResultAnswered
	}
	a, err := d.move(ctx, tx, a.ID, evNodeLost, change{Ended: realNow(), HangupBy: "system", Detail: "node_lost", LineResult: result})
	if err != nil {
		return err
	}
	d.metrics.finished.WithLabelValues(string(a.State)).Inc()
	d.moved.ring()
	switch a.State {
	case Wrap:
		return d.agents.WrapUp(ctx, tx, *a.AgentID, a.ID)
	case Unknown: // it may have rung: as if nobody had answered
		result = telephony.ResultNoAnswer
	}
	if err := d.unreached(ctx, tx, a, result); err != nil || a.AgentID == nil {
		return err
	}
	return d.agents.Over(ctx, tx, *a.AgentID, a.ID)
}
