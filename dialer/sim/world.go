package sim

import (
	"context"
	"math/rand/v2"
	"runtime"
)

// world is one run. It is used by one goroutine.
type world struct {
	s   *Scenario
	now float64
	heap
	calls *rand.Rand // fates of lines
	talks *rand.Rand // talk and wrap-up
	odd   *rand.Rand // patience, pauses, drift

	agents  []*agent
	idle    []*agent // longest idle first
	leaving int      // of idle, who asked to leave
	lines   []*line
	waiting []*line // longest first
	spare   []*line

	a, b    int // PACING.md §1: persons answered, calls abandoned
	shocked int // shocks there are
	drift   float64
	tokens  float64 // calls the trunk takes now
	filled  float64 // when tokens were counted
	ticks   int

	pace   pace
	busy   []float64 // agent seconds with customers, by day
	signed []float64
	out    Result
}

// Run plays a scenario. progress, if not nil, is told the share that is done. An
// error is the context's, or one for the user about the scenario.
func Run(ctx context.Context, s Scenario, m Mode, seed uint64, progress func(done float64)) (Result, error) {
	if err := s.Check(); err != nil {
		return Result{}, err
	}
	w := &world{s: &s, shocked: len(s.Shocks), busy: make([]float64, s.Days), signed: make([]float64, s.Days)}
	w.calls = rand.New(rand.NewPCG(seed, 1))
	w.talks = rand.New(rand.NewPCG(seed, 2))
	w.odd = rand.New(rand.NewPCG(seed, 3))
	w.pace = m.pace(&s)
	w.tokens = w.burst()
	w.signOn()
	w.after(0, evTick, nil, nil)
	if w.shocked > 0 {
		w.after(60, evMinute, nil, nil)
		w.after(s.end()/2, evShock, nil, nil)
	}
	if err := w.play(ctx, progress); err != nil {
		return Result{}, err
	}
	return w.result(m, seed), nil
}

const (
	lookEvery  = 1 << 14 // events between two looks at the context
	yieldEvery = 1 << 7  // events, about a millisecond: a server has calls to carry meanwhile
)

func (w *world) play(ctx context.Context, progress func(float64)) error {
	for n := 0; len(w.events) > 0; n++ {
		e := w.pop()
		if e.at > w.s.end() {
			break
		}
		if n%lookEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(e.at / w.s.end())
			}
		}
		if n%yieldEvery == 0 {
			runtime.Gosched()
		}
		w.now = e.at
		w.happen(e)
	}
	w.now = w.s.end()
	for _, a := range w.agents {
		w.turn(a, off)
	}
	return nil
}

func (w *world) happen(e event) {
	switch e.kind {
	case evRung:
		w.rung(e.l)
	case evChecked:
		w.checked(e.l)
	case evGrace:
		if e.life == e.l.life {
			w.patience(e.l)
		}
	case evTalked:
		w.talked(e.a)
	case evWrapped:
		w.wrapped(e.a)
	case evBack:
		w.ready(e.a)
	case evShock:
		w.leave()
	case evMinute:
		w.wander()
		return
	case evTick:
		w.ticks++
		w.foresee(event{at: float64(w.ticks) * float64(w.s.Tick), kind: evTick})
	}
	w.grant()
	if e.kind == evTick || w.pace.prompt(w) {
		w.decide()
	}
}

// after foresees something some seconds from now.
func (w *world) after(seconds float64, kind eventKind, l *line, a *agent) {
	w.foresee(event{at: w.now + seconds, kind: kind, l: l, a: a})
}

func (w *world) foresee(e event) {
	if e.l != nil {
		e.life = e.l.life
	}
	w.push(e)
}

// burst is how many calls the trunk takes at once.
func (w *world) burst() float64 { return max(1, w.s.perSecond()*float64(w.s.BurstSeconds)) }

// decide opens as many lines as the pace says and the trunk takes.
func (w *world) decide() {
	w.tokens = min(w.burst(), w.tokens+(w.now-w.filled)*w.s.perSecond())
	w.filled = w.now
	open, price := w.pace.decide(w, int(w.tokens))
	for range min(open, int(w.tokens)) {
		w.tokens--
		w.dial(price)
	}
}
