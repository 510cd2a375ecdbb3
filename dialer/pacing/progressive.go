package pacing

// Input is the state of one campaign. Counts are of this moment, read together.
type Input struct {
	Ready   int // idle and pledged to this campaign
	Leaving int // of those, asked to leave
	Lines   int // placed, not resolved, no agent of their own
	Waiting int // live, no agent yet
	Trunk   int // lines the trunk could still take; below 0 is 0
	Hopper  int // tasks that could be dialed
}

// Output is the decision and why it is not larger.
type Output struct {
	Open      int
	LimitedBy Limit
}

// Decide gives the number of lines to open now, progressively: r + 1 ≤ i for
// each, where i is without the agents who asked to leave and those whom the
// waiting calls will take.
func Decide(in Input) Output {
	l := in.ledger()
	open, limit := l.Room(), ByLedger
	if l.free() <= 0 {
		limit = ByNobody
	}
	open, limit = within(open, limit, in.Trunk, in.Hopper)
	return Output{Open: open, LimitedBy: limit}
}

// MayLeave tells whether one ready agent may go without breaking what Decide
// promised: r ≤ i − 1 (PACING.md §2.1).
func MayLeave(in Input) bool { return in.ledger().MayLeave() }

// ledger has no credit: one line per ready agent.
func (in Input) ledger() Ledger {
	return Ledger{Ready: in.Ready, Leaving: in.Leaving, Lines: in.Lines, Waiting: in.Waiting}
}

// within cuts what may be opened to what the trunk takes and the hopper holds.
func within(open int, limit Limit, trunk, hopper int) (int, Limit) {
	if trunk < open {
		open, limit = trunk, ByTrunk
	}
	if hopper < open {
		open, limit = hopper, ByHopper
	}
	return max(open, 0), limit
}
