package pacing

import (
	"fmt"
	"strings"
	"testing"
)

// third is a cap of 1/3 in basis points, a hair above so that three answers pay
// for one.
const third = 3334

// wrong says what must not be in w, or nothing.
func (r rules) wrong(w world, in bounds) string {
	l := r.ledger(w)
	over := func(a, b int8) bool { return one*int(b-w.v-w.debt) > int(w.cap)*int(a) }
	overdue := w.count(func(k lineKind) bool { return k.stage == late })
	old := w.count(func(k lineKind) bool { return k.old == 1 })
	out := w.count(func(k lineKind) bool { return k.stage == cancelled })
	switch {
	case over(w.a, w.b):
		return "more are abandoned than the cap allows"
	case over(w.a, w.left()):
		return "more would be abandoned than the cap allows if all lines were answered now"
	case over(w.bookA, w.bookB):
		return "more are abandoned in the books than the cap allows"
	case w.bookV != w.v:
		return "an agent who vanished is not shown"
	case in.leave && !w.closing && w.at(leaving) > 0 && old == 0 && !r.mayLeave(l):
		return "an agent may not leave although every line they counted for is over"
	case !in.vanish || l.Holds():
	default:
		stage, n := r.cancel(l, w)
		need := int8(l.Excess()) - out
		if stage != young && stage != late || n > 0 && stage == young {
			return "a line is cancelled that must not be"
		}
		if n < min(overdue, need) {
			return "a line past its least ring time goes on although the inequality does not hold"
		}
	}
	return ""
}

// explore goes through every state that can be reached and returns the shortest
// way to one where something is wrong.
func explore(r rules, start world, in bounds) (seen int, wrong string) {
	type node struct {
		w    world
		from int32
		name string
	}
	nodes := []node{{w: start, from: -1, name: "start"}}
	known := map[world]struct{}{start: {}}
	for i := 0; i < len(nodes); i++ {
		if what := r.wrong(nodes[i].w, in); what != "" {
			var way []string
			for j := int32(i); j >= 0; j = nodes[j].from {
				way = append([]string{nodes[j].name}, way...)
			}
			return len(nodes), fmt.Sprintf("%s: %s: %+v", what, strings.Join(way, ", "), nodes[i].w)
		}
		for _, s := range r.steps(nodes[i].w, in) {
			if _, ok := known[s.to]; !ok {
				known[s.to] = struct{}{}
				nodes = append(nodes, node{s.to, int32(i), s.name})
			}
		}
	}
	return len(nodes), ""
}

// small is three agents and a cap of a third; the special agent is one of the
// three where tasks are picky.
func small(f features) world {
	w := world{special: -1, cap: third, bookCap: third}
	w.agents[ready] = 3
	if f.picky {
		w.agents[ready], w.special = 2, ready
	}
	return w
}

// searches are the small model of PACING.md §6, one group of events at a time:
// together they would be too many states for a test.
func searches() map[string]bounds {
	return map[string]bounds{
		"calls":                          {lines: 6, answers: 12, lower: -1},
		"agents leave":                   {lines: 6, answers: 4, lower: -1, features: features{leave: true}},
		"agents vanish":                  {lines: 6, answers: 6, gone: 2, lower: -1, features: features{vanish: true}},
		"a node crashes":                 {lines: 6, answers: 9, lower: -1, features: features{crash: true}},
		"the cap is lower":               {lines: 6, answers: 9, lower: 0},
		"a window ends":                  {lines: 6, answers: 6, lower: -1, features: features{window: true}},
		"a window ends and agents leave": {lines: 4, answers: 3, lower: -1, features: features{window: true, leave: true}},
		"picky tasks":                    {lines: 6, answers: 3, lower: -1, features: features{picky: true}},
		"everything":                     {lines: 4, answers: 3, gone: 1, lower: 0, features: all()},
	}
}

func TestTheCapHoldsWhateverHappens(t *testing.T) {
	for name, in := range searches() {
		t.Run(name, func(t *testing.T) {
			seen, wrong := explore(realRules(), small(in.features), in)
			if wrong != "" {
				t.Fatal(wrong)
			}
			t.Logf("%d states", seen)
		})
	}
}
