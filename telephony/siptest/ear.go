package siptest

import (
	"sync"
	"time"

	"ringback/telephony/media"
)

// earKeeps is how much a call remembers of what it hears: one minute.
const earKeeps = 60 * 8000

// loud is the level, 0–32767, from which a frame counts as speech.
const loud = 600

// ear is a call's sink: it remembers what arrives and listens for speech.
type ear struct {
	tap media.Sink // also gets what arrives; nil: nobody

	mu     sync.Mutex
	audio  []byte // A-law
	keys   []byte
	spoken time.Duration // speech since the last forget
	last   time.Time     // last speech
}

func newEar() *ear { return &ear{} }

// WriteFrame takes a frame that arrived.
func (e *ear) WriteFrame(f media.Frame) {
	if e.tap != nil {
		e.tap.WriteFrame(f)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := len(e.audio)
	if f.Codec == media.PCMA {
		e.audio = append(e.audio, f.Payload...)
	} else {
		e.audio = append(e.audio, media.Convert(make([]byte, len(f.Payload)), f.Payload, f.Codec, media.PCMA)...)
	}
	if isSpeech(e.audio[at:]) {
		e.spoken += time.Duration(len(f.Payload)) * time.Second / 8000
		e.last = time.Now()
	}
	if len(e.audio) > 2*earKeeps {
		e.audio = append(e.audio[:0], e.audio[len(e.audio)-earKeeps:]...)
	}
}

// isSpeech tells by the mean level.
func isSpeech(alaw []byte) bool {
	sum := 0
	for _, b := range alaw {
		sum += max(int(media.ALawToLinear(b)), -int(media.ALawToLinear(b)))
	}
	return len(alaw) > 0 && sum/len(alaw) >= loud
}

func (e *ear) press(d media.Digit) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keys = append(e.keys, d.Key)
}

func (e *ear) heard() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	from := max(0, len(e.audio)-earKeeps)
	return append([]byte(nil), e.audio[from:]...)
}

func (e *ear) pressed() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.keys)
}

// speech is how much speech arrived since the last forget, and when the last.
func (e *ear) speech() (spoken time.Duration, last time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.spoken, e.last
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spoken = 0
}
