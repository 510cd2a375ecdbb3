package main

import (
	"testing"
	"time"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres/pgtest"
)

func TestABusinessTimeMovedAtOneServerIsThatOfTheOthers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	friday := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	server := func() businessClock {
		return businessClock{pool: db.Pool, bus: events.NewBus(), clock: clock.New(time.Until(friday)), store: dealer.Store{ID: store, GroupID: group}}
	}
	one, other := server(), server()
	if err := other.catchUp(t.Context()); err != nil || other.clock.Now().After(friday.Add(time.Hour)) {
		t.Fatalf("nobody has moved it: %v, %v", other.clock.Now(), err)
	}
	moved, err := one.nextWindow(t.Context())
	if err != nil || moved.In(clock.Shanghai()).Format("2006-01-02 15:04") != "2026-11-20 15:00" {
		t.Fatalf("moved to %v, %v", moved, err)
	}
	if err := other.catchUp(t.Context()); err != nil || other.clock.Offset().Truncate(time.Microsecond) != one.clock.Offset().Truncate(time.Microsecond) {
		t.Errorf("the other is at %v, %v; want %v", other.clock.Now(), err, one.clock.Now())
	}
}
