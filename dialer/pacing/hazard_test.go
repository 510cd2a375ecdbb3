package pacing

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAHazardLearnsWhatItSees(t *testing.T) {
	h := newHazard([]float64{0, 10, 20}, []float64{1, 1, 1}, 0.5, 1e9, false)
	// Rates of 0.02, 0.1 and 0.05 a second.
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		age := 0.0
		for _, bin := range []struct{ rate, length float64 }{{0.02, 10}, {0.1, 10}, {0.05, math.Inf(1)}} {
			x := r.ExpFloat64() / bin.rate
			if x < bin.length {
				age += x
				break
			}
			age += bin.length
		}
		h.run(0, age)
		h.end(age)
	}
	h.refresh()
	for i, want := range []float64{0.02, 0.1, 0.05} {
		if got := h.rate[i]; math.Abs(got/want-1) > 0.05 {
			t.Errorf("rate of bin %d is %.4f, want %.2f", i, got, want)
		}
	}
	if got, want := h.survival(15), math.Exp(-0.2-0.5); math.Abs(got-want) > 0.02 {
		t.Errorf("survival at 15 s is %.3f, want %.3f", got, want)
	}
}

func TestAHazardIsItsPriorBeforeTheFirstEvent(t *testing.T) {
	h := newHazard([]float64{0, 5}, []float64{0.3, 0.1}, 1, 100, true)
	w := walk{h: h}
	if young, old := w.at(2), w.at(7); young != 0.3 || old != 0.1 || h.doubt != 0.1 {
		t.Errorf("rates %v and %v, doubt %v", young, old, h.doubt)
	}
}

func TestWhatIsCutOffIsNotTakenForShort(t *testing.T) {
	// Every talk is seen for 60 s only and one in five has ended by then: the mean is
	// far above 60 s.
	h := newHazard(talkEdges(), lognormalPrior(talkEdges(), 110, priorTalkCV), 1, 1e9, false)
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		x := r.ExpFloat64() * 270
		h.run(0, min(x, 60))
		if x < 60 {
			h.end(x)
		}
	}
	h.refresh()
	if got, want := h.survival(60), math.Exp(-60.0/270); math.Abs(got-want) > 0.02 {
		t.Errorf("survival at 60 s is %.3f, want %.3f", got, want)
	}
}

func TestTheLevelFollowsAChangeFast(t *testing.T) {
	h := newHazard([]float64{0}, []float64{0.1}, 0.5, 3000, true)
	for range 3000 {
		h.run(0, 10)
		h.end(10)
		h.refresh()
	}
	for range 80 { // twice as fast now
		h.run(0, 5)
		h.end(5)
	}
	h.refresh()
	if h.level < 1.3 {
		t.Errorf("level %.2f after 80 events at twice the rate", h.level)
	}
}

func TestTheShapeForgets(t *testing.T) {
	h := newHazard([]float64{0}, []float64{0.1}, 0.5, 100, false)
	for range 1000 {
		h.run(0, 10)
		h.end(10)
		h.refresh()
	}
	if h.events[0] > 100.001 {
		t.Errorf("holds %v events, want at most 100", h.events[0])
	}
	if math.Abs(h.rate[0]-0.1) > 0.001 {
		t.Errorf("rate %v", h.rate[0])
	}
}

func TestSurvivalsAreSurvival(t *testing.T) {
	h := newHazard(talkEdges(), lognormalPrior(talkEdges(), 110, priorTalkCV), 1, 1500, true)
	h.level = 1.3
	got := make([]float64, lifeCells)
	h.survivals(got, lifeStep)
	for i, s := range got {
		if want := h.survival(float64(i) * lifeStep); math.Abs(s-want) > 1e-12 {
			t.Fatalf("survival at %v s is %v, want %v", float64(i)*lifeStep, s, want)
		}
	}
}

// Lines and talks that run are booked every ten seconds: in pieces it must come
// to the same as at once.
func TestExposureIsBookedOnce(t *testing.T) {
	m := newModel()
	s := State{Ledger: Ledger{CapBP: 300}, Trunk: plenty, Hopper: plenty}
	for at := 0.0; at <= 30; at += 10 {
		s.At, s.Ringing, s.Talking = at, []float64{at + 2}, []float64{at + 5}
		m.Decide(s)
	}
	m.Observe(Event{At: 34, Kind: LineOver, Age: 36})
	m.Observe(Event{At: 37, Kind: TalkOver, Age: 42})
	sum := func(h *hazard) (x float64) {
		for _, e := range h.exposure {
			x += e
		}
		return x
	}
	// What ran before the first decision is not known to have been seen.
	if got := sum(m.live); math.Abs(got-34) > 1e-9 {
		t.Errorf("%v s of ringing, want 34", got)
	}
	if got := sum(m.talk); math.Abs(got-37) > 1e-9 {
		t.Errorf("%v s of talk, want 37", got)
	}
}
