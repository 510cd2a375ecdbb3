// Package pacing decides how many lines a campaign opens now: numbers in, a
// number and the words for it out (PACING.md).
//
// It knows no clock, no network and no database, so that the simulator and the
// dialer run the very same code. Progressive dialing is the ledger with nothing
// in it: a new line needs a ready agent of its own, so nobody is ever abandoned
// for want of one. Predictive dialing adds its model to Decide.
package pacing

// Limit is what kept a decision from opening more lines.
type Limit string

// Limits (PACING.md §3).
const (
	ByNobody Limit = "no agent" // nobody is ready
	ByLedger Limit = "ledger"   // one more line could leave an answer without an agent
	ByTrunk  Limit = "trunk"    // channels or calls per second
	ByHopper Limit = "hopper"   // no task to dial
)

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
	free := in.Ready - in.Leaving - in.Waiting
	open, limit := free-in.Lines, ByLedger
	if free <= 0 {
		open, limit = 0, ByNobody
	}
	if in.Trunk < open {
		open, limit = in.Trunk, ByTrunk
	}
	if in.Hopper < open {
		open, limit = in.Hopper, ByHopper
	}
	return Output{Open: max(open, 0), LimitedBy: limit}
}

// MayLeave tells whether one ready agent may go without breaking what Decide
// promised: r ≤ i − 1 (PACING.md §2.1).
func MayLeave(in Input) bool { return in.Lines+in.Waiting <= in.Ready-1 }
