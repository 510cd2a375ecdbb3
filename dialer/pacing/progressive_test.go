package pacing

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDecide(t *testing.T) {
	many := 1000
	cases := []struct {
		name string
		in   Input
		want Output
	}{
		{"one line per ready agent", Input{Ready: 3, Trunk: many, Hopper: many}, Output{3, ByLedger}},
		{"lines on their way count", Input{Ready: 3, Lines: 2, Trunk: many, Hopper: many}, Output{1, ByLedger}},
		{"as many lines as agents", Input{Ready: 2, Lines: 2, Trunk: many, Hopper: many}, Output{0, ByLedger}},
		{"nobody is ready", Input{Lines: 1, Trunk: many, Hopper: many}, Output{0, ByNobody}},
		{"who asked to leave is not counted on", Input{Ready: 1, Leaving: 1, Trunk: many, Hopper: many}, Output{0, ByNobody}},
		{"a waiting customer takes the next agent", Input{Ready: 1, Waiting: 1, Trunk: many, Hopper: many}, Output{0, ByNobody}},
		{"the trunk is full", Input{Ready: 5, Trunk: 2, Hopper: many}, Output{2, ByTrunk}},
		{"nothing to dial", Input{Ready: 5, Trunk: many}, Output{0, ByHopper}},
		{"a trunk over its limit", Input{Ready: 5, Trunk: -3, Hopper: many}, Output{0, ByTrunk}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Decide(c.in); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// Any order of events: as long as lines are opened by Decide and agents leave by
// MayLeave, an answered call always finds a ready agent.
func TestProgressiveNeverAbandons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Trunk: 100, Hopper: 100}
		for range 60 {
			switch rapid.IntRange(0, 5).Draw(t, "event") {
			case 0:
				in.Ready++
			case 1:
				in.Lines += Decide(in).Open
			case 2: // no answer
				in.Lines = max(in.Lines-1, 0)
			case 3: // answered by a person
				if in.Lines == 0 {
					continue
				}
				in.Lines--
				if in.Ready == 0 {
					t.Fatal("an answered call found nobody")
				}
				in.Ready--
				in.Leaving = min(in.Leaving, in.Ready)
			case 4: // asks to leave
				if in.Leaving < in.Ready {
					in.Leaving++
				}
			case 5: // granted
				if in.Leaving > 0 && MayLeave(in) {
					in.Leaving--
					in.Ready--
				}
			}
		}
	})
}
