package sim

import (
	"math"
	"math/rand/v2"
)

// lognormal draws from s; a cv of 0 is its mean.
func (s Spread) draw(r *rand.Rand, times float64) float64 {
	s2 := math.Log(1 + s.CV*s.CV)
	return math.Exp(math.Log(float64(s.Mean)*times) - s2/2 + math.Sqrt(s2)*r.NormFloat64())
}

func (u Range) draw(r *rand.Rand) float64 { return float64(u.From) + float64(u.To-u.From)*r.Float64() }

// answer is when a person picks up: drawn again when it rang too long, at most so
// often that a scenario in which nobody picks up in time does not hang.
func (g Ring) answer(r *rand.Rand) float64 {
	if len(g.Observed) > 0 {
		return min(anyOf(g.Observed, r), float64(g.Limit))
	}
	for range 100 {
		if t := float64(g.Least) + g.Then.draw(r, 1); t < float64(g.Limit) {
			return t
		}
	}
	return float64(g.Limit)
}

// fate decides what becomes of a new line.
func (w *world) fate(l *line) {
	r, s := w.calls, w.s
	if r.Float64() < w.answerRate() {
		l.person, l.rings = true, s.Ring.answer(r)
	} else {
		w.unanswered(l, r)
	}
	switch {
	case !s.Detection.On:
		l.passes = l.answered()
	case l.person:
		l.checks, l.passes = s.Detection.Person.draw(r), true
	case l.machine:
		l.checks = s.Detection.Machine.draw(r)
		l.passes = r.Float64() < s.Detection.Passes
	}
}

func (w *world) unanswered(l *line, r *rand.Rand) {
	o := &w.s.Others
	switch v := r.Float64(); {
	case v < o.Busy:
		l.rings = o.BusyAfter.draw(r)
	case v < o.Busy+o.Machine:
		l.machine = true
		if r.Float64() < o.MachineSoon {
			l.rings = o.SoonAfter.draw(r)
		} else {
			l.rings = o.MachineAfter.draw(r)
		}
	case len(o.Observed) > 0:
		l.rings = min(anyOf(o.Observed, r), float64(w.s.Ring.Limit))
	default:
		l.rings = float64(w.s.Ring.Limit)
	}
}

func anyOf(observed []Seconds, r *rand.Rand) float64 { return float64(observed[r.IntN(len(observed))]) }

// service is how long an agent talks and wraps up with who answered l.
func (w *world) service(l *line) (talk, wrap float64) {
	if !l.person {
		return w.s.Detection.Talk.draw(w.talks, 1), w.s.Detection.Wrap.draw(w.talks, 1)
	}
	times := 1.0
	if w.shocked > 0 && w.struck(TalkDoubles) {
		times = 2
	}
	return w.s.Talk.draw(w.talks, times), w.s.Wrap.draw(w.talks, 1)
}
