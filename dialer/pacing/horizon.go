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
// then: computed when they are first asked for after a rebuild, most never are.
type horizon struct {
	ahead float64 // seconds
	fresh float64 // a new line is live

	table *lineTable
	lives *lifeTable
	ages  *[busyCells]float64
	reach float64            // a grace later
	halts [busyHalts]float64 // wrap-up outlasts what is left after a talk that ends in step j

	ringing  [lineCells]float64 // chances; below 0: not asked for yet
	checking [checkCells]float64
	talking  [busyCells]float64 // still busy, then and a grace later
	wrapping [busyCells]float64
}

// look makes h the moment when the share q of a new line's answers has come.
func (h *horizon) look(q, grace float64) {
	h.ahead = h.table.quantile(q)
	h.fresh = h.table.liveBy(h.ahead - h.table.checkIn)
	h.reach = h.ahead + grace
	for j := range h.halts {
		h.halts[j] = lookup(&h.lives.wrap, h.reach*(1-(float64(j)+0.5)/busyHalts))
	}
	for _, cells := range [][]float64{h.ringing[:], h.checking[:], h.talking[:], h.wrapping[:]} {
		for i := range cells {
			cells[i] = -1
		}
	}
}

// rings is the chance that a line of this age is live by then.
func (h *horizon) rings(age float64) float64 {
	i := min(int(age/lineStep), lineCells-1)
	if h.ringing[i] < 0 {
		t := h.table
		h.ringing[i] = chance((t.liveBy(float64(i)*lineStep+h.ahead-t.checkIn) - t.live[i]) / max(t.lasts[i], 1e-6))
	}
	return h.ringing[i]
}

// checks is the chance that a line in detection so long is a person's by then.
func (h *horizon) checks(age float64) float64 {
	i := min(int(age/checkStep), checkCells-1)
	if h.checking[i] < 0 {
		t := h.table
		j := min(i+int(h.ahead/checkStep), len(t.person)-1)
		h.checking[i] = chance((t.person[j] - t.person[i]) / max(t.checks[i], 1e-6))
	}
	return h.checking[i]
}

// talks is the chance that an agent in cell i of a talk's ages is busy still, then
// and a grace later: whoever is free by then can take the call.
func (h *horizon) talks(i int) float64 {
	if h.talking[i] < 0 {
		age, l := h.ages[i], h.lives
		now := max(lookup(&l.talk, age), 1e-12)
		talks, busy := 1.0, 0.0
		for j := range h.halts {
			next := lookup(&l.talk, age+h.reach*float64(j+1)/busyHalts) / now
			busy += (talks - next) * h.halts[j]
			talks = next
		}
		h.talking[i] = chance(busy + talks)
	}
	return h.talking[i]
}

// wraps is talks of a wrap-up.
func (h *horizon) wraps(i int) float64 {
	if h.wrapping[i] < 0 {
		age, l := h.ages[i], h.lives
		h.wrapping[i] = chance(lookup(&l.wrap, age+h.reach) / max(lookup(&l.wrap, age), 1e-12))
	}
	return h.wrapping[i]
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

// between is what lies part of the way from one cell's chance to the next one's.
func between(of func(i int) float64, i int, part float64) float64 {
	here := of(i)
	return here + part*(of(i+1)-here)
}

func chance(x float64) float64 { return min(max(x, 0), 1) }
