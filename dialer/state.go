package dialer

import "slices"

// AttemptState is where an outbound call stands; the package comment draws it.
type AttemptState string

// States of an attempt (DESIGN.md §2).
const (
	Planned     AttemptState = "planned"
	Dialing     AttemptState = "dialing"
	Ringing     AttemptState = "ringing"
	Checking    AttemptState = "checking" // machine detection runs
	Answered    AttemptState = "answered" // a person, live
	Bridged     AttemptState = "bridged"
	Wrap        AttemptState = "wrap"
	WrapOverdue AttemptState = "wrap_overdue"
	Done        AttemptState = "done"
	Void        AttemptState = "void" // never dialed
	Refused     AttemptState = "refused"
	Failed      AttemptState = "failed"
	Abandoned   AttemptState = "abandoned"
	Machine     AttemptState = "machine"
	Unknown     AttemptState = "unknown" // its node died before the answer
)

// attemptEvent is what happens to an attempt.
type attemptEvent string

const (
	evClaim    attemptEvent = "claim"     // a node sends the INVITE
	evVoid     attemptEvent = "void"      // not dialed in time, or its campaign stopped
	evRefuse   attemptEvent = "refuse"    // the gate said no at the claim
	evRing     attemptEvent = "ring"      // first 18x
	evDetect   attemptEvent = "detect"    // answered, detection begins
	evAnswer   attemptEvent = "answer"    // a person is certain
	evMachine  attemptEvent = "machine"   // detection says machine
	evBridge   attemptEvent = "bridge"    // customer and agent hear each other
	evFail     attemptEvent = "fail"      // ended before the answer
	evAbandon  attemptEvent = "abandon"   // live, and nobody assigned in time
	evHangup   attemptEvent = "hangup"    // ended with an agent assigned
	evClose    attemptEvent = "close"     // the agent's disposition
	evOverdue  attemptEvent = "overdue"   // wrap-up time is over
	evNodeLost attemptEvent = "node_lost" // the node with the call is gone
)

// attemptStates lists every state, in the order of a call.
func attemptStates() []AttemptState {
	return []AttemptState{
		Planned, Dialing, Ringing, Checking, Answered, Bridged, Wrap, WrapOverdue, Done,
		Void, Refused, Failed, Abandoned, Machine, Unknown,
	}
}

// next is the one table of moves; it is not ok for a move that must not be.
func (s AttemptState) next(e attemptEvent) (AttemptState, bool) {
	switch s {
	case Planned:
		return pick(e, moves{evClaim: Dialing, evVoid: Void, evRefuse: Refused, evNodeLost: Void})
	case Dialing:
		return pick(e, moves{evRing: Ringing, evDetect: Checking, evAnswer: Answered, evFail: Failed, evNodeLost: Unknown})
	case Ringing:
		return pick(e, moves{evDetect: Checking, evAnswer: Answered, evFail: Failed, evNodeLost: Unknown})
	case Checking:
		return pick(e, moves{evAnswer: Answered, evMachine: Machine, evFail: Failed, evNodeLost: Unknown})
	case Answered:
		return pick(e, moves{evBridge: Bridged, evAbandon: Abandoned, evHangup: Wrap, evNodeLost: Abandoned})
	case Bridged:
		return pick(e, moves{evHangup: Wrap, evNodeLost: Wrap})
	case Wrap:
		return pick(e, moves{evClose: Done, evOverdue: WrapOverdue})
	case WrapOverdue:
		return pick(e, moves{evClose: Done})
	case Done, Void, Refused, Failed, Abandoned, Machine, Unknown:
	}
	return "", false
}

type moves map[attemptEvent]AttemptState

func pick(e attemptEvent, m moves) (AttemptState, bool) {
	to, ok := m[e]
	return to, ok
}

// sources are the states from which e leads somewhere, and where to: the shape
// in which the table reaches the conditional UPDATE.
func (e attemptEvent) sources() (from, to []string) {
	for _, s := range attemptStates() {
		if next, ok := s.next(e); ok {
			from, to = append(from, string(s)), append(to, string(next))
		}
	}
	return from, to
}

// Final tells that nothing follows any more.
func (s AttemptState) Final() bool {
	return slices.Contains([]AttemptState{Done, Void, Refused, Failed, Abandoned, Machine, Unknown}, s)
}

// Live tells that the state holds its task and its number against a second
// call: the states of the partial unique indexes.
func (s AttemptState) Live() bool {
	return slices.Contains([]AttemptState{Planned, Dialing, Ringing, Checking, Answered, Bridged}, s)
}
