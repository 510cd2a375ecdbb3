package media

import (
	"context"
	"sync"
	"time"
)

// Clock plays prompts, tones and music: one ticker for all of them, however
// many. Whoever owns it calls Run.
type Clock struct {
	mu      sync.Mutex
	players []*player
	ending  []*player // of tickOnce
}

// NewClock returns a clock at rest.
func NewClock() *Clock { return &Clock{} }

// Run plays until ctx ends. It always returns ctx's error.
func (c *Clock) Run(ctx context.Context) error {
	tick := time.NewTicker(FrameDuration)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now := <-tick.C:
			c.tickOnce(now)
		}
	}
}

// Play sends A-law audio to sink, one frame each 20 ms, from the next tick on;
// with loop again and again. done, which may be nil, is called when all is
// played, not when stopped; it runs on the clock's goroutine and must not block.
//
// After stop has returned, sink gets nothing more. stop may be called often, but
// not from sink.
func (c *Clock) Play(sink Sink, alaw []byte, loop bool, done func()) (stop func()) {
	p := &player{sink: sink, audio: wholeFrames(alaw), loop: loop, done: done}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.players = append(c.players, p)
	return p.stop
}

// Playing is the number of players not ended or stopped yet, as of the last tick.
func (c *Clock) Playing() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.players)
}

// tickOnce lets every player send what is due.
func (c *Clock) tickOnce(now time.Time) {
	for _, p := range c.advance(now) {
		if p.done != nil && p.finished() {
			p.done()
		}
	}
}

// advance moves all players and returns those that are over.
func (c *Clock) advance(now time.Time) []*player {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, over := c.players[:0], c.ending[:0]
	for _, p := range c.players {
		if p.playDue(now) {
			kept = append(kept, p)
		} else {
			over = append(over, p)
		}
	}
	clear(c.players[len(kept):])
	c.players, c.ending = kept, over
	return over
}

// wholeFrames fills the last frame with silence.
func wholeFrames(alaw []byte) []byte {
	missing := (FrameBytes - len(alaw)%FrameBytes) % FrameBytes
	if missing == 0 {
		return alaw
	}
	return append(alaw[:len(alaw):len(alaw)], Silence(duration(uint32(missing)))...)
}

// player is one audio on its way to one sink.
type player struct {
	sink  Sink
	audio []byte // whole frames
	loop  bool
	done  func()

	mu      sync.Mutex
	stopped bool
	ended   bool
	start   time.Time
	sent    int // frames
}

// mostBehind is how many frames a late tick makes up for; what is older is left
// out of the schedule rather than sent in a burst.
const mostBehind = 5

func (p *player) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
}

func (p *player) finished() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended && !p.stopped
}

// playDue sends the frames due now and says whether more will come.
func (p *player) playDue(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = now
	}
	due := p.due(now)
	for range due {
		if p.stopped || !p.playOne() {
			break
		}
	}
	return !p.stopped && !p.ended
}

// due is the number of frames to send, the first one at once.
func (p *player) due(now time.Time) int {
	behind := int((now.Sub(p.start)+FrameDuration/2)/FrameDuration) + 1 - p.sent
	if behind > mostBehind {
		p.start = p.start.Add(time.Duration(behind-1) * FrameDuration)
		return 1
	}
	return behind
}

func (p *player) playOne() bool {
	frames := len(p.audio) / FrameBytes
	if frames == 0 || (!p.loop && p.sent >= frames) {
		p.ended = true
		return false
	}
	at := p.sent % frames * FrameBytes
	p.sink.WriteFrame(Frame{
		Payload: p.audio[at : at+FrameBytes], Codec: PCMA,
		Timestamp: uint32(p.sent) * FrameBytes, Marker: p.sent == 0,
	})
	p.sent++
	return true
}
