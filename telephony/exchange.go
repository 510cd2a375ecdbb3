// Package telephony owns calls: who is connected to whom, through which trunk,
// what each side hears, and how a call ended.
//
// It does not decide whom to call (package dialer), which agent gets a call
// (package acd), nor what is said (package desk). It speaks no SIP (package sip
// places legs behind Placer) and moves no packet itself (package media).
//
// One goroutine with a mailbox owns each call; everything else sends it a
// message. Its states, moved by next alone:
//
//	dialing ─18x─▶ ringing ─2xx─▶ answered ─agent─▶ bridged ⇄ held   agent's audio lost, ≤ 30 s
//	   │  ▲ next trunk  │             │ nobody in 2 s   │       │
//	   │  └─ 5xx, silence             ▼                 ▼       ▼
//	   │                │        announcing ◀── drain, limit, 30 s over
//	   ▼                ▼             ▼
//	 closing (CANCEL or BYE sent) ─────────────▶ ended
//	   └─ 2xx crossing our CANCEL ─▶ answered (O-04)
//
// Every step is a call_event row, written in batches by Exchange.Run: a call
// never waits for the database.
package telephony

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/telephony/media"
)

// Errors told to people.
var (
	ErrDraining   = errs.New(errs.Unavailable, "telephony_draining", "系统正在停止，不再拨出新电话。", "The node is shutting down and places no new calls.")
	ErrCallGone   = errs.New(errs.NotFound, "call_gone", "这通电话已经结束。", "This call is over.")
	ErrCallState  = errs.New(errs.Conflict, "call_state", "电话当前的状态不能这样操作。", "The call cannot do this in its present state.")
	ErrAgentBusy  = errs.New(errs.Conflict, "agent_in_call", "该座席正在另一通电话中。", "This agent is in another call.")
	ErrAgentMute  = errs.New(errs.Conflict, "agent_no_audio", "座席的语音没有接通，请重新连接耳机。", "The agent's audio is not connected; connect the headset again.")
	ErrCallExists = errs.New(errs.Conflict, "call_exists", "这通电话已经拨出，不会重复拨打。", "This call has been placed already; it is not dialled twice.")
	ErrNoRoute    = errs.New(errs.Unavailable, "no_trunk", "没有可用的线路，未拨出。", "No trunk can be used; nothing was dialled.")
)

// Limits of a call, real time. Zero values take the defaults.
type Limits struct {
	Silence     time.Duration // a trunk that says nothing at all, before the next one is tried: 4 s (O-06)
	LastSilence time.Duration // the same when there is no other trunk: 8 s, the fifth INVITE of RFC 3261 §17.1.1.2 has gone by then
	Patience    time.Duration // answered without an agent, before the apology: 2 s (spec 2.4.1 abandoned)
	AgentLost   time.Duration // hold music while the agent's audio is away: 30 s (TELEPHONY.md §3)
	Longest     time.Duration // of a conversation: 2 h
	Closing     time.Duration // a leg that does not confirm its end: 5 s
}

// Options wire an Exchange. Placer, Player and Node are required.
type Options struct {
	Placer        Placer
	Pool          *postgres.Pool // nil: calls are not recorded (tests)
	Node          uuid.UUID
	Prompts       func(name string) []byte // A-law; nil result: no such prompt
	Player        *media.Clock             // its Run is the owner's
	Announcements Announcements            // nil: nothing is recognised
	Nodes         *Nodes                   // nil: there is no other node
	Limits        Limits
	Logger        *slog.Logger
	Registerer    prometheus.Registerer // nil: counted, not shown
}

// CallSpec says whom to call. ID is the attempt's.
type CallSpec struct {
	ID, Group, Store uuid.UUID
	Routes           []Route // in order; the next one only after a final failure before any 18x
	Number           string  // as the trunk wants it
	CallerNumber     string
	Ring             time.Duration // CANCEL after this, per trunk
	Agent            uuid.UUID     // fixed before the dial (preview, manual): bridged as the customer answers; zero: Bridge chooses
}

// CallEventKind is a step of a call as its observer is told.
type CallEventKind string

// Steps of a call. Ended comes last, once.
const (
	CallDialing    CallEventKind = "dialing"
	CallRinging    CallEventKind = "ringing"
	CallEarly      CallEventKind = "early"
	CallAnswered   CallEventKind = "answered"
	CallBridged    CallEventKind = "bridged" // the first time only
	CallAudioLost  CallEventKind = "agent_audio_lost"
	CallAudioBack  CallEventKind = "agent_audio_back"
	CallAnnouncing CallEventKind = "announcing" // Detail: the prompt
	CallDigit      CallEventKind = "digit"      // pressed by the customer during a prompt; Detail: the key
	CallEnded      CallEventKind = "ended"
)

// CallEvent is one step of a call, told in order on the call's goroutine.
type CallEvent struct {
	Call       uuid.UUID
	Kind       CallEventKind
	At         time.Time // real time
	Trunk      uuid.UUID // in use
	Agent      uuid.UUID // connected, or to be connected
	LineResult string    // spec 2.4.1, with ended
	HangupBy   string    // customer, agent, system, network; with ended
	Detail     string
	SIPCode    int
	SIPReason  string
	Q850       int
	Answered   bool // a 2xx came
}

