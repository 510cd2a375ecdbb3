package acd

// State is where an agent stands (spec 2.4.6). Offline has no session row.
type State string

// The states of spec 2.4.6.
const (
	Offline  State = "offline"
	Ready    State = "ready"
	Reserved State = "reserved"
	Preview  State = "preview"
	Dialing  State = "dialing"
	Ringing  State = "ringing"
	Talking  State = "talking"
	Holding  State = "holding"
	Consult  State = "consult"
	WrapUp   State = "wrapup"
	Paused   State = "paused"
	Lost     State = "lost"
)

// Event is what moves an agent.
type Event string

// What can happen to an agent.
const (
	SignedOn  Event = "signed_on"  // begins paused, until the audio is up
	BeReady   Event = "be_ready"   // asked by the agent, or the first audio
	Pause     Event = "pause"      // granted
	SignedOff Event = "signed_off" // granted
	Reserve   Event = "reserve"    // picked for a customer who has answered
	Offer     Event = "offer"      // a task to read
	Dial      Event = "dial"       // the agent's own call
	Ring      Event = "ring"       // inbound
	Miss      Event = "miss"       // inbound, not taken
	Talk      Event = "talk"       // bridged
	Hold      Event = "hold"
	Unhold    Event = "unhold"
	Advise    Event = "advise" // consultation or conference
	HangUp    Event = "hang_up"
	Release   Event = "release" // wrap-up done, task skipped, or the call died before the bridge
	Lose      Event = "lose"    // console or audio gone
	Return    Event = "return"
)

// next is the one table of an agent's moves (spec 2.5.8). The caller resolves two
// targets further: Release goes where the agent wants to go, and Return to the
// state before the loss.
func next(from State, e Event) (to State, ok bool) {
	switch e {
	case SignedOn:
		return Paused, from == Offline
	case BeReady:
		return Ready, from == Paused
	case Pause:
		return Paused, from == Ready || from == Paused
	case SignedOff:
		return Offline, from == Ready || from == Paused || from == Lost
	case Reserve:
		return Reserved, from == Ready
	case Offer:
		return Preview, from == Ready
	case Dial:
		return Dialing, from == Preview || from == Ready || from == Paused
	case Ring:
		return Ringing, from == Ready
	case Miss:
		return Paused, from == Ringing
	case Talk: // also who was lost after the pick, and perhaps came back: the customer is in their ears
		return Talking, from == Ready || from == Reserved || from == Preview || from == Dialing || from == Ringing
	case Lose:
		return Lost, from != Offline && from != Lost
	case Return:
		return Ready, from == Lost
	}
	return nextInCall(from, e)
}

func nextInCall(from State, e Event) (to State, ok bool) {
	talking := from == Talking || from == Holding || from == Consult
	switch e {
	case Hold:
		return Holding, from == Talking
	case Unhold:
		return Talking, from == Holding || from == Consult
	case Advise:
		return Consult, from == Talking || from == Holding
	case HangUp:
		return WrapUp, talking || from == Reserved || from == Dialing
	case Release:
		return Ready, from == WrapUp || from == Reserved || from == Preview || from == Dialing
	}
	return from, false
}

// afterLoss is the state an agent comes back to who is lost in from: a pick that
// was not connected goes to somebody else.
func afterLoss(from State) State {
	if from == Reserved || from == Ringing {
		return Ready
	}
	return from
}

// busy states hold a customer's task or call: leaving has to wait.
func busy(s State) bool {
	switch s {
	case Ready, Paused, Lost, Offline:
		return false
	}
	return true
}
