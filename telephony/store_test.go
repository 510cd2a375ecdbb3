package telephony

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"ringback/internal/postgres/pgtest"
	"ringback/telephony/media"
)

func histogram(t *testing.T, m metrics) string {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.answerToAudio)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	h := families[0].GetMetric()[0].GetHistogram()
	return fmt.Sprintf("%d %v", h.GetSampleCount(), h.GetSampleSum())
}

func TestCallsAndTheirTimelineAreKept(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	group, storeID := pgtest.Store(t, db)
	s := store{pool: db.Pool, node: uuid.New()}
	began := time.Date(2026, 11, 20, 2, 0, 0, 123456000, time.UTC)
	c := newRow(CallSpec{ID: uuid.New(), Group: group, Store: storeID, Number: "15400000001", CallerNumber: "0571"}, began)
	dialed := record{c, timelineRow{Seq: 1, Kind: "dialing"}}
	c.answered(began.Add(3 * time.Second))
	answer := record{c, timelineRow{Seq: 2, AtUS: 3_000_000, Kind: "answered", Data: map[string]any{"code": 200}}}
	agent := uuid.New()
	c.bridged(began.Add(3050*time.Millisecond), agent)
	c.ended(began.Add(time.Minute), string(EndRemoteBye))
	end := record{c, timelineRow{Seq: 3, AtUS: 60_000_000, Kind: "ended"}}

	for _, batch := range [][]record{{dialed}, {answer, end}, {answer, end}, {dialed}} { // written twice: a retry after a lost answer
		if err := s.write(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	db.Scoped(t, storeID, func(ctx context.Context, tx pgx.Tx) error {
		var last4, cause string
		var bridgedAt, endedAt *time.Time
		var by *uuid.UUID
		if err := tx.QueryRow(ctx, `SELECT called_last4, end_cause, bridged_at, ended_at, agent_id FROM call WHERE id = $1`, c.ID).
			Scan(&last4, &cause, &bridgedAt, &endedAt, &by); err != nil {
			return err
		}
		if last4 != "0001" || cause != "remote_bye" || bridgedAt == nil || endedAt == nil || by == nil || *by != agent {
			t.Errorf("call: %q %q %v %v %v", last4, cause, bridgedAt, endedAt, by)
		}
		events, err := Timeline(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if len(events) != 3 || events[1].Kind != "answered" || !events[1].At.Equal(began.Add(3*time.Second)) || string(events[1].Data) != `{"code": 200}` {
			t.Errorf("timeline: %+v", events)
		}
		return nil
	})
}

func TestOneBadRowDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	group, storeID := pgtest.Store(t, db)
	s := store{pool: db.Pool, node: uuid.New()}
	good := newRow(CallSpec{ID: uuid.New(), Group: group, Store: storeID}, time.Now())
	bad := good
	bad.ID, bad.EndCause = uuid.New(), "\x00 is no text"
	if err := s.write(t.Context(), []record{{bad, timelineRow{Seq: 1, Kind: "dialing"}}, {good, timelineRow{Seq: 1, Kind: "dialing"}}}); err != nil {
		t.Fatal(err)
	}
	db.Scoped(t, storeID, func(ctx context.Context, tx pgx.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM call_event`).Scan(&n)
		if n != 1 {
			t.Errorf("%d rows written, want the good one", n)
		}
		return err
	})
}

func TestAnExchangeWritesItsCalls(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	group, storeID := pgtest.Store(t, db)
	placer := &fakePlacer{}
	x := NewExchange(Options{Placer: placer, Pool: db.Pool, Node: uuid.New(), Player: media.NewClock()})
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error)
	go func() { over <- x.Run(ctx) }()
	id, ended := uuid.New(), make(chan CallEvent, 1)
	err := x.Dial(ctx, CallSpec{ID: id, Group: group, Store: storeID, Number: "15400000486", Routes: []Route{route("one")}}, func(ev CallEvent) {
		if ev.Kind == CallEnded {
			ended <- ev
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	placer.leg(0).refuses(486)
	if ev := <-ended; ev.LineResult != ResultBusy {
		t.Errorf("ended %+v", ev)
	}
	stop()
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	db.Scoped(t, storeID, func(ctx context.Context, tx pgx.Tx) error {
		events, err := Timeline(ctx, tx, id)
		if len(events) != 2 || events[1].Kind != "ended" {
			t.Errorf("timeline %+v", events)
		}
		return err
	})
}

func TestPromptsAreShippedAndAStoresOwnComeFirst(t *testing.T) {
	t.Parallel()
	shipped := NewPrompts(nil)
	for name, longest := range map[string]time.Duration{PromptAbandon: 15 * time.Second, PromptLost: 10 * time.Second, PromptGoodbye: 10 * time.Second, PromptHold: time.Minute} {
		audio := shipped.Get(name)
		if lasts := time.Duration(len(audio)) * time.Second / 8000; lasts < time.Second || lasts > longest {
			t.Errorf("%s lasts %v, want at most %v", name, lasts, longest)
		}
	}
	if shipped.Get("no_such") != nil {
		t.Error("a prompt that does not exist has audio")
	}
	own := NewPrompts(fstest.MapFS{"goodbye.alaw": {Data: []byte("own")}})
	if string(own.Get(PromptGoodbye)) != "own" || len(own.Get(PromptLost)) < 8000 {
		t.Error("the store's own prompt does not come first, or hides the others")
	}
}
