package dialer

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ringback/dialer/pacing"
)

// Whenever A is asked for and whatever was committed late, it is never more than
// were answered, never falls in its window, and is right again soon.
func TestWhoAnsweredIsCountedLateButNeverEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type answer struct{ at, known time.Time }
		begin := time.Unix(1_780_000_000, 0)
		w := pacing.Window{From: begin.Unix(), To: begin.Add(24 * time.Hour).Unix()}
		var answers []answer
		var c counted
		last, now := 0, begin
		for range rapid.IntRange(1, 60).Draw(t, "asked") {
			now = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "seconds")) * time.Second)
			for range rapid.IntRange(0, 5).Draw(t, "answered") {
				late := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 5, 50, 90, 400}).Draw(t, "late")) * time.Second
				answers = append(answers, answer{at: now.Add(-time.Second), known: now.Add(late)})
			}
			was := c
			c = c.begun(w, now)
			settles := now.Add(-settledAfter)
			newer, before, all, old := 0, 0, 0, 0
			for _, a := range answers {
				if a.known.After(now) {
					continue
				}
				all++
				if now.Sub(a.known) > settledFor+2*settledAfter+400*time.Second {
					old++
				}
				if !a.at.Before(c.until) {
					newer++
					if a.at.Before(settles) {
						before++
					}
				}
			}
			c = c.with(newer, before, settles, now)
			if c.a > all || c.a < last || c.a < old {
				t.Fatalf("counted %d of %d answered (%d of them long ago), %d before; from %+v", c.a, all, old, last, was)
			}
			last = c.a
		}
	})
}

func TestWhoAnsweredIsCountedAnewInAnotherWindow(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_780_000_000, 0)
	first, next := pacing.Window{From: now.Unix() - 3600, To: now.Unix()}, pacing.Window{From: now.Unix(), To: now.Unix() + 3600}
	c := counted{}.begun(first, now).with(9, 7, now.Add(-settledAfter), now)
	if again := c.begun(first, now.Add(time.Second)); again.settled != 7 || !again.until.Equal(now.Add(-settledAfter)) {
		t.Errorf("in the same window: %+v", again)
	}
	if fresh := c.begun(next, now.Add(time.Second)); fresh.settled != 0 || fresh.until.Unix() != next.From {
		t.Errorf("in the next: %+v", fresh)
	}
}
