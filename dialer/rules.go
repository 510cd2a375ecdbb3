package dialer

import (
	"fmt"
	"slices"
	"time"

	"ringback/crm/customer"
	"ringback/crm/task"
)

// Outcome is what one check of the gate says.
type Outcome string

// Outcomes: a wait ends at Check.Until, a stop does not end by itself.
const (
	OutcomeOK   Outcome = "ok"
	OutcomeWait Outcome = "wait"
	OutcomeStop Outcome = "stop"
)

// Check is the answer of one rule of spec 2.6.
type Check struct {
	Rule     string
	Outcome  Outcome
	Until    time.Time      // business time a wait ends
	Figure   map[string]any // the numbers it was decided by, for the record
	ReasonZH string
	ReasonEN string

	heals bool // of a stop: the campaign's or the store's fault, not the task's
}

// Facts are what the rules look at: one task, its number and its line.
type Facts struct {
	Now  time.Time
	Zone *time.Location

	Kind      string
	Class     string
	Attempts  int
	Max       int
	Agreed    bool // the customer agreed to this call-back
	Synthetic bool // the customer is synthetic
	Preferred *span

	Number      string // empty: no number to call
	PhoneStatus string
	DNC         []string    // scopes in force
	DNCUntil    time.Time   // when the last of them ends, zero for never
	Called      []time.Time // calls to the number in 8 days, oldest first, business time
	Spoken      []time.Time // of those, the answered ones nobody had agreed to

	Hours     hours // the store's
	HasLine   bool  // a caller number and trunk are chosen
	Simulator bool  // the trunk is the simulator
}

// rule is one line of spec 2.6.
type rule struct {
	id      string
	atClaim bool // checked again right before the INVITE
	check   func(Facts) Check
}

// rules is the gate in its order. The ones that do not look at anything yet
// keep their place: quiet days, consent, freeze, fatigue, recording, caller
// number health and the agent's own orders come with issue 4; CG-14 is the
// ledger of dialer/pacing and is asked before a task is even picked.
func rules() []rule {
	return []rule{
		{"CG-01", true, numberRule},
		{"CG-02", true, hardWindowRule},
		{"CG-03", true, classWindowRule},
		{"CG-04", false, notYet}, // quiet days and legal holidays
		{"CG-05", true, dncRule},
		{"CG-06", false, notYet}, // consent
		{"CG-07", false, notYet}, // complaint freeze, legal hold
		{"CG-08", false, frequencyRule},
		{"CG-09", false, notYet}, // fatigue
		{"CG-10", false, attemptsRule},
		{"CG-11", false, notYet}, // recording available
		{"CG-12", false, notYet}, // caller number registered and healthy
		{"CG-13", false, notYet}, // agent is not the advisor or the handler
		{"CG-14", false, notYet}, // ledger and pacing
	}
}

func notYet(Facts) Check { return Check{Outcome: OutcomeOK} }

func pass() Check { return Check{Outcome: OutcomeOK} }

func stop(zh, en string, figure map[string]any) Check {
	return Check{Outcome: OutcomeStop, Figure: figure, ReasonZH: zh, ReasonEN: en}
}

// elsewhere is a stop that ends when the campaign or the store is set right.
func elsewhere(zh, en string) Check {
	return Check{Outcome: OutcomeStop, ReasonZH: zh, ReasonEN: en, heals: true}
}

func wait(until time.Time, zh, en string, figure map[string]any) Check {
	return Check{Outcome: OutcomeWait, Until: until, Figure: figure, ReasonZH: zh, ReasonEN: en}
}

// numberRule is CG-01: a number that may be dialed, and synthetic ones only by
// the simulator, real ones never.
func numberRule(f Facts) Check {
	invented := testRange(f.Number) || f.Synthetic
	switch {
	case f.Number == "":
		return stop("没有可拨的电话号码，请补全客户电话。", "There is no number to call; complete the customer's phones.", nil)
	case !slices.Contains([]string{"ok", "unknown"}, f.PhoneStatus):
		return stop("号码已标记为无效，请核对客户电话。", "The number is marked as invalid; check the customer's phones.",
			map[string]any{"status": f.PhoneStatus})
	case !dialable(f.Number):
		return stop("号码不在允许拨打的范围内（短号、特服、国际号码不外呼）。",
			"The number is not one that may be dialed (short, special and international numbers are not).", nil)
	case f.HasLine && invented && !f.Simulator:
		return elsewhere("演示号码只能走模拟线路，不会拨到真实线路。",
			"A synthetic number is only sent to the simulated trunk, never to a real one.")
	case f.HasLine && !invented && f.Simulator:
		return elsewhere("真实号码不能走模拟线路，请为外呼活动选择真实线路的主叫号码。",
			"A real number is not sent to the simulated trunk; choose a caller number on a real trunk.")
	}
	return pass()
}

