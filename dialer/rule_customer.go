package dialer

import (
	"slices"
	"time"

	"ringback/crm/customer"
	"ringback/crm/task"
)

// ban is one do-not-call entry of a customer's number. It holds for every store
// of the group.
type ban struct {
	scope       customer.Scope
	from, until time.Time // until is zero for ever
}

func (b ban) holds(at time.Time) bool {
	return !b.from.After(at) && (b.until.IsZero() || b.until.After(at))
}

// dncRule is CG-05.
func dncRule(f Facts) Check {
	var until time.Time
	scopes, forever := []string{}, false
	for _, b := range f.DNC {
		if !b.holds(f.Now) || !b.scope.Stops(f.Class, task.IsSurvey(f.Kind)) || f.passes(b) {
			continue
		}
		scopes = append(scopes, string(b.scope))
		forever = forever || b.until.IsZero()
		if b.until.After(until) {
			until = b.until
		}
	}
	switch {
	case len(scopes) == 0:
		return pass()
	case forever:
		return stop(ByFile, "客户要求不再来电（勿扰名单）。", "The customer asked not to be called again (do-not-call list).", map[string]any{"scopes": scopes})
	}
	return wait(until, "客户要求暂不来电，"+whenZH(until, f.Now, f.Zone)+" 后可拨。",
		"The customer asked not to be called for now; callable after "+whenEN(until, f.Now, f.Zone)+".", map[string]any{"scopes": scopes})
}

// passes: safety recalls and call-backs that the customer asked for go through an
// entry of scope all (2.4.22), one agreed on before the entry does not.
func (f Facts) passes(b ban) bool {
	if b.scope != customer.ScopeAll {
		return false
	}
	return f.Rules.PassesDNC(f.Kind, f.Reason) || f.Agreed && f.AgreedAt.After(b.from)
}

// consentRule is CG-06. Silence is refusal where the pack does not let a
// registration count.
func consentRule(f Facts) Check {
	need, ok := f.Rules.Needs(f.Class)
	if !ok {
		return stop(ByHouse, "规则包没有说明这类电话需要什么授权。", "The rule pack does not say what consent this class of call needs.", map[string]any{"class": f.Class})
	}
	state := f.Consent[need.Purpose]
	figure := map[string]any{"purpose": need.Purpose, "state": state}
	switch {
	case state == "refused" || state == "withdrawn":
		return stop(ByFile, "客户没有同意或已撤回"+purposeZH(need.Purpose)+"授权。",
			"The customer refused or withdrew consent for "+purposeEN(need.Purpose)+".", figure)
	case state == "given", f.Agreed, need.RegistrationCounts && f.Registered:
		return pass()
	}
	return stop(ByFile, "还没有客户的"+purposeZH(need.Purpose)+"授权，请先取得授权并登记。",
		"The customer's consent for "+purposeEN(need.Purpose)+" is missing; obtain it and record it first.", figure)
}

func purposeZH(p string) string {
	if p == customer.PurposeMarketing {
		return "商业营销"
	}
	return "服务回访"
}

func purposeEN(p string) string {
	if p == customer.PurposeMarketing {
		return "marketing"
	}
	return "service calls"
}

// holdRule is CG-07: deceased, legal hold, and the freeze of an open complaint
// (2.5.5), which leaves the complaint's own calls alone.
func holdRule(f Facts) Check {
	switch {
	case f.Deceased:
		return stop(ByFile, "客户已故，不再来电。", "The customer has died; nobody calls any more.", nil)
	case f.LegalHold != "":
		return stop(ByFile, "客户处于法律保留状态，暂停一切来电："+f.LegalHold, "The customer is under a legal hold; all calls are stopped: "+f.LegalHold, nil)
	case f.FreezeUntil.After(f.Now) && !f.Agreed && f.Rules.Freezes(f.Class, task.IsSurvey(f.Kind)):
		return wait(f.FreezeUntil, "投诉处理期间不拨这类电话，"+whenZH(f.FreezeUntil, f.Now, f.Zone)+" 后可拨。",
			"A complaint is being handled: calls of this class rest; callable after "+whenEN(f.FreezeUntil, f.Now, f.Zone)+".", nil)
	}
	return pass()
}

// lastUse is when a call of the task has no purpose any more (2.5.1): due + 4 days
// for the three-day follow-up, due + 14 days else.
func (f Facts) lastUse() time.Time {
	if f.Kind == task.Followup3D {
		return f.Due.AddDate(0, 0, task.LateDays)
	}
	return f.Due.AddDate(0, 0, 14)
}

// fatigueRule is CG-09: surveys and commercial conversations of the customer's
// numbers, over all stores of the group (D-24).
func fatigueRule(f Facts) Check {
	worst := pass()
	tired := func(caps []capUse) {
		for _, c := range caps {
			if until, over := c.until(f.Now, f.Zone); over && until.After(worst.Until) {
				worst = f.tired(c, until)
			}
		}
	}
	if task.IsSurvey(f.Kind) {
		tired(f.surveyCaps())
	}
	if !f.Agreed {
		tired(f.answeredCaps())
	}
	return worst
}

// tired is a stop for good when the rest is longer than the task is of use.
func (f Facts) tired(c capUse, until time.Time) Check {
	zh, en := "客户"+c.zh(), "The customer "+c.en()
	if !f.Due.IsZero() && until.After(f.lastUse()) {
		return stop(Never, zh+"，到可以再打时（"+whenZH(until, f.Now, f.Zone)+"）这个任务已过期。",
			en+"; by the time another call is allowed ("+whenEN(until, f.Now, f.Zone)+") the task is out of date.", c.figure())
	}
	return wait(until, zh+"，"+whenZH(until, f.Now, f.Zone)+" 后可拨。", en+"; callable after "+whenEN(until, f.Now, f.Zone)+".", c.figure())
}

func (f Facts) surveyCaps() []capUse {
	var out []capUse
	for _, c := range f.Rules.Fatigue.Surveys {
		out = append(out, capUse{cap: c, at: f.Surveys, verbZH: "接受过满意度回访", verbEN: "was surveyed"})
	}
	return out
}

func (f Facts) answeredCaps() []capUse {
	var out []capUse
	for _, c := range f.Rules.Fatigue.Answered {
		if c.Class != f.Class {
			continue
		}
		var at []time.Time
		for _, k := range f.Calls {
			if k.Answered && k.Class == c.Class {
				at = append(at, k.At)
			}
		}
		out = append(out, capUse{cap: c, at: at, verbZH: "接听过这类电话", verbEN: "answered calls of this class"})
	}
	return out
}

// mayNot tells whether a user may not take the task (CG-13).
func (f Facts) mayNot(user seat) bool {
	return slices.Contains(f.NotUsers, user.ID) || slices.Contains(f.Unskilled, user.ID)
}
