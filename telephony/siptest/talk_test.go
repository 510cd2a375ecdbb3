package siptest

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"ringback/telephony/media"
)

// conversation plays frames both ways in virtual time: the agent speaks while
// speaks says so, and each sentence the customer begins is told.
func conversation(t *testing.T, b Behaviour, d time.Duration, speaks func(time.Duration) bool) (began []time.Duration, all []byte) {
	t.Helper()
	e, start := newEar(), time.Now()
	talk := newTalker(b, "li", e, start)
	tone := media.Tone([]float64{500}, media.FrameDuration)
	for at := time.Duration(0); at < d; at += media.FrameDuration {
		time.Sleep(media.FrameDuration)
		if speaks(at) {
			e.WriteFrame(media.Frame{Payload: tone, Codec: media.PCMA})
		}
		said, asked, bye := talk.said, talk.asked, talk.bye
		frame := talk.next(time.Now())
		all = append(all, frame...)
		if talk.said != said || talk.asked != asked || talk.bye != bye {
			began = append(began, at)
		}
	}
	return began, all
}

func TestACustomerGreetsThenAnswersWhenTheAgentPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, all := conversation(t, Behaviour{}, 8*time.Second, func(at time.Duration) bool {
			return at > 3*time.Second && at < 4*time.Second
		})
		if len(began) != 2 || began[0] < opening-media.FrameDuration || began[0] > opening+media.FrameDuration {
			t.Fatalf("sentences begin at %v, want a greeting at %v and one answer", began, opening)
		}
		if pause := began[1] - 4*time.Second; pause < turnPause-50*time.Millisecond || pause > turnPause+50*time.Millisecond {
			t.Errorf("the answer begins %v after the agent stopped, want %v", pause, turnPause)
		}
		if !bytes.Contains(all, Voice("li_hello")) || !bytes.Contains(all, Voice("li_yes")) {
			t.Error("what was said is not the greeting and the first answer")
		}
	})
}

func TestALongSilenceIsBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, all := conversation(t, Behaviour{}, 10*time.Second, func(time.Duration) bool { return false })
		if len(began) != 2 || !bytes.Contains(all, Voice("li_who")) {
			t.Errorf("sentences begin at %v; want the customer to ask who is there", began)
		}
	})
}

func TestACustomerSaysGoodbyeBeforeHangingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, all := conversation(t, Behaviour{Talk: 8 * time.Second}, 8*time.Second, func(time.Duration) bool { return false })
		if !bytes.Contains(all, Voice("li_bye")) {
			t.Error("no goodbye")
		}
	})
}

func TestDeadAirIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, all := conversation(t, Behaviour{Who: DeadAir}, 10*time.Second, func(time.Duration) bool { return false })
		if !bytes.Equal(all, bytes.Repeat([]byte{media.ALawSilence}, len(all))) {
			t.Error("something was said")
		}
	})
}
