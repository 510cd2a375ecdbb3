package telephony

import (
	"sync"

	"github.com/google/uuid"

	"ringback/telephony/media"
)

// leaseState is where a lease stands: an agent of this node lent to a call that
// another node has.
//
//	waiting ─audio─▶ answering ─200 sent─▶ joined
//	   │                 │                   │  audio lost, agent hangs up,
//	   └─────────────────┴───────────────────┴─ leg over, replaced, node stops ─▶ over
type leaseState string

const (
	leaseWaiting   leaseState = "waiting" // for the agent's audio; the guest rings
	leaseAnswering leaseState = "answering"
	leaseJoined    leaseState = "joined"
	leaseOver      leaseState = "over"
)

// leaseInput is what can happen to a lease.
type leaseInput string

const (
	audioCame   leaseInput = "audio_came" // or a newer one
	audioGone   leaseInput = "audio_gone"
	guestUp     leaseInput = "guest_up"
	guestGone   leaseInput = "guest_gone"
	agentLeaves leaseInput = "agent_leaves"
	replaced    leaseInput = "replaced"
	nodeStops   leaseInput = "node_stops"
)

// leaseAction is what a step of a lease does.
type leaseAction string

const (
	answerGuest leaseAction = "answer"
	join        leaseAction = "join"
	ringGuest   leaseAction = "ring"
	dismiss     leaseAction = "dismiss" // with the step's word
	letGo       leaseAction = "let_go"
)

// nextLease is the one table of a lease's steps. why is told to the other node.
func nextLease(s leaseState, in leaseInput) (to leaseState, do leaseAction, why string) {
	if s == leaseOver {
		return leaseOver, "", ""
	}
	switch in {
	case guestGone:
		return leaseOver, letGo, ""
	case agentLeaves:
		return leaseOver, dismiss, whyAgent
	case replaced:
		return leaseOver, dismiss, whyReplaced
	case nodeStops:
		return leaseOver, dismiss, whyNode
	case audioGone:
		if s == leaseWaiting {
			return leaseWaiting, ringGuest, ""
		}
		return leaseOver, dismiss, whyAudio
	case audioCame:
		switch s {
		case leaseWaiting:
			return leaseAnswering, answerGuest, ""
		case leaseJoined:
			return leaseJoined, join, ""
		}
	case guestUp:
		if s == leaseAnswering {
			return leaseJoined, join, ""
		}
	}
	return s, "", ""
}

// lease is an agent's audio given to another node's call. Its leg's goroutine,
// the agent's and the desk's come here; mu lets one at a time.
type lease struct {
	x           *Exchange
	call, agent uuid.UUID
	guest       Guest

	mu     sync.Mutex // guards the fields below
	state  leaseState
	agentS media.Stream
	guestS media.Stream
	bridge *media.Bridge
	ended  bool // the leg is over
}

// lend gives an agent to another node's call, or sends its leg away.
func (x *Exchange) lend(t Ticket, g Guest) func(LegEvent) {
	l := &lease{x: x, call: t.Call, agent: t.Agent, guest: g, state: leaseWaiting}
	if !x.enter() {
		g.HangupFor(whyNode)
		return func(LegEvent) {}
	}
	old, ok := x.seats.lend(l)
	if old != nil {
		old.step(replaced)
	}
	if !ok {
		l.state = leaseOver
		g.HangupFor(whyBusy)
	} else {
		l.audioMoved()
	}
	return l.on
}

// on is told of the leg's steps, on its goroutine.
func (l *lease) on(ev LegEvent) {
	switch ev.Kind {
	case LegAnswered:
		l.step(guestUp)
	case LegEnded:
		l.step(guestGone)
		l.finish()
	}
}

// finish lets the exchange go, once.
func (l *lease) finish() {
	l.mu.Lock()
	first := !l.ended
	l.ended = true
	l.mu.Unlock()
	if first {
		l.x.running.Done()
	}
}

// audioMoved is told when the agent's audio came or went: the seat knows how it
// stands now, whoever comes first.
func (l *lease) audioMoved() {
	l.take(func() leaseInput {
		if l.x.seats.stream(l.agent) != nil {
			return audioCame
		}
		return audioGone
	})
}

// step takes the lease through its table; it says whether anything was done.
func (l *lease) step(in leaseInput) bool { return l.take(func() leaseInput { return in }) }

func (l *lease) take(what func() leaseInput) bool {
	l.mu.Lock()
	to, do, why := nextLease(l.state, what())
	l.state = to
	l.perform(do, why)
	l.mu.Unlock()
	if to == leaseOver {
		l.x.seats.takeBack(l, why == whyAudio)
	}
	return do != ""
}

// perform does one action; the lock is held.
func (l *lease) perform(do leaseAction, why string) {
	switch do {
	case ringGuest:
		l.guest.Ring()
	case answerGuest:
		l.guest.Answer()
	case join:
		l.join()
	case dismiss:
		l.part()
		l.guest.HangupFor(why)
	case letGo:
		l.part()
	}
}

// join lets the agent and the other node's customer hear each other. The tone that
// announces the call comes from there.
func (l *lease) join() {
	agent, muted := l.x.seats.lent(l.agent)
	guest := l.guest.Media()
	if agent == nil || guest == nil || l.bridge != nil && agent == l.agentS {
		return // the audio's own news follow
	}
	l.part()
	l.agentS, l.guestS = agent, guest
	l.bridge = media.NewBridge(agent, guest)
	l.bridge.FromA().Mute(muted)
	joinDigits(agent, guest)
	joinDigits(guest, agent)
}

// part ends what is heard; both streams stay open.
func (l *lease) part() {
	if l.bridge == nil {
		return
	}
	l.bridge.Detach()
	l.agentS.OnDigit(nil)
	l.guestS.OnDigit(nil)
	l.bridge, l.agentS, l.guestS = nil, nil, nil
}

// mute silences the agent towards the customer.
func (l *lease) mute(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bridge != nil {
		l.bridge.FromA().Mute(on)
	}
}

// sendDigit sends one key press to the customer, through the call's node.
func (l *lease) sendDigit(key byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.guestS == nil {
		return ErrCallState
	}
	return l.guestS.SendDigit(key, 0)
}
