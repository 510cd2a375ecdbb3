package media

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// Errors of SendDigit.
var (
	ErrNoDTMF   = errors.New("the far end takes no telephone-event")
	ErrBadDigit = errors.New("not a DTMF key")
	ErrClosed   = errors.New("the stream is closed")
)

// The events 0–15 of RFC 4733 §3.2, in order.
const dtmfKeys = "0123456789*#ABCD"

// Limits of a key press sent: shorter ones are missed by many switches, longer
// ones would overflow the 16-bit duration.
const (
	shortestDigit = 60 * time.Millisecond
	defaultDigit  = 160 * time.Millisecond
	longestDigit  = 8 * time.Second
)

// event is the payload of one RFC 4733 packet.
type event struct {
	code     uint8
	end      bool
	duration uint16 // in samples since the event's timestamp
}

func parseEvent(b []byte) (event, bool) {
	if len(b) < 4 || b[0] >= byte(len(dtmfKeys)) {
		return event{}, false
	}
	return event{code: b[0], end: b[1]&0x80 != 0, duration: binary.BigEndian.Uint16(b[2:])}, true
}

func (e event) put(b []byte) {
	b[0], b[1] = e.code, 10 // -10 dBm0
	if e.end {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], e.duration)
}

func eventCode(key byte) (uint8, bool) {
	i := strings.IndexByte(dtmfKeys, key)
	return uint8(max(i, 0)), i >= 0
}

// samples is d in RTP clock ticks.
func samples(d time.Duration) uint32 { return uint32(d * SampleRate / time.Second) }

func duration(samples uint32) time.Duration {
	return time.Duration(samples) * time.Second / SampleRate
}

// lostEndAfter is how long an event may go without an update before it counts
// as over although its end packets were lost.
const lostEndAfter = 200 * time.Millisecond

// digits tells key presses from the packets that repeat them. All packets of one
// press have the press's timestamp (RFC 4733 §2.5.1.2).
//
//	none ─▶ pressed ─▶ told        pressed: end not seen yet; told: further packets are repeats
type digits struct {
	seen    bool
	told    bool
	ts      uint32
	event   event
	updated time.Time
}

// receive takes one event packet and returns up to two presses now complete: an
// earlier one whose end was lost, and this one when its end is here.
func (d *digits) receive(ts uint32, e event, now time.Time) (earlier, this Digit) {
	if d.seen && int32(ts-d.ts) < 0 {
		return earlier, this // a late repeat of an earlier press
	}
	if !d.seen || ts != d.ts {
		earlier = d.flush()
		*d = digits{seen: true, ts: ts}
	}
	if d.told {
		return earlier, this
	}
	d.event, d.updated = e, now
	if e.end {
		this = d.flush()
	}
	return earlier, this
}

// overdue returns the press whose end packets were lost, if any.
func (d *digits) overdue(now time.Time) Digit {
	if !d.seen || d.told || now.Sub(d.updated) < lostEndAfter {
		return Digit{}
	}
	return d.flush()
}

func (d *digits) flush() Digit {
	if !d.seen || d.told {
		return Digit{}
	}
	d.told = true
	return Digit{Key: dtmfKeys[d.event.code], Duration: duration(uint32(d.event.duration))}
}
