package acd

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"
)

func everyEvent() []Event {
	return []Event{SignedOn, BeReady, Pause, SignedOff, Reserve, Offer, Dial, Ring, Miss, Talk, Hold, Unhold, Advise, HangUp, Release, Lose, Return}
}

func everyState() []State {
	return []State{Offline, Ready, Reserved, Preview, Dialing, Ringing, Talking, Holding, Consult, WrapUp, Paused, Lost}
}

func TestTheTableIsSpec258(t *testing.T) {
	t.Parallel()
	want := map[State]map[Event]State{
		Offline:  {SignedOn: Paused},
		Ready:    {Pause: Paused, SignedOff: Offline, Reserve: Reserved, Offer: Preview, Dial: Dialing, Ring: Ringing, Talk: Talking, Lose: Lost},
		Reserved: {Talk: Talking, HangUp: WrapUp, Release: Ready, Lose: Lost},
		Preview:  {Dial: Dialing, Talk: Talking, Release: Ready, Lose: Lost},
		Dialing:  {Talk: Talking, HangUp: WrapUp, Release: Ready, Lose: Lost},
		Ringing:  {Talk: Talking, Miss: Paused, Lose: Lost},
		Talking:  {Hold: Holding, Advise: Consult, HangUp: WrapUp, Lose: Lost},
		Holding:  {Unhold: Talking, Advise: Consult, HangUp: WrapUp, Lose: Lost},
		Consult:  {Unhold: Talking, HangUp: WrapUp, Lose: Lost},
		WrapUp:   {Release: Ready, Lose: Lost},
		Paused:   {BeReady: Ready, Pause: Paused, SignedOff: Offline, Dial: Dialing, Lose: Lost},
		Lost:     {SignedOff: Offline, Return: Ready},
	}
	for _, from := range everyState() {
		for _, e := range everyEvent() {
			to, ok := next(from, e)
			if w, may := want[from][e]; ok != may || ok && to != w {
				t.Errorf("next(%s, %s) = %s, %v; want %s, %v", from, e, to, ok, w, may)
			}
		}
	}
}

// Whatever happens in whatever order: nobody is ready without audio, an agent with
// empty hands is idle, time does not run back, and a lost agent knows the way back.
func TestWhateverHappensASessionMakesSense(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
		s := Session{State: Paused, Reason: ReasonSigningOn, Since: now}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-1000, 5000).Draw(t, "ms")) * time.Millisecond)
			before := s
			id := uuid.New()
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				s.AudioUp = !s.AudioUp
				s = afterAudio(s, now)
			case 1:
				s.Wants, s.WantsReason = rapid.SampledFrom([]State{Paused, Offline}).Draw(t, "wants"), "meal"
			default:
				if to, ok := stepped(s, rapid.SampledFrom(everyEvent()).Draw(t, "event"), change{task: &id}, now); ok {
					s = to
				}
			}
			sensible(t, before, s)
			if s.State == Offline {
				return
			}
		}
	})
}

func sensible(t *rapid.T, before, s Session) {
	switch {
	case s.State == Ready && !s.AudioUp && before.State != Ready:
		t.Fatalf("ready without audio: %+v", s)
	case s.Since.Before(before.Since):
		t.Fatalf("time ran back from %v to %v", before.Since, s.Since)
	case (s.State == Ready || s.State == Paused) && (s.TaskID != nil || s.AttemptID != nil):
		t.Fatalf("idle with something in hand: %+v", s)
	case (s.State == Lost) != (s.BeforeLost != ""):
		t.Fatalf("lost and before do not agree: %+v", s)
	case s.BeforeLost == Lost || s.BeforeLost == Offline || s.BeforeLost == Reserved:
		t.Fatalf("comes back to %s", s.BeforeLost)
	case s.State != before.State && before.State == Lost && s.State != Offline && s.State != before.BeforeLost && s.State != Lost:
		t.Fatalf("came back to %s, was %s", s.State, before.BeforeLost)
	}
}

// interval is a row of the log.
type interval struct {
	State  State
	Reason string
	FromAt time.Time
	ToAt   *time.Time
}

func TestTheLogHasNeitherGapsNorOverlaps(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	rapid.Check(t, func(rt *rapid.T) {
		id := uuid.New()
		err := r.do(func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, $3, '座席', '', $4)`,
				id, r.group, id.String(), time.Now()); err != nil {
				return err
			}
			s, err := r.agents.SignOn(ctx, tx, SignOnInput{User: id, Group: r.group, Store: r.store, Device: "browser"})
			if err != nil {
				return err
			}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				r.anything(ctx, rt, tx, id)
			}
			return whole(ctx, rt, tx, s)
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// anything does one thing to an agent; most are refused in most states.
func (r *room) anything(ctx context.Context, rt *rapid.T, tx pgx.Tx, id uuid.UUID) {
	switch rapid.IntRange(0, 8).Draw(rt, "what") {
	case 0:
		_ = r.agents.Audio(ctx, tx, id, rapid.Bool().Draw(rt, "up"))
	case 1:
		_, _ = r.agents.Pause(ctx, tx, id, rapid.SampledFrom([]string{"break", "meal"}).Draw(rt, "reason"))
	case 2:
		_, _ = r.agents.Ready(ctx, tx, id)
	case 3:
		_ = r.agents.Pledge(ctx, tx, id, &r.campaign)
		_, _ = r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), nil)
	case 4:
		_ = r.agents.Talking(ctx, tx, id, uuid.New())
	case 5:
		_ = r.hangUp(ctx, tx, id)
	case 6:
		_ = r.agents.Done(ctx, tx, id)
	case 7:
		_ = r.agents.Left(ctx, tx, id)
	case 8:
		_ = r.agents.Back(ctx, tx, id)
	}
}

func whole(ctx context.Context, rt *rapid.T, tx pgx.Tx, begun Session) error {
	rows, err := tx.Query(ctx, `SELECT state, reason, from_at, to_at FROM agent_state_log WHERE session_id = $1 ORDER BY id`, begun.ID)
	if err != nil {
		return err
	}
	log, err := pgx.CollectRows(rows, pgx.RowToStructByName[interval])
	if err != nil {
		return err
	}
	if len(log) == 0 || !log[0].FromAt.Equal(begun.SignedOnAt) {
		rt.Fatalf("the log begins with %+v, the shift at %v", log, begun.SignedOnAt)
	}
	for i, at := range log[:len(log)-1] {
		if at.ToAt == nil || !at.ToAt.Equal(log[i+1].FromAt) {
			rt.Fatalf("row %d ends %v, the next begins %v", i, at.ToAt, log[i+1].FromAt)
		}
	}
	last := log[len(log)-1]
	var state State
	var since time.Time
	var off *time.Time
	if err := tx.QueryRow(ctx, `SELECT state, since, signed_off_at FROM agent_session WHERE id = $1`, begun.ID).Scan(&state, &since, &off); err != nil {
		return err
	}
	if off == nil && (last.ToAt != nil || last.State != state || !last.FromAt.Equal(since)) || off != nil && (last.ToAt == nil || !last.ToAt.Equal(*off)) {
		rt.Fatalf("the log ends with %+v, the session is %s since %v, off %v", last, state, since, off)
	}
	return nil
}
