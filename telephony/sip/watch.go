package sip

import (
	"fmt"
	"regexp"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
)

// pulse is audio that tells a silent far end from a dead one: *media.Session does,
// by RTCP.
type pulse interface {
	// Beat sends a sign of life.
	Beat(now time.Time)
	// LastHeard is when the far end last sent anything; zero: never.
	LastHeard() time.Time
}

// watch ends a leg of which nothing is heard for limit. Both ends beat, so that a
// customer who is silent, or held, is not taken for a dead node.
type watch struct {
	limit time.Duration // 0: nobody watches
	since time.Time
	timer *time.Timer
}

const beatsPerWatch = 3

func (w *watch) start() {
	if w.limit > 0 {
		w.since = time.Now()
		w.timer.Reset(w.limit / beatsPerWatch)
	}
}

// dead says whether the far end has been silent for the whole limit.
func (w *watch) dead(heard, now time.Time) bool {
	if heard.Before(w.since) {
		heard = w.since
	}
	return now.Sub(heard) >= w.limit
}

func (l *leg) onWatch(now time.Time) {
	p, ok := l.rtp.Audio.(pulse)
	if !ok || l.phase != confirmed {
		return
	}
	if l.watch.dead(p.LastHeard(), now) {
		l.hangUpNow(telephony.EndMediaLost)
		return
	}
	p.Beat(now)
	l.watch.timer.Reset(l.watch.limit / beatsPerWatch)
}

// HangupFor is Hangup, and tells the far end why in a Reason header (RFC 3326)
// with a protocol of our own. why is a word of the caller's.
func (l *leg) HangupFor(why string) {
	l.mu.Lock()
	l.why = why
	l.mu.Unlock()
	l.Hangup()
}

func (l *leg) reason() []sipgo.Header {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == "" {
		return nil
	}
	return []sipgo.Header{sipgo.NewHeader("Reason", fmt.Sprintf("Ringback;text=%q", printable(l.why)))}
}

var whyText = regexp.MustCompile(`^Ringback\s*;\s*text="([a-z_]{1,32})"$`)

// whyOf reads what reason wrote; empty for everybody else's Reason.
func whyOf(h sipgo.Header) string {
	if h == nil {
		return ""
	}
	if m := whyText.FindStringSubmatch(h.Value()); m != nil {
		return m[1]
	}
	return ""
}
