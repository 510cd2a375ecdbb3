package siptest

import (
	"strconv"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// count waits for the end of a call and counts it.
func (c *Carrier) count(call *Call) {
	c.st.spawn(func() {
		select {
		case <-call.ended:
		case <-c.st.dead:
		}
		c.n.live.Add(-1)
	})
	switch call.State() {
	case Answered, HungUp:
		c.n.answered.Add(1)
	case Refused:
		c.n.refused.Add(1)
	case Cancelled:
		c.n.cancelled.Add(1)
	}
}

// play is one call from INVITE to answer or refusal.
func (c *Carrier) play(call *Call, b Behaviour) {
	if b.Nothing {
		c.st.pause(giveUp, call.ended)
		return
	}
	call.respond(100, "Trying", nil)
	if err := call.open(c.open); err != nil {
		call.refuse(488, "Not Acceptable Here")
		return
	}
	if b.Forwarded {
		call.respond(181, "Call Is Being Forwarded", nil)
	}
	switch {
	case b.Announce != "":
		c.announce(call, b)
	case b.Status != 0 && b.Ring == 0:
	default:
		call.respond(180, "Ringing", nil)
		if b.Forever {
			b.Ring = 5 * time.Minute
		}
		if !c.st.pause(b.Ring, call.ended) {
			return
		}
	}
	c.finish(call, b)
}

// announce rings, then lets the network's announcement be heard as early media.
func (c *Carrier) announce(call *Call, b Behaviour) {
	if b.Ring > 0 {
		call.respond(180, "Ringing", nil)
		if !c.st.pause(b.Ring, call.ended) {
			return
		}
	}
	call.respond(183, "Session Progress", call.sdp())
	call.announce(Voice(b.Announce), call.ended)
}

func (c *Carrier) finish(call *Call, b Behaviour) {
	switch {
	case b.Forever:
		call.refuse(480, "Temporarily Unavailable", reason(19))
	case b.Status != 0:
		call.refuse(b.Status, b.Reason, reason(b.Q850))
	case call.answer():
		c.st.spawn(func() { c.converse(call, b) })
	}
}

// converse speaks until the talk is over.
func (c *Carrier) converse(call *Call, b Behaviour) {
	if call.rtp != nil {
		voice := persons()[len(call.Number)%len(persons())]
		if n, err := strconv.Atoi(call.Number[max(0, len(call.Number)-1):]); err == nil {
			voice = persons()[n%len(persons())]
		}
		c.st.spawn(func() { call.speak(newTalker(b, voice, call.ear, time.Now())) })
	}
	if b.Talk > 0 && c.st.pause(b.Talk, call.ended) {
		call.HangUp()
	}
}

// reason is a Reason header (RFC 3326); for cause 0 a harmless one.
func reason(cause int) sipgo.Header {
	if cause == 0 {
		return sipgo.NewHeader("Reason", "SIP;cause=0")
	}
	return sipgo.NewHeader("Reason", "Q.850;cause="+strconv.Itoa(cause))
}
