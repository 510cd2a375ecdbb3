package sip

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/media"
)

// phase is where a leg stands; see the drawing in the package comment.
type phase int

const (
	calling    phase = iota // INVITE sent, nothing heard
	proceeding              // a provisional came; CANCEL may be sent
	confirmed               // a 2xx came and was ACKed
	over                    // LegEnded was told
)

// leg is one call, placed by us or by a guest (see uas.go). Its goroutine (run) owns every field but those
// behind mu and the channels.
type leg struct {
	e    *Endpoint
	p    plan
	on   func(telephony.LegEvent)
	rtp  *line
	base dialog // as sent: what forks start from

	hang    chan struct{}   // closed by Hangup
	hangup  <-chan struct{} // hang, until it was taken notice of
	hangOne sync.Once
	inbox   chan delivery
	gone    chan struct{} // closed when run has returned

	phase   phase
	dlg     dialog // base until confirmed
	inv     *sipgo.Request
	tx      *sipgo.ClientTx
	txDone  <-chan struct{}
	spent   answersSpent
	events  telling
	cause   telephony.EndCause // why we sent or want to send CANCEL; empty: we do not
	hungUp  bool               // by Hangup, not by ring time
	cancel  bool               // CANCEL sent
	ring    *time.Timer        // RingTimeout after the INVITE
	giveUp  *time.Timer        // 64×T1 after CANCEL
	byeDone chan struct{}      // of our BYE; nil when none was sent
	sdp     session
	pending reanswer // our 2xx to their INVITE or re-INVITE, until it is ACKed
	leaving bool     // a guest's BYE waits for the ACK of our 2xx
	watch   watch

	acks acked // of every 2xx, for retransmissions and forks

	mu   sync.Mutex
	open bool   // Media may be had
	why  string // told with our BYE or refusal
}

// delivery is a request of the far end on its way to the leg's goroutine.
type delivery struct {
	req  *sipgo.Request
	tx   *sipgo.ServerTx
	done chan struct{} // closed when it has been dealt with
}

func (e *Endpoint) newLeg(p plan, rtp Audio, on func(telephony.LegEvent)) *leg {
	l := e.bareLeg(p, rtp, on)
	l.base = dialog{callID: p.spec.CallID, transport: p.transport, nextHop: p.dest, phone: p.phone, inviteCSeq: 1, localCSeq: 1}
	l.base.local = sipgo.FromHeader{Address: sipgo.Uri{Scheme: "sip", User: escapeUser(printable(p.spec.From)), Host: p.domain}}
	l.base.local.Params.Add("tag", rand.Text())
	l.base.remote = sipgo.ToHeader{Address: sipgo.Uri{Scheme: "sip", User: escapeUser(printable(p.spec.To)), Host: p.domain}}
	l.base.target = p.uri
	l.dlg = l.base
	l.sdp = newSession(e.rtpAddr(rtp), p.spec.Codecs)
	return l
}

// bareLeg is a leg without a dialog.
func (e *Endpoint) bareLeg(p plan, rtp Audio, on func(telephony.LegEvent)) *leg {
	l := &leg{
		e: e, p: p, on: on, rtp: &line{Audio: rtp}, hang: make(chan struct{}),
		inbox: make(chan delivery), gone: make(chan struct{}), ring: stopped(), giveUp: stopped(),
		watch: watch{limit: p.spec.Watch, timer: stopped()},
	}
	l.hangup = l.hang
	l.pending.timer = stopped()
	return l
}

// stopped is a timer that has not been started.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// Media is the leg's audio, nil before early media or the answer.
func (l *leg) Media() media.Stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.open {
		return nil
	}
	return l.rtp
}

// Hangup implements telephony.Leg.
func (l *leg) Hangup() { l.hangOne.Do(func() { close(l.hang) }) }

// run is the leg's life.
func (l *leg) run() {
	defer close(l.gone)
	defer l.e.forget(l)
	defer l.rescue()
	if err := l.dial(nil); err != nil {
		l.end(telephony.LegEvent{Cause: telephony.EndNoResponse, Reason: err.Error()})
		return
	}
	l.tell(telephony.LegEvent{Kind: telephony.LegDialing})
	l.ring.Reset(l.p.spec.RingTimeout)
	for l.phase != over {
		l.step()
	}
	l.ring.Stop()
	l.linger()
}

