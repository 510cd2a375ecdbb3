package acd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"
)

// The index is a sorted set per campaign: ready users by the moment they became
// ready (Unix milliseconds). It is a hint: it may be late, and be gone.
const (
	indexKey   = "acd:ready:"
	indexEvery = 2 * time.Second
	indexPause = 250 * time.Millisecond // moves in a burst are told once
)

// Run looks after sessions of dead nodes and of agents lost for good, and keeps
// the index of ready agents in Redis, until ctx ends. The index is rebuilt from
// Postgres each time, so that it cannot drift; trouble with either is waited out.
func (a *Agents) Run(ctx context.Context) error {
	tick := time.NewTicker(indexEvery)
	defer tick.Stop()
	known, told, look := map[uuid.UUID]bool{}, false, true
	for {
		err := a.indexOnce(ctx, known)
		if look {
			err = errors.Join(a.lookAfter(ctx), err)
		}
		if (err != nil) != told && ctx.Err() == nil {
			told = err != nil
			a.o.Logger.Warn("looking after agents", "trouble", told, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			look = true
		case <-a.moved:
			look = false
			wait(ctx, indexPause)
		}
	}
}

// lookAfter recovers and expires; a move brings neither nearer.
func (a *Agents) lookAfter(ctx context.Context) error {
	if err := errors.Join(a.Recover(ctx, a.o.Node), a.RecoverPages(ctx, a.o.Node)); err != nil {
		return err
	}
	return a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := a.ExpireLost(ctx, tx, time.Now().Add(-lostFor))
		return err
	})
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// indexOnce writes the sets; known are the campaigns that have one.
func (a *Agents) indexOnce(ctx context.Context, known map[uuid.UUID]bool) error {
	if a.o.Redis == nil {
		return nil
	}
	ready := map[uuid.UUID][]goredis.Z{}
	err := a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		found, err := sessions(ctx, tx, `state = 'ready' AND audio_up AND campaign_id IS NOT NULL`)
		for _, s := range found {
			ready[*s.CampaignID] = append(ready[*s.CampaignID], goredis.Z{Score: float64(s.Since.UnixMilli()), Member: s.UserID.String()})
		}
		return err
	})
	if err != nil {
		return err
	}
	for campaign := range ready {
		known[campaign] = true
	}
	_, err = a.o.Redis.TxPipelined(ctx, func(p goredis.Pipeliner) error {
		for campaign := range known {
			key := indexKey + campaign.String()
			p.Del(ctx, key)
			if len(ready[campaign]) > 0 {
				p.ZAdd(ctx, key, ready[campaign]...)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("indexing ready agents: %w", err)
	}
	return nil
}
