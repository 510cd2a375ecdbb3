package sim

import "ringback/dialer/pacing"

// agentState is where an agent is.
type agentState uint8

const (
	off agentState = iota
	idle
	talking
	wrapping
	pausing
)

type agent struct {
	state    agentState
	since    float64
	customer bool // the call is with a person, not with a machine
	wrap     float64
	leaves   bool // asked to leave
}

func (w *world) signOn() {
	w.agents = make([]*agent, w.s.Agents)
	for i := range w.agents {
		w.agents[i] = &agent{}
		w.turn(w.agents[i], idle)
		w.idle = append(w.idle, w.agents[i])
	}
}

// turn moves an agent and books the time in the state before.
func (w *world) turn(a *agent, to agentState) {
	w.spent(a)
	a.state, a.since = to, w.now
}

// spent books an agent's time up to now, day by day. Pauses are no signed-in
// time: they are the agent's own.
func (w *world) spent(a *agent) {
	if a.state == off || a.state == pausing {
		return
	}
	busy := a.customer && (a.state == talking || a.state == wrapping)
	for from := a.since; from < w.now; {
		d := min(int(from/w.s.day()), w.s.Days-1)
		to := min(w.now, float64(d+1)*w.s.day())
		if d == w.s.Days-1 {
			to = w.now
		}
		w.signed[d] += to - from
		if busy {
			w.busy[d] += to - from
		}
		from = to
	}
}

func (w *world) longestIdle() *agent {
	a := w.idle[0]
	copy(w.idle, w.idle[1:])
	w.idle = w.idle[:len(w.idle)-1]
	if a.leaves {
		w.leaving--
	}
	return a
}

func (w *world) connect(l *line, a *agent) {
	talk, wrap := w.service(l)
	w.turn(a, talking)
	a.customer, a.wrap = l.person, wrap
	if l.person {
		w.out.Connected++
	}
	w.gone(l)
	w.after(talk, evTalked, nil, a)
}

func (w *world) talked(a *agent) {
	w.tell(pacing.Event{Kind: pacing.TalkOver, Age: w.now - a.since})
	w.turn(a, wrapping)
	w.after(a.wrap, evWrapped, nil, a)
}

func (w *world) wrapped(a *agent) {
	w.tell(pacing.Event{Kind: pacing.WrapOver, Age: w.now - a.since})
	switch {
	case a.leaves:
		w.turn(a, off)
	case w.shocked > 0 && w.struck(AgentsPause) && w.odd.Float64() < pauseChance:
		w.turn(a, pausing)
		w.after(pauseFor, evBack, nil, a)
	default:
		w.ready(a)
	}
}

// ready takes the call that waits longest, or is idle.
func (w *world) ready(a *agent) {
	w.turn(a, idle)
	if len(w.waiting) == 0 {
		w.idle = append(w.idle, a)
		return
	}
	l := w.waiting[0]
	w.waiting = append(w.waiting[:0], w.waiting[1:]...)
	w.connect(l, a)
}
