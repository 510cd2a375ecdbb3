// Package siptest is the outside world of Ringback's telephony: a carrier with
// its customers, softphones, and scripted peers, in memory or on real sockets.
// Tests, the demo and cmd/ringsim share it.
//
// It owns what customers do (spec §6.2, §6.6) and say. It does not know
// Ringback's own SIP or calls: it speaks to them over the wire only.
//
// A call at the carrier:
//
//	ringing ─200─▶ answered ─BYE─▶ hung_up
//	   ├─ 3xx-6xx ─▶ refused
//	   └─ CANCEL ──▶ cancelled
package siptest

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony/media"
)

// CarrierOptions configure a Carrier.
type CarrierOptions struct {
	Conn  net.PacketConn // a UDP socket, or one of a Net
	Ports *media.Ports   // RTP ports; nil: no audio, signalling only
	Seed  uint64         // of Random
	// Hour is the hour of the business day, for spec §6.6; nil: any.
	Hour func() int
	// Override decides for the nth call (from 1) of the carrier, before the
	// number does; numbers scripted by Set come first. nil: never.
	Override func(nth int, number string) (Behaviour, bool)
	// Told hears of each INVITE (code 0) and of each response to it, once it was
	// sent, on the call's goroutine. nil: nobody.
	Told func(call *Call, code int)
}

// Carrier answers every call as its number says. Run it.
type Carrier struct {
	o    CarrierOptions
	st   *stack
	open func() (Audio, error)
	n    counters

	mu        sync.Mutex
	calls     map[string]*Call // by Call-ID
	order     []*Call
	invites   []Invite
	tries     map[string]int
	customers map[string]*Customer
}

// Invite is one INVITE that arrived; retransmissions are not counted.
type Invite struct {
	CallID, Number, From string
	At                   time.Time
}

// Counters are what a Carrier has seen so far.
type Counters struct {
	Invites, Answered, Refused, Cancelled, Live int
}

type counters struct{ answered, refused, cancelled, live atomic.Int64 }

// keepCalls bounds how many calls a carrier remembers.
const keepCalls = 5000

// NewCarrier takes over o.Conn.
func NewCarrier(o CarrierOptions) *Carrier {
	c := &Carrier{o: o, calls: map[string]*Call{}, tries: map[string]int{}, customers: map[string]*Customer{}}
	if o.Ports != nil {
		c.open = OpenRTP(o.Ports)
	}
	c.st = newStack(o.Conn, c.handle)
	return c
}

// OpenRTP opens sessions on real sockets.
func OpenRTP(ports *media.Ports) func() (Audio, error) {
	return func() (Audio, error) {
		s, err := media.NewSession(media.SessionOptions{Ports: ports, Codec: media.PCMA, DTMF: 101})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// Run serves until ctx ends; then every call is dropped without a word.
func (c *Carrier) Run(ctx context.Context) error {
	return c.st.run(ctx, func() {
		for _, call := range c.Calls() {
			call.end(HungUp, false)
		}
	})
}

// Addr is where the carrier is called.
func (c *Carrier) Addr() netip.AddrPort { return c.st.addr }

// Set overrides what a number does from now on.
func (c *Carrier) Set(number string, b Behaviour) { c.Customer(number).set(b) }

// Customer scripts and asks about one number.
func (c *Carrier) Customer(number string) *Customer {
	c.mu.Lock()
	defer c.mu.Unlock()
	cu := c.customers[number]
	if cu == nil {
		cu = &Customer{c: c, number: number}
		c.customers[number] = cu
	}
	return cu
}

// Invites are the calls that came, in order.
func (c *Carrier) Invites() []Invite {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.invites)
}

// Calls are the calls remembered, in order.
func (c *Carrier) Calls() []*Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.order)
}

// Call is the call with this Call-ID, or nil.
func (c *Carrier) Call(callID string) *Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[callID]
}

// Counters are the sums so far.
func (c *Carrier) Counters() Counters {
	return Counters{
		Invites: len(c.Invites()), Answered: int(c.n.answered.Load()), Refused: int(c.n.refused.Load()),
		Cancelled: int(c.n.cancelled.Load()), Live: int(c.n.live.Load()),
	}
}

// handle takes every request; the goroutine of an INVITE lives as long as it rings.
func (c *Carrier) handle(req *sipgo.Request, tx *sipgo.ServerTx) {
	if req.CallID() == nil || req.To() == nil || req.From() == nil || req.CSeq() == nil {
		return
	}
	call := c.Call(req.CallID().Value())
	inDialog := tagOf(req.To().Params) != ""
	switch {
	case call != nil && inDialog:
		call.handle(req, tx)
	case req.Method == sipgo.ACK:
	case req.Method == sipgo.INVITE && !inDialog:
		c.invited(req, tx)
	case req.Method == sipgo.OPTIONS:
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 200, "OK", nil))
	default:
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 481, "Call/Transaction Does Not Exist", nil))
	}
}

func (c *Carrier) invited(req *sipgo.Request, tx *sipgo.ServerTx) {
	call, b := c.admit(newCall(c.st, req, tx))
	call.told = c.o.Told
	call.tell(0)
	c.n.live.Add(1)
	c.play(call, b)
	c.count(call)
}

// admit remembers a call and looks up what it will do.
func (c *Carrier) admit(call *Call) (*Call, Behaviour) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries[call.Number]++
	call.Try = c.tries[call.Number]
	c.calls[call.CallID] = call
	c.order = append(c.order, call)
	c.invites = append(c.invites, Invite{CallID: call.CallID, Number: call.Number, From: call.From, At: call.started})
	if len(c.order) > keepCalls {
		delete(c.calls, c.order[0].CallID)
		c.order = c.order[1:]
	}
	return call, c.behaviour(call)
}

// behaviour is the script, else the table, else chance; mu is held.
func (c *Carrier) behaviour(call *Call) Behaviour {
	if cu := c.customers[call.Number]; cu != nil {
		if b, ok := cu.behaviour(); ok {
			return b
		}
	}
	if c.o.Override != nil {
		if b, ok := c.o.Override(len(c.invites), call.Number); ok {
			return b
		}
	}
	if b, ok := fixed(call.Number); ok {
		return b
	}
	hour := -1
	if c.o.Hour != nil {
		hour = c.o.Hour()
	}
	return Random(c.o.Seed, call.Number, call.Try, hour)
}
