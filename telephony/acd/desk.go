package acd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/telephony"
)

// SignOnInput is who begins a shift, where, and on what.
type SignOnInput struct {
	User, Group, Store uuid.UUID
	Device             string // browser or phone
	TakeOver           bool
}

// SignOn begins a shift: paused until the audio is up. A shift that is already
// there goes on when it is lost or TakeOver is given, on the device asked for;
// else it is ErrElsewhere.
func (a *Agents) SignOn(ctx context.Context, tx postgres.DB, in SignOnInput) (Session, error) {
	s, err := a.ByUser(ctx, tx, in.User)
	if errors.Is(err, ErrNotSignedOn) {
		return a.begin(ctx, tx, in)
	}
	if err != nil {
		return Session{}, err
	}
	if !in.TakeOver && s.State != Lost || s.StoreID != in.Store {
		return Session{}, ErrElsewhere
	}
	to := s
	to.Device = in.Device
	if !s.AudioUp {
		to.NodeID = a.o.Node
	}
	return to, a.save(ctx, tx, s, to)
}

func (a *Agents) begin(ctx context.Context, tx postgres.DB, in SignOnInput) (Session, error) {
	if in.Device != "browser" && in.Device != "phone" {
		return Session{}, errs.New(errs.Invalid, "device", "请选择浏览器或话机。", "Choose the browser or a desk phone.").At("device")
	}
	s := Session{ID: uuid.Must(uuid.NewV7()), GroupID: in.Group, StoreID: in.Store, UserID: in.User, NodeID: a.o.Node, Device: in.Device, State: Offline}
	state, _ := next(Offline, SignedOn)
	s.enter(state, change{reason: ReasonSigningOn}, time.Now())
	s.SignedOnAt = s.Since
	if err := insertSession(ctx, tx, s); err != nil {
		return Session{}, err
	}
	if err := beginLog(ctx, tx, s); err != nil {
		return Session{}, err
	}
	return s, a.publish(ctx, tx, Offline, s)
}

// Audio tells that the agent's audio came up or went down. The first audio makes
// a new shift ready. A ready agent without audio is lost, because a customer
// could be given to them; an agent in a call keeps it (the call waits for the
// audio by itself), and comes back when it was the audio that was missing. When it has
// come up at another node meanwhile, that it went down here means nothing.
func (a *Agents) Audio(ctx context.Context, tx postgres.DB, user uuid.UUID, up bool) error {
	return again(func() error {
		s, err := a.ByUser(ctx, tx, user)
		if errors.Is(err, ErrNotSignedOn) {
			return nil
		}
		if err != nil {
			return err
		}
		if !up && s.NodeID != a.o.Node {
			return nil
		}
		heard := s
		heard.AudioUp = up
		if up {
			heard.NodeID = a.o.Node
		}
		return a.save(ctx, tx, s, afterAudio(heard, time.Now()))
	})
}

// afterAudio is the session once its audio has changed.
func afterAudio(s Session, now time.Time) Session {
	e, c := Event(""), change{}
	switch {
	case s.AudioUp && s.State == Paused && s.Reason == ReasonSigningOn:
		e = BeReady
	case s.AudioUp && s.State == Lost && (s.Reason == ReasonAudio || s.Reason == ReasonServer): // only a page opens audio
		e = Return
	case !s.AudioUp && s.State == Ready:
		e, c.reason = Lose, ReasonAudio
	default:
		return s
	}
	to, ok := stepped(s, e, c, now)
	if !ok {
		return s
	}
	return to
}

// Ready makes a paused agent ready, and takes back a wish to leave. In the middle
// of a call it only does the latter.
func (a *Agents) Ready(ctx context.Context, tx postgres.DB, user uuid.UUID) (granted bool, err error) {
	err = a.of(ctx, tx, user, func(s Session) error {
		if s.State == Paused || s.State == Lost && s.BeforeLost == Paused {
			if !s.AudioUp {
				return ErrAudioMissing
			}
			return a.step(ctx, tx, s, BeReady, change{})
		}
		to := s
		to.Wants, to.WantsReason = "", ""
		return a.save(ctx, tx, s, to)
	})
	return err == nil, err
}

// Pause asks for a break. granted is false when it has to wait: for the call or
// wrap-up in hand, or for lines that count on the agent (PACING.md §2.1).
func (a *Agents) Pause(ctx context.Context, tx postgres.DB, user uuid.UUID, reason string) (granted bool, err error) {
	return a.leave(ctx, tx, user, Pause, reason)
}

// SignOff ends the shift, at once or as Pause says.
func (a *Agents) SignOff(ctx context.Context, tx postgres.DB, user uuid.UUID) (granted bool, err error) {
	return a.leave(ctx, tx, user, SignedOff, "")
}

func (a *Agents) leave(ctx context.Context, tx postgres.DB, user uuid.UUID, e Event, reason string) (granted bool, err error) {
	err = a.of(ctx, tx, user, func(s Session) error {
		if granted, err = a.mayGo(ctx, tx, s); err != nil {
			return err
		}
		if granted {
			return a.step(ctx, tx, s, e, change{reason: reason})
		}
		to := s
		to.Wants, to.WantsReason = wanted(e), reason
		return a.save(ctx, tx, s, to)
	})
	return granted && err == nil, err
}

func wanted(e Event) State {
	if e == SignedOff {
		return Offline
	}
	return Paused
}

