package media

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// wire keeps what an Outgoing sent.
type wire struct{ packets []Packet }

func (w *wire) send(p *Packet) error {
	c := *p
	c.Payload = bytes.Clone(p.Payload)
	w.packets = append(w.packets, c)
	return nil
}

func quiet(c Codec) []byte { return bytes.Repeat([]byte{c.Silence()}, FrameBytes) }

func TestTheStreamGoesOnAcrossAChangeOfSource(t *testing.T) {
	var w wire
	o := NewOutgoing(PCMA, 0, w.send)
	now := time.Unix(1000, 0)
	for i := range 3 { // a prompt
		o.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: uint32(i) * 160, Marker: i == 0}, now)
		now = now.Add(FrameDuration)
	}
	for i := range 3 { // a far end with a clock of its own
		o.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 4e9 + uint32(i)*160}, now)
		now = now.Add(FrameDuration)
	}
	now = now.Add(time.Second - FrameDuration) // nobody speaks
	o.writeAt(Frame{Payload: quiet(PCMU), Codec: PCMU, Timestamp: 7}, now)

	first := w.packets[0]
	for i, want := range []struct {
		ts     uint32
		marker bool
	}{{0, true}, {160, false}, {320, false}, {480, true}, {640, false}, {800, false}, {800 + 8000, true}} {
		p := w.packets[i]
		if p.Sequence != first.Sequence+uint16(i) || p.SSRC != first.SSRC || p.PayloadType != uint8(PCMA) {
			t.Errorf("packet %d is %+v after %+v", i, p, first)
		}
		if p.Timestamp-first.Timestamp != want.ts || p.Marker != want.marker {
			t.Errorf("packet %d: timestamp +%d marker %v, want +%d %v", i, p.Timestamp-first.Timestamp, p.Marker, want.ts, want.marker)
		}
	}
	if got := w.packets[6].Payload[0]; got != uLawToALaw[ULawSilence] {
		t.Errorf("mu-law silence was sent as %#x", got)
	}
}

func TestALostPacketOfTheSourceStaysAHole(t *testing.T) {
	var w wire
	o := NewOutgoing(PCMA, 0, w.send)
	now := time.Unix(1000, 0)
	o.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 1000}, now)
	o.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 1000 + 3*160}, now.Add(3*FrameDuration))
	if step := w.packets[1].Timestamp - w.packets[0].Timestamp; step != 480 || w.packets[1].Marker {
		t.Errorf("timestamp went on by %d, marker %v", step, w.packets[1].Marker)
	}
}

// Whatever the sources do, the stream never goes back and never runs ahead of
// real time by more than the frames that were really sent plus a little jitter.
func TestTheStreamNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w wire
		o := NewOutgoing(PCMA, 0, w.send)
		now := time.Unix(1000, 0)
		var source uint32
		for range rapid.IntRange(1, 60).Draw(t, "frames") {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				source = rapid.Uint32().Draw(t, "other source")
			case 1:
				now = now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "pause ms")) * time.Millisecond)
			}
			o.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: source}, now)
			source += 160
			now = now.Add(FrameDuration)
		}
		for i := 1; i < len(w.packets); i++ {
			p, last := w.packets[i], w.packets[i-1]
			if p.Sequence != last.Sequence+1 {
				t.Fatalf("sequence %d after %d", p.Sequence, last.Sequence)
			}
			if step := int32(p.Timestamp - last.Timestamp); step < 160 || step > 6*SampleRate {
				t.Fatalf("timestamp went on by %d", step)
			}
		}
	})
}

func TestAKeyPressIsSentAsRFC4733Says(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wire
		o := NewOutgoing(PCMA, 101, w.send)
		o.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA}) // 20 ms, then the press
		must(t, o.SendDigit('#', 100*time.Millisecond))
		must(t, o.SendDigit('#', 100*time.Millisecond))
		synctest.Wait()
		o.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 160}) // dropped
		after(time.Second)
		o.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 320})

		events := w.packets[1 : len(w.packets)-1]
		if len(events) != 14 {
			t.Fatalf("sent %d event packets, want 2 × (4 + 3 ends)", len(events))
		}
		for i, p := range events {
			e, ok := parseEvent(p.Payload)
			n := i % 7
			if !ok || p.PayloadType != 101 || e.code != 11 || p.Marker != (n == 0) || e.end != (n >= 4) || e.duration != uint16(min(n+1, 5)*160) {
				t.Errorf("event packet %d is %+v %+v", i, p, e)
			}
			if p.Timestamp != events[i/7*7].Timestamp || p.Sequence != w.packets[0].Sequence+uint16(i)+1 {
				t.Errorf("event packet %d: timestamp or sequence of %+v", i, p)
			}
		}
		if events[7].Timestamp == events[0].Timestamp {
			t.Error("two presses have one timestamp")
		}
		last := w.packets[len(w.packets)-1]
		if took := last.Timestamp - w.packets[0].Timestamp; !last.Marker || took != FrameBytes+SampleRate {
			t.Errorf("audio went on %d samples later, marker %v", took, last.Marker)
		}
	})
}

func TestWrongKeyPressesAreRefused(t *testing.T) {
	var w wire
	o := NewOutgoing(PCMA, 0, w.send)
	if err := o.SendDigit('x', 0); !errors.Is(err, ErrBadDigit) {
		t.Errorf("key x: %v", err)
	}
	if err := o.SendDigit('1', 0); !errors.Is(err, ErrNoDTMF) {
		t.Errorf("without telephone-event: %v", err)
	}
	o.Set(PCMA, 101)
	o.Close()
	if err := o.SendDigit('1', 0); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestCloseEndsAKeyPressUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wire
		o := NewOutgoing(PCMA, 101, w.send)
		must(t, o.SendDigit('1', time.Second))
		synctest.Wait()
		o.Close()
		o.Close()
		synctest.Wait()
		if len(w.packets) != 1 {
			t.Errorf("%d packets were sent", len(w.packets))
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
