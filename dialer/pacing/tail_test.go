package pacing

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// exactAtLeast is the chance that at least k of independent events happen.
func exactAtLeast(q []float64, k int) float64 {
	p := make([]float64, len(q)+1)
	p[0] = 1
	for n, x := range q {
		for i := n + 1; i > 0; i-- {
			p[i] += x * (p[i-1] - p[i])
		}
		p[0] *= 1 - x
	}
	sum := 0.0
	for _, x := range p[min(k, len(p)):] {
		sum += x
	}
	return sum
}

func approximate(q []float64, k int, doubt float64) float64 {
	s := newSum(k)
	for _, x := range q {
		s.add(1, x)
	}
	return s.atLeast(k, doubt)
}

func bell(q []float64, k int) float64 {
	s := newSum(k)
	for _, x := range q {
		s.add(1, x)
	}
	return s.bell(k, s.variance)
}

// Where prices lie, from 1 to 25 %, the tail is off by less than a point.
func TestTailIsCloseToTheExactOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 30).Draw(t, "chances")
		for k := 0; k <= len(q); k++ {
			exact := exactAtLeast(q, k)
			if exact < 0.01 || exact > 0.25 {
				continue
			}
			if got := approximate(q, k, 0); math.Abs(got-exact) >= 0.01 {
				t.Fatalf("P(X >= %d) = %.4f, given as %.4f", k, exact, got)
			}
		}
	})
}

// Large teams go by the bell curve. It is as good once the sum has some spread,
// which the sums of more than 30 agents have.
func TestBellIsCloseToTheExactOneForLargeTeams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		busy := rapid.SliceOfN(rapid.Float64Range(0.6, 0.98), 25, 60).Draw(t, "busy agents")
		lines := rapid.SliceOfN(rapid.Float64Range(0.02, 0.5), 5, 60).Draw(t, "lines")
		q := append(busy, lines...)
		for k := exactUpTo + 1; k <= len(q); k++ {
			exact := exactAtLeast(q, k)
			if exact < 0.01 || exact > 0.25 {
				continue
			}
			if got := bell(q, k); math.Abs(got-exact) >= 0.01 {
				t.Fatalf("P(X >= %d) = %.4f, given as %.4f", k, exact, got)
			}
		}
	})
}

// Not knowing the answer rate makes an answer without an agent likelier.
func TestDoubtRaisesASmallTail(t *testing.T) {
	q := []float64{0.9, 0.9, 0.8, 0.7, 0.2, 0.2, 0.2}
	sure, unsure := approximate(q, 6, 0), approximate(q, 6, 0.3)
	if sure >= unsure || unsure > 0.5 {
		t.Errorf("%.4f without doubt, %.4f with", sure, unsure)
	}
}

func TestTailOfACertainSum(t *testing.T) {
	cases := []struct {
		name string
		q    []float64
		k    int
		want float64
	}{
		{"nothing wants an agent", nil, 1, 0},
		{"nothing is needed", nil, 0, 1},
		{"all are certain and enough", []float64{1, 1, 1}, 3, 1},
		{"all are certain and not enough", []float64{1, 1}, 3, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := approximate(c.q, c.k, 0); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
