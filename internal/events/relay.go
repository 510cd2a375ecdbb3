package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

const (
	pollEvery   = 500 * time.Millisecond // when no notification comes
	gapPatience = 10 * time.Second       // a missing number younger than this may still be committed
	batchSize   = 500
)

// Relay reads the outbox after each commit and serves this node's subscribers.
// Every node runs its own: a notification of Postgres wakes it, so screens go on
// while Redis is away. Numbers of the outbox are given before the commit, so a
// lower one may appear later; each is delivered once, in the order it was seen.
type Relay struct {
	pool *postgres.Pool
	log  *slog.Logger

	low  int64               // everything up to here is delivered or given up
	seen map[int64]struct{}  // delivered above low
	gap  map[int64]time.Time // missing above low, since when

	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

// NewRelay makes a relay that begins with the next event.
func NewRelay(pool *postgres.Pool, log *slog.Logger) *Relay {
	return &Relay{
		pool: pool, log: log, low: -1, seen: map[int64]struct{}{}, gap: map[int64]time.Time{},
		subs: map[*Subscription]struct{}{},
	}
}

// Subscription is one reader's events. C is closed when the reader fell behind
// or cancelled: it then starts again from a snapshot.
type Subscription struct {
	C     <-chan Event
	c     chan Event
	relay *Relay
	once  sync.Once
}

// Subscribe starts a subscription that holds up to buffer waiting events.
func (r *Relay) Subscribe(buffer int) *Subscription {
	c := make(chan Event, buffer)
	s := &Subscription{C: c, c: c, relay: r}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.subs[s] = struct{}{}
	return s
}

// Cancel ends the subscription; calling it again changes nothing.
func (s *Subscription) Cancel() {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.end()
}

// end closes the channel; the relay's lock is held.
func (s *Subscription) end() {
	s.once.Do(func() {
		delete(s.relay.subs, s)
		close(s.c)
	})
}

// Run relays until ctx ends. A lost database is waited for.
func (r *Relay) Run(ctx context.Context) error {
	defer r.endAll()
	for ctx.Err() == nil {
		if err := r.listen(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("outbox relay lost the database, trying again", "error", err)
			wait(ctx, time.Second)
		}
	}
	return nil
}

func (r *Relay) listen(ctx context.Context) error {
	conn, err := r.pool.Conns().Acquire(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection to listen on: %w", err)
	}
	defer func() { // a listening connection does not go back to the pool
		_ = conn.Hijack().Close(context.WithoutCancel(ctx))
	}()
	if _, err := conn.Exec(ctx, `LISTEN `+Channel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	cleaned := time.Now()
	for {
		if err := r.runOnce(ctx); err != nil {
			return err
		}
		if time.Since(cleaned) > time.Hour {
			cleaned = time.Now()
			if err := r.clean(ctx); err != nil {
				return err
			}
		}
		if err := waitNotified(ctx, conn.Conn()); err != nil {
			return err
		}
	}
}

func waitNotified(ctx context.Context, c *pgx.Conn) error {
	short, cancel := context.WithTimeout(ctx, pollEvery)
	defer cancel()
	_, err := c.WaitForNotification(short)
	if err != nil && errors.Is(short.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}

// runOnce delivers what the outbox holds beyond what was delivered.
func (r *Relay) runOnce(ctx context.Context) error {
	var found []Event
	err := r.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		if r.low < 0 {
			r.low, err = lastSeq(ctx, tx)
			return err
		}
		found, err = since(ctx, tx, r.low, batchSize+len(r.seen))
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range r.fresh(found, time.Now()) {
		r.deliver(e)
	}
	return nil
}

// fresh picks the events not delivered yet and moves low past what is settled.
func (r *Relay) fresh(found []Event, now time.Time) []Event {
	var out []Event
	top := r.low
	for _, e := range found {
		if _, done := r.seen[e.Seq]; !done {
			r.seen[e.Seq] = struct{}{}
			out = append(out, e)
		}
		top = max(top, e.Seq)
	}
	for n := r.low + 1; n <= top; n++ {
		if _, ok := r.seen[n]; !ok {
			first, known := r.gap[n]
			if !known {
				first = now
				r.gap[n] = now
			}
			if now.Sub(first) < gapPatience {
				break
			}
		}
		delete(r.seen, n)
		delete(r.gap, n)
		r.low = n
	}
	return out
}

func (r *Relay) deliver(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.subs {
		select {
		case s.c <- e:
		default:
			s.end() // fell behind: it starts again from a snapshot
		}
	}
}

func (r *Relay) endAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.subs {
		s.end()
	}
}

func (r *Relay) clean(ctx context.Context) error {
	return r.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM outbox WHERE seq < (
			SELECT coalesce(max(seq), 0) - 200000 FROM outbox)`)
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
