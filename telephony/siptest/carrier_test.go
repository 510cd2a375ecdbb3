package siptest_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"ringback/telephony/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestChanceIsTheSameForTheSameSeedAndInProportion(t *testing.T) {
	const n = 20000
	human, forever := 0, 0
	for i := range n {
		number := "154" + pad(i)
		b := siptest.Random(7, number, 1, -1)
		if again := siptest.Random(7, number, 1, -1); again.Ring != b.Ring || again.Status != b.Status || again.Talk != b.Talk {
			t.Fatalf("%s: %+v, then %+v", number, b, again)
		}
		if b.Answers() && b.Who == siptest.Human && !b.Forwarded {
			human++
		}
		if b.Forever {
			forever++
		}
	}
	if share := float64(human) / n; share < 0.43 || share > 0.47 {
		t.Errorf("people answer %.3f of the calls, want 0.45", share)
	}
	if share := float64(forever) / n; share < 0.24 || share > 0.28 {
		t.Errorf("nobody answers %.3f of the calls, want 0.26", share)
	}
}

func TestASecondTryIsAnotherThrow(t *testing.T) {
	changed := 0
	for i := range 200 {
		number := "154" + pad(i)
		if siptest.Random(7, number, 1, 10).Ring != siptest.Random(7, number, 2, 10).Ring {
			changed++
		}
	}
	if changed < 150 {
		t.Errorf("only %d of 200 second tries ring differently from the first", changed)
	}
}

func pad(i int) string {
	s := []byte("00000000")
	for at := 7; i > 0; at, i = at-1, i/10 {
		s[at] = byte('0' + i%10)
	}
	return string(s)
}

func TestEveryVoiceCanBeHeard(t *testing.T) {
	for _, name := range []string{"wang_hello", "li_hello", "wang_bye", "li_good", "voicemail", "assistant", "power_off", "unreachable", "suspended", "empty"} {
		if n := time.Duration(len(siptest.Voice(name))) * time.Second / 8000; n < 500*time.Millisecond || n > 10*time.Second {
			t.Errorf("%s lasts %v", name, n)
		}
	}
}
