package report

import "math"

// SmallSample is the number of cases below which the page says that a figure
// rests on few.
const SmallSample = 30

const z95 = 1.959963984540054

// Interval is where the true value lies with 95 % confidence, in the raw unit of
// the value (a rate: 0 to 1).
type Interval struct{ Low, High float64 }

// Wilson is the score interval of a rate (Wilson 1927). It holds for small
// samples and stays within 0 and 1; not ok without cases, or when the numerator
// is no part of the denominator.
func Wilson(num, den int64) (Interval, bool) {
	if den <= 0 || num < 0 || num > den {
		return Interval{}, false
	}
	n, p, z2 := float64(den), float64(num)/float64(den), z95*z95
	mid, half := p+z2/(2*n), z95*math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return Interval{max(0, (mid-half)/(1+z2/n)), min(1, (mid+half)/(1+z2/n))}, true
}

// PerExposure is the interval of events counted beside, not within, what they are
// divided by, such as complaints per delivered order: a Poisson count by Byar's
// approximation (Breslow and Day 1987, 2.13) over the exposure.
func PerExposure(events, exposure int64) (Interval, bool) {
	if exposure <= 0 || events < 0 {
		return Interval{}, false
	}
	x, e := float64(events), float64(exposure)
	low := 0.0
	if events > 0 {
		low = x * math.Pow(1-1/(9*x)-z95/(3*math.Sqrt(x)), 3)
	}
	high := (x + 1) * math.Pow(1-1/(9*(x+1))+z95/(3*math.Sqrt(x+1)), 3)
	return Interval{max(0, low) / e, high / e}, true
}

// NPSInterval is the adjusted Wald interval of a net promoter score: three answers
// are added, ¾ promoters, 1½ passives, ¾ detractors (Lewis and Sauro 2021), so
// that few or equal answers do not look certain.
func NPSInterval(promoters, detractors, answers int64) (Interval, bool) {
	if answers <= 0 {
		return Interval{}, false
	}
	n, p, d := float64(answers)+3, float64(promoters)+0.75, float64(detractors)+0.75
	net := (p - d) / n
	half := z95 * math.Sqrt(((p+d)/n-net*net)/n)
	return Interval{max(-1, net-half), min(1, net+half)}, true
}

// RatioInterval is the interval of a ratio of sums over rows, such as premium
// after over premium before: the linearised variance (Cochran 1977, 2.46) and
// Student's t. Not ok for fewer than two rows in the denominator.
func RatioInterval(s Sums, rows int64) (Interval, bool) {
	if s.Den <= 0 || rows < 2 {
		return Interval{}, false
	}
	r, den, n := float64(s.Num)/float64(s.Den), float64(s.Den), float64(rows)
	spread := max(0, s.NN-2*r*s.ND+r*r*s.DD) * n / (n - 1)
	half := tQuantile(rows-1) * math.Sqrt(spread) / den
	return Interval{r - half, r + half}, true
}

// Around is the interval of a value whose variance was estimated from n
// independent units. Not ok for fewer than two.
func Around(value, variance float64, n int64) (Interval, bool) {
	if n < 2 || variance < 0 {
		return Interval{}, false
	}
	half := tQuantile(n-1) * math.Sqrt(variance)
	return Interval{value - half, value + half}, true
}

// tQuantile is the 97.5 % point of Student's t: exact to 30 degrees of freedom,
// beyond that by expansion around the normal one (Abramowitz and Stegun 26.7.5).
func tQuantile(df int64) float64 {
	exact := [...]float64{
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	}
	if df >= 1 && df <= int64(len(exact)) {
		return exact[df-1]
	}
	n, z := float64(df), z95
	return z + (z*z*z+z)/(4*n) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*n*n)
}
