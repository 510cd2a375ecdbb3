package dialer

import (
	"testing"

	"pgregory.net/rapid"
)

func attemptEvents() []attemptEvent {
	return []attemptEvent{
		evClaim, evVoid, evRefuse, evRing, evDetect, evAnswer, evMachine, evBridge, evFail,
		evAbandon, evHangup, evClose, evOverdue, evNodeLost,
	}
}

// rank grows along a call; a move that lowered it would be a call running backwards.
func rank(s AttemptState) int {
	for i, known := range attemptStates() {
		if known == s {
			return i
		}
	}
	return -1
}

func TestAnAttemptOnlyMovesForwardAndEndsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, claimed, answered := Planned, false, false
		for _, e := range rapid.SliceOfN(rapid.SampledFrom(attemptEvents()), 1, 40).Draw(t, "events") {
			to, ok := s.next(e)
			if !ok {
				continue
			}
			if s.Final() {
				t.Fatalf("%s is final, yet %s leads to %s", s, e, to)
			}
			if rank(to) <= rank(s) {
				t.Fatalf("%s by %s goes back to %s", s, e, to)
			}
			if e == evClaim && claimed {
				t.Fatal("an attempt was claimed twice")
			}
			claimed = claimed || e == evClaim
			answered = answered || to == Answered
			if (to == Bridged || to == Abandoned || to == Wrap) && !answered {
				t.Fatalf("%s without an answer", to)
			}
			if to != Void && to != Refused && !claimed {
				t.Fatalf("%s without a claim", to)
			}
			if to == Void && claimed {
				t.Fatal("a dialed attempt became void: a claim is never taken back")
			}
			s = to
		}
	})
}

func TestEveryLiveStateEndsWhenItsNodeDies(t *testing.T) {
	want := map[AttemptState]AttemptState{
		Planned: Void, Dialing: Unknown, Ringing: Unknown, Checking: Unknown,
		Answered: Abandoned, Bridged: Wrap,
	}
	for _, s := range attemptStates() {
		to, ok := s.next(evNodeLost)
		if to != want[s] || ok != s.Live() {
			t.Errorf("%s: node death leads to %q, want %q", s, to, want[s])
		}
		if ok && to.Live() {
			t.Errorf("%s: node death leaves the number locked in %s", s, to)
		}
	}
}

func TestEveryStateIsReachedAndEveryEventLeadsSomewhere(t *testing.T) {
	reached := map[AttemptState]bool{Planned: true}
	for _, e := range attemptEvents() {
		from, to := e.sources()
		if len(from) == 0 {
			t.Errorf("%s leads nowhere", e)
		}
		for _, s := range to {
			reached[AttemptState(s)] = true
		}
	}
	for _, s := range attemptStates() {
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
	}
}
