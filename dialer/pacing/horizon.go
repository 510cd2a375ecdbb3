package pacing

import "math"

// Grids of the busy agents' tables: survival in even steps, chances in steps that
// widen with age.
const (
	lifeStep, lifeCells = 2.0, 480 // to 958 s; who talks longer is as one of 900 s
	evenCells           = 30       // two-second cells to 60 s, then in a ratio
	busyRatio           = 1.06
	busyCells           = 78
	busyHalts           = 5 // steps of the convolution of talk and wrap-up
)

// horizon is one moment ahead, and the chances that something has happened by
// then.
type horizon struct {
	ahead    float64 // seconds
	fresh    float64 // a new line is live
	ringing  [lineCells]float64
	checking [checkCells]float64
	talking  [busyCells]float64 // still busy, then and a grace later
	wrapping [busyCells]float64
}

func (h *horizon) lines(t *lineTable) {
	reach := h.ahead - t.checkIn
	h.fresh = t.liveBy(reach)
	for i := range h.ringing {
		h.ringing[i] = chance((t.liveBy(float64(i)*lineStep+reach) - t.live[i]) / max(t.lasts[i], 1e-6))
	}
	for i := range h.checking {
		j := min(i+int(h.ahead/checkStep), len(t.person)-1)
		h.checking[i] = chance((t.person[j] - t.person[i]) / max(t.checks[i], 1e-6))
	}
}

// lifeTable is how long talk and wrap-up last.
type lifeTable struct{ talk, wrap [lifeCells]float64 }

func (l *lifeTable) build(talk, wrap *hazard) {
	talk.survivals(l.talk[:], lifeStep)
	wrap.survivals(l.wrap[:], lifeStep)
}

func lookup(s *[lifeCells]float64, age float64) float64 {
	f := age / lifeStep
	i := int(f)
	if i >= lifeCells-1 {
		return s[lifeCells-1]
	}
	return s[i] + (f-float64(i))*(s[i+1]-s[i])
}

// agents fills the chances of busy agents to be busy still, at the horizon and a
// grace later: whoever is free by then can take the call.
func (h *horizon) agents(l *lifeTable, ages *[busyCells]float64, grace float64) {
	reach := h.ahead + grace
	var wrap [busyHalts]float64 // wrap-up outlasts what is left after a talk that ends in step j
	for j := range wrap {
		wrap[j] = lookup(&l.wrap, reach*(1-(float64(j)+0.5)/busyHalts))
	}
	for i, age := range ages {
		h.wrapping[i] = chance(lookup(&l.wrap, age+reach) / max(lookup(&l.wrap, age), 1e-12))
		now := max(lookup(&l.talk, age), 1e-12)
		talks, busy := 1.0, 0.0
		for j := range wrap {
			next := lookup(&l.talk, age+reach*float64(j+1)/busyHalts) / now
			busy += (talks - next) * wrap[j]
			talks = next
		}
		h.talking[i] = chance(busy + talks)
	}
}

func busyAges() *[busyCells]float64 {
	var a [busyCells]float64
	for i := range a {
		a[i] = float64(i) * lifeStep
		if i > evenCells {
			a[i] = a[i-1] * busyRatio
		}
	}
	return &a
}

// busyCell is where an age lies on that grid.
func busyCell(age float64) (i int, part float64) {
	x := age / lifeStep
	if x > evenCells {
		x = evenCells + math.Log(x/evenCells)/math.Log(busyRatio)
	}
	if x >= busyCells-1 {
		return busyCells - 2, 1
	}
	i = int(max(x, 0))
	return i, x - float64(i)
}

func between(s *[busyCells]float64, i int, part float64) float64 { return s[i] + part*(s[i+1]-s[i]) }

func chance(x float64) float64 { return min(max(x, 0), 1) }
