package acd

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, pgtest.Waiter()) }

// room is a store with its agents.
type room struct {
	t            *testing.T
	db           *pgtest.DB
	agents       *Agents
	group, store uuid.UUID
	campaign     uuid.UUID

	mu       sync.Mutex
	mayLeave bool
	told     []State
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{t: t, db: pgtest.New(t), campaign: uuid.New(), mayLeave: true}
	r.group, r.store = pgtest.Store(t, r.db)
	bus := events.NewBus()
	bus.On(events.AgentChanged, func(_ context.Context, _ postgres.DB, e events.Event) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, stateIn(t, e))
		return nil
	})
	r.agents = New(Options{
		Pool: r.db.Pool, Bus: bus, Clock: &clock.Clock{}, Node: uuid.New(),
		MayLeave: func(context.Context, postgres.DB, uuid.UUID) (bool, error) { return r.mayLeave, nil },
	})
	return r
}

func (r *room) do(fn func(ctx context.Context, tx pgx.Tx) error) error {
	return r.db.Pool.Scoped(context.Background(), postgres.Scope{Stores: []uuid.UUID{r.store}, Group: r.group}, fn)
}

func (r *room) must(fn func(ctx context.Context, tx pgx.Tx) error) {
	r.t.Helper()
	if err := r.do(fn); err != nil {
		r.t.Fatal(err)
	}
}

