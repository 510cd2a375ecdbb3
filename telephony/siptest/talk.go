package siptest

import (
	"math/rand/v2"
	"time"

	"ringback/telephony/media"
)

// How a customer holds a conversation.
const (
	opening   = 400 * time.Millisecond  // from the answer to the first word
	enough    = 300 * time.Millisecond  // of speech makes it the other's turn
	turnPause = 700 * time.Millisecond  // of silence ends the other's turn
	patience  = 7 * time.Second         // of silence on both sides
	loopPause = time.Second             // between two rounds of Says
	farewell  = 2500 * time.Millisecond // before hanging up, to say goodbye
)

// talker is one end's voice: each 20 ms it decides what frame to send.
type talker struct {
	ear   *ear
	who   Who
	voice string
	says  []byte
	talk  time.Duration
	wait  time.Duration // before the first word

	began   time.Time
	playing []byte
	quiet   time.Time // since when we have been silent
	said    int
	asked   bool // who is there
	bye     bool
}

func newTalker(b Behaviour, voice string, e *ear, now time.Time) *talker {
	t := &talker{ear: e, who: b.Who, voice: voice, says: b.Says, talk: b.Talk, wait: opening, began: now, quiet: now}
	if b.AtOnce {
		t.wait = 0
	}
	return t
}

// next is the A-law frame to send now; a pure silence between sentences.
func (t *talker) next(now time.Time) []byte {
	if len(t.playing) == 0 {
		t.playing = t.sentence(now)
		if len(t.playing) > 0 {
			t.ear.forget()
		}
	}
	frame := silence()
	n := copy(frame, t.playing)
	t.playing = t.playing[n:]
	if n > 0 {
		t.quiet = now
	}
	return frame
}

func silence() []byte {
	frame := make([]byte, media.FrameBytes)
	for i := range frame {
		frame[i] = media.ALawSilence
	}
	return frame
}

// sentence is what to say next, or nothing yet.
func (t *talker) sentence(now time.Time) []byte {
	switch {
	case now.Sub(t.began) < t.wait:
		return nil
	case t.says != nil:
		return t.over(now)
	case t.who != Human:
		return t.announcement()
	}
	return t.reply(now)
}

// over repeats what the test wants said.
func (t *talker) over(now time.Time) []byte {
	if t.said > 0 && now.Sub(t.quiet) < loopPause {
		return nil
	}
	t.said++
	return t.says
}

func (t *talker) announcement() []byte {
	t.said++
	if t.said > 1 || t.who == DeadAir {
		return nil
	}
	if t.who == Voicemail {
		return append(Voice("voicemail"), media.Tone([]float64{1000}, 400*time.Millisecond)...)
	}
	return Voice("assistant")
}

// reply: greet, answer when the other has spoken and paused, break long silence.
func (t *talker) reply(now time.Time) []byte {
	if t.said == 0 {
		t.said++
		return t.line("hello")
	}
	if t.talk > 0 && t.talk-now.Sub(t.began) < farewell && !t.bye {
		t.bye = true
		return t.line("bye")
	}
	spoken, last := t.ear.speech()
	switch {
	case t.bye:
		return nil
	case spoken >= enough && now.Sub(last) >= turnPause:
		return t.answer()
	case spoken < enough && now.Sub(t.quiet) >= patience:
		if t.said == 1 && !t.asked {
			t.asked = true
			return t.line("who")
		}
		return t.answer()
	}
	return nil
}

func (t *talker) answer() []byte {
	all := lines()
	line := all[(t.said-1)%len(all)]
	t.said++
	return t.line(line)
}

func (t *talker) line(name string) []byte { return Voice(t.voice + "_" + name) }

// speak sends a call's voice until the call ends. Who speaks at once begins at any
// moment of a frame's 20 ms, as real networks do.
func (c *Call) speak(t *talker) {
	if t.wait == 0 && !c.st.pause(rand.N(media.FrameDuration), c.ended) {
		return
	}
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	at, stamp := time.Now(), uint32(0)
	for {
		for now := time.Now(); !at.After(now); at = at.Add(media.FrameDuration) {
			c.rtp.WriteFrame(media.Frame{Payload: t.next(now), Codec: media.PCMA, Timestamp: stamp})
			stamp += media.FrameBytes
		}
		select {
		case <-c.ended:
			return
		case <-c.st.dead:
			return
		case <-tick.C:
		}
	}
}

// announce plays audio once, in early media.
func (c *Call) announce(alaw []byte, quit <-chan struct{}) bool {
	if c.rtp == nil {
		return c.st.pause(time.Second, quit)
	}
	for at := 0; at < len(alaw); at += media.FrameBytes {
		frame := silence()
		copy(frame, alaw[at:])
		c.rtp.WriteFrame(media.Frame{Payload: frame, Codec: media.PCMA, Timestamp: uint32(at)})
		if !c.st.pause(media.FrameDuration, quit) {
			return false
		}
	}
	return true
}
