package pacing

import "math"

// exactUpTo is how many agents on duty make it worth to know the law of a sum in
// full: a small team's sums are no bell curves.
const exactUpTo = 30

// sum is the number of calls that want an agent at one horizon: independent
// Bernoullis by their first three central moments (PACING.md §3), and in full for
// a small team.
type sum struct {
	mean, variance, third float64
	live                  float64 // expected answers among them, without those that wait already
	free                  float64 // expected agents freed by then

	need int // agents on duty, 0 to exactUpTo when law is kept, else -1
	law  [exactUpTo + 1]float64
	most int // the highest place of law that is not nothing
}

// newSum is an empty sum that is to be compared with need.
func newSum(need int) (s sum) {
	s.need = -1
	if need >= 0 && need <= exactUpTo {
		s.need = need
		s.law[0] = 1
	}
	return s
}

// add counts n terms of chance q.
func (s *sum) add(n int, q float64) {
	if q <= 0 {
		return
	}
	v := q * (1 - q)
	s.mean += float64(n) * q
	s.variance += float64(n) * v
	s.third += float64(n) * v * (1 - 2*q)
	if s.need < 0 {
		return
	}
	for range n {
		s.convolve(q)
	}
}

// convolve brings one more term into law, whose last place takes everything from
// need on.
func (s *sum) convolve(q float64) {
	if s.need == 0 {
		return
	}
	top := min(s.most, s.need-1)
	s.law[top+1] += q * s.law[top]
	for i := top; i > 0; i-- {
		s.law[i] += q * (s.law[i-1] - s.law[i])
	}
	s.law[0] *= 1 - q
	s.most = top + 1
}

// lines counts n lines that are live by the horizon with chance q.
func (s *sum) lines(n int, q float64) {
	s.add(n, q)
	s.live += float64(n) * q
}

// agent counts one busy agent who is still busy then with chance q.
func (s *sum) agent(q float64) {
	s.add(1, q)
	s.free += 1 - q
}

// atLeast is the chance that the sum reaches need, which is what newSum was told.
// more is variance for what is not known about the terms.
func (s *sum) atLeast(need int, more float64) float64 {
	if s.need < 0 {
		return s.bell(need, s.variance+more)
	}
	return chance(s.law[s.need] + s.spread(need, more))
}

// spread is what more variance adds to the tail: the normal law's derivative by
// variance, half way.
func (s *sum) spread(need int, more float64) float64 {
	if more <= 0 {
		return 0
	}
	v := s.variance + more/2
	reach := float64(need) - 0.5 - s.mean
	x2 := reach * reach / v
	return more * reach / (2 * v * math.Sqrt(2*math.Pi*v)) * math.Exp(-x2/2)
}

// bell is the normal law with a skewness term and half-step correction.
func (s *sum) bell(need int, variance float64) float64 {
	reach := float64(need) - 0.5 - s.mean
	if variance < 1e-9 {
		if reach <= 0 {
			return 1
		}
		return 0
	}
	sd := math.Sqrt(variance)
	x := reach / sd
	skew := s.third / (sd * sd * sd)
	below := math.Erfc(-x/math.Sqrt2)/2 + skew*(1-x*x)*math.Exp(-x*x/2)/(6*math.Sqrt(2*math.Pi))
	return chance(1 - below)
}
