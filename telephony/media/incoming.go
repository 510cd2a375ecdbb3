package media

import (
	"sync/atomic"
	"time"
)

// Incoming turns the RTP packets of one far end into frames and key presses. It
// belongs to whatever reads the socket: Receive is called by that one goroutine
// only, everything else by any.
type Incoming struct {
	sink    atomic.Pointer[Sink]
	onDigit atomic.Pointer[func(Digit)]
	dtmf    atomic.Uint32

	packets, bytes, lost, rejected atomic.Uint64
	lastIn                         atomic.Int64 // unix nanoseconds, 0 when nothing came
	highest                        atomic.Uint32
	source                         atomic.Uint32
	meter                          meter

	// Receive's own.
	started bool
	cycles  uint32
	seq     uint16
	ssrc    uint32
	digits  digits
}

// comfortNoise is the payload type of RFC 3389: a sign of life, not audio.
const comfortNoise = 13

// SetSink sets who gets the frames; nil drops them.
func (in *Incoming) SetSink(s Sink) {
	if s == nil {
		in.sink.Store(nil)
		return
	}
	in.sink.Store(&s)
}

// OnDigit sets who is told of key presses; nil tells nobody.
func (in *Incoming) OnDigit(f func(Digit)) {
	if f == nil {
		in.onDigit.Store(nil)
		return
	}
	in.onDigit.Store(&f)
}

// SetDTMF sets the payload type of telephone-event; 0 means none is expected.
func (in *Incoming) SetDTMF(payloadType uint8) { in.dtmf.Store(uint32(payloadType)) }

// Reject counts a packet that was dropped before Receive.
func (in *Incoming) Reject() { in.rejected.Add(1) }

// Accepts says whether p is of a kind the stream carries.
func (in *Incoming) Accepts(p *Packet) bool {
	pt := p.PayloadType
	if Codec(pt).Valid() {
		return len(p.Payload) > 0 && len(p.Payload) <= maxPayload
	}
	return pt == comfortNoise || (pt != 0 && uint32(pt) == in.dtmf.Load())
}

// Receive counts one packet and hands what it carries to the sink. A repeated or
// overtaken packet is dropped: frames reach the sink in order.
func (in *Incoming) Receive(p *Packet, now time.Time) {
	if !in.Accepts(p) {
		in.Reject()
		return
	}
	in.packets.Add(1)
	in.bytes.Add(uint64(len(p.Payload)))
	in.lastIn.Store(now.UnixNano())
	if !in.advance(p) {
		return
	}
	if uint32(p.PayloadType) == in.dtmf.Load() && p.PayloadType != 0 {
		in.receiveEvent(p, now)
		return
	}
	in.tell(in.digits.overdue(now))
	if p.PayloadType != comfortNoise {
		in.deliver(p, now)
	}
}

func (in *Incoming) deliver(p *Packet, now time.Time) {
	codec := Codec(p.PayloadType)
	in.meter.add(peak(p.Payload, codec), now)
	if sink := in.sink.Load(); sink != nil {
		(*sink).WriteFrame(Frame{Payload: p.Payload, Codec: codec, Timestamp: p.Timestamp, Marker: p.Marker})
	}
}

func (in *Incoming) receiveEvent(p *Packet, now time.Time) {
	e, ok := parseEvent(p.Payload)
	if !ok {
		in.Reject()
		return
	}
	earlier, this := in.digits.receive(p.Timestamp, e, now)
	in.tell(earlier)
	in.tell(this)
}

func (in *Incoming) tell(d Digit) {
	if d.Key == 0 {
		return
	}
	if f := in.onDigit.Load(); f != nil {
		(*f)(d)
	}
}

// restartAfter is the jump in sequence taken for a new start of the sender
// rather than for loss (RFC 3550 A.1, MAX_DROPOUT), and lateBy how far back a
// packet may come to count as overtaken (MAX_MISORDER).
const (
	restartAfter = 3000
	lateBy       = 100
)

// advance keeps the sequence and says whether p is new.
func (in *Incoming) advance(p *Packet) bool {
	step := int16(p.Sequence - in.seq)
	switch {
	case !in.started || p.SSRC != in.ssrc:
		in.started, in.cycles, in.ssrc, in.digits = true, 0, p.SSRC, digits{}
		in.source.Store(p.SSRC)
	case step <= 0 && step > -lateBy:
		return false
	case step > 0 && step < restartAfter:
		in.lost.Add(uint64(step - 1))
		if p.Sequence < in.seq {
			in.cycles += 1 << 16
		}
	}
	in.seq = p.Sequence
	in.highest.Store(in.cycles | uint32(in.seq))
	return true
}

// AddTo writes what came in to s.
func (in *Incoming) AddTo(s *Stats) {
	s.PacketsIn, s.BytesIn = in.packets.Load(), in.bytes.Load()
	s.Lost, s.Rejected = in.lost.Load(), in.rejected.Load()
	s.PeakIn = in.meter.level(time.Now())
	if at := in.lastIn.Load(); at != 0 {
		s.LastIn = time.Unix(0, at)
	}
}
