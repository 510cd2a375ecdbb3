package report

import (
	"math/big"

	csi "ringback/crm/satisfaction"
)

// Sums are what a figure is kept as: numerator and denominator (spec 4.1 rule 1),
// and what its interval needs. Sums of stores add up; rates never do (rule 3).
type Sums struct {
	Num  int64
	Den  int64
	Rows int // rows behind the figure
	Open int // of them, rows that may still change: not yet due, still waiting
	Rest int // of them, rows of the denominator that add nothing to the numerator for good
	NN   float64
	ND   float64
	DD   float64
}

// Plus adds two disjoint sets of rows.
func (s Sums) Plus(o Sums) Sums {
	return Sums{s.Num + o.Num, s.Den + o.Den, s.Rows + o.Rows, s.Open + o.Open, s.Rest + o.Rest, s.NN + o.NN, s.ND + o.ND, s.DD + o.DD}
}

// Rate is numerator over denominator, exactly; nil when the denominator is 0.
func Rate(num, den int64) *big.Rat {
	if den == 0 {
		return nil
	}
	return big.NewRat(num, den)
}

// Complement is 1 − num/den: what went away of what was there (K-17).
func Complement(num, den int64) *big.Rat { return Rate(den-num, den) }

// Mean of whole scores, as it is kept.
type Mean struct{ Sum, N int64 }

// CSI is the index of K-03, 0 to 1000: the weighted mean of the factors' pooled
// means, over the factors that were answered. Nil when none was.
func CSI(factors map[string]Mean) *big.Rat {
	total, weights := new(big.Rat), int64(0)
	for _, w := range csi.Weights() {
		m := factors[w.Factor]
		if m.N == 0 {
			continue
		}
		weights += int64(w.Weight)
		total.Add(total, new(big.Rat).Mul(big.NewRat(int64(w.Weight)*100, 1), big.NewRat(m.Sum, m.N)))
	}
	if weights == 0 {
		return nil
	}
	return total.Quo(total, big.NewRat(weights, 1))
}

// NPS is K-05, −1 to +1; nil without answers. It is shown times 100.
func NPS(promoters, detractors, answers int64) *big.Rat { return Rate(promoters-detractors, answers) }

// HalfUp rounds to a number of decimals, halves upwards. It is for showing only
// (rule 2): nothing is computed from a rounded value.
func HalfUp(v *big.Rat, decimals int) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	x := new(big.Rat).Mul(v, new(big.Rat).SetInt(scale))
	x.Add(x, big.NewRat(1, 2))
	floor := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: the denominator is positive, so this is the floor
	return new(big.Rat).SetFrac(floor, scale)
}
