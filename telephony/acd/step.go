package acd

import (
	"time"

	"github.com/google/uuid"
)

// stepped is a session after e: next, and what goes with it. It is pure; ok is
// false when e is not possible.
func stepped(s Session, e Event, c change, now time.Time) (to Session, ok bool) {
	if s.State == Lost && e != Return && e != SignedOff {
		return behindLoss(s, e, c)
	}
	state, ok := next(s.State, e)
	if !ok || e == BeReady && !s.AudioUp {
		return s, false
	}
	from := s
	switch e {
	case Return:
		state, c.reason = s.BeforeLost, s.pauseBehind()
		if state == Paused {
			s.WantsReason = ""
		}
	case Release:
		state, c.reason = s.wish()
		s.Wants, s.WantsReason = "", ""
	case BeReady, Pause, SignedOff:
		s.Wants, s.WantsReason = "", ""
	case Dial:
		if from.State == Paused { // a call of their own in a pause does not end it
			s.Wants, s.WantsReason = Paused, from.Reason
		}
	}
	if state == Ready && !s.AudioUp { // nobody is ready without a voice
		from.State, state, c.reason = Ready, Lost, ReasonAudio
	}
	if state == from.State && c.reason == from.Reason { // the same break asked for twice
		return s, true
	}
	s.enter(state, c, now)
	if state == Lost {
		s.remember(from)
	}
	return s, true
}

// wish is where an agent goes when the call is done.
func (s Session) wish() (to State, reason string) {
	if s.Wants == "" {
		return Ready, ""
	}
	return s.Wants, s.WantsReason
}

// enter begins a state. Time never runs back within a session.
func (s *Session) enter(to State, c change, now time.Time) {
	s.State, s.Reason, s.BeforeLost = to, c.reason, ""
	if at := now.UTC().Truncate(time.Microsecond); at.After(s.Since) {
		s.Since = at
	}
	s.TaskID, s.AttemptID = or(c.task, s.TaskID), or(c.attempt, s.AttemptID)
	switch to {
	case Ready, Paused:
		s.drop()
	case WrapUp:
		s.Muted = false
	case Offline:
		s.drop()
		at := s.Since
		s.CampaignID, s.AudioUp, s.SignedOffAt = nil, false, &at
	}
}

func or(a, b *uuid.UUID) *uuid.UUID {
	if a != nil {
		return a
	}
	return b
}

// drop empties the agent's hands.
func (s *Session) drop() { s.TaskID, s.AttemptID, s.Muted = nil, nil, false }

// remember keeps what a lost agent comes back to. The reason of a pause waits in
// WantsReason, which a paused agent does not need.
func (s *Session) remember(from Session) {
	s.BeforeLost = afterLoss(from.State)
	if s.BeforeLost == Ready {
		s.drop()
	}
	if from.State == Paused {
		s.WantsReason = from.Reason
	}
}

func (s Session) pauseBehind() string {
	if s.BeforeLost == Paused {
		return s.WantsReason
	}
	return ""
}

// behindLoss moves the state that a lost agent will come back to; they stay lost.
func behindLoss(s Session, e Event, c change) (Session, bool) {
	behind := s
	behind.State, behind.Reason = s.BeforeLost, s.pauseBehind()
	behind, ok := stepped(behind, e, c, s.Since)
	if !ok || e == Lose {
		return s, false
	}
	if behind.State == Offline { // what they wanted; nobody is waited for
		return behind, true
	}
	if behind.State != Lost {
		lost := behind
		lost.State = Lost
		lost.remember(behind)
		behind = lost
	}
	behind.Reason, behind.Since = s.Reason, s.Since
	return behind, true
}
