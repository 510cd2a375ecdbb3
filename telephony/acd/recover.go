package acd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// deadAfter is the age of a heartbeat that says a node is gone, real time.
const deadAfter = 15 * time.Second

// Recover marks the sessions lost whose node has stopped, and those of this node,
// which has just started: their audio is gone. A console that comes back goes on
// with the same session. Call it before consoles connect.
func (a *Agents) Recover(ctx context.Context, node uuid.UUID) error {
	return a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := sessions(ctx, tx, `(node_id = $1 OR NOT EXISTS (
			SELECT FROM node n WHERE n.id = node_id AND n.stopped_at IS NULL AND n.heartbeat_at > $2)) ORDER BY id FOR UPDATE`,
			node, time.Now().Add(-deadAfter))
		if err != nil {
			return fmt.Errorf("finding sessions of stopped nodes: %w", err)
		}
		for _, s := range gone {
			if err := a.save(ctx, tx, s, orphaned(s, time.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// orphaned is a session whose node is gone.
func orphaned(s Session, now time.Time) Session {
	s.AudioUp = false
	if s.State == Lost {
		return s
	}
	lost, _ := stepped(s, Lose, change{reason: ReasonServer}, now)
	return lost
}

// ExpireLost signs those agents off who are lost since before and have no
// customer in hand, and returns them (spec 2.5.8: 30 s). Call it now and then in
// the scope of a store.
func (a *Agents) ExpireLost(ctx context.Context, tx postgres.DB, before time.Time) ([]uuid.UUID, error) {
	lost, err := sessions(ctx, tx, `state = 'lost' AND since < $1 ORDER BY id FOR UPDATE SKIP LOCKED`, before)
	if err != nil {
		return nil, err
	}
	var users []uuid.UUID
	for _, s := range lost {
		if busy(s.BeforeLost) {
			continue
		}
		if err := a.step(ctx, tx, s, SignedOff, change{}); err != nil && !errors.Is(err, errRaced) {
			return nil, err
		}
		users = append(users, s.UserID)
	}
	return users, nil
}
