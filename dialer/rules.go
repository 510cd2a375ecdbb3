package dialer

import "time"

// Outcome is what one check of the gate says.
type Outcome string

// Outcomes: a wait ends at Check.Until, a stop when its cause does.
const (
	OutcomeOK   Outcome = "ok"
	OutcomeWait Outcome = "wait"
	OutcomeStop Outcome = "stop"
)

// Cause is whose matter a refusal is, and so what ends it.
type Cause string

// Causes.
const (
	ByTime  Cause = "time"  // ends by itself at Check.Until
	ByFile  Cause = "file"  // the customer's file: number, consent, do-not-call, hold
	ByHouse Cause = "house" // campaign, caller number, store, recording
	ByAgent Cause = "agent" // this agent; another one may
	Never   Cause = "never" // nothing ends it
)

// Check is the answer of one rule of spec 2.6.
type Check struct {
	Rule     string
	Outcome  Outcome
	Cause    Cause
	Until    time.Time      // business time it ends by itself; zero when nobody knows
	Figure   map[string]any // the numbers it was decided by, for the record
	ReasonZH string
	ReasonEN string
}

// rule is one line of spec 2.6.
type rule struct {
	id      string
	atClaim bool // checked again right before the INVITE
	check   func(Facts) Check
}

// rules is the gate in its order. CG-14 is asked with the ledger's answer: while
// lines are opened, dialer/pacing has given it before a task is even picked.
func rules() []rule {
	return []rule{
		{"CG-01", true, numberRule},
		{"CG-02", true, hardWindowRule},
		{"CG-03", true, classWindowRule},
		{"CG-04", true, dayRule},
		{"CG-05", true, dncRule},
		{"CG-06", true, consentRule},
		{"CG-07", true, holdRule},
		{"CG-08", false, frequencyRule},
		{"CG-09", false, fatigueRule},
		{"CG-10", false, attemptsRule},
		{"CG-11", false, recordingRule},
		{"CG-12", false, callerRule},
		{"CG-13", false, agentRule},
		{"CG-14", false, ledgerRule},
	}
}

func pass() Check { return Check{Outcome: OutcomeOK} }

func stop(c Cause, zh, en string, figure map[string]any) Check {
	return Check{Outcome: OutcomeStop, Cause: c, Figure: figure, ReasonZH: zh, ReasonEN: en}
}

func wait(until time.Time, zh, en string, figure map[string]any) Check {
	return Check{Outcome: OutcomeWait, Cause: ByTime, Until: until, Figure: figure, ReasonZH: zh, ReasonEN: en}
}
