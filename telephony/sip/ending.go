package sip

import (
	"runtime/debug"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
)

// hangUpNow ends a confirmed leg: audio is closed and the end told at once, the
// BYE goes its own way (O-16).
func (l *leg) hangUpNow(cause telephony.EndCause) {
	l.sendBye()
	l.end(telephony.LegEvent{Cause: cause})
}

func (l *leg) sendBye() {
	d, done, why := l.dlg, make(chan struct{}), l.reason()
	if l.e.crew.start(func() { defer close(done); l.e.bye(&d, l.p.login, why) }) {
		l.byeDone = done
	}
}

// linger keeps an ended leg answering until its BYE is dealt with, so that a BYE
// crossing ours gets its 200; and watches a cancelled INVITE for a late answer.
func (l *leg) linger() {
	watch := l.lateWatch()
	for l.byeDone != nil || watch != nil {
		select {
		case <-l.byeDone:
			l.byeDone = nil
		case res := <-l.responses():
			l.lateFirst(res)
		case <-l.txDone:
			l.txDone, watch = nil, nil
		case <-watch:
			watch = nil
			l.tx.Terminate()
		case d := <-l.inbox:
			l.afterEnd(d)
		case <-l.e.dead:
			return
		}
	}
}

// lateWatch is how long a late 2xx is waited for when the INVITE has had no final
// response; nil when it has.
func (l *leg) lateWatch() <-chan time.Time {
	if l.cancel && l.txDone != nil {
		return time.After(giveUp)
	}
	return nil
}

// lateFirst takes a 2xx that came after the leg was given up.
func (l *leg) lateFirst(res *sipgo.Response) {
	if res.IsSuccess() {
		l.late(l.base, res)
	}
}

// afterEnd answers what still comes for an ended leg.
func (l *leg) afterEnd(d delivery) {
	defer close(d.done)
	if d.req.Method == sipgo.BYE {
		l.e.respond(d, sipgo.StatusOK, "OK")
		return
	}
	l.e.respond(d, sipgo.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
}

// end closes the audio and tells LegEnded, once.
func (l *leg) end(ev telephony.LegEvent) {
	if l.phase == over {
		return
	}
	l.phase = over
	l.watch.timer.Stop()
	_ = l.rtp.Close()
	ev.Kind = telephony.LegEnded
	l.tell(ev)
}

// rescue ends one leg whose goroutine panicked, so that the others live.
func (l *leg) rescue() {
	cause := recover()
	if cause == nil {
		return
	}
	l.e.log.Error("a leg panicked", "call", l.dlg.callID, "panic", cause, "stack", string(debug.Stack()))
	defer func() { _ = recover() }() // whoever is told may be what panics
	if l.phase == confirmed {
		l.sendBye()
	}
	l.end(telephony.LegEvent{Cause: telephony.EndLocalBye, Reason: "internal error"})
}
