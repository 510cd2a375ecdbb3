package acd

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/telephony"
)

const (
	lostFor   = 30 * time.Second // then a lost agent with empty hands is signed off (spec 2.5.8)
	pageComes = 10 * time.Second // a page comes back within, also to another node (spec 2.5.8)
)

// Recover marks the sessions lost whose node has stopped: their audio is gone.
// Sessions that have come to this node meanwhile stay as they are. A console that
// comes back goes on with the same session. Run does it now and then.
func (a *Agents) Recover(ctx context.Context, node uuid.UUID) error {
	now := time.Now()
	return a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := sessions(ctx, tx, `node_id <> $1 AND (audio_up OR state <> 'lost') AND NOT EXISTS (
			SELECT FROM node n WHERE n.id = node_id AND n.stopped_at IS NULL AND n.heartbeat_at BETWEEN $2 AND $3)
			AND NOT EXISTS (SELECT FROM node me WHERE me.id = $1 AND me.steady_at > $4) ORDER BY id FOR UPDATE SKIP LOCKED`,
			node, now.Add(-telephony.NodeGoneAfter), now.Add(telephony.ClockAhead), now.Add(-telephony.NodeJudgesAfter))
		if err != nil {
			return fmt.Errorf("finding sessions of stopped nodes: %w", err)
		}
		for _, s := range gone {
			to := orphaned(s, time.Now())
			if a.o.Present(s.UserID) {
				to = adopted(s, node, time.Now())
			}
			if err := a.save(ctx, tx, s, to); err != nil {
				return err
			}
		}
		return nil
	})
}

// RecoverPages marks the agents lost whose page was at a node that is gone, and has
// come to no other since.
func (a *Agents) RecoverPages(ctx context.Context, node uuid.UUID) error {
	now := time.Now()
	return a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := sessions(ctx, tx, `page_node_id <> $1 AND state <> 'lost' AND NOT EXISTS (
			SELECT FROM node n WHERE n.id = page_node_id AND n.heartbeat_at BETWEEN $2 AND $3)
			AND NOT EXISTS (SELECT FROM node me WHERE me.id = $1 AND me.steady_at > $4) ORDER BY id FOR UPDATE SKIP LOCKED`,
			node, now.Add(-pageComes), now.Add(telephony.ClockAhead), now.Add(-telephony.NodeJudgesAfter))
		if err != nil {
			return fmt.Errorf("finding pages of stopped nodes: %w", err)
		}
		for _, s := range gone {
			if err := a.save(ctx, tx, s, pageless(s, time.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// pageless is a session whose page is gone with its node. A call stays with its agent
// while the audio lives.
func pageless(s Session, now time.Time) Session {
	s.PageNodeID, s.PageClient = nil, ""
	if s.AudioUp && busy(s.State) {
		return s
	}
	lost, _ := stepped(s, Lose, change{reason: lossReason(s)}, now)
	return lost
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

// adopted is a session whose node is gone while its console has come to this one
// before anybody noticed: only its audio is lost, and nobody is ready without.
func adopted(s Session, node uuid.UUID, now time.Time) Session {
	s.NodeID, s.AudioUp = node, false
	return afterAudio(s, now)
}

// ExpireLost signs those agents off who are lost since before and have no
// customer in hand, and returns them. A task that they only read is given back by the
// dialer.
func (a *Agents) ExpireLost(ctx context.Context, tx postgres.DB, before time.Time) ([]uuid.UUID, error) {
	lost, err := sessions(ctx, tx, `state = 'lost' AND since < $1 ORDER BY id FOR UPDATE SKIP LOCKED`, before)
	if err != nil {
		return nil, err
	}
	var users []uuid.UUID
	for _, s := range lost {
		if busy(s.BeforeLost) && s.BeforeLost != Preview {
			continue
		}
		if err := a.step(ctx, tx, s, SignedOff, change{}); err != nil {
			return nil, err
		}
		users = append(users, s.UserID)
	}
	return users, nil
}
