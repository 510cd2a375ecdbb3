package pacing

// A small world in which everything happens that PACING.md §6 names, for the
// exhaustive search and the random walk of ledger_test.go. Its truth and what
// the ledger is told are kept apart; they differ only when a rule is taken out.

// Stages of a line. A cancelled line can still be answered.
const (
	young     = iota // rings, not past the least ring time
	late             // rings, past it
	checking         // answered, detection runs
	cancelled        // no final response yet
	stages
)

// Where an agent is.
const (
	ready      = iota
	leaving    // ready, asked to leave
	connecting // assigned, has not taken the call
	busy
	away // not pledged here: paused, moved, on an inbound call, gone
	places
)

// Lines are counted by stage, by whether they were there at the last mark (a
// request to leave, the closing of a window, a crash), and by whether the special
// agent may not take them.
type lineKind struct{ stage, old, picky int }

type world struct {
	lines               [stages][2][2]int8
	agents              [places]int8 // without the special one
	special             int8         // place of the agent who may not take picky tasks; -1: there is none
	persons, machines   int8         // waiting
	picky               int8         // of those, with picky tasks
	before              int8         // waiting, answered in the last window
	a, b, v             int8         // the truth of this window
	bookA, bookB, bookV int8         // what the ledger is told
	debt                int8         // left without an agent at worst when the cap was lowered
	cap, bookCap        int16        // basis points
	closing             bool
}

// bounds of a search.
type bounds struct {
	lines, answers int8
	gone           int8  // agents who vanish in one window
	lower          int16 // the cap that may be set in mid-window; -1: never
	features
}

// features switch groups of events on, so that a search stays small.
type features struct{ leave, vanish, window, crash, picky bool }

func all() features { return features{true, true, true, true, true} }

func (w *world) each(fn func(k lineKind, n int8)) {
	for s := range w.lines {
		for o := range w.lines[s] {
			for p, n := range w.lines[s][o] {
				if n > 0 {
					fn(lineKind{s, o, p}, n)
				}
			}
		}
	}
}

func (w *world) count(keep func(lineKind) bool) (sum int8) {
	for s := range w.lines {
		for o := range w.lines[s] {
			for p, n := range w.lines[s][o] {
				if n > 0 && keep(lineKind{s, o, p}) {
					sum += n
				}
			}
		}
	}
	return sum
}

func (w *world) total() int8   { return w.count(func(lineKind) bool { return true }) }
func (w *world) waiting() int8 { return w.persons + w.machines }

func (w *world) at(place int8) int8 {
	n := w.agents[place]
	if w.special == place {
		n++
	}
	return n
}

// left is how many live calls are without an agent if all lines are answered now.
func (w *world) left() int8 {
	return w.b + w.waiting() + max(0, w.total()-w.at(ready)-w.at(leaving))
}

func (w *world) line(k lineKind, by int8) { w.lines[k.stage][k.old][k.picky] += by }

// mark makes all lines old.
func (w *world) mark() {
	for s := range w.lines {
		for p := range 2 {
			w.lines[s][1][p] += w.lines[s][0][p]
			w.lines[s][0][p] = 0
		}
	}
}

// markUnlessClosing keeps the mark of a closing window: its end waits for the
// lines that were there when it began to close.
func (w *world) markUnlessClosing() {
	if !w.closing {
		w.mark()
	}
}

// rules are those of PACING.md §2, each in a form that a mutant can take out.
type rules struct {
	mayOpen  func(Ledger) bool
	mayLeave func(Ledger) bool
	mayTake  func(Ledger) bool
	cancel   func(l Ledger, w world) (stage int, n int8) // after an agent vanished

	countsLine    func(lineKind) bool
	countsWaiting bool // w
	countsBroken  bool // B
	countsMachine bool // a waiting machine that is let go counts in B
	certain       bool // A rises only when a person is certain
	asksInbound   bool // an inbound call asks before it takes a pledged agent
	countsGone    bool // V
	answerWindow  bool // an abandoned call belongs to the window of its answer
	closes        bool // the end of a window is looked out for
	restores      bool // A and B are read back after a crash
	letsGoOfDead  bool // waiting calls of a dead node are abandoned
	asksTask      bool // no line for a task that a pledged agent may not take
	asksPledge    bool // no such agent is pledged while the line counts
	lowersNow     bool // a lower cap holds at once
}

func realRules() rules {
	return rules{
		mayOpen: Ledger.MayOpen, mayLeave: Ledger.MayLeave, mayTake: Ledger.MayTake, cancel: cancelLate,
		countsLine: func(lineKind) bool { return true }, countsWaiting: true, countsBroken: true, countsMachine: true, certain: true,
		asksInbound: true, countsGone: true, answerWindow: true, closes: true, restores: true, letsGoOfDead: true,
		asksTask: true, asksPledge: true, lowersNow: true,
	}
}

// cancelLate is what the dialer does with Ledger.Cancel.
func cancelLate(l Ledger, w world) (stage int, n int8) {
	ages := make([]float64, 0, 8)
	w.each(func(k lineKind, n int8) {
		for range n {
			switch k.stage {
			case young:
				ages = append(ages, 5)
			case late:
				ages = append(ages, 25)
			}
		}
	})
	gone := w.count(func(k lineKind) bool { return k.stage == cancelled })
	return late, int8(len(l.Cancel(nil, ages, int(gone), 20)))
}

func (r rules) ledger(w world) Ledger {
	l := Ledger{
		CapBP: int(w.bookCap), Answered: int(w.bookA), Abandoned: int(w.bookB), Lines: int(w.count(r.countsLine)),
		Ready: int(w.at(ready) + w.at(leaving)), Leaving: int(w.at(leaving)), Closing: w.closing && r.closes,
	}
	if r.countsWaiting {
		l.Waiting = int(w.waiting())
	}
	if !r.countsBroken {
		l.Abandoned = 0
	}
	return l
}
