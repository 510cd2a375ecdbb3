package sim

import (
	"math"
	"slices"
)

// Shock changes the world at half time, or all the time (Drift).
type Shock string

// Shocks (PACING.md §4).
const (
	AnswersDouble Shock = "p2"      // answer rate × 2
	AnswersHalve  Shock = "p.5"     // answer rate ÷ 2
	TalkDoubles   Shock = "talk2"   // talk × 2
	AgentsLeave   Shock = "leave40" // 40 % of agents leave
	AgentsPause   Shock = "pause"   // 5 % of calls are followed by a pause of ten minutes
	Drift         Shock = "drift"   // the answer rate wanders with the hour and by itself, from the beginning
)

// Shocks lists them all.
func Shocks() []Shock {
	return []Shock{AnswersDouble, AnswersHalve, TalkDoubles, AgentsLeave, AgentsPause, Drift}
}

const (
	leaveShare  = 0.4
	pauseChance = 0.05
	pauseFor    = 600 // seconds
	driftPeriod = 6 * 3600
	driftSwing  = 0.25
	driftSD     = 0.2
	driftTau    = 45 // minutes
)

// struck tells whether a shock is in force now.
func (w *world) struck(s Shock) bool {
	return slices.Contains(w.s.Shocks, s) && (s == Drift || w.now >= w.s.end()/2)
}

// answerRate is the chance that a person answers a dial now.
func (w *world) answerRate() float64 {
	p := w.s.AnswerRate
	if n := len(w.s.AnswerByHour); n > 0 {
		hour := int(math.Mod(w.now, w.s.day()) / 3600)
		p = w.s.AnswerByHour[min(hour, n-1)]
	}
	if w.shocked == 0 {
		return p
	}
	if w.struck(Drift) {
		p *= (1 + driftSwing*math.Sin(2*math.Pi*w.now/driftPeriod)) * math.Exp(w.drift)
	}
	if w.struck(AnswersDouble) {
		p *= 2
	}
	if w.struck(AnswersHalve) {
		p /= 2
	}
	return min(p, 0.95)
}

// wander moves the drift by a minute (Ornstein and Uhlenbeck's process).
func (w *world) wander() {
	const back = 1.0 / driftTau
	w.drift += -back*w.drift + driftSD*math.Sqrt(2*back)*w.odd.NormFloat64()
	w.after(60, evMinute, nil, nil)
}

// leave lets 40 % of the agents go: the idle ones ask, the busy ones go after
// their wrap-up.
func (w *world) leave() {
	if !w.struck(AgentsLeave) {
		return
	}
	n := int(math.Round(leaveShare * float64(len(w.agents))))
	for _, a := range w.agents[:n] {
		a.leaves = true
		if a.state == idle {
			w.leaving++
		}
	}
	w.grant()
}

// grant lets agents go who asked, as soon as the ledger allows it.
func (w *world) grant() {
	for i := 0; i < len(w.idle) && w.leaving > 0; {
		a := w.idle[i]
		if !a.leaves {
			i++
			continue
		}
		if !w.pace.mayLeave(w) {
			return
		}
		w.idle = slices.Delete(w.idle, i, i+1)
		w.leaving--
		w.turn(a, off)
	}
}
