package sip

import (
	"crypto/rand"
	"net/netip"
	"slices"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/media"
)

const (
	guestRing    = 60 * time.Second // a guest that is neither answered nor refused
	ackPatience  = 2 * time.Second  // a BYE waits for the ACK of our 200
	goneAway     = "Temporarily Unavailable"
	guestWatched = 3 * time.Second // a node that sends neither RTP nor RTCP is dead
)

// guest is a leg that another node has opened. Its goroutine is attend:
//
//	proceeding ─Answer─▶ confirmed (200 repeated until its ACK) ─BYE─▶ over
//	    └─ CANCEL, Hangup (480), guestRing ───────────────────────────▶ over
//
// From confirmed on it is like any other leg.
type guest struct {
	*leg
	d         delivery
	body      []byte        // our answer
	decided   chan struct{} // closed with the final response
	decideOne sync.Once
	cancelled chan struct{}
	rings     chan struct{}
	answers   chan struct{}
	answerOne sync.Once
}

var _ telephony.Guest = (*guest)(nil)

// invited asks whether the INVITE is another node's. Everybody else gets the same
// answer, whatever is wrong with what they sent.
func (e *Endpoint) invited(d delivery) {
	welcome, ok := e.welcome(d.req)
	if !ok {
		e.refuseCall(d)
		return
	}
	e.net.gate.call(d.req.Source())
	rtp, err := e.openAudio()
	if err != nil {
		e.respond(d, sipgo.StatusServiceUnavailable, "Service Unavailable")
		return
	}
	g := e.newGuest(d, rtp)
	if g.body, err = g.sdp.offered(d.req.Body(), g.rtp); err != nil {
		_ = rtp.Close()
		e.respond(d, sipgo.StatusNotAcceptableHere, "Not Acceptable Here")
		return
	}
	g.on = welcome(g)
	if !d.tx.OnCancel(func(*sipgo.Request) { close(g.cancelled) }) {
		close(g.cancelled)
	}
	if !e.admitRun(g.leg, g.attend) {
		g.end(telephony.LegEvent{Cause: telephony.EndCancelled, Reason: "shutting down"})
		e.refuseCall(d)
		return
	}
	<-g.decided // sipgo forgets the transaction when its handler returns without a final response
}

func (e *Endpoint) welcome(req *sipgo.Request) (telephony.Welcome, bool) {
	token := req.GetHeader(telephony.TokenHeader)
	if e.o.Invited == nil || token == nil {
		return nil, false
	}
	from, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return nil, false
	}
	return e.o.Invited(telephony.Invitation{Source: from, Token: token.Value()})
}

func (e *Endpoint) newGuest(d delivery, rtp Audio) *guest {
	codecs := []media.Codec{media.PCMA, media.PCMU}
	spec := telephony.LegSpec{CallID: d.req.CallID().Value(), Codecs: codecs, Watch: guestWatched}
	g := &guest{
		leg: e.bareLeg(plan{spec: spec}, rtp, nil), d: d, decided: make(chan struct{}), cancelled: make(chan struct{}),
		rings: make(chan struct{}, 1), answers: make(chan struct{}),
	}
	g.phase = proceeding
	g.base = openedBy(d.req)
	g.dlg = g.base
	g.sdp = newSession(e.rtpAddr(rtp), codecs)
	return g
}

// openedBy is the dialog of an INVITE as the called side keeps it (RFC 3261
// §12.1.1).
func openedBy(inv *sipgo.Request) dialog {
	d := dialog{callID: inv.CallID().Value(), transport: inv.Transport(), remoteCSeq: inv.CSeq().SeqNo}
	d.local.Address = *inv.To().Address.Clone()
	d.local.Params.Add("tag", rand.Text())
	d.remote.Address = *inv.From().Address.Clone()
	d.remote.Params = slices.Clone(inv.From().Params)
	for _, h := range inv.GetHeaders("Record-Route") {
		if rr, ok := h.(*sipgo.RecordRouteHeader); ok {
			d.routes = append(d.routes, *rr.Address.Clone())
		}
	}
	d.retarget(inv.Contact(), inv.Source())
	return d
}

// Ring implements telephony.Guest.
func (g *guest) Ring() {
	select {
	case g.rings <- struct{}{}:
	default:
	}
}

// Answer implements telephony.Guest.
func (g *guest) Answer() { g.answerOne.Do(func() { close(g.answers) }) }

// attend is the guest's life.
func (g *guest) attend() {
	defer close(g.gone)
	defer g.e.forget(g.leg)
	defer g.decide()
	defer g.rescue()
	g.ring.Reset(guestRing)
	for g.phase == proceeding {
		g.consider()
	}
	g.ring.Stop()
	g.decide()
	for g.phase != over {
		g.step()
	}
	g.linger()
}

// decide lets the INVITE's handler go.
func (g *guest) decide() { g.decideOne.Do(func() { close(g.decided) }) }

// consider waits for what decides about the call.
func (g *guest) consider() {
	select {
	case <-g.cancelled: // sipgo has sent the 487
		g.end(telephony.LegEvent{Cause: telephony.EndCancelled})
	case <-g.rings:
		_ = g.d.tx.Respond(g.response(sipgo.StatusRinging, "Ringing", nil))
	case <-g.answers:
		g.accept()
	case <-g.hangup:
		g.hangup = nil
		g.refuse(telephony.EndLocalBye)
	case <-g.ring.C:
		g.refuse(telephony.EndRingTime)
	case d := <-g.inbox:
		g.onRequest(d)
	case <-g.e.dead:
		g.refuse(telephony.EndLocalBye)
	}
}

func (g *guest) accept() {
	res := g.response(sipgo.StatusOK, "OK", g.body)
	if err := g.d.tx.Respond(res); err != nil || g.d.tx.Err() != nil {
		g.end(telephony.LegEvent{Cause: telephony.EndCancelled})
		return
	}
	g.pending.begin(g.d.tx, res, false)
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.phase = confirmed
	g.watch.start()
	g.tell(telephony.LegEvent{Kind: telephony.LegAnswered, Code: res.StatusCode, Reason: res.Reason})
}

func (g *guest) refuse(cause telephony.EndCause) {
	res := g.response(sipgo.StatusTemporarilyUnavailable, goneAway, nil)
	for _, h := range g.reason() {
		res.AppendHeader(h)
	}
	_ = g.d.tx.Respond(res)
	g.end(telephony.LegEvent{Cause: cause, Code: res.StatusCode, Reason: res.Reason})
}

// response is ours to the INVITE, with the dialog's tag.
func (g *guest) response(code int, reason string, body []byte) *sipgo.Response {
	res := g.e.answerTo(g.d.req, body)
	res.StatusCode, res.Reason = code, reason
	res.To().Params.Add("tag", tagOf(g.dlg.local.Params))
	return res
}
