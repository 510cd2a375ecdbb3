package telephony

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func everyInput() []input {
	return []input{
		trying, legRang, legEarly, legAnswered, legFailed, legOver, doBridge, doAnnounce, doHangup, doDigit, doMute,
		agentLost, agentBack, promptOver, pressed, silent, nobodyCame, lostTooLong, tooLong, unconfirmed, abandonNow,
	}
}

// Whatever comes in whatever order: the table leads to the end and nowhere after
// it, another trunk is tried only before any ringing, and nobody is bridged to a
// customer who has not answered.
func TestEveryWayThroughACallMakesSense(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, rang, up, closed := dialing, false, false, false
		for range 30 {
			in := rapid.SampledFrom(everyInput()).Draw(t, "input")
			to, do, ok := next(s, in)
			switch {
			case !ok && (to != s || do != nothing):
				t.Fatalf("next(%s, %s) refuses and moves to %s, %s", s, in, to, do)
			case s == ended && ok:
				t.Fatalf("next(ended, %s) goes on", in)
			case do == tryNext && (rang || up || closed):
				t.Fatalf("next(%s, %s) tries another trunk too late", s, in)
			case slices.Contains([]callState{bridged, held, announcing}, to) && !up:
				t.Fatalf("next(%s, %s) = %s, and nobody has answered", s, in, to)
			case (to == ended) != (do == finish) && s != ended:
				t.Fatalf("next(%s, %s) = %s, %s", s, in, to, do)
			case ok && in == doHangup && to != closing:
				t.Fatalf("a hang-up in %s leads to %s", s, to)
			}
			rang = rang || do == tellRinging || do == tellEarly
			up = up || do == tellAnswered
			closed = closed || do == hangUp
			s = to
		}
		if to, do, ok := next(s, legOver); s != ended && (to != ended || do != finish || !ok) {
			t.Fatalf("next(%s, over) = %s, %s", s, to, do)
		}
	})
}
