package telephony

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Prompts the exchange plays of its own accord.
const (
	PromptAbandon = "abandon_message" // answered, nobody free
	PromptLost    = "sorry_lost"      // the agent's audio did not come back
	PromptGoodbye = "goodbye"         // shutdown, or the longest call
	PromptHold    = "hold_music"
)

// perform does one action of the table.
func (c *call) perform(do action, m message) error {
	switch do {
	case tellRinging:
		c.tell(CallEvent{Kind: CallRinging, At: m.leg.At, SIPCode: m.leg.Code, SIPReason: m.leg.Reason})
	case tellEarly:
		c.listen()
		c.tell(CallEvent{Kind: CallEarly, At: m.leg.At, SIPCode: m.leg.Code, SIPReason: m.leg.Reason})
	case tellAnswered:
		c.answer(m)
	case tryNext:
		return c.tryNext(m)
	case connect:
		return c.connectAgent(m.agent)
	case sameAgent:
		return c.refuseOther(m.agent)
	case reconnect:
		c.reconnect(m)
	case hold:
		c.hold()
	case announce:
		return c.announce(m.text)
	case apologise:
		return c.announce(PromptAbandon)
	case sayLost:
		return c.announce(PromptLost)
	case sayGoodbye:
		return c.announce(PromptGoodbye)
	case sendDigit:
		return c.sendDigit(m.key)
	case tellDigit:
		c.tell(CallEvent{Kind: CallDigit, Detail: string(m.key)})
	case setMute:
		c.patch.mute(m.on)
	case hangUp:
		c.hangUp(m.text)
	case finish:
		c.finish(m)
	}
	return nil
}

// listen lets the recogniser hear early media. The agent does not.
func (c *call) listen() {
	if s := c.leg.Media(); s != nil {
		s.SetSink(c.heard)
	}
}

// answer begins the conversation. Until it is bridged the customer's audio is
// dropped.
func (c *call) answer(m message) {
	c.hungBy = "" // our CANCEL lost the race
	c.answered, c.end.Answered = m.leg.At, true
	if s := c.leg.Media(); s != nil {
		s.SetSink(nil)
	}
	long := message{event: tooLong}
	c.longest = time.AfterFunc(c.x.o.Limits.Longest, func() { c.post(long) })
	c.told.answered(m.leg.At)
	c.tell(CallEvent{Kind: CallAnswered, At: m.leg.At, SIPCode: m.leg.Code, SIPReason: m.leg.Reason})
}

// tryNext gives the present trunk up and places the call through the next one.
// A leg that has said nothing is cancelled as soon as it does.
func (c *call) tryNext(m message) error {
	why := LegEvent{Cause: EndNoResponse}
	if m.event == legFailed {
		why = m.leg
	} else {
		if len(c.routes) > 0 { // else the end of the call reports it
			c.x.trunks.report(c.route.TrunkID, false, time.Now())
		}
		c.leg.Hangup()
	}
	c.note("trunk_failed", time.Now(), map[string]any{"code": why.Code, "cause": string(why.Cause), "try": c.try})
	c.end = Ending{}
	if err := c.place(context.Background()); err != nil {
		return err
	}
	c.note("dialing", time.Now(), map[string]any{"try": c.try})
	return nil
}

// connectAgent gives the call to an agent whose audio is there.
func (c *call) connectAgent(agent uuid.UUID) error {
	stream, muted, err := c.x.seats.take(agent, c)
	if err != nil {
		return err
	}
	if stream == nil {
		if agent != c.spec.Agent {
			c.x.seats.release(agent, c)
		}
		return ErrAgentMute
	}
	c.agent = agent
	c.bridge(message{agent: agent, stream: stream}, muted)
	return nil
}

func (c *call) refuseOther(agent uuid.UUID) error {
	if agent != c.agent {
		return ErrCallState
	}
	return nil
}

// reconnect connects audio that has come back, or come newly.
func (c *call) reconnect(m message) {
	if m.stream == c.patch.agent {
		return
	}
	_, muted, err := c.x.seats.take(c.agent, c)
	if err != nil {
		return
	}
	c.bridge(m, muted)
}

