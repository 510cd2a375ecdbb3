package acd

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/redis"
	"ringback/internal/redis/redistest"
)

func decode(t *testing.T, raw json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func (r *room) pause(id uuid.UUID, reason string) (granted bool) {
	r.t.Helper()
	r.must(func(ctx context.Context, tx pgx.Tx) (err error) {
		granted, err = r.agents.Pause(ctx, tx, id, reason)
		return err
	})
	return granted
}

func TestWhoLinesCountOnLeavesWhenTheyHaveFallen(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	r.mayLeave = false
	if r.pause(id, "meal") {
		t.Fatal("a pause was granted against the ledger")
	}
	if s := r.wants(id, Ready); s.Wants != Paused || s.WantsReason != "meal" {
		t.Errorf("wants %q %q", s.Wants, s.WantsReason)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.GrantWaiting(ctx, tx, r.campaign) })
	r.wants(id, Ready)
	r.mayLeave = true
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.GrantWaiting(ctx, tx, r.campaign) })
	if s := r.wants(id, Paused); s.Reason != "meal" || s.Wants != "" {
		t.Errorf("paused for %q, wants %q", s.Reason, s.Wants)
	}
}

func TestLeavingInACallWaitsForTheWrapUp(t *testing.T) {
	t.Parallel()
	for _, want := range []State{Paused, Offline} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			id := r.agent()
			if _, err := r.pick(); err != nil {
				t.Fatal(err)
			}
			r.must(func(ctx context.Context, tx pgx.Tx) (err error) {
				granted := false
				if want == Paused {
					granted, err = r.agents.Pause(ctx, tx, id, "meeting")
				} else {
					granted, err = r.agents.SignOff(ctx, tx, id)
				}
				if granted {
					t.Error("an agent left a customer")
				}
				return errors.Join(err, r.agents.Talking(ctx, tx, id, uuid.New()), r.hangUp(ctx, tx, id), r.agents.Done(ctx, tx, id))
			})
			if want == Paused {
				if s := r.wants(id, Paused); s.Reason != "meeting" {
					t.Errorf("paused for %q", s.Reason)
				}
				return
			}
			if err := r.do(func(ctx context.Context, tx pgx.Tx) error { _, err := r.agents.ByUser(ctx, tx, id); return err }); !errors.Is(err, ErrNotSignedOn) {
				t.Errorf("still signed on: %v", err)
			}
		})
	}
}

func TestALostAgentComesBackToWhereTheCallHasLed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	attempt := uuid.New()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, attempt, uuid.New(), nil)
		return errors.Join(err, r.agents.Talking(ctx, tx, id, attempt), r.agents.Left(ctx, tx, id), r.agents.Left(ctx, tx, id))
	})
	if s := r.wants(id, Lost); s.BeforeLost != Talking || *s.AttemptID != attempt {
		t.Errorf("lost: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.hangUp(ctx, tx, id) })
	r.wants(id, Lost)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Back(ctx, tx, id) })
	if s := r.wants(id, WrapUp); *s.AttemptID != attempt {
		t.Errorf("back: %+v", s)
	}
}

func TestAReadyAgentWithoutAudioIsLostUntilItIsBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Audio(ctx, tx, id, false) })
	if s := r.wants(id, Lost); s.Reason != ReasonAudio || s.BeforeLost != Ready {
		t.Errorf("lost: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Back(ctx, tx, id) })
	r.wants(id, Lost)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.agents.Audio(ctx, tx, id, true), r.agents.Back(ctx, tx, id))
	})
	r.wants(id, Ready)
}

func TestAPausedAgentKeepsTheReasonWhileLost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	r.pause(id, "training")
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.agents.Left(ctx, tx, id), r.agents.Back(ctx, tx, id))
	})
	if s := r.wants(id, Paused); s.Reason != "training" || s.WantsReason != "" {
		t.Errorf("back: %+v", s)
	}
}

