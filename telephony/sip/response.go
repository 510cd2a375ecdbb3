package sip

import (
	"sync"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
)

// onResponse takes a response to the INVITE.
func (l *leg) onResponse(res *sipgo.Response) {
	switch {
	case res.IsProvisional():
		l.onProvisional(res)
	case res.IsSuccess():
		l.onAnswer(res)
	default:
		l.onRefusal(res)
	}
}

func (l *leg) onProvisional(res *sipgo.Response) {
	if l.phase == calling {
		l.phase = proceeding
	}
	if l.cause != "" {
		l.wantCancel(l.cause)
		return
	}
	if res.StatusCode == 181 {
		l.events.forwarded = true
	}
	ev := telephony.LegEvent{Code: res.StatusCode, Reason: res.Reason, Q850: q850(res.GetHeader("Reason"))}
	switch {
	case res.StatusCode == sipgo.StatusTrying:
		l.tellOnce(&l.events.trying, telephony.LegTrying, ev)
	case len(res.Body()) > 0 && l.hear(res.Body()) == nil:
		l.tellOnce(&l.events.early, telephony.LegEarly, ev)
	default:
		l.tellOnce(&l.events.ringing, telephony.LegRinging, ev)
	}
}

// tellOnce tells an event of a kind the first time only: ringing is repeated by
// many carriers every few seconds. Ringing after early media is no news either.
func (l *leg) tellOnce(told *bool, kind telephony.LegEventKind, ev telephony.LegEvent) {
	if *told || kind == telephony.LegRinging && l.events.early || kind == telephony.LegTrying && l.events.ringing {
		return
	}
	*told = true
	ev.Kind = kind
	l.tell(ev)
}

// hear opens the audio as a session description says.
func (l *leg) hear(body []byte) error {
	if err := l.sdp.answered(body, l.rtp); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = true
	return nil
}

// onAnswer: ACK first, then see what the answer is worth.
func (l *leg) onAnswer(res *sipgo.Response) {
	l.txDone = nil
	l.giveUp.Stop()
	l.ring.Stop()
	l.dlg = l.confirm(l.base, res)
	if l.hungUp {
		l.hangUpNow(telephony.EndCancelled)
		return
	}
	if err := l.answerAudio(res.Body()); err != nil {
		l.sendBye()
		l.end(telephony.LegEvent{Cause: telephony.EndNoCodec, Code: res.StatusCode, Reason: err.Error()})
		return
	}
	l.phase = confirmed
	l.watch.start()
	l.tell(telephony.LegEvent{Kind: telephony.LegAnswered, Code: res.StatusCode, Reason: res.Reason})
}

// answerAudio takes the answer's SDP; a 2xx without one repeats that of early media.
func (l *leg) answerAudio(body []byte) error {
	if len(body) == 0 && l.sdp.agreed {
		return nil
	}
	return l.hear(body)
}

// onRefusal takes a final response from 300 on; the transaction has ACKed it.
func (l *leg) onRefusal(res *sipgo.Response) {
	l.txDone = nil
	if l.cause == "" && isChallenge(res) && !l.events.ringing && !l.events.early && l.spent.mayAnswer(res) {
		l.base.inviteCSeq++
		l.base.localCSeq = l.base.inviteCSeq
		l.phase = calling
		if err := l.dial(res); err == nil {
			l.dlg = l.base
			return
		}
	}
	ev := telephony.LegEvent{Cause: telephony.EndRejected, Code: res.StatusCode, Reason: res.Reason, Q850: q850(res.GetHeader("Reason")), Why: whyOf(res.GetHeader("Reason"))}
	if res.IsRedirection() {
		l.events.forwarded = true
	}
	if l.cause != "" && res.StatusCode == sipgo.StatusRequestTerminated {
		ev.Cause = l.cause
	}
	l.end(ev)
}

// acked remembers the ACK of each 2xx by its To tag: the same 2xx again gets the
// same ACK again (O-15), another tag is another fork (O-09).
type acked struct {
	mu    sync.Mutex
	byTag map[string]*sipgo.Request
}

// confirm ACKs a 2xx and returns the dialog it opens.
func (l *leg) confirm(base dialog, res *sipgo.Response) dialog {
	d := base.confirmedBy(res)
	l.acks.mu.Lock()
	defer l.acks.mu.Unlock()
	ack := l.e.ack(&d, base.inviteCSeq, loginHeaders(l.inv))
	if l.acks.byTag == nil {
		l.acks.byTag = map[string]*sipgo.Request{}
	}
	l.acks.byTag[d.remoteTag()] = ack
	l.e.write(ack)
	return d
}

// again repeats the ACK of a 2xx that has been seen; it tells whether it has.
func (l *leg) again(tag string) bool {
	l.acks.mu.Lock()
	defer l.acks.mu.Unlock()
	ack := l.acks.byTag[tag]
	if ack == nil {
		return false
	}
	l.e.write(ack)
	return true
}

// late takes a 2xx after the first, on a goroutine of sipgo's, also when the leg
// has ended: the same one again is ACKed again, another fork is ACKed and ended.
func (l *leg) late(base dialog, res *sipgo.Response) {
	defer func() {
		if cause := recover(); cause != nil {
			l.e.log.Error("a late answer panicked", "call", base.callID, "panic", cause)
		}
	}()
	to := res.To()
	if to == nil || l.again(tagOf(to.Params)) {
		return
	}
	d := l.confirm(base, res)
	l.e.crew.start(func() { l.e.bye(&d, l.p.login, nil) })
}

func loginHeaders(inv *sipgo.Request) []sipgo.Header {
	return append(inv.GetHeaders("Authorization"), inv.GetHeaders("Proxy-Authorization")...)
}

// write sends a request that has no transaction: the ACK of a 2xx.
func (e *Endpoint) write(ack *sipgo.Request) {
	if err := e.net.tpl.WriteMsg(ack); err != nil {
		e.log.Warn("sending an ACK", "call", ack.CallID().Value(), "error", err)
	}
}

// cancelOf is the CANCEL of an INVITE: same branch, same CSeq number (RFC 3261 §9.1).
func (e *Endpoint) cancelOf(inv *sipgo.Request) *sipgo.Request {
	req := sipgo.NewRequest(sipgo.CANCEL, *inv.Recipient.Clone())
	hops := sipgo.MaxForwardsHeader(70)
	req.AppendHeader(inv.Via().Clone())
	req.AppendHeader(&hops)
	for _, h := range []sipgo.Header{inv.From(), inv.To(), inv.CallID()} {
		req.AppendHeader(sipgo.HeaderClone(h))
	}
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: inv.CSeq().SeqNo, MethodName: sipgo.CANCEL})
	req.AppendHeader(sipgo.NewHeader("User-Agent", e.o.UserAgent))
	req.SetBody(nil)
	e.direct(req, inv.Transport(), inv.Destination())
	return req
}