// mayGo: nobody leaves a customer, and a ready agent only leaves a campaign that
// can spare them.
func (a *Agents) mayGo(ctx context.Context, tx postgres.DB, s Session) (bool, error) {
	if busy(s.State) || s.State == Lost && busy(s.BeforeLost) {
		return false, nil
	}
	if s.State != Ready || s.CampaignID == nil {
		return true, nil
	}
	ok, err := a.o.MayLeave(ctx, tx, s.UserID)
	if err != nil {
		return false, fmt.Errorf("asking whether an agent may leave: %w", err)
	}
	return ok, nil
}

// GrantWaiting lets those ready agents of a campaign leave who asked for it, the
// longest-waiting first, as long as it can spare them. The dialer calls it when
// lines have ended.
func (a *Agents) GrantWaiting(ctx context.Context, tx postgres.DB, campaign uuid.UUID) error {
	waiting, err := sessions(ctx, tx, `campaign_id = $1 AND state = 'ready' AND wants <> '' ORDER BY since`, campaign)
	if err != nil {
		return err
	}
	for _, s := range waiting {
		if granted, err := a.grant(ctx, tx, s); err != nil || !granted {
			return err
		}
	}
	return nil
}

func (a *Agents) grant(ctx context.Context, tx postgres.DB, s Session) (bool, error) {
	if ok, err := a.mayGo(ctx, tx, s); err != nil || !ok {
		return false, err
	}
	e := Pause
	if s.Wants == Offline {
		e = SignedOff
	}
	err := a.step(ctx, tx, s, e, change{reason: s.WantsReason})
	if errors.Is(err, errRaced) { // a call came first
		return true, nil
	}
	return err == nil, err
}

// Mute keeps whether the agent is muted in the call in hand; the audio itself is
// telephony's.
func (a *Agents) Mute(ctx context.Context, tx postgres.DB, user uuid.UUID, on bool) error {
	return a.of(ctx, tx, user, func(s Session) error {
		to := s
		to.Muted = on
		return a.save(ctx, tx, s, to)
	})
}

// Arrived makes a page at this node the one that holds the user's desk, and tells
// whether it does: among the pages of this node the caller decides. Unless take is
// set, another page at another node that lives keeps it. Without a shift there is
// nothing to hold.
func (a *Agents) Arrived(ctx context.Context, tx postgres.DB, user uuid.UUID, client string, take bool) (holds bool, err error) {
	holds = true
	err = a.ofAny(ctx, tx, user, func(s Session) error {
		if !take && a.isElsewhere(s) && s.PageClient != client {
			if holds, err = a.isGone(ctx, tx, *s.PageNodeID); err != nil || !holds {
				return err
			}
		}
		to := s
		to.PageNodeID, to.PageClient = &a.o.Node, client
		return a.save(ctx, tx, s, to)
	})
	return holds, err
}

func (a *Agents) isGone(ctx context.Context, tx postgres.DB, node uuid.UUID) (gone bool, err error) {
	now := time.Now()
	err = tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM node WHERE id = $1 AND heartbeat_at BETWEEN $2 AND $3)`,
		node, now.Add(-pageComes), now.Add(telephony.ClockAhead)).Scan(&gone)
	if err != nil {
		return false, fmt.Errorf("looking whether a page's node is gone: %w", err)
	}
	return gone, nil
}

// PageLeft tells that the page at this node is gone. It is false when another node
// has the page now.
func (a *Agents) PageLeft(ctx context.Context, tx postgres.DB, user uuid.UUID) (was bool, err error) {
	was = true
	err = a.ofAny(ctx, tx, user, func(s Session) error {
		if was = !a.isElsewhere(s); !was {
			return nil
		}
		to := s
		to.PageNodeID, to.PageClient = nil, ""
		return a.save(ctx, tx, s, to)
	})
	return was, err
}

func (a *Agents) isElsewhere(s Session) bool { return s.PageNodeID != nil && *s.PageNodeID != a.o.Node }

// Left marks an agent lost whose page or audio has left this node. A second time,
// without a shift, and when their page has come to another node meanwhile, it changes
// nothing.
func (a *Agents) Left(ctx context.Context, tx postgres.DB, user uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		if a.isElsewhere(s) {
			return nil
		}
		return a.lose(ctx, tx, s)
	})
}

func (a *Agents) lose(ctx context.Context, tx postgres.DB, s Session) error {
	if s.State == Lost {
		return nil
	}
	return a.step(ctx, tx, s, Lose, change{reason: lossReason(s)})
}

func lossReason(s Session) string {
	if s.AudioUp {
		return ReasonConsole
	}
	return ReasonAudio
}

// Back returns a lost agent to the state before, or to where the call has led
// meanwhile. Whoever would be ready waits for their audio.
func (a *Agents) Back(ctx context.Context, tx postgres.DB, user uuid.UUID) error {
	return a.ofAny(ctx, tx, user, func(s Session) error {
		if s.State != Lost || s.BeforeLost == Ready && !s.AudioUp && s.Reason == ReasonAudio {
			return nil
		}
		return a.step(ctx, tx, s, Return, change{})
	})
}

// of does fn with the user's session, again when it moved meanwhile.
func (a *Agents) of(ctx context.Context, tx postgres.DB, user uuid.UUID, fn func(Session) error) error {
	return again(func() error {
		s, err := a.ByUser(ctx, tx, user)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// ofAny is of, and nothing when the user is not signed on.
func (a *Agents) ofAny(ctx context.Context, tx postgres.DB, user uuid.UUID, fn func(Session) error) error {
	err := a.of(ctx, tx, user, fn)
	if errors.Is(err, ErrNotSignedOn) {
		return nil
	}
	return err
}
