package task

import (
	"slices"
	"time"

	"ringback/crm/dealer"
)

// Policy is a retry policy (spec 2.4.3).
type Policy string

// The policies that need a word in code.
const (
	RPNoAnswer  Policy = "RP-NOANS"
	RPBusy      Policy = "RP-BUSY"
	RPReject    Policy = "RP-REJECT"
	RPBlock     Policy = "RP-BLOCK"
	RPOff       Policy = "RP-OFF"
	RPSuspended Policy = "RP-SUSP"
	RPDead      Policy = "RP-DEAD"
	RPFault     Policy = "RP-FAULT"
	RPNow       Policy = "RP-NOW"
	RPAbandon   Policy = "RP-ABANDON"
	RPMachine   Policy = "RP-MACHINE"
	RPPartial   Policy = "RP-PARTIAL"
	RPCallback  Policy = "RP-CALLBACK"
	RPBusyNow   Policy = "RP-BUSYNOW"
	RPHangup    Policy = "RP-HANGUP"
	RPNextPhone Policy = "RP-NEXTPHONE"
	RP7Days     Policy = "RP-7D"
	RP30Days    Policy = "RP-30D"
)

// retries is how many further tries a policy allows. Where spec 2.4.3 counts
// results ("after 2 rejections stop", RP-NOANS max 4) it is one less than its max;
// where it counts tries ("once", "at most once") it is the max.
func (p Policy) retries() int {
	switch p {
	case RPNoAnswer, RPBusy, RPCallback, RPBusyNow, RPNow:
		return 3
	case RPOff, RP7Days, RP30Days, RPNextPhone:
		return 2
	case RPReject, RPBlock, RPSuspended, RPAbandon, RPMachine, RPPartial, RPHangup:
		return 1
	case RPFault:
		return 5
	}
	return 0
}

// Tried is an attempt that did not end its task.
type Tried struct {
	Policy     Policy
	Before     int         // earlier attempts of the task under the same policy
	Now        time.Time   // business time
	Agreed     time.Time   // RP-CALLBACK: when the customer wants the call
	Commercial bool        // rests on legal holidays too
	Earlier    []time.Time // counted attempts of the task, this one not among them
	Wish       *Wish       // the customer's own hours
}

// Again is what follows from it.
type Again struct {
	State     State     // RetryWait, Exhausted or Refused
	At        time.Time // next attempt, zero unless RetryWait
	Counts    bool      // as one of the task's attempts
	NextPhone bool      // by another number of the customer; none left: blocked
	OtherLine bool      // by another caller number or trunk of the store (RP-BLOCK, RP-FAULT)
	Unhealthy bool      // the caller number may be marked as a nuisance: tell the admin (RP-BLOCK)
}

// Retry decides when a task is tried again (spec 2.4.3): by its policy, then
// within the customer's own hours and the attempts of a day and a week that one
// task may have. Pure.
func Retry(t Tried, s dealer.Schedule) Again {
	a := t.again(s)
	a.OtherLine = t.Policy == RPBlock || t.Policy == RPFault
	a.Unhealthy = t.Policy == RPBlock
	if a.State != RetryWait || t.Policy == RPCallback && !t.Agreed.IsZero() {
		return a
	}
	if t.Wish != nil {
		if at := t.Wish.Next(s, a.At, t.Commercial); !at.IsZero() {
			a.At = at
		}
	}
	if a.Counts {
		a.At = t.spread(a.At, s)
	}
	return a
}

func (t Tried) again(s dealer.Schedule) Again {
	counts := t.Policy != RPFault && t.Policy != RPNow
	switch {
	case t.Policy == RPDead:
		return Again{State: RetryWait, At: t.Now, Counts: counts, NextPhone: true}
	case t.Before < t.Policy.retries():
		return Again{State: RetryWait, At: t.when(s), Counts: counts, NextPhone: t.Policy == RPNextPhone}
	}
	switch t.Policy {
	case RPSuspended:
		return Again{State: RetryWait, At: t.Now, Counts: counts, NextPhone: true}
	case RPHangup:
		return Again{State: Refused, Counts: counts}
	case RPFault, RPNow: // our own trouble never ends a promise to a customer
		return Again{State: RetryWait, At: s.NextWindow(t.Now.Add(2*time.Hour), t.Commercial)}
	}
	return Again{State: Exhausted, Counts: counts}
}

