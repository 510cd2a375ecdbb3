package media

import "sync/atomic"

// Relay passes the frames of one direction of a bridge on, as they come, on the
// goroutine that brought them. It can be muted, and listened to by a tap.
type Relay struct {
	to     Sink
	tap    atomic.Pointer[Sink]
	muted  atomic.Bool
	gone   atomic.Bool
	begun  atomic.Bool
	silent [maxPayload]byte // the reader goroutine's
}

var _ Sink = (*Relay)(nil)

// NewRelay returns a relay to one sink.
func NewRelay(to Sink) *Relay { return &Relay{to: to} }

// WriteFrame passes one frame on. The first one is marked as a new source.
func (r *Relay) WriteFrame(f Frame) {
	if r.gone.Load() || len(f.Payload) > maxPayload {
		return
	}
	if !r.begun.Load() {
		r.begun.Store(true)
		f.Marker = true
	}
	if r.muted.Load() {
		f.Payload = r.silence(len(f.Payload), f.Codec)
	}
	r.to.WriteFrame(f)
	if tap := r.tap.Load(); tap != nil {
		(*tap).WriteFrame(f)
	}
}

func (r *Relay) silence(n int, c Codec) []byte {
	quiet := r.silent[:n]
	for i := range quiet {
		quiet[i] = c.Silence()
	}
	return quiet
}

// Mute replaces what passes by silence, so that the stream goes on.
func (r *Relay) Mute(on bool) { r.muted.Store(on) }

// Muted says whether the relay is muted.
func (r *Relay) Muted() bool { return r.muted.Load() }

// SetTap sets who gets a copy of what the other side hears; nil ends it.
func (r *Relay) SetTap(s Sink) {
	if s == nil {
		r.tap.Store(nil)
		return
	}
	r.tap.Store(&s)
}

// stop drops what still comes.
func (r *Relay) stop() { r.gone.Store(true) }

// Bridge connects two streams both ways. It does nothing of its own: each
// direction runs on the reader of the side that speaks.
type Bridge struct {
	a, b         Stream
	fromA, fromB *Relay
}

// NewBridge lets a and b hear each other. What either heard until now is ended
// first by calling the stops, which come from Clock.Play and Echo. It takes over both
// streams' sinks; taps may be set before with the options of NewBridgeTapped.
func NewBridge(a, b Stream, stops ...func()) *Bridge {
	return NewBridgeTapped(a, b, nil, nil, stops...)
}

// NewBridgeTapped is NewBridge with taps (nil: none) that get every frame from
// the first on: tapA what a says, tapB what b says.
func NewBridgeTapped(a, b Stream, tapA, tapB Sink, stops ...func()) *Bridge {
	for _, stop := range stops {
		stop()
	}
	br := &Bridge{a: a, b: b, fromA: NewRelay(b), fromB: NewRelay(a)}
	br.fromA.SetTap(tapA)
	br.fromB.SetTap(tapB)
	a.SetSink(br.fromA)
	b.SetSink(br.fromB)
	return br
}

// FromA is the direction from a to b: mute it, tap it.
func (br *Bridge) FromA() *Relay { return br.fromA }

// FromB is the direction from b to a.
func (br *Bridge) FromB() *Relay { return br.fromB }

// Detach ends the bridge; both streams stay open and hear nothing. Call it
// before giving either stream another sink.
func (br *Bridge) Detach() {
	br.fromA.stop()
	br.fromB.stop()
	br.a.SetSink(nil)
	br.b.SetSink(nil)
}
