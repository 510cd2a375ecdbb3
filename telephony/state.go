package telephony

// callState is where a call stands; see the drawing in the package comment.
type callState string

const (
	dialing    callState = "dialing"
	ringing    callState = "ringing"
	answered   callState = "answered"
	bridged    callState = "bridged"
	held       callState = "held"
	announcing callState = "announcing"
	closing    callState = "closing"
	ended      callState = "ended"
)

// input is what can happen to a call.
type input string

const (
	// From the leg.
	trying      input = "trying"
	legRang     input = "rang"
	legEarly    input = "early"
	legAnswered input = "answered"
	legFailed   input = "failed" // a final failure that lets the next trunk try
	legOver     input = "over"
	// From people and rooms.
	doBridge   input = "bridge"
	doAnnounce input = "announce"
	doHangup   input = "hangup"
	doDigit    input = "digit"
	doMute     input = "mute"
	// From audio.
	agentLost  input = "agent_lost"
	agentBack  input = "agent_back"
	promptOver input = "prompt_over"
	pressed    input = "pressed" // by the customer
	// From timers.
	silent      input = "silent"       // nothing at all from the trunk
	nobodyCame  input = "nobody_came"  // no agent in Limits.Patience
	lostTooLong input = "lost_long"    // Limits.AgentLost
	tooLong     input = "too_long"     // Limits.Longest
	unconfirmed input = "unconfirmed"  // Limits.Closing
	abandonNow  input = "shutdown_now" // the node stops without waiting for the far end
)

// action is what a step does besides moving the state.
type action string

const (
	nothing      action = "nothing"
	tellRinging  action = "tell_ringing"
	tellEarly    action = "tell_early"
	tellAnswered action = "tell_answered"
	tryNext      action = "try_next"
	connect      action = "connect"
	sameAgent    action = "same_agent"
	reconnect    action = "reconnect"
	hold         action = "hold"
	announce     action = "announce"
	apologise    action = "apologise" // abandon_message
	sayLost      action = "say_lost"  // sorry_lost
	sayGoodbye   action = "say_goodbye"
	hangUp       action = "hang_up"
	sendDigit    action = "send_digit"
	setMute      action = "set_mute"
	tellDigit    action = "tell_digit"
	finish       action = "finish"
)

// next is the one table of a call's steps: ok is false when in does nothing to a
// call in state s. An action that fails leaves the state as it was.
func next(s callState, in input) (to callState, do action, ok bool) {
	switch {
	case s == ended:
		return ended, nothing, false
	case in == legOver, in == unconfirmed, in == abandonNow:
		return ended, finish, true
	case in == doHangup:
		return nextHangup(s)
	}
	switch s {
	case dialing, ringing:
		return nextDialing(s, in)
	case answered:
		return nextAnswered(in)
	case bridged, held:
		return nextTalking(s, in)
	case announcing:
		return nextAnnouncing(in)
	case closing:
		if in == legAnswered { // it crossed our CANCEL (O-04)
			return answered, tellAnswered, true
		}
	}
	return s, nothing, false
}

func nextHangup(s callState) (callState, action, bool) {
	if s == closing {
		return closing, nothing, true
	}
	return closing, hangUp, true
}

func nextDialing(s callState, in input) (callState, action, bool) {
	switch {
	case in == legRang:
		return ringing, tellRinging, true
	case in == legEarly:
		return ringing, tellEarly, true
	case in == legAnswered:
		return answered, tellAnswered, true
	case s == dialing && (in == legFailed || in == silent):
		return dialing, tryNext, true
	}
	return s, nothing, false
}

func nextAnswered(in input) (callState, action, bool) {
	switch in {
	case doBridge:
		return bridged, connect, true
	case agentLost: // the agent was fixed before the dial and has no audio now
		return held, hold, true
	case doAnnounce:
		return announcing, announce, true
	case nobodyCame:
		return announcing, apologise, true
	case doDigit:
		return answered, sendDigit, true
	}
	return answered, nothing, false
}

func nextTalking(s callState, in input) (callState, action, bool) {
	switch in {
	case doBridge:
		return s, sameAgent, true
	case agentLost:
		if s == bridged {
			return held, hold, true
		}
	case agentBack:
		return bridged, reconnect, true
	case lostTooLong:
		if s == held {
			return announcing, sayLost, true
		}
	case tooLong:
		return announcing, sayGoodbye, true
	case doAnnounce:
		return announcing, announce, true
	case doDigit:
		return s, sendDigit, true
	case doMute:
		return s, setMute, true
	}
	return s, nothing, false
}

func nextAnnouncing(in input) (callState, action, bool) {
	switch in {
	case promptOver:
		return closing, hangUp, true
	case pressed:
		return announcing, tellDigit, true
	case doAnnounce: // one apology is enough
		return announcing, nothing, true
	case doDigit:
		return announcing, sendDigit, true
	}
	return announcing, nothing, false
}
