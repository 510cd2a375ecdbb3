package sim

import "ringback/dialer/pacing"

// predictive is the product's mode: the real model and the real ledger.
type predictive struct {
	model    *pacing.Model
	noLedger bool
	limits   map[pacing.Limit]int
	// state's slices are filled again for every decision.
	state pacing.State
}

func (p *predictive) tell(e pacing.Event) { p.model.Observe(e) }

// prompt: an agent without a line is not left waiting for the tick.
func (*predictive) prompt(w *world) bool { return len(w.idle) > w.unresolved() }

func (p *predictive) mayLeave(w *world) bool { return p.ledger(w).MayLeave() }

func (p *predictive) ledger(w *world) pacing.Ledger {
	l := pacing.Ledger{
		CapBP: w.s.capBP(), Answered: w.a, Abandoned: w.b, Lines: w.unresolved(), Waiting: len(w.waiting), Ready: len(w.idle), Leaving: w.leaving,
	}
	if p.noLedger {
		l.CapBP, l.Answered, l.Abandoned = 10_000, endless, 0
	}
	return l
}

func (p *predictive) decide(w *world, trunk int) (int, float64) {
	s := &p.state
	s.At, s.Ledger, s.Trunk, s.Hopper = w.now, p.ledger(w), trunk, endless
	s.Ringing, s.Checking = s.Ringing[:0], s.Checking[:0]
	for _, l := range w.lines {
		switch l.stage {
		case ringing:
			s.Ringing = append(s.Ringing, w.now-l.dialed)
		case checking:
			s.Checking = append(s.Checking, w.now-l.answerAt)
		case waiting:
		}
	}
	s.Talking, s.Wrapping = s.Talking[:0], s.Wrapping[:0]
	for _, a := range w.agents {
		switch {
		case a.leaves:
		case a.state == talking:
			s.Talking = append(s.Talking, w.now-a.since)
		case a.state == wrapping:
			s.Wrapping = append(s.Wrapping, w.now-a.since)
		}
	}
	d := p.model.Decide(*s)
	p.limits[d.LimitedBy]++
	return d.Open, d.Price
}

// tell passes an event of this moment on.
func (w *world) tell(e pacing.Event) {
	e.At = w.now
	w.pace.tell(e)
}
