package media

import (
	"slices"
	"testing"
	"time"
)

// basket keeps copies of the frames it is given.
type basket struct {
	frames []Frame
	audio  []byte
}

func (b *basket) WriteFrame(f Frame) {
	b.audio = append(b.audio, f.Payload...)
	f.Payload = b.audio[len(b.audio)-len(f.Payload):]
	b.frames = append(b.frames, f)
}

// far is a far end whose packets are made by hand.
type far struct {
	in  Incoming
	now time.Time
	p   Packet
}

func newFar() *far {
	f := &far{now: time.Unix(1000, 0), p: Packet{SSRC: 7, Sequence: 65530, Timestamp: 100}}
	f.in.SetDTMF(101)
	return f
}

func (f *far) audio() {
	f.p.PayloadType, f.p.Payload = uint8(PCMA), quiet(PCMA)
	f.pass()
	f.p.Timestamp += 160
}

func (f *far) event(code uint8, ts uint32, duration uint16, end bool) {
	payload := make([]byte, 4)
	event{code: code, end: end, duration: duration}.put(payload)
	at := f.p.Timestamp
	f.p.PayloadType, f.p.Payload, f.p.Timestamp = 101, payload, ts
	f.pass()
	f.p.Timestamp = at
}

func (f *far) pass() {
	f.in.Receive(&f.p, f.now)
	f.p.Sequence++
	f.now = f.now.Add(FrameDuration)
}

func (f *far) stats() Stats {
	var s Stats
	f.in.AddTo(&s)
	return s
}

func TestLossIsCountedAndRepeatsAndLatecomersAreDropped(t *testing.T) {
	f := newFar()
	var heard basket
	f.in.SetSink(&heard)
	for range 10 { // wraps round 65535
		f.audio()
	}
	f.p.Sequence += 3
	f.audio()
	f.p.Sequence-- // the same again
	f.audio()
	f.p.Sequence -= 3 // overtaken
	f.audio()
	if s := f.stats(); s.Lost != 3 || s.PacketsIn != 13 || len(heard.frames) != 11 || s.Rejected != 0 {
		t.Errorf("counted %+v, heard %d frames", s, len(heard.frames))
	}
}

func TestASenderThatStartsAnewLosesNothing(t *testing.T) {
	f := newFar()
	var heard basket
	f.in.SetSink(&heard)
	f.audio()
	f.p.SSRC, f.p.Sequence = 8, 4
	f.audio()
	f.p.Sequence += 20000
	f.audio()
	if s := f.stats(); s.Lost != 0 || len(heard.frames) != 3 {
		t.Errorf("counted %+v, heard %d frames", s, len(heard.frames))
	}
}

func TestForeignPayloadsAreRejectedAndComfortNoiseIsALifeSign(t *testing.T) {
	f := newFar()
	var heard basket
	f.in.SetSink(&heard)
	for _, p := range []Packet{
		{PayloadType: 18, Payload: make([]byte, 20)},
		{PayloadType: uint8(PCMA)},
		{PayloadType: uint8(PCMA), Payload: make([]byte, maxPayload+1)},
		{PayloadType: 101, Payload: []byte{1, 2}},
		{PayloadType: 101, Payload: []byte{99, 2, 0, 0}},
	} {
		p.SSRC, p.Sequence = 7, f.p.Sequence
		f.p.Sequence++
		f.in.Receive(&p, f.now)
	}
	f.in.Receive(&Packet{SSRC: 7, Sequence: f.p.Sequence, PayloadType: comfortNoise, Payload: []byte{40}}, f.now)
	if s := f.stats(); s.Rejected != 5 || len(heard.frames) != 0 || !s.LastIn.Equal(f.now) {
		t.Errorf("counted %+v, heard %d frames", s, len(heard.frames))
	}
}

// press is one way a key press of '7' may arrive.
func TestAKeyPressIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		send func(f *far)
		want string
	}{
		"whole": {func(f *far) {
			f.event(7, 500, 160, false)
			f.event(7, 500, 320, false)
			f.event(7, 500, 480, true)
			f.event(7, 500, 480, true)
			f.event(7, 500, 480, true)
		}, "7"},
		"start and two ends lost": {func(f *far) { f.event(7, 500, 480, true) }, "7"},
		"all ends lost, audio goes on": {func(f *far) {
			f.event(7, 500, 160, false)
			f.event(7, 500, 320, false)
			for range 15 {
				f.audio()
			}
		}, "7"},
		"ends lost, next key follows": {func(f *far) {
			f.event(7, 500, 160, false)
			f.event(8, 3000, 160, true)
		}, "78"},
		"the same key twice": {func(f *far) {
			f.event(7, 500, 160, true)
			f.event(7, 500, 160, true)
			f.event(7, 2000, 160, true)
		}, "77"},
		"a late repeat after the next key": {func(f *far) {
			f.event(7, 500, 160, true)
			f.event(8, 2000, 160, true)
			f.event(7, 500, 160, true)
		}, "78"},
		"all keys": {func(f *far) {
			for i := range uint8(16) {
				f.event(i, uint32(i)*2000, 160, true)
			}
		}, dtmfKeys},
		"a new sender whose timestamps are lower": {func(f *far) {
			f.event(7, 50000, 160, true)
			f.p.SSRC = 99
			f.event(8, 500, 160, true)
		}, "78"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFar()
			var keys []byte
			f.in.OnDigit(func(d Digit) { keys = append(keys, d.Key) })
			c.send(f)
			if string(keys) != c.want {
				t.Errorf("told %q, want %q", keys, c.want)
			}
		})
	}
}

func TestAKeyPressHasItsLength(t *testing.T) {
	f := newFar()
	var got []Digit
	f.in.OnDigit(func(d Digit) { got = append(got, d) })
	f.event(11, 500, 800, true)
	if !slices.Equal(got, []Digit{{Key: '#', Duration: 100 * time.Millisecond}}) {
		t.Errorf("told %v", got)
	}
}

func TestTheLevelRisesAndFalls(t *testing.T) {
	var m meter
	now := time.Unix(1000, 0)
	m.add(200, now)
	m.add(3, now.Add(120*time.Millisecond))
	for after, want := range map[time.Duration]uint8{121: 200, 225: 3, 330: 0} {
		if got := m.level(now.Add(after * time.Millisecond)); got != want {
			t.Errorf("after %d ms the level is %d, want %d", after, got, want)
		}
	}
}