// hardWindowRule is CG-02: 08:00 to 21:00, not changeable by a store.
func hardWindowRule(f Facts) Check {
	h := hours{spans: []span{hardWall()}}
	until, _ := h.next(f.Now, f.Zone)
	if until.Equal(f.Now) {
		return pass()
	}
	return wait(until, "现在不是可外呼的时间（08:00–21:00），"+whenZH(until, f.Now, f.Zone)+" 起可拨。",
		"It is outside the legal calling hours (08:00–21:00); callable from "+whenEN(until, f.Now, f.Zone)+".", nil)
}

// classWindowRule is CG-03.
func classWindowRule(f Facts) Check {
	h := f.window()
	until, found := h.next(f.Now, f.Zone)
	switch {
	case !found:
		return elsewhere("门店没有设置可用的拨打时段。", "The store has no call window that could be used.")
	case until.Equal(f.Now):
		return pass()
	}
	return wait(until, "不在拨打时段内，下一时段 "+whenZH(until, f.Now, f.Zone)+" 开始。",
		"It is outside the call windows; the next one opens at "+whenEN(until, f.Now, f.Zone)+".", nil)
}

// window is when this call may be made: agreed call-backs have wide hours, the
// customer's own hours win over the store's, all inside the hard wall (D-04).
func (f Facts) window() hours {
	switch {
	case f.Agreed:
		return hours{spans: []span{agreedHours()}}
	case f.Preferred != nil:
		return hours{spans: []span{*f.Preferred}, days: f.Hours.days}.inside(hardWall())
	}
	return f.Hours.inside(hardWall())
}

// dncRule is CG-05. An entry holds for every store of the group.
func dncRule(f Facts) Check {
	survey := task.IsSurvey(f.Kind)
	if !slices.ContainsFunc(f.DNC, func(s string) bool { return customer.Scope(s).Stops(f.Class, survey) }) {
		return pass()
	}
	figure := map[string]any{"scopes": f.DNC}
	if !f.DNCUntil.IsZero() {
		return wait(f.DNCUntil, "客户要求暂不来电，"+whenZH(f.DNCUntil, f.Now, f.Zone)+" 后可拨。",
			"The customer asked not to be called for now; callable after "+whenEN(f.DNCUntil, f.Now, f.Zone)+".", figure)
	}
	return stop("客户要求不再来电（勿扰名单）。", "The customer asked not to be called again (do-not-call list).", figure)
}

// frequencyRule is CG-08: calls to one number over all stores of the group.
func frequencyRule(f Facts) Check {
	worst := pass()
	for _, c := range f.caps() {
		until, over := c.until(f)
		if over && until.After(worst.Until) {
			worst = wait(until, fmt.Sprintf("该号码%s，%s 后可再拨。", c.zh, whenZH(until, f.Now, f.Zone)),
				fmt.Sprintf("This number %s; callable after %s.", c.en, whenEN(until, f.Now, f.Zone)),
				map[string]any{"limit": c.limit, "calls": len(f.Called)})
		}
	}
	return worst
}

// callCap is at most limit calls in so many days of the calendar, or in a span
// that slides with the clock.
type callCap struct {
	limit  int
	days   int
	slide  time.Duration
	spoken bool // only the answered ones count
	zh, en string
}

func (f Facts) caps() []callCap {
	carrier := []callCap{ // L-11: holds for agreed call-backs too
		{limit: 5, slide: 24 * time.Hour, zh: "24 小时内已拨 5 次", en: "was called 5 times in 24 hours"},
		{limit: 3, slide: 5 * time.Minute, zh: "5 分钟内已拨 3 次", en: "was called 3 times in 5 minutes"},
	}
	if f.Agreed {
		return carrier
	}
	return append(carrier,
		callCap{limit: 2, days: 1, zh: "今天已拨 2 次", en: "was called twice today"},
		callCap{limit: 3, days: 3, zh: "3 天内已拨 3 次", en: "was called 3 times in 3 days"},
		callCap{limit: 5, days: 7, zh: "7 天内已拨 5 次", en: "was called 5 times in 7 days"},
		callCap{limit: 1, days: 1, spoken: true, zh: "今天已接通过", en: "was reached today already"},
	)
}

// until is when one more call is within the cap again, and whether it is not now.
func (c callCap) until(f Facts) (time.Time, bool) {
	calls := f.Called
	if c.spoken {
		calls = f.Spoken
	}
	from := midnight(f.Now, 1-c.days, f.Zone)
	if c.slide > 0 {
		from = f.Now.Add(-c.slide)
	}
	first := len(calls)
	for first > 0 && !calls[first-1].Before(from) {
		first--
	}
	calls = calls[first:]
	if len(calls) < c.limit {
		return time.Time{}, false
	}
	leaves := calls[len(calls)-c.limit]
	if c.slide > 0 {
		return leaves.Add(c.slide + time.Microsecond), true
	}
	return midnight(leaves, c.days, f.Zone), true
}

// attemptsRule is CG-10.
func attemptsRule(f Facts) Check {
	if f.Attempts < f.Max {
		return pass()
	}
	return stop(fmt.Sprintf("已拨 %d 次，达到上限。", f.Attempts), fmt.Sprintf("It was tried %d times, the most there may be.", f.Attempts),
		map[string]any{"attempts": f.Attempts, "max": f.Max})
}
