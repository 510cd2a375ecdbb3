// Package pacing decides how many lines a campaign opens now: numbers in, a
// number and the reason for it out (PACING.md).
//
// Two questions are asked before every line. May I? is the Ledger: a proof in
// integers that abandoned calls stay within the cap at every moment, whoever
// answers and whenever. Should I? is the Model: an estimate of how many agents
// will be free when the line is answered, learnt from the campaign's own calls,
// and a price for the chance that nobody is. Progressive dialing (Decide) is the
// ledger with nothing in it: each line has a ready agent of its own.
//
// It knows no clock, no network and no database, so that the simulator and the
// dialer run the very same code. It owns no lines and no agents: callers count
// them, under the campaign's lease row, and tell what happened.
//
// Ages and times are seconds, rates are per second, chances are 0 to 1.
package pacing

// Limit is what kept a decision from opening more lines.
type Limit string

// Limits (PACING.md §3).
const (
	ByNobody Limit = "no agent" // nobody is ready, or on duty
	ByModel  Limit = "model"    // one more answer would find nobody too likely for its price
	ByLedger Limit = "ledger"   // one more line could break the cap
	ByTrunk  Limit = "trunk"    // channels or calls per second
	ByHopper Limit = "hopper"   // no task to dial
)
