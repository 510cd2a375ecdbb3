package webrtc

import (
	"sync"

	"github.com/pion/webrtc/v4"
)

// State is a peer's state; the package comment draws them.
type State string

// The states of a peer.
const (
	StateConnecting   State = "connecting"
	StateConnected    State = "connected"
	StateDisconnected State = "disconnected"
	StateFailed       State = "failed"
	StateClosed       State = "closed"
)

func stateOf(c webrtc.PeerConnectionState) State {
	switch c {
	case webrtc.PeerConnectionStateConnected:
		return StateConnected
	case webrtc.PeerConnectionStateDisconnected:
		return StateDisconnected
	case webrtc.PeerConnectionStateFailed:
		return StateFailed
	case webrtc.PeerConnectionStateClosed:
		return StateClosed
	}
	return StateConnecting
}

// follows says whether to may come after from.
func follows(from, to State) bool {
	switch from {
	case to, StateClosed:
		return false
	case StateFailed:
		return to == StateClosed
	}
	return true
}

// states keeps a peer's state and tells of its changes: one call at a time, in
// order, with no lock held, whoever caused them.
type states struct {
	on func(State)

	mu      sync.Mutex
	state   State
	untold  []State
	telling bool
}

func (s *states) start(on func(State)) {
	s.on, s.state = on, StateConnecting
}

func (s *states) current() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// move goes to the state that look gives. look runs under the lock, so that
// callers who overtake each other cannot bring an old state back.
func (s *states) move(look func() State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := look()
	if !follows(s.state, to) {
		return
	}
	s.state = to
	s.untold = append(s.untold, to)
	if s.telling {
		return // whoever is telling goes on
	}
	s.telling = true
	s.tellAll()
	s.telling = false
}

// tellAll is called with the lock held and lets go of it for each call.
func (s *states) tellAll() {
	for len(s.untold) > 0 {
		next := s.untold[0]
		s.untold = s.untold[1:]
		if s.on == nil {
			continue
		}
		s.mu.Unlock()
		s.on(next)
		s.mu.Lock()
	}
}
