package dialer

import "time"

// Verdict is what the gate says in the end.
type Verdict struct {
	Outcome Outcome
	Cause   Cause
	Rule    string    // the first rule that stops, or the one that waits longest
	Until   time.Time // of a wait: the first moment at which all its rules and the call window agree; zero when nobody knows
}

// judge asks every rule in the order of spec 2.6. The checks that are not ok
// come back with the verdict: a stop wins over any wait, one that never ends over
// any other.
func judge(f Facts, rules []rule) ([]Check, Verdict) {
	var checks []Check
	v := Verdict{Outcome: OutcomeOK}
	for _, r := range rules {
		c := r.check(f)
		if c.Outcome == OutcomeOK {
			continue
		}
		c.Rule = r.id
		checks = append(checks, c)
		v = v.and(c)
	}
	if v.Outcome == OutcomeWait && !v.Until.IsZero() {
		if opens, found := f.opens(v.Until); found {
			v.Until = opens
		}
	}
	return checks, v
}

func (v Verdict) and(c Check) Verdict {
	next := Verdict{Outcome: c.Outcome, Cause: c.Cause, Rule: c.Rule, Until: c.Until}
	switch {
	case v.Outcome == OutcomeOK:
		return next
	case v.Outcome == OutcomeStop && (c.Outcome != OutcomeStop || weight(c.Cause) <= weight(v.Cause)):
		return v
	case c.Outcome == OutcomeStop, c.Until.After(v.Until):
		return next
	}
	return v
}

// weight orders stops: what never ends decides, then what needs the customer's
// file, then the house, then another agent.
func weight(c Cause) int {
	return map[Cause]int{Never: 4, ByFile: 3, ByHouse: 2, ByAgent: 1}[c]
}

// of is the check behind the verdict.
func (v Verdict) of(checks []Check) (Check, bool) {
	for _, c := range checks {
		if c.Rule == v.Rule {
			return c, true
		}
	}
	return Check{}, false
}

// claimRules are those asked again right before the INVITE.
func claimRules() []rule {
	var out []rule
	for _, r := range rules() {
		if r.atClaim {
			out = append(out, r)
		}
	}
	return out
}
