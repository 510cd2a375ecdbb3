package media

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Outgoing makes one continuous RTP stream of whatever is written to it: one
// SSRC, sequence +1 per packet, timestamps that go on across changes of source,
// the marker bit where they do. Safe for any goroutine.
type Outgoing struct {
	send func(*Packet) error

	mu      sync.Mutex
	codec   Codec
	dtmf    uint8
	packet  Packet
	clock   outClock
	convert [maxPayload]byte
	presses pressQueue
	closed  chan struct{}
	isDone  bool
	packets uint64
	bytes   uint64
}

// NewOutgoing returns a stream that hands its packets to send, which must not
// keep them. dtmf is the payload type of telephone-event, 0 when the far end
// takes none.
func NewOutgoing(codec Codec, dtmf uint8, send func(*Packet) error) *Outgoing {
	return &Outgoing{
		send: send, codec: codec, dtmf: dtmf,
		packet: Packet{SSRC: rand.Uint32(), Sequence: uint16(rand.Uint32() >> 17)},
		clock:  outClock{ts: rand.Uint32()},
		closed: make(chan struct{}),
	}
}

// Set changes what the far end takes, after a new answer.
func (o *Outgoing) Set(codec Codec, dtmf uint8) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.codec, o.dtmf = codec, dtmf
}

// Codec is the codec sent.
func (o *Outgoing) Codec() Codec {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.codec
}

// SSRC is the stream's synchronisation source.
func (o *Outgoing) SSRC() uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.packet.SSRC
}

// SetSSRC is for carriers that choose the SSRC themselves; call it before the
// first frame.
func (o *Outgoing) SetSSRC(ssrc uint32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.packet.SSRC = ssrc
}

// WriteFrame sends one frame, in the stream's own codec. Frames are dropped
// while a key press goes out, and when they are longer than 60 ms.
func (o *Outgoing) WriteFrame(f Frame) { o.writeAt(f, time.Now()) }

func (o *Outgoing) writeAt(f Frame, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.isDone || o.presses.current != nil || len(f.Payload) == 0 || len(f.Payload) > maxPayload {
		return
	}
	payload := f.Payload
	if f.Codec != o.codec {
		payload = Convert(o.convert[:], f.Payload, f.Codec, o.codec)
	}
	ts, jumped := o.clock.next(f.Timestamp, uint32(len(payload)), now)
	o.emit(uint8(o.codec), f.Marker || jumped, ts, payload)
}

// emit sends one packet; the lock is held.
func (o *Outgoing) emit(payloadType uint8, marker bool, ts uint32, payload []byte) {
	o.packet.Sequence++
	o.packet.PayloadType, o.packet.Marker = payloadType, marker
	o.packet.Timestamp, o.packet.Payload = ts, payload
	if o.send(&o.packet) == nil {
		o.packets++
		o.bytes += uint64(len(payload))
	}
	o.packet.Payload = nil
}

// Close stops a key press under way; later frames are dropped.
func (o *Outgoing) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.isDone {
		o.isDone = true
		close(o.closed)
	}
}

// AddTo writes what went out to s.
func (o *Outgoing) AddTo(s *Stats) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s.PacketsOut, s.BytesOut = o.packets, o.bytes
}

// now is the RTP timestamp of this moment, for sender reports.
func (o *Outgoing) now(at time.Time) uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock.ts + samples(max(0, at.Sub(o.clock.at)))
}

// outClock gives timestamps. Within one source they follow the source's own, so
// that a hole stays a hole; where the source changes or pauses they follow real
// time.
type outClock struct {
	running bool
	ts      uint32    // of the last packet
	length  uint32    // of the last packet, in samples
	source  uint32    // the source's own timestamp of that packet
	at      time.Time // when it was sent
	resync  bool      // what comes next is another source
}

// Limits within which a source's own timestamps are believed: it may differ from
// real time by its jitter, and a pause longer than longPause is measured by us.
const (
	believable = 200 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// next returns the timestamp of a packet that the source stamped source, and
// whether it starts anew.
func (c *outClock) next(source, length uint32, now time.Time) (ts uint32, jumped bool) {
	step, jumped := c.step(source, now)
	*c = outClock{running: true, ts: c.ts + step, length: length, source: source, at: now}
	return c.ts, jumped
}

func (c *outClock) step(source uint32, now time.Time) (step uint32, jumped bool) {
	if !c.running {
		return 0, true
	}
	passed, step := now.Sub(c.at), source-c.source
	drift := duration(step) - passed
	switch {
	case c.resync || step < c.length || step > SampleRate*60:
		return c.byClock(passed), true
	case step == c.length && passed < longPause:
		return step, false
	case drift > believable || drift < -believable:
		return c.byClock(passed), true
	}
	return step, false
}

// byClock is the time passed in whole frames, at least the last packet's length.
func (c *outClock) byClock(passed time.Duration) uint32 {
	frames := (samples(max(0, passed)) + FrameBytes/2) / FrameBytes
	return max(frames*FrameBytes, c.length)
}
