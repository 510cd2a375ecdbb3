package telephony

import (
	"sync"
	"sync/atomic"

	"ringback/telephony/media"
)

// ear is what an agent hears of a call: the customer, with the announcing tone
// over the first moments. Until the customer's first frame the player brings the
// tone; from then on the rest of it is added to the customer's frames, so that
// there is one frame every 20 ms and nothing of the customer is lost.
type ear struct {
	media.Stream
	first func()
	begun bool // the customer's reader goroutine's, as the buffers
	pcm   [3 * media.FrameBytes]int16
	mixed [3 * media.FrameBytes]byte

	played atomic.Int64 // bytes of the tone
	tone   []byte

	mu   sync.Mutex
	stop func()
}

func newEar(agent media.Stream, first func()) *ear {
	return &ear{Stream: agent, first: first}
}

// welcome begins the tone.
func (e *ear) welcome(player *media.Clock) {
	e.tone = media.AnnounceTone()
	stop := player.Play(toneSink{e}, e.tone, false, nil)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop = stop
}

// close ends a tone under way.
func (e *ear) close() {
	e.mu.Lock()
	stop := e.stop
	e.stop = nil
	e.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// WriteFrame brings one frame of the customer.
func (e *ear) WriteFrame(f media.Frame) {
	if !e.begun {
		e.begun = true
		e.close()
		e.first()
	}
	if at := e.played.Load(); int(at) < len(e.tone) && len(f.Payload) <= len(e.mixed) {
		f = e.mix(f, e.tone[at:])
	}
	e.Stream.WriteFrame(f)
}

// mix adds the rest of the tone to a frame.
func (e *ear) mix(f media.Frame, tone []byte) media.Frame {
	pcm := media.Decode(e.pcm[:0], f.Payload, f.Codec)
	n := min(len(pcm), len(tone))
	for i := range n {
		sum := int32(pcm[i]) + int32(media.ALawToLinear(tone[i]))
		pcm[i] = int16(max(-32768, min(32767, sum)))
	}
	e.played.Add(int64(n))
	f.Payload = media.Encode(e.mixed[:0], pcm, f.Codec)
	return f
}

// toneSink is where the player brings the tone.
type toneSink struct{ e *ear }

func (t toneSink) WriteFrame(f media.Frame) {
	t.e.played.Add(int64(len(f.Payload)))
	t.e.Stream.WriteFrame(f)
}