// bridge connects both sides and tells it.
func (c *call) bridge(m message, muted bool) {
	c.end.Agent = true
	c.connect(m.stream, muted)
	switch {
	case !c.bridged:
		c.bridged = true
		now := time.Now()
		c.told.bridged(now, c.agent)
		c.tell(CallEvent{Kind: CallBridged, At: now})
	case c.state == held:
		c.tell(CallEvent{Kind: CallAudioBack})
	}
}

// hold lets the customer hear music while the agent's audio is away.
func (c *call) hold() {
	c.end.Agent = true
	c.playHold()
	c.seek()
	c.tell(CallEvent{Kind: CallAudioLost})
}

// announce plays a prompt to the customer alone; its end hangs up. Without the
// prompt the caller hangs up at once.
func (c *call) announce(name string) error {
	audio := c.x.o.Prompts(name)
	s := c.leg.Media()
	if len(audio) == 0 || s == nil {
		c.x.o.Logger.Error("prompt cannot be played, hanging up", "call", c.spec.ID, "prompt", name)
		return fmt.Errorf("playing %q: no such prompt", name)
	}
	c.free()
	c.hungBy = "system"
	c.playPrompt(s, audio)
	c.tell(CallEvent{Kind: CallAnnouncing, Detail: name})
	return nil
}

// free lets the agent go: what follows is between the customer and us.
func (c *call) free() {
	c.patch.clear()
	if c.agent != uuid.Nil {
		c.x.seats.release(c.agent, c)
	}
}

func (c *call) sendDigit(key byte) error {
	s := c.leg.Media()
	if s == nil {
		return ErrCallState
	}
	if err := s.SendDigit(key, 0); err != nil {
		return fmt.Errorf("sending a digit to the customer: %w", err)
	}
	return nil
}

func (c *call) hangUp(by string) {
	if by != "" {
		c.hungBy = by
	}
	c.free()
	c.leg.Hangup()
}

// finish tells how the call ended.
func (c *call) finish(m message) {
	c.free()
	stopTimer(c.watch)
	stopTimer(c.longest)
	stopTimer(c.silence)
	if m.event != legOver {
		c.leg.Hangup()
		c.end.Cause = EndCancelled
		if c.end.Answered {
			c.end.Cause = EndLocalBye
		}
	}
	c.end.Heard = c.heard.Heard()
	ev := CallEvent{Kind: CallEnded, At: m.leg.At, SIPCode: c.end.Code, SIPReason: c.end.Reason, Q850: m.leg.Q850}
	ev.LineResult, ev.Detail = LineResult(c.end)
	ev.HangupBy = hungUpBy(c.end, c.hungBy)
	c.x.metrics.results.WithLabelValues(ev.LineResult).Inc()
	c.told.ended(ev.at(), string(c.end.Cause))
	c.tell(ev)
}

// at is when it happened, now when nobody said.
func (ev *CallEvent) at() time.Time {
	if ev.At.IsZero() {
		ev.At = time.Now()
	}
	return ev.At
}

// tell records a step and tells the observer.
func (c *call) tell(ev CallEvent) {
	ev.Call, ev.Trunk, ev.Agent, ev.Answered = c.spec.ID, c.route.TrunkID, c.agent, c.end.Answered
	c.note(string(ev.Kind), ev.at(), ev.data())
	c.observe(ev)
}

// data is what call_event keeps of a step: no numbers, no keys pressed.
func (ev *CallEvent) data() map[string]any {
	d := map[string]any{}
	put := func(name, value string) {
		if value != "" {
			d[name] = value
		}
	}
	if ev.SIPCode != 0 {
		d["code"] = ev.SIPCode
	}
	if ev.Q850 != 0 {
		d["q850"] = ev.Q850
	}
	put("reason", ev.SIPReason)
	put("result", ev.LineResult)
	put("by", ev.HangupBy)
	if ev.Kind != CallDigit {
		put("detail", ev.Detail)
	}
	return d
}

// note writes one row of the timeline.
func (c *call) note(kind string, at time.Time, data map[string]any) {
	c.seq++
	c.x.rec.add(c.told, timelineRow{Seq: c.seq, AtUS: max(0, at.Sub(c.told.BeganAt).Microseconds()), Kind: kind, Data: data})
}
