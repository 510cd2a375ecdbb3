package telephony

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"ringback/telephony/media"
)

// mailboxSize is how many messages may wait for a call. A leg waits when it is
// full; key presses are dropped.
const mailboxSize = 64

// message is something that happened to a call, or is asked of it.
type message struct {
	event  input
	leg    LegEvent
	try    int // which leg it came from, or which timer set it
	agent  uuid.UUID
	stream media.Stream
	text   string // prompt, or who hangs up
	key    byte
	on     bool
	reply  chan<- error // nil: nobody waits
}

func (m message) answer(err error) {
	if m.reply != nil {
		m.reply <- err
	}
}

// call is one conversation. Everything below mailbox and done belongs to its
// goroutine (run); place runs before that starts.
type call struct {
	x       *Exchange
	spec    CallSpec
	observe func(CallEvent)
	mailbox chan message
	done    chan struct{} // closed when the call is over and forgotten

	state    callState
	routes   []Route // not tried yet
	route    Route   // in use
	try      int
	leg      Leg
	heard    Listener
	agent    uuid.UUID // assigned
	hungBy   string    // who asked us to hang up
	patch    patch     // what customer and agent hear
	end      Ending
	bridged  bool // told
	told     row  // as the database shall know it
	seq      int
	watch    *time.Timer // of the present state
	watchNo  int
	longest  *time.Timer
	silence  *time.Timer
	replied  bool      // the trunk in use said something
	answered time.Time // zero before
}

func newCall(x *Exchange, spec CallSpec, observe func(CallEvent)) *call {
	c := &call{
		x: x, spec: spec, observe: observe, state: dialing, agent: spec.Agent,
		mailbox: make(chan message, mailboxSize), done: make(chan struct{}),
		routes: x.trunks.order(spec.Routes, time.Now()),
		heard:  x.o.Announcements.Listen(spec.ID),
	}
	c.told = newRow(spec, time.Now())
	return c
}

// run is the call's life after the first INVITE.
func (c *call) run() {
	c.x.metrics.enter(c.state)
	c.tell(CallEvent{Kind: CallDialing, At: c.told.BeganAt})
	for c.state != ended {
		c.handleSafely(<-c.mailbox)
	}
	c.x.forget(c)
	c.refuseTheRest()
}

// handleSafely keeps a fault in one call from ending all the others: this one is
// ended and its observer told.
func (c *call) handleSafely(m message) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		c.x.o.Logger.Error("a call panicked and is ended", "call", c.spec.ID, "state", c.state, "input", m.event, "panic", cause, "stack", string(debug.Stack()))
		if m.event == abandonNow { // ending it panics too
			c.move(ended)
			return
		}
		c.handleSafely(message{event: abandonNow})
	}()
	c.handle(m)
}

// refuseTheRest answers those whose message came after the end.
func (c *call) refuseTheRest() {
	for {
		select {
		case m := <-c.mailbox:
			m.answer(ErrCallGone)
		default:
			return
		}
	}
}

// ask sends a message and waits until it has been dealt with.
func (c *call) ask(m message) error {
	reply := make(chan error, 1)
	m.reply = reply
	select {
	case c.mailbox <- m:
	case <-c.done:
		return ErrCallGone
	}
	select {
	case err := <-reply:
		return err
	case <-c.done:
		return lastWord(reply)
	}
}

// lastWord prefers an answer over the end that came right after it.
func lastWord(reply <-chan error) error {
	select {
	case err := <-reply:
		return err
	default:
		return ErrCallGone
	}
}

// post sends a message that nobody waits for. It does not block: with a full
// mailbox a goroutine holds it until there is room or the call is over.
func (c *call) post(m message) {
	select {
	case c.mailbox <- m:
	default:
		go c.send(m)
	}
}

// send waits for room in the mailbox.
func (c *call) send(m message) {
	select {
	case c.mailbox <- m:
	case <-c.done:
	}
}

// handle takes one message through the table. An action that cannot be done
// leaves the state as it was.
func (c *call) handle(m message) {
	if c.stale(m) {
		m.answer(nil)
		return
	}
	c.learn(&m)
	to, do, ok := next(c.state, m.event)
	if !ok {
		m.answer(ErrCallState)
		return
	}
	err := c.perform(do, m)
	if err == nil {
		c.move(to)
	}
	m.answer(err)
	c.follow(do, err)
}

// move changes the state and starts its timer; the old state's ends.
func (c *call) move(to callState) {
	if to == c.state {
		return
	}
	c.x.metrics.leave(c.state)
	c.x.metrics.enter(to)
	c.state = to
	stopTimer(c.watch)
	c.watchNo++
	switch to {
	case answered:
		c.after(c.x.o.Limits.Patience, nobodyCame)
	case held:
		c.after(c.x.o.Limits.AgentLost, lostTooLong)
	case closing:
		c.after(c.x.o.Limits.Closing, unconfirmed)
	}
}

