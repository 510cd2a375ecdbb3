package telephony

import (
	"time"

	"ringback/telephony/media"
)

// patch is who hears whom in a call: a bridge, or something played to the
// customer, or nothing.
type patch struct {
	agent    media.Stream // bridged now
	customer media.Stream
	bridge   *media.Bridge
	ear      *ear
	stop     func() // what plays to the customer
	playing  int    // number of the last prompt
	welcomed bool   // the agent has heard the tone
}

// clear ends whatever is heard; both streams stay open.
func (p *patch) clear() {
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
	if p.bridge != nil {
		p.bridge.Detach()
		p.ear.close()
		p.agent.OnDigit(nil)
		p.customer.OnDigit(nil)
	}
	p.bridge, p.ear, p.agent = nil, nil, nil
}

// mute silences the agent towards the customer.
func (p *patch) mute(on bool) {
	if p.bridge != nil {
		p.bridge.FromA().Mute(on)
	}
}

// connect lets agent and customer hear each other from this moment. The first
// time a short tone is laid over what the agent hears; the customer's voice does
// not wait for it, and the customer does not hear it.
func (c *call) connect(agent media.Stream, muted bool) {
	p := &c.patch
	p.clear()
	p.agent, p.customer = agent, c.leg.Media()
	p.ear = newEar(agent, c.firstFrame())
	if !p.welcomed {
		p.welcomed = true
		p.ear.welcome(c.x.o.Player)
	}
	p.bridge = media.NewBridge(p.ear, p.customer)
	p.mute(muted)
	joinDigits(agent, p.customer)
	joinDigits(p.customer, agent)
}

// joinDigits hands key presses on. A far end that takes none loses them.
func joinDigits(from, to media.Stream) {
	from.OnDigit(func(d media.Digit) { _ = to.SendDigit(d.Key, d.Duration) })
}

// firstFrame measures the time from the 200 OK to the customer's first frame in
// the agent's leg, once a call.
func (c *call) firstFrame() func() {
	if c.patch.welcomed {
		return func() {}
	}
	since, seen := c.answered, c.x.metrics.answerToAudio
	return func() { seen.Observe(time.Since(since).Seconds()) }
}

// playHold plays music to the customer until something else is to be heard.
func (c *call) playHold() {
	c.patch.clear()
	s := c.leg.Media()
	if s == nil {
		return
	}
	c.patch.stop = c.x.o.Player.Play(s, c.x.o.Prompts(PromptHold), true, nil)
}

// playPrompt plays audio to the customer once and tells the call when it is over.
// Keys pressed meanwhile are told too: the apology offers to opt out.
func (c *call) playPrompt(s media.Stream, audio []byte) {
	c.patch.playing++
	over := message{event: promptOver, try: c.patch.playing}
	s.SetSink(nil)
	s.OnDigit(func(d media.Digit) { c.post(message{event: pressed, key: d.Key}) })
	c.patch.stop = c.x.o.Player.Play(s, audio, false, func() { c.post(over) })
}