func TestARestartLeavesEachAgentLostWithTheirCall(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	idle, wrapping := r.agent(), r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), []uuid.UUID{idle})
		return errors.Join(err, r.hangUp(ctx, tx, wrapping))
	})
	again := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Node: uuid.New()})
	for range 2 {
		if err := again.Recover(context.Background(), again.o.Node); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.wants(idle, Lost); s.BeforeLost != Ready || s.Reason != ReasonServer || s.AudioUp {
		t.Errorf("idle: %+v", s)
	}
	if s := r.wants(wrapping, Lost); s.BeforeLost != WrapUp || s.AttemptID == nil {
		t.Errorf("wrapping up: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		s, err := again.SignOn(ctx, tx, SignOnInput{User: wrapping, Group: r.group, Store: r.store, Device: "browser"})
		if s.NodeID != again.o.Node {
			t.Errorf("the session stayed on %s", s.NodeID)
		}
		return errors.Join(err, again.Back(ctx, tx, wrapping))
	})
	r.wants(wrapping, WrapUp)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		users, err := again.ExpireLost(ctx, tx, time.Now().Add(time.Minute))
		if len(users) != 1 || users[0] != idle {
			t.Errorf("expired %v, want the idle one", users)
		}
		return err
	})
}

// After a restart the page may be back before the old node counts as gone: its
// agent keeps the call in hand, and is ready again with the audio.
func TestWhoseConsoleIsBackAlreadyIsNotLostWithTheOldNode(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	idle, wrapping := r.agent(), r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), []uuid.UUID{idle})
		return errors.Join(err, r.hangUp(ctx, tx, wrapping))
	})
	again := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Node: uuid.New(), Present: func(uuid.UUID) bool { return true }})
	if err := again.Recover(context.Background(), again.o.Node); err != nil {
		t.Fatal(err)
	}
	if s := r.wants(wrapping, WrapUp); s.AudioUp || s.NodeID != again.o.Node || s.AttemptID == nil {
		t.Errorf("wrapping up: %+v", s)
	}
	if s := r.wants(idle, Lost); s.Reason != ReasonAudio || s.BeforeLost != Ready {
		t.Errorf("idle: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return again.Audio(ctx, tx, idle, true) })
	r.wants(idle, Ready)
}

// The page's new audio may also come after its agent was marked lost.
func TestAudioBringsBackWhoWasLostWithTheServer(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	wrapping := r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), nil)
		return errors.Join(err, r.hangUp(ctx, tx, wrapping))
	})
	again := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Node: uuid.New()})
	if err := again.Recover(context.Background(), again.o.Node); err != nil {
		t.Fatal(err)
	}
	r.wants(wrapping, Lost)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return again.Audio(ctx, tx, wrapping, true) })
	r.wants(wrapping, WrapUp)
}

func TestTheKeeperRecoversByItselfAndStops(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	here, gone := r.agent(), r.agent()
	again := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Node: uuid.New()})
	r.must(func(ctx context.Context, tx pgx.Tx) error { // reconnected before anybody noticed
		return errors.Join(r.page(ctx, tx, again, here), again.Audio(ctx, tx, here, true))
	})
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	over := make(chan error)
	go func() { over <- again.Run(ctx) }()
	for range time.NewTicker(20 * time.Millisecond).C {
		if r.session(gone).State == Lost || ctx.Err() != nil {
			break
		}
	}
	stop()
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	r.wants(gone, Lost)
	r.wants(here, Ready)
}

func TestTheIndexFollowsTheReadyAndIsOnlyAHint(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		a := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Redis: s.Client()})
		known, key := map[uuid.UUID]bool{}, indexKey+r.campaign.String()
		if err := a.indexOnce(context.Background(), known); err != nil {
			t.Fatal(err)
		}
		if got := s.Client().ZRange(context.Background(), key, 0, -1).Val(); len(got) != 1 || got[0] != id.String() {
			t.Errorf("ready %v, want %s", got, id)
		}
		s.Client().FlushAll(context.Background())
		r.pause(id, "break")
		if err := a.indexOnce(context.Background(), known); err != nil {
			t.Fatal(err)
		}
		if n := s.Client().Exists(context.Background(), key).Val(); n != 0 {
			t.Error("a paused agent is still in the index")
		}
		r.must(func(ctx context.Context, tx pgx.Tx) error { _, err := r.agents.Ready(ctx, tx, id); return err })
	})
}