// after posts in when d is over, unless the state has changed.
func (c *call) after(d time.Duration, in input) {
	m := message{event: in, try: c.watchNo}
	c.watch = time.AfterFunc(d, func() { c.post(m) })
}

func stopTimer(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// follow does what comes of an action by itself.
func (c *call) follow(do action, err error) {
	switch {
	case do == tellAnswered && c.agent != uuid.Nil:
		c.bridgeFixed()
	case err == nil:
	case do == tryNext:
		c.handle(message{event: legOver, try: c.try, leg: LegEvent{Kind: LegEnded, At: time.Now(), Cause: EndNoResponse, Reason: err.Error()}})
	case do == announce || do == apologise || do == sayLost || do == sayGoodbye:
		c.handle(message{event: doHangup, text: "system"})
	}
}

// bridgeFixed connects the agent chosen before the dial. When their audio is away
// the customer hears music until it is back.
func (c *call) bridgeFixed() {
	reply := make(chan error, 1)
	c.handle(message{event: doBridge, agent: c.agent, reply: reply})
	if isMute(<-reply) && !c.fetch() {
		c.handle(message{event: agentLost, agent: c.agent})
	}
}

// stale messages are those of an earlier trunk's leg, of a state that is over,
// and of audio that has been replaced.
func (c *call) stale(m message) bool {
	switch m.event {
	case trying, legRang, legEarly, legAnswered, legOver:
		return m.try != c.try
	case silent:
		return m.try != c.try || c.replied
	case nobodyCame, lostTooLong, unconfirmed:
		return m.try != c.watchNo
	case promptOver:
		return m.try != c.patch.playing
	case agentLost:
		return m.agent != c.agent || m.stream != nil && c.patch.agent != m.stream
	case agentBack, doMute:
		return m.agent != c.agent
	}
	return false
}

// learn keeps what a leg's event tells for the line result, and turns an end that
// the next trunk may mend into a failure of this one.
func (c *call) learn(m *message) {
	switch m.event {
	case trying, legRang, legEarly, legAnswered, legOver:
		c.replied = true
		stopTimer(c.silence)
	}
	c.end.Rang = c.end.Rang || m.event == legRang
	c.end.Early = c.end.Early || m.event == legEarly || m.leg.Early
	c.end.Forwarded = c.end.Forwarded || m.leg.Forwarded
	if m.event != legOver {
		return
	}
	c.end.Cause, c.end.Code, c.end.Reason = m.leg.Cause, m.leg.Code, m.leg.Reason
	fault := mayTryNext(m.leg, c.end.Rang)
	if !c.end.Answered {
		c.x.trunks.report(c.route.TrunkID, !fault, time.Now())
	}
	if fault && c.state == dialing && len(c.routes) > 0 {
		m.event = legFailed
	}
}

// place sends the INVITE through the next trunk that takes it.
func (c *call) place(ctx context.Context) error {
	var failed error
	for len(c.routes) > 0 {
		c.route, c.routes = c.routes[0], c.routes[1:]
		c.try++
		leg, err := c.x.o.Placer.Place(ctx, c.legSpec(), c.hear(c.try))
		if err == nil {
			c.leg, c.told.TrunkID = leg, &c.route.TrunkID
			c.listenForSilence()
			return nil
		}
		c.x.trunks.report(c.route.TrunkID, false, time.Now())
		failed = errors.Join(failed, fmt.Errorf("dialling through trunk %s: %w", c.route.Name, err))
	}
	if failed == nil {
		failed = ErrNoRoute
	}
	return failed
}

// legSpec names the attempt and the try on the wire: <attempt>-<try>.
func (c *call) legSpec() LegSpec {
	return LegSpec{
		CallID:  fmt.Sprintf("%s-%d", c.spec.ID, c.try),
		Address: c.route.Address, Transport: c.route.Transport,
		To: c.spec.Number, From: c.spec.CallerNumber,
		Username: c.route.Username, Password: c.route.Password,
		RingTimeout: c.spec.Ring,
	}
}

// hear turns a leg's events into messages, on the leg's goroutine.
func (c *call) hear(try int) func(LegEvent) {
	return func(ev LegEvent) {
		m := message{leg: ev, try: try}
		switch ev.Kind {
		case LegTrying:
			m.event = trying
		case LegRinging:
			m.event = legRang
		case LegEarly:
			m.event = legEarly
		case LegAnswered:
			m.event = legAnswered
		case LegEnded:
			m.event = legOver
		default:
			return
		}
		c.send(m)
	}
}

// listenForSilence gives a trunk that says nothing at all up: soon when there is
// another one to try, later when it is the last. Its silence is the trunk's
// fault, not the customer's "no answer".
func (c *call) listenForSilence() {
	c.replied = false
	patience := c.x.o.Limits.Silence
	if len(c.routes) == 0 {
		patience = c.x.o.Limits.LastSilence
	}
	m := message{event: silent, try: c.try}
	c.silence = time.AfterFunc(patience, func() { c.post(m) })
}
