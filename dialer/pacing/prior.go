package pacing

import "math"

// Prior is what is believed of a campaign before its first call: a guess, or
// yesterday's figures.
type Prior struct {
	Answer float64 `json:"answer"` // share of dials that a person answers, 0 to 1
	Talk   float64 `json:"talk"`   // mean, seconds
	Wrap   float64 `json:"wrap"`   // mean, seconds
}

// DefaultPrior is the guess of PACING.md §3.
func DefaultPrior() Prior { return Prior{Answer: 0.25, Talk: 110, Wrap: 25} }

// The spread that the priors assume.
const (
	priorTalkCV, priorWrapCV = 1.2, 1.0
	priorToAnswer            = 12.0 // seconds of ringing
	priorToEnd               = 18.0
	priorRing                = 25.0 // seconds after which most lines are given up
)

// Bins of the six hazards (PACING.md §3).
func lineEdges() []float64  { return steps(60, 1) }
func checkEdges() []float64 { return steps(6, 0.25) }
func talkEdges() []float64  { return logSteps(4, 1800, 22) }
func wrapEdges() []float64  { return logSteps(2, 300, 16) }

func steps(to, by float64) []float64 {
	n := int(math.Round(to / by))
	e := make([]float64, n+1)
	for i := range e {
		e[i] = float64(i) * by
	}
	return e
}

// logSteps begins with a bin from 0, then n edges from lo to hi in equal ratios.
func logSteps(lo, hi float64, n int) []float64 {
	e := make([]float64, n+1)
	for i := range n {
		e[i+1] = lo * math.Pow(hi/lo, float64(i)/float64(n-1))
	}
	return e
}

func flat(n int, rate float64) []float64 {
	r := make([]float64, n)
	for i := range r {
		r[i] = rate
	}
	return r
}

// linePrior splits ringing lines into answers of persons and other ends.
func linePrior(edges []float64, answer float64) (live, other []float64) {
	live = flat(len(edges), answer/priorToAnswer)
	other = flat(len(edges), (1-answer)/priorToEnd)
	for i, age := range edges {
		if age >= priorRing {
			live[i] /= 4
			other[i] = 0.2
		}
	}
	return live, other
}

// lognormalPrior is the mean hazard of a lognormal in each bin.
func lognormalPrior(edges []float64, mean, cv float64) []float64 {
	s2 := math.Log(1 + cv*cv)
	mu := math.Log(mean) - s2/2
	logSurvival := func(age float64) float64 {
		if age <= 0 {
			return 0
		}
		return math.Log(math.Erfc((math.Log(age)-mu)/math.Sqrt(2*s2))/2 + 1e-12)
	}
	r := make([]float64, len(edges))
	for i, from := range edges {
		to := from * 1.5
		if i+1 < len(edges) {
			to = edges[i+1]
		}
		r[i] = max((logSurvival(from)-logSurvival(to))/(to-from), 1e-4)
	}
	return r
}
