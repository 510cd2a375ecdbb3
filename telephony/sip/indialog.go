package sip

import (
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
)

// onRequest takes a request of the far end inside the leg's dialog.
func (l *leg) onRequest(d delivery) {
	defer close(d.done)
	if from := d.req.From(); l.phase != confirmed || from == nil || tagOf(from.Params) != l.dlg.remoteTag() {
		l.e.refuseUnknown(d)
		return
	}
	switch d.req.Method {
	case sipgo.ACK:
		l.onAck(d.req)
	case sipgo.BYE:
		l.e.respond(d, sipgo.StatusOK, "OK")
		l.end(telephony.LegEvent{Cause: telephony.EndRemoteBye, Q850: q850(d.req.GetHeader("Reason")), Why: whyOf(d.req.GetHeader("Reason"))})
	case sipgo.INVITE, sipgo.UPDATE:
		l.onOffer(d)
	default:
		l.e.respond(d, sipgo.StatusOK, "OK")
	}
}

// onOffer answers a re-INVITE or UPDATE (hold, resume, a new address).
func (l *leg) onOffer(d delivery) {
	cseq := d.req.CSeq().SeqNo
	switch {
	case cseq <= l.dlg.remoteCSeq:
		l.e.respond(d, sipgo.StatusInternalServerError, "Out of Order")
		return
	case l.pending.awaitsAnswer():
		l.e.respond(d, sipgo.StatusRequestPending, "Request Pending")
		return
	}
	l.dlg.remoteCSeq = cseq
	body, offered, err := l.reply(d.req)
	if err != nil {
		l.e.respond(d, sipgo.StatusNotAcceptableHere, "Not Acceptable Here")
		return
	}
	l.dlg.retarget(d.req.Contact(), d.req.Source())
	res := l.e.answerTo(d.req, body)
	_ = d.tx.Respond(res)
	if d.req.Method == sipgo.INVITE {
		l.pending.begin(d.tx, res, offered)
	}
}

// reply is the SDP of our 2xx: an answer to their offer, nothing for an UPDATE
// without one (a session refresh), an offer of ours for a re-INVITE without one.
func (l *leg) reply(req *sipgo.Request) (body []byte, offered bool, err error) {
	switch {
	case len(req.Body()) > 0:
		body, err = l.sdp.offered(req.Body(), l.rtp)
		return body, false, err
	case req.Method == sipgo.UPDATE:
		return nil, false, nil
	}
	return l.sdp.reoffer(), true, nil
}

// reanswer is our 2xx to an INVITE or re-INVITE: repeated at T1, doubling up to T2, until
// its ACK comes (RFC 3261 §13.3.1.4).
type reanswer struct {
	tx      *sipgo.ServerTx
	res     *sipgo.Response
	offered bool // the ACK must carry an answer
	gap     time.Duration
	waited  time.Duration
	timer   *time.Timer
}

func (r *reanswer) begin(tx *sipgo.ServerTx, res *sipgo.Response, offered bool) {
	timer := r.timer
	*r = reanswer{tx: tx, res: res, offered: offered, gap: t1, timer: timer}
	timer.Reset(t1)
}

func (r *reanswer) awaitsAnswer() bool { return r.tx != nil && r.offered }

// acks are ACKs that carry the INVITE's branch: wrong but common, sipgo keeps
// them to the transaction.
func (r *reanswer) acks() <-chan *sipgo.Request {
	if r.tx == nil {
		return nil
	}
	return r.tx.Acks()
}

func (r *reanswer) finish() {
	r.timer.Stop()
	r.tx, r.res = nil, nil
}

func (l *leg) repeatAnswer() {
	r := &l.pending
	if r.tx == nil {
		return
	}
	if r.waited += r.gap; r.waited >= giveUp {
		r.finish()
		l.hangUpNow(telephony.EndLocalBye)
		return
	}
	_ = r.tx.Respond(r.res)
	r.gap = min(2*r.gap, t2, giveUp-r.waited)
	r.timer.Reset(r.gap)
}

// onAck ends the repetition; after an offer of ours the ACK brings the answer.
func (l *leg) onAck(ack *sipgo.Request) {
	r := &l.pending
	if r.tx == nil || ack.CSeq() == nil || ack.CSeq().SeqNo != l.dlg.remoteCSeq {
		return
	}
	offered := r.offered
	r.finish()
	if l.leaving {
		l.hangUpNow(telephony.EndLocalBye)
		return
	}
	if !offered {
		return
	}
	if err := l.sdp.answered(ack.Body(), l.rtp); err != nil {
		l.hangUpNow(telephony.EndNoCodec)
	}
}
