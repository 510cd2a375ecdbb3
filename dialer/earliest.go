package dialer

import "time"

// steps is how often a wait may lead to another one before the search gives up.
const steps = 24

// When is the gate's answer about a task over time.
type When struct {
	At      time.Time // the first moment it may be called; zero when none is known
	Verdict Verdict   // at that moment, or the stop in the way
	Last    Check     // the last rule that said no: what At waits for, or what stops it
}

// earliest is the first moment from t on at which every rule agrees, supposing
// that nothing happens until then.
func earliest(f Facts, t time.Time, rules []rule) When {
	var out When
	for range steps {
		f.Now = t
		checks, v := judge(f, rules)
		out.Verdict = v
		if v.Outcome == OutcomeOK {
			out.At = t
			return out
		}
		out.Last, _ = v.of(checks)
		if v.Outcome == OutcomeStop || !v.Until.After(t) {
			return out
		}
		t = v.Until
	}
	return out
}
