package pacing

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func newModel() *Model {
	return NewModel(Options{Prior: DefaultPrior(), Grace: 1.2, Detects: true})
}

const plenty = 1 << 20

// rich is a team with credit to spend.
func rich(onDuty, ready, lines int) State {
	s := State{
		At: 100, Trunk: plenty, Hopper: plenty,
		Ledger: Ledger{CapBP: 300, Answered: 3000, Abandoned: 60, Ready: ready, Lines: lines},
	}
	for i := range onDuty - ready {
		if i%4 == 3 {
			s.Wrapping = append(s.Wrapping, float64(3*i%40))
		} else {
			s.Talking = append(s.Talking, float64(17*i%300))
		}
	}
	for i := range lines {
		if i%9 == 8 {
			s.Checking = append(s.Checking, float64(i%8)/4)
		} else {
			s.Ringing = append(s.Ringing, float64(i%25))
		}
	}
	return s
}

func TestDecision(t *testing.T) {
	change := func(s State, f func(*State)) State { f(&s); return s }
	cases := []struct {
		name  string
		s     State
		limit Limit
		open  func(d Decision) bool
	}{
		{"credit opens more lines than there are ready agents", rich(10, 2, 2), ByModel, func(d Decision) bool { return d.Open > 0 }},
		{"never fewer than one line for each ready agent", change(rich(5, 5, 0), func(s *State) { s.Ledger.Abandoned = 500 }), ByModel, func(d Decision) bool { return d.Open == 5 }},
		{"without credit a busy team opens nothing", change(rich(10, 0, 0), func(s *State) { s.Ledger.Abandoned = 90 }), ByNobody, func(d Decision) bool { return d.Open == 0 && d.Price == 0 }},
		{"the ledger cuts what the model wishes", change(rich(10, 3, 3), func(s *State) { s.Ledger.Answered, s.Ledger.Abandoned = 40, 0 }), ByLedger, func(d Decision) bool { return d.Open == 1 && d.Wish > 1 }},
		{"the trunk cuts", change(rich(10, 4, 0), func(s *State) { s.Trunk = 2 }), ByTrunk, func(d Decision) bool { return d.Open == 2 }},
		{"a trunk over its limit opens nothing", change(rich(10, 4, 0), func(s *State) { s.Trunk = -3 }), ByTrunk, func(d Decision) bool { return d.Open == 0 }},
		{"the hopper cuts", change(rich(10, 4, 0), func(s *State) { s.Hopper = 1 }), ByHopper, func(d Decision) bool { return d.Open == 1 }},
		{"nobody on duty", rich(0, 0, 0), ByNobody, func(d Decision) bool { return d.Open == 0 }},
		{"a cap of nothing is progressive", change(rich(10, 3, 1), func(s *State) { s.Ledger.CapBP = 0; s.Ledger.Abandoned = 0 }), ByModel, func(d Decision) bool { return d.Open == 2 }},
		{"who asked to leave is not counted on", change(rich(3, 3, 0), func(s *State) { s.Ledger.Leaving = 3; s.Ledger.Abandoned = 90 }), ByNobody, func(d Decision) bool { return d.Open == 0 }},
		{"a waiting call takes a ready agent", change(rich(5, 5, 0), func(s *State) { s.Ledger.Waiting = 1; s.Ledger.Abandoned = 500 }), ByModel, func(d Decision) bool { return d.Open == 4 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := newModel()
			if c.name == "the ledger cuts what the model wishes" {
				m = NewModel(Options{Prior: DefaultPrior(), Grace: 1.2, Fixed: 0.25})
			}
			d := m.Decide(c.s)
			if d.LimitedBy != c.limit || !c.open(d) {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestMoreMarginNeverOpensFewerLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		onDuty := rapid.IntRange(1, 60).Draw(t, "agents")
		s := rich(onDuty, rapid.IntRange(0, onDuty).Draw(t, "ready"), rapid.IntRange(0, 100).Draw(t, "lines"))
		s.Ledger.Abandoned = rapid.IntRange(0, 95).Draw(t, "abandoned")
		poor := newModel().Decide(s)
		s.Ledger.Abandoned = max(0, s.Ledger.Abandoned-rapid.IntRange(1, 20).Draw(t, "less"))
		better := newModel().Decide(s)
		if better.Open < poor.Open || better.Price < poor.Price {
			t.Fatalf("%+v with less margin, %+v with more", poor, better)
		}
	})
}

// Whatever the model wishes, the ledger holds after each decision as it did before.
// A leader that begins in the middle of a day finds the credit of weeks. It holds what
// the lines on their way need at once, as one does that has watched for long.
func TestANewLeaderHoldsAStockAtOnce(t *testing.T) {
	s := rich(20, 3, 12)
	s.Ledger.Answered, s.Ledger.Abandoned = 2000, 30 // a margin of 30 calls
	long := newModel()
	for range 2000 {
		long.Decide(s)
		s.At += 0.4
	}
	settled, first := long.Decide(s), newModel().Decide(s)
	if math.Abs(first.Stock-settled.Stock) > 0.2*settled.Stock || settled.Stock < 2*stockBase {
		t.Errorf("a stock of %.1f at first, %.1f after 800 s", first.Stock, settled.Stock)
	}
	if first.Price >= priceMax/2 {
		t.Errorf("a price of %.3f at first, %.3f after 800 s", first.Price, settled.Price)
	}
}

func TestADecisionNeverBreaksTheLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		s := State{At: 1, Ledger: l, Trunk: plenty, Hopper: plenty, Ringing: make([]float64, l.Lines), Talking: make([]float64, rapid.IntRange(0, 40).Draw(t, "busy"))}
		d := newModel().Decide(s)
		if d.Open > l.Room() {
			t.Fatalf("opens %d where the ledger has room for %d", d.Open, l.Room())
		}
		if d.Open < max(0, l.free()-l.Lines) {
			t.Fatalf("opens %d with %d agents free for a line", d.Open, l.free()-l.Lines)
		}
	})
}

