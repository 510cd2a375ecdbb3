package media

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// running starts a clock in a synctest bubble; the stop it returns ends it.
func running(t *testing.T) (*Clock, func()) {
	t.Helper()
	c := NewClock()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	return c, func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	}
}

// after lets virtual time pass and everybody finish what is due by then.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAPromptIsPlayedOnceFrameByFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, end := running(t)
		defer end()
		var heard ear
		begun := time.Now()
		var took time.Duration
		audio := Tone([]float64{500}, 90*time.Millisecond) // 4½ frames
		c.Play(&heard, audio, false, func() { took = time.Since(begun) })
		after(50 * time.Millisecond)
		if heard.count() != 2 {
			t.Errorf("after 50 ms %d frames were played", heard.count())
		}
		after(time.Second)
		if heard.count() != 5 || took != 120*time.Millisecond || c.Playing() != 0 {
			t.Errorf("%d frames, done after %v, %d still playing", heard.count(), took, c.Playing())
		}
		if want := append(audio, Silence(10*time.Millisecond)...); !bytes.Equal(heard.audio, want) {
			t.Error("not what was to be played, filled with silence")
		}
		for i, f := range heard.frames {
			if f.Marker != (i == 0) || f.Timestamp != uint32(i)*160 || f.Codec != PCMA {
				t.Errorf("frame %d is %+v", i, f)
			}
		}
	})
}

func TestMusicGoesRoundUntilStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, end := running(t)
		defer end()
		var heard ear
		stop := c.Play(&heard, append(bytes.Repeat([]byte{1}, 160), bytes.Repeat([]byte{2}, 160)...), true,
			func() { t.Error("a stopped player was told as done") })
		after(10*time.Second + time.Millisecond)
		stop()
		stop()
		n := heard.count()
		after(time.Second)
		if n != 500 || heard.count() != n || heard.audio[499*160] != 2 || c.Playing() != 0 {
			t.Errorf("%d frames until stop, %d after, last of %d", n, heard.count(), heard.audio[499*160])
		}
	})
}

func TestOnePromptMayFollowAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, end := running(t)
		defer end()
		var heard ear
		over := false
		c.Play(&heard, bytes.Repeat([]byte{1}, 160), false, func() {
			c.Play(&heard, bytes.Repeat([]byte{2}, 160), false, func() { over = true })
		})
		after(time.Second)
		if !over || heard.count() != 2 || heard.audio[160] != 2 {
			t.Errorf("over %v, %d frames", over, heard.count())
		}
	})
}

func TestNothingToPlayIsDoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, end := running(t)
		defer end()
		done := 0
		c.Play(&ear{}, nil, true, func() { done++ })
		c.Play(&ear{}, nil, false, nil)
		after(time.Second)
		if done != 1 || c.Playing() != 0 {
			t.Errorf("done %d times, %d playing", done, c.Playing())
		}
	})
}

func TestALateTickMakesUpForAFewFramesOnly(t *testing.T) {
	c, at := NewClock(), time.Unix(1000, 0)
	var heard ear
	c.Play(&heard, quiet(PCMA), true, nil)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {3 * FrameDuration, 4}, {time.Second, 5}, {time.Second + FrameDuration, 6}} {
		c.tickOnce(at.Add(step.after))
		if heard.count() != step.want {
			t.Errorf("at %v %d frames were played, want %d", step.after, heard.count(), step.want)
		}
	}
}

func TestBridgingStopsThePrompt(t *testing.T) {
	c, at := NewClock(), time.Unix(1000, 0)
	near, peer := newSession(t, PCMA), newSession(t, PCMA)
	connect(near, peer)
	stop := c.Play(near, quiet(PCMA), true, nil)
	c.tickOnce(at)
	b := NewBridge(near, newSession(t, PCMA), stop)
	defer b.Detach()
	c.tickOnce(at.Add(FrameDuration))
	if n := near.Stats().PacketsOut; n != 1 {
		t.Errorf("%d frames were played", n)
	}
}

func TestMutingSendsSilence(t *testing.T) {
	var heard basket
	r := NewRelay(&heard)
	r.Mute(true)
	loud := bytes.Repeat([]byte{0x2A}, 160)
	r.WriteFrame(Frame{Payload: loud, Codec: PCMA})
	r.Mute(false)
	r.WriteFrame(Frame{Payload: loud, Codec: PCMA})
	if !heard.frames[0].Marker || heard.frames[1].Marker || r.Muted() {
		t.Error("only the first frame is a new source")
	}
	if !bytes.Equal(heard.audio, append(quiet(PCMA), loud...)) || loud[0] != 0x2A {
		t.Error("muted audio was not silence, or the source's buffer was changed")
	}
}
