package pacing

import "testing"

// mutants are the rules of PACING.md §2, each taken out once. The search must
// find what goes wrong without it.
func mutants() map[string]func(*rules) {
	always := func(Ledger) bool { return true }
	return map[string]func(*rules){
		"lines are opened without asking": func(r *rules) { r.mayOpen = always },
		"answers on their way pay already": func(r *rules) {
			r.mayOpen = func(l Ledger) bool { l.Answered += l.Lines + 1; return l.MayOpen() }
		},
		"the cap is rounded up": func(r *rules) {
			r.mayOpen = func(l Ledger) bool { l.Answered += 2; return l.MayOpen() }
		},
		"calls that wait are not counted":                     func(r *rules) { r.countsWaiting = false },
		"abandoned calls are not counted":                     func(r *rules) { r.countsBroken = false },
		"a machine let go is not counted":                     func(r *rules) { r.countsMachine = false },
		"every answer is taken for a person":                  func(r *rules) { r.certain = false },
		"lines in checking are not counted":                   func(r *rules) { r.countsLine = func(k lineKind) bool { return k.stage != checking } },
		"ringing lines are not counted":                       func(r *rules) { r.countsLine = func(k lineKind) bool { return k.stage != young } },
		"a cancelled line is no line any more":                func(r *rules) { r.countsLine = func(k lineKind) bool { return k.stage != cancelled } },
		"2.1 who asks leaves at once":                         func(r *rules) { r.mayLeave = always },
		"2.1 who asked to leave is still counted on":          func(r *rules) { r.mayOpen = func(l Ledger) bool { l.Leaving = 0; return l.MayOpen() } },
		"2.1 inbound calls and campaigns take whom they want": func(r *rules) { r.asksInbound = false },
		"2.1 who did not ask goes before those who did":       func(r *rules) { r.mayTake = Ledger.MayLeave },
		"2.2 nothing is cancelled":                            func(r *rules) { r.cancel = func(Ledger, world) (int, int8) { return late, 0 } },
		"2.2 young lines are cancelled":                       func(r *rules) { r.cancel = func(Ledger, world) (int, int8) { return young, 1 } },
		"2.2 lines in checking are cancelled":                 func(r *rules) { r.cancel = func(Ledger, world) (int, int8) { return checking, 1 } },
		"2.2 who vanished is not shown":                       func(r *rules) { r.countsGone = false },
		"2.3 the end of a window comes by surprise":           func(r *rules) { r.closes = false },
		"2.3 lines over a window's end are opened on credit": func(r *rules) {
			r.mayOpen = func(l Ledger) bool { l.Closing = false; return l.MayOpen() }
		},
		"2.3 leaves over a window's end are granted on credit": func(r *rules) {
			r.mayLeave = func(l Ledger) bool { l.Closing = false; return l.MayLeave() }
		},
		"2.3 a call belongs to the window in which it is let go": func(r *rules) { r.answerWindow = false },
		"2.4 a restart begins at zero":                           func(r *rules) { r.restores = false },
		"2.4 a restart forgets the lines of the dead":            func(r *rules) { r.countsLine = func(k lineKind) bool { return k.old == 0 } },
		"2.4 a restart forgets who waited with the dead":         func(r *rules) { r.letsGoOfDead = false },
		"2.5 a task that a pledged agent may not take is dialed": func(r *rules) { r.asksTask = false },
		"2.5 an agent is pledged while a line is not for them":   func(r *rules) { r.asksPledge = false },
		"2.6 a lower cap waits for the next window":              func(r *rules) { r.lowersNow = false },
	}
}

func TestEachRuleIsNeeded(t *testing.T) {
	for name, take := range mutants() {
		t.Run(name, func(t *testing.T) {
			r := realRules()
			take(&r)
			for search, in := range searches() {
				if search == "everything" {
					continue
				}
				if _, wrong := explore(r, small(in.features), in); wrong != "" {
					t.Logf("%s: %s", search, wrong)
					return
				}
			}
			t.Fatal("nothing goes wrong without this rule: the search does not see it")
		})
	}
}