// tape is what a model was told and asked, in order, and what it said.
type tape struct {
	Events []Event  `json:"events"`
	State  State    `json:"state"`
	Said   Decision `json:"said"`
}

// record plays an hour of a team at random.
func record(m *Model) []tape {
	r := rand.New(rand.NewPCG(7, 7))
	var tapes []tape
	answered, lost := 900, 20
	for i := range 2000 {
		at := float64(i) * 0.5
		var events []Event
		for range r.IntN(3) {
			e := Event{At: at - 0.5*r.Float64(), Age: r.Float64() * 40, Ring: r.Float64() * 25, Price: r.Float64() / 10}
			e.Kind = []Kind{LineLive, LineOver, LineAnswered, CheckPerson, CheckOther, TalkOver, WrapOver, CallLost}[r.IntN(8)]
			switch e.Kind {
			case LineLive, CheckPerson:
				answered++
			case CallLost:
				if r.IntN(8) > 0 {
					continue
				}
				lost++
			}
			m.Observe(e)
			events = append(events, e)
		}
		s := rich(12, r.IntN(4), r.IntN(30))
		s.At, s.Ledger.Answered, s.Ledger.Abandoned = at, answered, lost
		for j := range s.Talking {
			s.Talking[j] = r.Float64() * 400
		}
		tapes = append(tapes, tape{events, s, m.Decide(s)})
	}
	return tapes
}

func TestRecordedTicksReplayBitForBit(t *testing.T) {
	written, err := json.Marshal(record(newModel()))
	if err != nil {
		t.Fatal(err)
	}
	var tapes []tape
	if err := json.Unmarshal(written, &tapes); err != nil {
		t.Fatal(err)
	}
	m, opened := newModel(), 0
	for i, tape := range tapes {
		for _, e := range tape.Events {
			m.Observe(e)
		}
		got := m.Decide(tape.State)
		if !reflect.DeepEqual(got, tape.Said) || math.Float64bits(got.Chance) != math.Float64bits(tape.Said.Chance) {
			t.Fatalf("tick %d: said %+v, says %+v", i, tape.Said, got)
		}
		opened += got.Open
	}
	if opened == 0 {
		t.Fatal("nothing was ever opened: the tape shows nothing")
	}
}

func TestADecisionAllocatesNothing(t *testing.T) {
	for _, team := range []State{rich(300, 30, 500), rich(12, 2, 10)} {
		m := newModel()
		m.Decide(team)
		if n := testing.AllocsPerRun(50, func() { team.At += 5; m.Decide(team) }); n != 0 {
			t.Errorf("%v allocations with %d agents", n, team.onDuty())
		}
	}
}

// PACING.md §6: at most 200 µs, nothing allocated.
func BenchmarkDecide(b *testing.B) {
	s := rich(300, 30, 500)
	s.Ledger.Answered, s.Ledger.Abandoned = 30000, 600
	m := newModel()
	b.ReportAllocs()
	for b.Loop() {
		s.At += 0.25
		m.Decide(s)
	}
}

// The worst case: nothing is on its way and everything is to be opened.
func BenchmarkDecideFromNothing(b *testing.B) {
	s := rich(300, 300, 0)
	s.Ledger.Answered, s.Ledger.Abandoned = 30000, 600
	m := newModel()
	b.ReportAllocs()
	for b.Loop() {
		s.At += 0.25
		m.Decide(s)
	}
}
