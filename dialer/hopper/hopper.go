// Package hopper keeps, in Redis, the next tasks of each campaign and wakes the
// nodes when something was planned.
//
// It owns the keys rb:hopper:<campaign> (a sorted set of task ids, best first)
// and the channel rb:dialer:planned. It is no record of anything: a key may
// vanish at any moment, and the campaign's leader fills it again from Postgres.
// A task that was taken out and never planned comes back the same way.
package hopper

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	goredis "github.com/redis/go-redis/v9"

	"ringback/dialer"
	"ringback/internal/redis"
)

// Hopper is one node's view of the waiting tasks.
type Hopper struct {
	client *goredis.Client
}

// New makes a hopper on a server. Every method answers errs.Unavailable
// "redis_unavailable" while the server is away.
func New(s *redis.Server) *Hopper { return &Hopper{client: s.Client()} }

const (
	channel = "rb:dialer:planned"
	keep    = 10 * time.Minute // nobody leads the campaign any more
)

func key(campaign uuid.UUID) string { return "rb:hopper:" + campaign.String() }

// Fill replaces what waits for a campaign.
func (h *Hopper) Fill(ctx context.Context, campaign uuid.UUID, next []dialer.Next) error {
	k := key(campaign)
	_, err := h.client.TxPipelined(ctx, func(p goredis.Pipeliner) error {
		p.Del(ctx, k)
		if len(next) == 0 {
			return nil
		}
		p.ZAdd(ctx, k, members(next)...)
		p.Expire(ctx, k, keep)
		return nil
	})
	if err != nil {
		return fmt.Errorf("filling the hopper: %w", err)
	}
	return nil
}

func members(next []dialer.Next) []goredis.Z {
	out := make([]goredis.Z, len(next))
	for i, n := range next {
		out[i] = goredis.Z{Score: n.Score, Member: n.Task.String()}
	}
	return out
}

// popScript takes the best members below a score in one step.
const popScript = `
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
if #found > 0 then redis.call('ZREM', KEYS[1], unpack(found)) end
return found`

// Pop takes up to n tasks with a score below limit, best first.
func (h *Hopper) Pop(ctx context.Context, campaign uuid.UUID, n int, limit float64) ([]uuid.UUID, error) {
	found, err := h.client.Eval(ctx, popScript, []string{key(campaign)}, strconv.FormatFloat(limit, 'f', -1, 64), n).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("taking from the hopper: %w", err)
	}
	out := make([]uuid.UUID, 0, len(found))
	for _, s := range found {
		if id, err := uuid.Parse(s); err == nil {
			out = append(out, id)
		}
	}
	return out, nil
}

// Len is how many tasks wait.
func (h *Hopper) Len(ctx context.Context, campaign uuid.UUID) (int, error) {
	n, err := h.client.ZCard(ctx, key(campaign)).Result()
	if err != nil {
		return 0, fmt.Errorf("counting the hopper: %w", err)
	}
	return int(n), nil
}

// Drop forgets a campaign.
func (h *Hopper) Drop(ctx context.Context, campaign uuid.UUID) error {
	if err := h.client.Del(ctx, key(campaign)).Err(); err != nil {
		return fmt.Errorf("emptying the hopper: %w", err)
	}
	return nil
}

// Wake tells every node that something was planned.
func (h *Hopper) Wake(ctx context.Context) error {
	if err := h.client.Publish(ctx, channel, "").Err(); err != nil {
		return fmt.Errorf("waking the nodes: %w", err)
	}
	return nil
}

// Woken calls on at each Wake until ctx ends or the connection is lost.
func (h *Hopper) Woken(ctx context.Context, on func()) error {
	s := h.client.Subscribe(ctx, channel)
	defer func() { _ = s.Close() }()
	if _, err := s.Receive(ctx); err != nil {
		return fmt.Errorf("listening for planned calls: %w", err)
	}
	woken := s.Channel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-woken:
			if !open {
				return nil
			}
			on()
		}
	}
}