// user makes an account.
func (r *room) user() uuid.UUID {
	r.t.Helper()
	id := uuid.New()
	r.db.Exec(r.t, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, $3, '座席', '', $4)`,
		id, r.group, id.String(), time.Now())
	return id
}

// agent signs a user on, with audio, pledged to the campaign.
func (r *room) agent() uuid.UUID {
	r.t.Helper()
	id := r.user()
	r.signOn(id)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.agents.Audio(ctx, tx, id, true), r.agents.PledgeIdle(ctx, tx, r.campaign, []uuid.UUID{id}))
	})
	return id
}

func (r *room) signOn(id uuid.UUID) {
	r.t.Helper()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.SignOn(ctx, tx, SignOnInput{User: id, Group: r.group, Store: r.store, Device: "browser"})
		return err
	})
}

func (r *room) session(id uuid.UUID) (s Session) {
	r.t.Helper()
	r.must(func(ctx context.Context, tx pgx.Tx) (err error) {
		s, err = r.agents.ByUser(ctx, tx, id)
		return err
	})
	return s
}

func (r *room) wants(id uuid.UUID, want State) Session {
	r.t.Helper()
	s := r.session(id)
	if s.State != want {
		r.t.Fatalf("the agent is %s (%s), want %s", s.State, s.Reason, want)
	}
	return s
}

// hangUp ends the conversation of whatever call the agent has in hand.
func (r *room) hangUp(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	s, err := r.agents.ByUser(ctx, tx, id)
	if err != nil || s.AttemptID == nil {
		return err
	}
	return r.agents.WrapUp(ctx, tx, id, *s.AttemptID)
}

func (r *room) pick() (user uuid.UUID, err error) {
	err = r.do(func(ctx context.Context, tx pgx.Tx) (err error) {
		user, err = r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), nil)
		return err
	})
	return user, err
}

func TestAShiftBeginsPausedAndTheFirstAudioMakesItReady(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.user()
	r.signOn(id)
	if s := r.wants(id, Paused); s.Reason != ReasonSigningOn {
		t.Errorf("reason %q", s.Reason)
	}
	if err := r.do(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.Ready(ctx, tx, id)
		return err
	}); !errors.Is(err, ErrAudioMissing) {
		t.Errorf("ready without audio: %v", err)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Audio(ctx, tx, id, true) })
	r.wants(id, Ready)
	if err := r.do(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.SignOn(ctx, tx, SignOnInput{User: id, Group: r.group, Store: r.store, Device: "browser"})
		return err
	}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("a second sign-on: %v", err)
	}
}

func TestACallMovesItsAgentThroughTheStates(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	attempt, task := uuid.New(), uuid.New()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		got, err := r.agents.PickFor(ctx, tx, r.campaign, attempt, task, nil)
		if got != id {
			t.Errorf("picked %s, want %s", got, id)
		}
		return err
	})
	s := r.wants(id, Reserved)
	if *s.AttemptID != attempt || *s.TaskID != task {
		t.Errorf("in hand: attempt %v, task %v", s.AttemptID, s.TaskID)
	}
	for _, step := range []struct {
		do   func(ctx context.Context, tx pgx.Tx) error
		want State
	}{
		{func(ctx context.Context, tx pgx.Tx) error { return r.agents.Talking(ctx, tx, id, attempt) }, Talking},
		{func(ctx context.Context, tx pgx.Tx) error { return r.agents.Talking(ctx, tx, id, attempt) }, Talking},
		{func(ctx context.Context, tx pgx.Tx) error { return r.hangUp(ctx, tx, id) }, WrapUp},
		{func(ctx context.Context, tx pgx.Tx) error { return r.hangUp(ctx, tx, id) }, WrapUp},
		{func(ctx context.Context, tx pgx.Tx) error { return r.agents.Done(ctx, tx, id) }, Ready},
		{func(ctx context.Context, tx pgx.Tx) error { return r.agents.Done(ctx, tx, id) }, Ready},
	} {
		r.must(step.do)
		r.wants(id, step.want)
	}
	if s := r.session(id); s.AttemptID != nil || s.TaskID != nil || *s.CampaignID != r.campaign {
		t.Errorf("after the call: %+v", s)
	}
	want := []State{Paused, Ready, Ready, Reserved, Talking, WrapUp, Ready}
	if len(r.told) != len(want) {
		t.Fatalf("told %v, want %v", r.told, want)
	}
	for i := range want {
		if r.told[i] != want[i] {
			t.Errorf("told %v, want %v", r.told, want)
		}
	}
}

// Between the pick and the note that both hear each other an agent is lost for a
// moment, such as by a server that thinks their page is still at it.
func TestACallThatWasJoinedIsTheAgentsThoughTheyWereLost(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"back before it is noted": true, "still away": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			id, attempt := r.agent(), uuid.New()
			r.must(func(ctx context.Context, tx pgx.Tx) error {
				_, err := r.agents.PickFor(ctx, tx, r.campaign, attempt, uuid.New(), nil)
				return errors.Join(err, r.agents.Left(ctx, tx, id))
			})
			if back {
				r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Back(ctx, tx, id) })
			}
			r.must(func(ctx context.Context, tx pgx.Tx) error {
				return errors.Join(r.agents.Talking(ctx, tx, id, attempt), r.agents.Back(ctx, tx, id))
			})
			if s := r.wants(id, Talking); s.AttemptID == nil || *s.AttemptID != attempt {
				t.Errorf("in hand: %+v", s)
			}
			r.must(func(ctx context.Context, tx pgx.Tx) error { return r.hangUp(ctx, tx, id) })
			r.wants(id, WrapUp)
		})
	}
}

// An agent was lost after a pick, came back, and is in another call: what becomes of
// the call that they never had moves them no more.
func TestAnAgentIsMovedByTheCallInHandOnly(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id, first, second := r.agent(), uuid.New(), uuid.New()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, first, uuid.New(), nil)
		return errors.Join(err, r.agents.NotTaken(ctx, tx, id, second), r.agents.Left(ctx, tx, id), r.agents.Back(ctx, tx, id))
	})
	r.wants(id, Ready)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, second, uuid.New(), nil)
		return errors.Join(err, r.agents.Talking(ctx, tx, id, second),
			r.agents.Over(ctx, tx, id, first), r.agents.WrapUp(ctx, tx, id, first), r.agents.NotTaken(ctx, tx, id, first))
	})
	if s := r.wants(id, Talking); *s.AttemptID != second {
		t.Errorf("in hand: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.agents.WrapUp(ctx, tx, id, second), r.agents.Over(ctx, tx, id, first))
	})
	r.wants(id, WrapUp)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Over(ctx, tx, id, second) })
	r.wants(id, Ready)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, first, uuid.New(), nil)
		return errors.Join(err, r.agents.NotTaken(ctx, tx, id, first))
	})
	r.wants(id, Lost)
}

func TestAPreviewIsReadThenDialled(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	task, attempt := uuid.New(), uuid.New()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.ToPreview(ctx, tx, r.campaign, task, nil)
		return err
	})
	r.wants(id, Preview)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Dialing(ctx, tx, id, attempt) })
	if s := r.wants(id, Dialing); *s.TaskID != task || *s.AttemptID != attempt {
		t.Errorf("in hand: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Done(ctx, tx, id) })
	r.wants(id, Ready)
}

// A call of their own does not end a pause; without audio nobody dials.
func TestACallByHandFromAPauseComesBackToThePause(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id, task, attempt := r.agent(), uuid.New(), uuid.New()
	dial := func(ctx context.Context, tx pgx.Tx) error { return r.agents.DialingTask(ctx, tx, id, task, attempt) }
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.Pause(ctx, tx, id, "training")
		return err
	})
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Audio(ctx, tx, id, false) })
	if err := r.do(dial); !errors.Is(err, ErrAudioMissing) {
		t.Errorf("without audio: %v", err)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Audio(ctx, tx, id, true) })
	r.must(dial)
	if s := r.wants(id, Dialing); *s.TaskID != task || *s.AttemptID != attempt {
		t.Errorf("in hand: %+v", s)
	}
	if err := r.do(dial); !errors.Is(err, ErrAgentState) {
		t.Errorf("a second call: %v", err)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Done(ctx, tx, id) })
	if s := r.wants(id, Paused); s.Reason != "training" || s.Wants != "" || s.TaskID != nil {
		t.Errorf("after the call: %+v", s)
	}
}

func TestTheLongestIdleAgentIsPickedAndNotWhoMayNot(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first, second, third := r.agent(), r.agent(), r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		got, err := r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), []uuid.UUID{first})
		if got != second {
			t.Errorf("picked %s, want the longest idle who may", got)
		}
		return err
	})
	if got, err := r.pick(); err != nil || got != first {
		t.Errorf("picked %s, %v", got, err)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.agents.Audio(ctx, tx, third, false) })
	if _, err := r.pick(); !errors.Is(err, ErrNobody) {
		t.Errorf("an agent without audio was picked: %v", err)
	}
}

func TestTwoPicksNeverGetOneAgent(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	const agents, picks = 4, 16
	for range agents {
		r.agent()
	}
	var mu sync.Mutex
	taken, nobody := map[uuid.UUID]int{}, 0
	var wg sync.WaitGroup
	for range picks {
		wg.Go(func() {
			user, err := r.pick()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				taken[user]++
			case errors.Is(err, ErrNobody):
				nobody++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(taken)+nobody == 0 || len(taken) > agents {
		t.Fatalf("taken %d, nobody %d", len(taken), nobody)
	}
	sum := 0
	for user, n := range taken {
		if sum += n; n != 1 {
			t.Errorf("agent %s was given to %d customers", user, n)
		}
	}
	if sum+nobody != picks {
		t.Errorf("%d picks and %d without anybody, want %d in all", sum, nobody, picks)
	}
}

func TestARaceBetweenPauseAndPickIsDecidedOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for range 8 {
		id := r.agent()
		var wg sync.WaitGroup
		var picked uuid.UUID
		var granted bool
		wg.Go(func() { picked, _ = r.pick() })
		wg.Go(func() {
			if err := r.do(func(ctx context.Context, tx pgx.Tx) (err error) {
				granted, err = r.agents.Pause(ctx, tx, id, "break")
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		s := r.session(id)
		switch {
		case granted && (picked == id || s.State != Paused):
			t.Fatalf("paused and picked (%v): %+v", picked == id, s)
		case !granted && (picked != id || s.State != Reserved || s.Wants != Paused):
			t.Fatalf("neither paused nor picked: %+v", s)
		}
	}
}

func stateIn(t *testing.T, e events.Event) State {
	t.Helper()
	var m moved
	decode(t, e.Data, &m)
	return m.State
}
