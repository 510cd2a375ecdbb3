package sip

import (
	"context"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// dialTimeout bounds connecting by TCP and looking up a name.
const dialTimeout = 5 * time.Second

// start hands a request to the transaction layer, which retransmits it. The
// caller must read the transaction's responses until it is done.
func (e *Endpoint) start(req *sipgo.Request) (*sipgo.ClientTx, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	return e.tx.Request(ctx, req)
}

// exchange sends a request and returns its final response, or nil when there is
// none after 64×T1 or the endpoint stops.
func (e *Endpoint) exchange(req *sipgo.Request) *sipgo.Response {
	tx, err := e.start(req)
	if err != nil {
		return nil
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res
			}
		case <-tx.Done():
			return nil
		case <-e.dead:
			return nil
		}
	}
}

// bye ends a confirmed dialog and answers one challenge on the way. It waits for
// the far end's answer, so it runs in its own goroutine; the leg is over for us
// whatever comes back (RFC 3261 §15.1.1). why may be empty.
func (e *Endpoint) bye(d *dialog, login credentials, why []sipgo.Header) {
	next := func() *sipgo.Request {
		req := e.next(d, sipgo.BYE)
		for _, h := range why {
			req.AppendHeader(sipgo.HeaderClone(h))
		}
		return req
	}
	res := e.exchange(next())
	if res == nil || !isChallenge(res) {
		return
	}
	again := next()
	if login.answer(again, res) == nil {
		e.exchange(again)
	}
}