func (t Tried) when(s dealer.Schedule) time.Time {
	window := func(at time.Time) time.Time { return s.NextWindow(at, t.Commercial) }
	later := func(d time.Duration) time.Time { return window(t.Now.Add(d)) }
	switch t.Policy {
	case RPNoAnswer:
		return t.noAnswer(s)
	case RPBusy:
		return t.busy(s)
	case RPReject, RPHangup:
		return s.NextDayOther(t.Now, t.Commercial)
	case RPBlock, RPMachine, RPPartial:
		return s.NextDay(t.Now, t.Commercial)
	case RPOff:
		if t.Before == 0 {
			return later(4 * time.Hour)
		}
		return s.NextDay(t.Now, t.Commercial)
	case RPSuspended:
		return s.DaysLater(t.Now, 3, t.Commercial)
	case RPFault:
		return t.Now.Add(2 * time.Minute)
	case RPAbandon:
		return later(72 * time.Hour)
	case RPCallback:
		return t.agreed(s)
	case RPBusyNow:
		return later(3 * time.Hour)
	case RP7Days:
		return later(7 * 24 * time.Hour)
	case RP30Days:
		return later(30 * 24 * time.Hour)
	}
	return t.Now // RP-NOW, RP-NEXTPHONE: at once
}

// rests are the attempts one task may have in so many days of the calendar; the
// number's own caps over all tasks and stores are the gate's (CG-08).
func rests() []struct{ days, most int } {
	return []struct{ days, most int }{{1, 2}, {3, 3}, {7, 5}}
}

// spread moves a moment to the first day on which one more attempt is allowed.
func (t Tried) spread(at time.Time, s dealer.Schedule) time.Time {
	tried := append(slices.Clone(t.Earlier), t.Now)
	for range 14 {
		if !crowded(tried, at, s) {
			return at
		}
		next := s.NextDay(at, t.Commercial)
		if t.Wish != nil {
			if own := t.Wish.Next(s, s.Day(next), t.Commercial); !own.IsZero() {
				next = own
			}
		}
		if next.IsZero() {
			return at
		}
		at = next
	}
	return at
}

func crowded(tried []time.Time, at time.Time, s dealer.Schedule) bool {
	for _, r := range rests() {
		from, n := s.Day(at).AddDate(0, 0, 1-r.days), 0
		for _, was := range tried {
			if !was.Before(from) {
				n++
			}
		}
		if n >= r.most {
			return true
		}
	}
	return false
}

// noAnswer waits two hours and moves on to another window.
func (t Tried) noAnswer(s dealer.Schedule) time.Time {
	return s.NextOtherWindow(t.Now.Add(2*time.Hour), t.Now, t.Commercial)
}

func (t Tried) busy(s dealer.Schedule) time.Time {
	switch t.Before {
	case 0:
		return s.NextWindow(t.Now.Add(15*time.Minute), t.Commercial)
	case 1:
		return s.NextWindow(t.Now.Add(60*time.Minute), t.Commercial)
	}
	return t.noAnswer(s)
}

// agreed is the customer's own time, inside the hard wall; a time that was not
// given or has passed becomes the next window.
func (t Tried) agreed(s dealer.Schedule) time.Time {
	if t.Agreed.IsZero() || t.Agreed.Before(t.Now) {
		return s.NextWindow(t.Now, t.Commercial)
	}
	if ok, opens := s.InWall(t.Agreed); !ok {
		return opens
	}
	return t.Agreed
}

// policyOf is the policy a result code stands under: a disposition's or a line
// result's.
func policyOf(code string) Policy {
	if d, ok := FindDisposition(code); ok {
		return d.Retry
	}
	r, _ := FindLineResult(code)
	return r.Retry
}

// countPolicy counts the earlier results under p.
func countPolicy(earlier []string, p Policy) int {
	n := 0
	for _, code := range earlier {
		if policyOf(code) == p {
			n++
		}
	}
	return n
}