// step waits for one thing to happen.
func (l *leg) step() {
	select {
	case res := <-l.responses():
		l.onResponse(res)
	case <-l.txDone:
		l.onSilence()
	case d := <-l.inbox:
		l.onRequest(d)
	case <-l.hangup:
		l.hangup = nil
		l.onHangup()
	case <-l.ring.C:
		l.onRingTime()
	case <-l.giveUp.C:
		l.onGiveUp()
	case <-l.pending.timer.C:
		l.repeatAnswer()
	case now := <-l.watch.timer.C:
		l.onWatch(now)
	case ack := <-l.pending.acks():
		l.onAck(ack)
	case <-l.e.dead:
		l.end(telephony.LegEvent{Cause: telephony.EndLocalBye, Reason: "shutting down"})
	}
}

// responses are those to our INVITE; a guest's leg has sent none.
func (l *leg) responses() <-chan *sipgo.Response {
	if l.tx == nil {
		return nil
	}
	return l.tx.Responses()
}

// dial sends the INVITE, the second time with an answer to a challenge.
func (l *leg) dial(challenge *sipgo.Response) error {
	req := l.e.invite(&l.p, &l.base, l.sdp.offer())
	if challenge != nil {
		if err := l.p.login.answer(req, challenge); err != nil {
			return err
		}
	}
	l.inv = req
	tx, err := l.e.start(req)
	if err != nil {
		return err
	}
	base := l.base
	tx.OnRetransmission(func(res *sipgo.Response) { l.late(base, res) })
	l.tx, l.txDone = tx, tx.Done()
	return nil
}

// onHangup: CANCEL before the answer, BYE after.
func (l *leg) onHangup() {
	l.hungUp = true
	switch l.phase {
	case confirmed:
		if l.tx == nil && l.pending.tx != nil { // no BYE before the ACK (RFC 3261 §15)
			l.leaving = true
			l.giveUp.Reset(ackPatience)
			return
		}
		l.hangUpNow(telephony.EndLocalBye)
	case calling, proceeding:
		l.wantCancel(telephony.EndCancelled)
	}
}

func (l *leg) onRingTime() {
	if l.phase == calling || l.phase == proceeding {
		l.wantCancel(telephony.EndRingTime)
	}
}

// wantCancel sends CANCEL, or leaves it until the first provisional (RFC 3261
// §9.1). The first cause stands.
func (l *leg) wantCancel(cause telephony.EndCause) {
	if l.cause == "" {
		l.cause = cause
	}
	if l.phase != proceeding || l.cancel {
		return
	}
	l.cancel = true
	req := l.e.cancelOf(l.inv)
	l.e.crew.start(func() { l.e.exchange(req) })
	l.giveUp.Reset(giveUp)
}

// onGiveUp: no final response 64×T1 after our CANCEL, or no ACK.
func (l *leg) onGiveUp() {
	if l.leaving {
		l.hangUpNow(telephony.EndLocalBye)
		return
	}
	l.end(telephony.LegEvent{Cause: l.cause})
}

// onSilence: the INVITE transaction ended without a final response.
func (l *leg) onSilence() {
	l.txDone = nil
	if l.phase == calling || l.phase == proceeding {
		l.end(telephony.LegEvent{Cause: telephony.EndNoResponse})
	}
}

// telling is what has been told of a leg, so that nothing is told twice.
type telling struct{ trying, ringing, early, forwarded bool }

func (l *leg) tell(ev telephony.LegEvent) {
	ev.At = time.Now()
	ev.Forwarded = l.events.forwarded
	ev.Early = ev.Kind != telephony.LegEarly && l.events.early
	l.on(ev)
}

// q850 is the cause of a Reason header (RFC 3326), 0 when there is none.
func q850(h sipgo.Header) int {
	if h == nil || !strings.HasPrefix(strings.ToUpper(h.Value()), "Q.850") {
		return 0
	}
	_, after, _ := strings.Cut(strings.ToLower(h.Value()), "cause=")
	digits, _, _ := strings.Cut(after, ";")
	n, _ := strconv.Atoi(strings.TrimSpace(digits))
	return n
}

// line is a leg's audio with a valve: while the far end holds us nothing is sent.
type line struct {
	Audio
	held atomic.Bool
}

// WriteFrame sends one frame unless the far end holds us.
func (l *line) WriteFrame(f media.Frame) {
	if !l.held.Load() {
		l.Audio.WriteFrame(f)
	}
}
