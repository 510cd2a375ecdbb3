package media

import (
	"sync"
	"time"
)

// Echo lets a far end hear itself: each frame goes back as it comes. The stop it
// returns ends it. It takes over the stream's sink.
func Echo(s Stream) (stop func()) {
	r := NewRelay(s)
	s.SetSink(r)
	return stopRelay(s, r)
}

// EchoDelayed is Echo after d, for a microphone test: people hardly notice
// themselves without a delay. It keeps d of audio, at most 10 s.
func EchoDelayed(s Stream, d time.Duration) (stop func()) {
	r := NewRelay(&delayLine{to: s, wait: int(min(max(d, 0), 10*time.Second) / FrameDuration)})
	s.SetSink(r)
	return stopRelay(s, r)
}

func stopRelay(s Stream, r *Relay) func() {
	return sync.OnceFunc(func() {
		r.stop()
		s.SetSink(nil)
	})
}

// delayLine holds frames back until wait newer ones have come.
type delayLine struct {
	to   Sink
	wait int
	ring []heldFrame
	at   int
}

type heldFrame struct {
	frame   Frame
	payload [maxPayload]byte
}

func (l *delayLine) WriteFrame(f Frame) {
	if l.wait == 0 {
		l.to.WriteFrame(f)
		return
	}
	if len(l.ring) < l.wait {
		l.ring = append(l.ring, heldFrame{})
		l.ring[len(l.ring)-1].keep(f)
		return
	}
	h := &l.ring[l.at]
	l.at = (l.at + 1) % l.wait
	l.to.WriteFrame(h.frame)
	h.keep(f)
}

func (h *heldFrame) keep(f Frame) {
	n := copy(h.payload[:], f.Payload)
	h.frame = f
	h.frame.Payload = h.payload[:n]
}
