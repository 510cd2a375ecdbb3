package pacing

import (
	"math"
	"testing"
)

func TestBusyCellsFollowAge(t *testing.T) {
	ages := busyAges()
	for _, age := range []float64{0, 1, 2.5, 59, 60, 61, 75, 300, 899} {
		i, part := busyCell(age)
		if got := ages[i] + part*(ages[i+1]-ages[i]); math.Abs(got-age) > 0.1+age/500 {
			t.Errorf("age %v is at %v", age, got)
		}
	}
	if i, part := busyCell(1e6); i != busyCells-2 || part != 1 {
		t.Errorf("an endless talk is in cell %d", i)
	}
}

func TestTablesSayWhatTheirHazardsMean(t *testing.T) {
	m := newModel()
	m.Decide(State{At: 1, Trunk: plenty, Hopper: plenty})
	if a := m.table.answer; math.Abs(a-0.25) > 0.06 {
		t.Errorf("a new line is answered with chance %.3f, the prior says 0.25", a)
	}
	last := 0.0
	for k := range m.horizons {
		h := &m.horizons[k]
		if h.ahead <= last {
			t.Errorf("horizons do not grow: %v after %v", h.ahead, last)
		}
		last = h.ahead
		for i := range h.talking {
			if talks, wraps := h.talks(i), h.wraps(i); talks < wraps-0.35 || talks > 1 {
				t.Errorf("busy at %v s: talking %v, wrapping %v", h.ages[i], talks, wraps)
			}
		}
		if h.fresh <= 0 || h.fresh >= m.table.answer {
			t.Errorf("a new line is live by %v s with chance %v of %v", h.ahead, h.fresh, m.table.answer)
		}
	}
	share := m.horizons[1].fresh / m.table.answer
	if math.Abs(share-0.5) > 0.02 {
		t.Errorf("by the middle horizon %.2f of the answers have come", share)
	}
}