// Exchange holds all calls of this node.
type Exchange struct {
	o       Options
	rec     *recorder
	metrics metrics
	seats   seats
	trunks  trunkHealth
	running sync.WaitGroup // calls, leases, and who looks for agents

	mu       sync.Mutex
	draining bool
	calls    map[uuid.UUID]*call
}

// NewExchange makes an exchange. Run writes its calls to the database.
func NewExchange(o Options) *Exchange {
	o = o.withDefaults()
	x := &Exchange{o: o, calls: map[uuid.UUID]*call{}, metrics: newMetrics(o.Registerer)}
	x.seats.byAgent, x.seats.leases = map[uuid.UUID]*seat{}, map[uuid.UUID]*lease{}
	x.trunks.byID = map[uuid.UUID]*health{}
	x.rec = newRecorder(o.Logger, x.metrics.dropped, x.metrics.waiting)
	if o.Pool != nil {
		x.rec.write = store{pool: o.Pool, node: o.Node}.write
	}
	return x
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Prompts == nil {
		o.Prompts = NewPrompts(nil).Get
	}
	if o.Announcements == nil {
		o.Announcements = NoAnnouncements{}
	}
	o.Limits = o.Limits.withDefaults()
	return o
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *time.Duration
		def   time.Duration
	}{
		{&l.Silence, 4 * time.Second},
		{&l.LastSilence, 8 * time.Second},
		{&l.Patience, 2 * time.Second},
		{&l.AgentLost, 30 * time.Second},
		{&l.Longest, 2 * time.Hour},
		{&l.Closing, 5 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.def
		}
	}
	return l
}

// Dial places the call and returns; what follows comes to observe, in order, on
// the call's goroutine. observe must be quick and must not call the exchange
// itself: it hands on. An error means that no INVITE was sent and observe is
// never called: ErrNoRoute, ErrDraining, ErrCallExists, or the placer's.
func (x *Exchange) Dial(ctx context.Context, spec CallSpec, observe func(CallEvent)) error {
	c := newCall(x, spec, observe)
	if err := x.admit(c); err != nil {
		return err
	}
	if err := c.place(ctx); err != nil {
		x.forget(c)
		return err
	}
	go c.run()
	return nil
}

func (x *Exchange) admit(c *call) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.draining:
		return ErrDraining
	case x.calls[c.spec.ID] != nil:
		return ErrCallExists
	case len(c.routes) == 0:
		return ErrNoRoute
	}
	x.calls[c.spec.ID] = c
	x.running.Add(1)
	return nil
}

// enter counts a lease in, unless the node stops.
func (x *Exchange) enter() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.draining {
		return false
	}
	x.running.Add(1)
	return true
}

// enterFor counts something in that belongs to a call which is up.
func (x *Exchange) enterFor(c *call) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.calls[c.spec.ID] != c {
		return false
	}
	x.running.Add(1)
	return true
}

func (x *Exchange) forget(c *call) {
	x.mu.Lock()
	delete(x.calls, c.spec.ID)
	x.mu.Unlock()
	close(c.done)
	x.running.Done()
}

// Bridge connects an answered call to an agent's nailed-up audio: a short tone
// and the customer's voice for the agent, both ways at once. Repeating it changes
// nothing. An agent at another node is called there first: it returns when that
// node has answered, after reachTime at most. It fails with ErrCallGone,
// ErrCallState, ErrAgentBusy or ErrAgentMute.
func (x *Exchange) Bridge(call, agent uuid.UUID) error {
	c := x.find(call)
	if c == nil {
		return ErrCallGone
	}
	err := c.ask(message{event: doBridge, agent: agent})
	if isMute(err) && x.o.Nodes != nil {
		return x.bridgeFar(c, agent)
	}
	return err
}

// Announce plays a prompt to the customer of an answered call and hangs up.
func (x *Exchange) Announce(call uuid.UUID, prompt string) error {
	return x.command(call, message{event: doAnnounce, text: prompt})
}

// Hangup ends a call: CANCEL before the answer, BYE after. by is customer, agent,
// system or network. An agent of this node ends a call of another node, too, once
// they are in it.
func (x *Exchange) Hangup(call uuid.UUID, by string) error {
	if l := x.seats.leaseOf(call); l != nil && by == "agent" && l.step(agentLeaves) {
		return nil
	}
	return x.command(call, message{event: doHangup, text: by})
}

// SendDigit sends one DTMF key press to the customer, also of another node's call
// that an agent of this node is in.
func (x *Exchange) SendDigit(call uuid.UUID, key byte) error {
	if l := x.seats.leaseOf(call); l != nil {
		return l.sendDigit(key)
	}
	return x.command(call, message{event: doDigit, key: key})
}

// Live lists the calls that are not over.
func (x *Exchange) Live() []uuid.UUID {
	x.mu.Lock()
	defer x.mu.Unlock()
	ids := make([]uuid.UUID, 0, len(x.calls))
	for id := range x.calls {
		ids = append(ids, id)
	}
	return ids
}

func (x *Exchange) find(id uuid.UUID) *call {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls[id]
}

func (x *Exchange) all() []*call {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := make([]*call, 0, len(x.calls))
	for _, c := range x.calls {
		all = append(all, c)
	}
	return all
}

func (x *Exchange) command(id uuid.UUID, m message) error {
	c := x.find(id)
	if c == nil {
		return ErrCallGone
	}
	return c.ask(m)
}
