package pacing

import "slices"

// Cancel chooses which ringing lines to take back while the inequality does not
// hold: past the rule pack's least ring time, youngest of those first, and no
// more than needed (PACING.md §2.2). Lines in checking are never given here.
//
// ringing are ages of ringing lines that are not cancelled yet, cancelled is how
// many are and have no final response. The indices of the chosen lines are
// appended to dst.
func (l Ledger) Cancel(dst []int, ringing []float64, cancelled int, leastRing float64) []int {
	need := l.Excess() - cancelled
	if need <= 0 {
		return dst
	}
	begin := len(dst)
	for i, age := range ringing {
		if age >= leastRing {
			dst = append(dst, i)
		}
	}
	due := dst[begin:]
	slices.SortFunc(due, func(a, b int) int {
		switch {
		case ringing[a] < ringing[b]:
			return -1
		case ringing[a] > ringing[b]:
			return 1
		}
		return a - b
	})
	return dst[:begin+min(need, len(due))]
}

// LeaveIn is how long an agent who asked to leave waits at most, in seconds: until
// so many lines are resolved that MayLeave holds, were each to ring and be checked
// to the end. ages are those of all lines; limit is ring time plus detection.
func (l Ledger) LeaveIn(ages []float64, limit float64) float64 {
	if l.MayLeave() {
		return 0
	}
	spare := l.Ready - 1 - l.Waiting
	if credit := l.Credit(); credit >= 0 && !l.Closing {
		spare = max(spare, l.Ready-1+credit)
	}
	over := len(ages) - max(spare, 0)
	if over <= 0 {
		return 0
	}
	oldest := slices.Clone(ages)
	slices.SortFunc(oldest, func(a, b float64) int {
		if a > b {
			return -1
		}
		return 1
	})
	return max(0, limit-oldest[over-1])
}
