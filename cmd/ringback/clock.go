package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// businessClock keeps the offset of business time in the database, so that a
// restarted demo goes on where it was (DESIGN.md §2).
type businessClock struct {
	pool  *postgres.Pool
	bus   *events.Bus
	clock *clock.Clock
	store dealer.Store
}

func storedOffset(ctx context.Context, tx postgres.DB) (offset time.Duration, known bool, err error) {
	var us int64
	err = tx.QueryRow(ctx, `SELECT offset_us FROM business_clock`).Scan(&us)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return time.Duration(us) * time.Microsecond, err == nil, err
}

func storeOffset(ctx context.Context, tx postgres.DB, offset time.Duration) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO business_clock (offset_us) VALUES ($1)
		ON CONFLICT (singleton) DO UPDATE SET offset_us = greatest(business_clock.offset_us, $1)`, offset.Microseconds())
	if err != nil {
		return fmt.Errorf("keeping the business clock: %w", err)
	}
	return nil
}

// nextWindow moves business time to where the store's next call window begins.
func (b businessClock) nextWindow(ctx context.Context) (time.Time, error) {
	return b.move(ctx, func(s dealer.Schedule, now time.Time) time.Time {
		if s.InWindow(now, false) {
			now = s.WindowEnd(now)
		}
		return s.NextWindow(now, false)
	})
}

// moveOn is the 下一时段 button: the next call window, with the tasks of its day.
func (b businessClock) moveOn(n *node) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		now, err := b.nextWindow(ctx)
		if err != nil {
			return now, err
		}
		return now, n.tasks.NightlyPass(ctx, n.pool, now)
	}
}

// followEvery is how long the servers of a cluster may be of two minds about the time
// after the button was pressed at one of them.
const followEvery = time.Second

// follow takes over what another process has made of business time, until ctx ends.
// Only servers of a demo do: elsewhere nobody moves it.
func (b businessClock) follow(ctx context.Context) error {
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			_ = b.catchUp(ctx) // the database is away: the next look will do
		}
	}
}

func (b businessClock) catchUp(ctx context.Context) error {
	return b.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		offset, known, err := storedOffset(ctx, tx)
		if err != nil || !known || offset <= b.clock.Offset() {
			return err
		}
		return b.clock.Advance(offset)
	})
}

// intoWindow moves business time on to the next call window unless it is in one.
func (b businessClock) intoWindow(ctx context.Context) (time.Time, error) {
	return b.move(ctx, func(s dealer.Schedule, now time.Time) time.Time {
		if s.InWindow(now, false) && s.WindowEnd(now).Sub(now) > 10*time.Minute {
			return now
		}
		if s.InWindow(now, false) {
			now = s.WindowEnd(now)
		}
		return s.NextWindow(now, false)
	})
}

func (b businessClock) move(ctx context.Context, to func(dealer.Schedule, time.Time) time.Time) (now time.Time, err error) {
	scope := postgres.Scope{Stores: []uuid.UUID{b.store.ID}, Group: b.store.GroupID}
	err = b.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		s, err := dealer.LoadSchedule(ctx, tx, b.store.ID)
		if err != nil {
			return err
		}
		now = b.clock.Now()
		ahead := to(s, now).Sub(now)
		if ahead <= 0 {
			return storeOffset(ctx, tx, b.clock.Offset())
		}
		offset := b.clock.Offset() + ahead
		if err := storeOffset(ctx, tx, offset); err != nil {
			return err
		}
		if err := b.clock.Advance(offset); err != nil {
			return err
		}
		now = b.clock.Now()
		return b.bus.Publish(ctx, tx, events.Event{Kind: events.ClockMoved, Group: b.store.GroupID, Store: b.store.ID, At: now}, nil)
	})
	return now, err
}
