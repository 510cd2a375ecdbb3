package media

import "time"

// pressQueue holds the key presses to send. While one goes out no audio does.
type pressQueue struct {
	waiting []Digit
	current *press
	running bool // a goroutine is sending
}

// press is a key press under way.
type press struct {
	event event
	ts    uint32
	total uint32 // samples
	sent  uint32
	ends  int
	quiet int // frames of pause left after it
}

// A press ends with three end packets and is followed by a pause, so that two of
// the same key are two (RFC 4733 §2.5.1.4).
const (
	endPackets  = 3
	pauseFrames = 3
)

// SendDigit queues one key press of length d (0: 160 ms; kept within 60 ms–8 s).
// It fails with ErrBadDigit, ErrNoDTMF or ErrClosed.
func (o *Outgoing) SendDigit(key byte, d time.Duration) error {
	if _, ok := eventCode(key); !ok {
		return ErrBadDigit
	}
	if d == 0 {
		d = defaultDigit
	}
	d = min(max(d, shortestDigit), longestDigit)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.isDone:
		return ErrClosed
	case o.dtmf == 0:
		return ErrNoDTMF
	}
	o.presses.waiting = append(o.presses.waiting, Digit{Key: key, Duration: d})
	if !o.presses.running {
		o.presses.running = true
		go o.runPresses()
	}
	return nil
}

// runPresses sends what is queued, one packet each 20 ms, and ends with the queue.
func (o *Outgoing) runPresses() {
	tick := time.NewTicker(FrameDuration)
	defer tick.Stop()
	for o.pressOnce(time.Now()) {
		select {
		case <-tick.C:
		case <-o.closed:
			return
		}
	}
}

// pressOnce sends one packet of the current press, or starts the next one. It
// returns false when nothing is left.
func (o *Outgoing) pressOnce(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.presses.current == nil && !o.startPress(now) {
		o.presses.running = false
		return false
	}
	p := o.presses.current
	if p.ends == endPackets {
		o.pausePress(p)
		return true
	}
	o.sendEvent(p)
	return true
}

func (o *Outgoing) startPress(now time.Time) bool {
	if len(o.presses.waiting) == 0 || o.isDone {
		return false
	}
	d := o.presses.waiting[0]
	o.presses.waiting = o.presses.waiting[1:]
	code, _ := eventCode(d.Key)
	p := &press{event: event{code: code}, total: samples(d.Duration), quiet: pauseFrames}
	o.clock.resync = true
	p.ts, _ = o.clock.next(0, p.total, now)
	o.clock.resync = true
	o.presses.current = p
	return true
}

func (o *Outgoing) sendEvent(p *press) {
	first := p.sent == 0
	p.sent = min(p.sent+FrameBytes, p.total)
	p.event.duration = uint16(p.sent)
	if p.sent == p.total {
		p.event.end = true
		p.ends++
	}
	var payload [4]byte
	p.event.put(payload[:])
	o.emit(o.dtmf, first, p.ts, payload[:])
}

func (o *Outgoing) pausePress(p *press) {
	if p.quiet--; p.quiet == 0 {
		o.presses.current = nil
	}
}
