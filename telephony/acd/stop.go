package acd

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Stop is told that this node stops: its agents are given no more calls. Who is
// ready is lost at once, as if the node were gone; who is in a call finishes it,
// and is lost when they would be ready again. Their page comes back elsewhere.
func (a *Agents) Stop(ctx context.Context) {
	a.stopping.Store(true)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		ready, err := sessions(ctx, tx, `node_id = $1 AND state = 'ready' ORDER BY id FOR UPDATE SKIP LOCKED`, a.o.Node)
		if err != nil {
			return fmt.Errorf("finding the agents of this node: %w", err)
		}
		for _, s := range ready {
			if err := a.save(ctx, tx, s, a.sentAway(s)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.o.Logger.Warn("agents of a node that stops may be given calls", "error", err)
	}
}

// sentAway is a session that would be ready at a node that stops.
func (a *Agents) sentAway(s Session) Session {
	if !a.stopping.Load() || s.NodeID != a.o.Node || s.State != Ready {
		return s
	}
	lost, ok := stepped(s, Lose, change{reason: ReasonServer}, time.Now())
	if !ok {
		return s
	}
	return lost
}
