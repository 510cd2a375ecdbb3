package sip

import (
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

// handle takes every request; it runs on a goroutine of sipgo's. A panic costs
// that one request, not the node.
func (e *Endpoint) handle(req *sipgo.Request, tx *sipgo.ServerTx) {
	defer tx.TerminateGracefully()
	d := delivery{req: req, tx: tx, done: make(chan struct{})}
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("a SIP request panicked", "method", req.Method, "panic", r)
			e.respond(d, sipgo.StatusInternalServerError, "Server Internal Error")
		}
	}()
	if code, reason, extra := invalid(req); code != 0 {
		e.respond(d, code, reason, extra...)
		return
	}
	if tagOf(req.To().Params) != "" {
		e.deliver(d)
		return
	}
	e.outOfDialog(d)
}

// deliver hands an in-dialog request to its leg and waits until it is dealt with.
func (e *Endpoint) deliver(d delivery) {
	l := e.legOf(dialogKey{d.req.CallID().Value(), tagOf(d.req.To().Params)})
	if l == nil {
		e.refuseUnknown(d)
		return
	}
	select {
	case l.inbox <- d:
		<-d.done
	case <-l.gone:
		e.refuseUnknown(d)
	case <-e.dead:
	}
}

func (e *Endpoint) outOfDialog(d delivery) {
	switch d.req.Method {
	case sipgo.ACK:
	case sipgo.OPTIONS:
		e.respond(d, sipgo.StatusOK, "OK", sipgo.NewHeader("Accept", "application/sdp"))
	case sipgo.REGISTER:
		e.register(d)
	case sipgo.INVITE:
		e.invited(d)
	case sipgo.CANCEL, sipgo.BYE, sipgo.UPDATE:
		e.refuseUnknown(d)
	default:
		e.respond(d, sipgo.StatusMethodNotAllowed, "Method Not Allowed")
	}
}

// refuseCall: strangers call nobody through us; the answer is the same whoever
// and whatever is called.
func (e *Endpoint) refuseCall(d delivery) {
	e.mu.Lock()
	closing := e.closing
	e.mu.Unlock()
	if closing {
		e.respond(d, sipgo.StatusServiceUnavailable, "Service Unavailable", sipgo.NewHeader("Retry-After", "30"))
		return
	}
	e.respond(d, sipgo.StatusForbidden, "Forbidden")
}

func (e *Endpoint) refuseUnknown(d delivery) {
	e.respond(d, sipgo.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
}

func (e *Endpoint) register(d delivery) {
	if e.o.Registrar == nil {
		e.respond(d, sipgo.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	code, reason, extra := e.o.Registrar.register(d.req)
	e.respond(d, code, reason, extra...)
}

// respond answers a request; an ACK has no answer.
func (e *Endpoint) respond(d delivery, code int, reason string, extra ...sipgo.Header) {
	if d.req.IsAck() {
		return
	}
	res := sipgo.NewResponseFromRequest(d.req, code, reason, nil)
	if code == sipgo.StatusOK || code == sipgo.StatusMethodNotAllowed {
		res.AppendHeader(sipgo.NewHeader("Allow", e.allow()))
	}
	for _, h := range extra {
		res.AppendHeader(h)
	}
	_ = d.tx.Respond(res) // the transaction has gone, or its transport: nobody is left to tell
}

func (e *Endpoint) allow() string {
	if e.o.Registrar != nil {
		return allowed + ", REGISTER"
	}
	return allowed
}

// answerTo is a 200 with a session description.
func (e *Endpoint) answerTo(req *sipgo.Request, body []byte) *sipgo.Response {
	res := sipgo.NewResponseFromRequest(req, sipgo.StatusOK, "OK", body)
	res.AppendHeader(e.contact(req.Transport()))
	res.AppendHeader(sipgo.NewHeader("Allow", allowed))
	if body != nil {
		contentType := sipgo.ContentTypeHeader("application/sdp")
		res.AppendHeader(&contentType)
	}
	return res
}

// invalid finds what sipgo's parser lets through and RFC 3261 §8.2 does not.
// Code 0: nothing.
func invalid(req *sipgo.Request) (code int, reason string, extra []sipgo.Header) {
	switch {
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		return sipgo.StatusVersionNotSupported, "Version Not Supported", nil
	case req.To() == nil || req.From() == nil || req.CallID() == nil || req.CSeq() == nil,
		req.CSeq().MethodName != req.Method, len(req.GetHeaders("CSeq")) > 1, len(req.GetHeaders("Content-Length")) > 1:
		return sipgo.StatusBadRequest, "Bad Request", nil
	case req.Recipient.Scheme != "sip" && req.Recipient.Scheme != "sips" && req.Recipient.Scheme != "":
		return 416, "Unsupported URI Scheme", nil
	}
	if unknown := required(req); unknown != "" {
		return sipgo.StatusBadExtension, "Bad Extension", []sipgo.Header{sipgo.NewHeader("Unsupported", unknown)}
	}
	return 0, "", nil
}

// required lists the extensions a request insists on: we support none (RFC 3261
// §8.2.2.3). ACK and CANCEL are never refused for them.
func required(req *sipgo.Request) string {
	if req.IsAck() || req.IsCancel() {
		return ""
	}
	var list []string
	for _, h := range req.GetHeaders("Require") {
		list = append(list, printable(h.Value()))
	}
	return strings.Join(list, ", ")
}
