package dialer

import "time"

// Verdict is what the gate says in the end.
type Verdict struct {
	Outcome Outcome
	Heals   bool      // of a stop: a change of campaign or store makes the task callable
	Rule    string    // the first rule that stops, or the one that waits longest
	Until   time.Time // of a wait: the first moment at which all its rules and the call window agree
}

// judge asks every rule in the order of spec 2.6. The checks that are not ok
// come back with the verdict: a stop wins over any wait.
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
	if v.Outcome == OutcomeWait {
		v.Until = f.opening(v.Until)
	}
	return checks, v
}

func (v Verdict) and(c Check) Verdict {
	switch {
	case v.Outcome == OutcomeStop:
		return v
	case c.Outcome == OutcomeStop:
		return Verdict{Outcome: OutcomeStop, Rule: c.Rule, Heals: c.heals}
	case v.Outcome == OutcomeOK || c.Until.After(v.Until):
		return Verdict{Outcome: OutcomeWait, Rule: c.Rule, Until: c.Until}
	}
	return v
}

// opening moves a moment into the next call window, so that a task that waits
// for tomorrow's count is not looked at again at midnight.
func (f Facts) opening(t time.Time) time.Time {
	if next, found := f.window().next(t, f.Zone); found {
		return next
	}
	return t
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
