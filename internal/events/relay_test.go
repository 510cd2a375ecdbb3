package events_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

type world struct {
	t            *testing.T
	pool         *postgres.Pool
	bus          *events.Bus
	group, store uuid.UUID
}

func newWorld(t *testing.T) world {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	return world{t, db.Pool, events.NewBus(), group, store}
}

func (w world) publish(kind events.Kind, fail error) error {
	return w.pool.Scoped(w.t.Context(), postgres.Scope{Stores: []uuid.UUID{w.store}}, func(ctx context.Context, tx pgx.Tx) error {
		err := w.bus.Publish(ctx, tx, events.Event{
			Kind: kind, Group: w.group, Store: w.store, At: time.Now(),
			Subject: events.Subjects{"task": w.store},
		}, map[string]int{"n": 1})
		return errors.Join(err, fail)
	})
}

func (w world) relay() *events.Relay {
	r := events.NewRelay(w.pool, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	return r
}

// next waits for an event of a kind; the relay's start is found by publishing
// until the first one comes through.
func next(t *testing.T, s *events.Subscription) events.Event {
	t.Helper()
	select {
	case e, ok := <-s.C:
		if !ok {
			t.Fatal("the subscription ended")
		}
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event within 10 s")
	}
	return events.Event{}
}

func (w world) warm(s *events.Subscription) {
	w.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if err := w.publish(events.ClockMoved, nil); err != nil {
			w.t.Fatal(err)
		}
		select {
		case <-s.C:
			for len(s.C) > 0 {
				<-s.C
			}
			return
		case <-deadline:
			w.t.Fatal("the relay does not start")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func until(t *testing.T, s *events.Subscription, kind events.Kind) events.Event {
	t.Helper()
	for {
		if e := next(t, s); e.Kind == kind {
			return e
		}
	}
}

func TestASubscriberGetsWhatWasCommittedAndNothingElse(t *testing.T) {
	w := newWorld(t)
	s := w.relay().Subscribe(64)
	w.warm(s)
	undone := errors.New("changed my mind")
	if err := w.publish(events.TaskCreated, undone); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if err := w.publish(events.TaskChanged, nil); err != nil {
		t.Fatal(err)
	}
	for {
		e := next(t, s)
		if e.Kind == events.TaskCreated {
			t.Fatal("an event of an undone transaction was told")
		}
		if e.Kind == events.TaskChanged {
			if e.Store != w.store || e.Subject["task"] != w.store || string(e.Data) != `{"n": 1}` {
				t.Fatalf("got %+v %s", e, e.Data)
			}
			return
		}
	}
}

func TestAnEventOfALongTransactionIsNotMissed(t *testing.T) {
	w := newWorld(t)
	s := w.relay().Subscribe(64)
	w.warm(s)
	err := w.pool.Scoped(t.Context(), postgres.Scope{Stores: []uuid.UUID{w.store}}, func(ctx context.Context, tx pgx.Tx) error {
		err := w.bus.Publish(ctx, tx, events.Event{Kind: events.ImportChanged, Group: w.group, Store: w.store, At: time.Now()}, nil)
		if err != nil {
			return err
		}
		if err := w.publish(events.TaskChanged, nil); err != nil { // commits first, with a higher number
			return err
		}
		until(t, s, events.TaskChanged)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	until(t, s, events.ImportChanged)
}

func TestAHandlerThatFailsUndoesTheChange(t *testing.T) {
	w := newWorld(t)
	no := errors.New("no")
	w.bus.On(events.TaskCreated, func(context.Context, postgres.DB, events.Event) error { return no })
	if err := w.publish(events.TaskCreated, nil); !errors.Is(err, no) {
		t.Fatalf("got %v", err)
	}
}

func TestASlowReaderIsCutOff(t *testing.T) {
	w := newWorld(t)
	r := w.relay()
	fast, slow := r.Subscribe(64), r.Subscribe(1)
	w.warm(fast)
	for range 3 {
		if err := w.publish(events.TaskChanged, nil); err != nil {
			t.Fatal(err)
		}
		until(t, fast, events.TaskChanged)
	}
	for range slow.C { // ends only when the relay closed it
	}
	slow.Cancel()
}
