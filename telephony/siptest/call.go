package siptest

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// Call is one call that a Carrier or Phone has received.
type Call struct {
	CallID string
	Number string // called
	From   string // shown
	Try    int    // how often this number has been called, this one included

	told  func(*Call, int)
	st    *stack
	inv   *sipgo.Request
	tx    *sipgo.ServerTx
	tag   string
	offer heard
	rtp   Audio // nil: signalling only
	ear   *ear

	acked     chan struct{} // ACK of our 2xx
	ended     chan struct{} // BYE either way, CANCEL, refusal
	ackedOnce sync.Once
	endedOnce sync.Once

	mu       sync.Mutex
	state    CallState
	started  time.Time
	answered time.Time
	over     time.Time
	byThem   bool
}

// CallState is how far a call has come.
type CallState string

// States of a call, as the far end sees it.
const (
	Ringing   CallState = "ringing"
	Answered  CallState = "answered"
	Refused   CallState = "refused"
	Cancelled CallState = "cancelled" // by the caller, before the answer
	HungUp    CallState = "hung_up"   // after the answer
)

func newCall(st *stack, req *sipgo.Request, tx *sipgo.ServerTx) *Call {
	c := &Call{
		CallID: req.CallID().Value(), Number: req.Recipient.User, From: req.From().Address.User, st: st, inv: req, tx: tx,
		tag: newTag(), ear: newEar(), acked: make(chan struct{}), ended: make(chan struct{}), state: Ringing, started: time.Now(),
	}
	tx.OnCancel(func(*sipgo.Request) { c.end(Cancelled, true) })
	return c
}

// State is where the call stands.
func (c *Call) State() CallState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Ended is closed when the call is over.
func (c *Call) Ended() <-chan struct{} { return c.ended }

// Hears is the A-law audio that arrived last, at most a minute of it.
func (c *Call) Hears() []byte { return c.ear.heard() }

// Keys are the DTMF digits that arrived.
func (c *Call) Keys() string { return c.ear.pressed() }

// HungUpByCaller tells who ended the call.
func (c *Call) HungUpByCaller() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byThem
}

// AnsweredAt is when our 2xx was sent; zero before.
func (c *Call) AnsweredAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered
}

// Talked is how long the call has been answered.
func (c *Call) Talked() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.answered.IsZero():
		return 0
	case c.over.IsZero():
		return time.Since(c.answered)
	}
	return c.over.Sub(c.answered)
}

func (c *Call) end(s CallState, byThem bool) {
	c.endedOnce.Do(func() {
		c.mu.Lock()
		c.state, c.byThem, c.over = s, byThem, time.Now()
		c.mu.Unlock()
		close(c.ended)
		if c.rtp != nil {
			_ = c.rtp.Close()
		}
	})
}

// open reads the offer and opens our audio.
func (c *Call) open(audio func() (Audio, error)) error {
	var err error
	if c.offer, err = readOffer(c.inv.Body()); err != nil || audio == nil {
		return err
	}
	if c.rtp, err = audio(); err != nil {
		return err
	}
	c.rtp.SetRemote(c.offer.addr, c.offer.codec, c.offer.dtmf)
	c.rtp.OnDigit(c.ear.press)
	c.rtp.SetSink(c.ear)
	return nil
}

// sdp is our session description; without audio its port leads nowhere.
func (c *Call) sdp() []byte {
	if c.rtp == nil {
		return c.offer.answer(netip.AddrPortFrom(c.st.addr.Addr(), 9))
	}
	return c.offer.answer(c.rtp.LocalAddr())
}

// respond sends one response to the INVITE.
func (c *Call) respond(code int, reason string, body []byte, extra ...sipgo.Header) *sipgo.Response {
	res := sipgo.NewResponseFromRequest(c.inv, code, reason, body)
	if code > 100 {
		res.To().Params.Add("tag", c.tag)
		res.AppendHeader(c.st.contact(c.Number))
	}
	if body != nil {
		contentType := sipgo.ContentTypeHeader("application/sdp")
		res.AppendHeader(&contentType)
	}
	for _, h := range extra {
		res.AppendHeader(h)
	}
	_ = c.tx.Respond(res) // a caller that has gone hears nothing
	c.tell(code)
	return res
}

func (c *Call) tell(code int) {
	if c.told != nil {
		c.told(c, code)
	}
}

// Source is the host:port that the INVITE came from.
func (c *Call) Source() string { return c.inv.Source() }

// refuse ends the call with a final response.
func (c *Call) refuse(code int, reason string, extra ...sipgo.Header) {
	c.respond(code, reason, nil, extra...)
	c.end(Refused, false)
}

// answer sends 200 and repeats it until the ACK; it tells whether the call stands.
func (c *Call) answer() bool {
	c.mu.Lock()
	if c.state != Ringing {
		c.mu.Unlock()
		return false
	}
	c.state, c.answered = Answered, time.Now()
	c.mu.Unlock()
	res := c.respond(200, "OK", c.sdp(), sipgo.NewHeader("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS"))
	gap := t1
	for waited := time.Duration(0); waited < giveUp; waited += gap {
		select {
		case <-c.acked:
			return true
		case <-c.tx.Acks():
			return true
		case <-c.ended:
			return false
		case <-c.st.dead:
			return false
		case <-time.After(gap):
			_ = c.tx.Respond(res)
			gap = min(2*gap, t2)
		}
	}
	c.HangUp()
	return false
}

// HangUp ends an answered call with BYE.
func (c *Call) HangUp() {
	if c.State() != Answered {
		return
	}
	c.end(HungUp, false)
	c.st.spawn(func() { c.st.exchange(c.bye()) })
}

func (c *Call) bye() *sipgo.Request {
	target := c.inv.From().Address
	dest := c.inv.Source()
	if h := c.inv.Contact(); h != nil {
		target = h.Address
	}
	req := c.st.request(sipgo.BYE, target, dest)
	from := sipgo.FromHeader{Address: c.inv.To().Address, Params: sipgo.NewParams()}
	from.Params.Add("tag", c.tag)
	to := sipgo.ToHeader{Address: c.inv.From().Address, Params: slices.Clone(c.inv.From().Params)}
	callID := sipgo.CallIDHeader(c.CallID)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&callID)
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: 1, MethodName: sipgo.BYE})
	req.SetBody(nil)
	return req
}

// handle takes a request inside the call.
func (c *Call) handle(req *sipgo.Request, tx *sipgo.ServerTx) {
	switch req.Method {
	case sipgo.ACK:
		c.ackedOnce.Do(func() { close(c.acked) })
	case sipgo.BYE:
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 200, "OK", nil))
		c.end(HungUp, true)
	case sipgo.INVITE:
		c.reinvited(req, tx)
	default:
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 200, "OK", nil))
	}
}

// reinvited follows a new offer inside the call.
func (c *Call) reinvited(req *sipgo.Request, tx *sipgo.ServerTx) {
	offer, err := readOffer(req.Body())
	if err != nil {
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 488, "Not Acceptable Here", nil))
		return
	}
	at := netip.AddrPortFrom(c.st.addr.Addr(), 9)
	if c.rtp != nil {
		c.rtp.SetRemote(offer.addr, offer.codec, offer.dtmf)
		at = c.rtp.LocalAddr()
	}
	res := sipgo.NewResponseFromRequest(req, 200, "OK", offer.answer(at))
	contentType := sipgo.ContentTypeHeader("application/sdp")
	res.AppendHeader(&contentType)
	res.AppendHeader(c.st.contact(c.Number))
	_ = tx.Respond(res)
}
