package dialer

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// attemptsRule is CG-10.
func attemptsRule(f Facts) Check {
	most := min(f.Max, f.Rules.Attempts.Most)
	if f.Attempts < most {
		return pass()
	}
	return stop(Never, fmt.Sprintf("已拨 %d 次，达到上限 %d 次。", f.Attempts, most), fmt.Sprintf("It was tried %d times; %d is the most.", f.Attempts, most),
		map[string]any{"attempts": f.Attempts, "max": most})
}

// recordingRule is CG-11: insurance sales and second calls after complaints are
// not made unrecorded (L-05).
func recordingRule(f Facts) Check {
	if f.Recording || !f.Rules.MustRecord(f.Kind) {
		return pass()
	}
	return stop(ByHouse, "这类电话必须录音，但本系统现在不能录音，所以不外呼；录音开通后自动恢复。",
		"Calls of this kind must be recorded and recording is not available here, so they are not made; they go on by themselves once it is.", map[string]any{"kind": f.Kind})
}

// line is one way out: a caller number on a trunk.
type line struct {
	CallerNumberID uuid.UUID
	Number         string
	State          string // ok, cooling, stopped
	Classes        []string
	DailyCap       int
	Used           int        // calls by it today
	CoolingUntil   *time.Time // of state cooling; nil: until somebody says so
	TrunkID        uuid.UUID
	TrunkActive    bool
	MaxChannels    int
	MaxCPS         int `db:"max_cps"`
	Busy           int // channels of the trunk in use or planned
	IsSimulator    bool

	today time.Time // the midnight Used is counted from; zero: of any day
}

// used is how many calls it has made on the day of now.
func (l line) used(now time.Time, zone *time.Location) int {
	if l.today.IsZero() || midnight(now, 0, zone).Equal(l.today) {
		return l.Used
	}
	return 0
}

// callerRule is CG-12. With several numbers at hand the first that may be used is;
// else it tells the soonest that one may be.
func callerRule(f Facts) Check {
	if f.Lines == nil {
		return pass() // none is chosen yet
	}
	if _, ok := f.way(); ok {
		return pass()
	}
	best := stop(ByHouse, "没有可用的主叫号码，请为外呼活动选择一个。", "There is no usable caller number; choose one for the campaign.", nil)
	for _, l := range f.Lines {
		c := l.usable(f)
		if c.Outcome == OutcomeWait && (best.Outcome != OutcomeWait || c.Until.Before(best.Until)) ||
			c.Outcome == OutcomeStop && best.Outcome == OutcomeStop && best.Figure == nil {
			best = c
		}
	}
	return best
}

// way is the caller number that the call would go out by.
func (f Facts) way() (line, bool) {
	i := slices.IndexFunc(f.Lines, func(l line) bool { return l.usable(f).Outcome == OutcomeOK })
	if i < 0 {
		return line{}, false
	}
	return f.Lines[i], true
}

func (l line) usable(f Facts) Check {
	figure := map[string]any{"caller": l.Number}
	daily, used := min(l.DailyCap, f.Rules.Caller.DailyCalls), l.used(f.Now, f.Zone)
	switch {
	case l.State == "stopped":
		return stop(ByHouse, "主叫号码 "+l.Number+" 已停用，请换一个。", "Caller number "+l.Number+" is stopped; choose another.", figure)
	case !l.TrunkActive:
		return stop(ByHouse, "主叫号码 "+l.Number+" 的线路没有启用。", "The trunk of caller number "+l.Number+" is not active.", figure)
	case !slices.Contains(l.Classes, f.Class):
		return stop(ByHouse, "主叫号码 "+l.Number+" 没有登记用于"+classZH(f.Class)+"电话，请换一个。",
			"Caller number "+l.Number+" is not registered for "+f.Class+" calls; choose another.", map[string]any{"caller": l.Number, "class": f.Class})
	case l.State == "cooling" && l.CoolingUntil == nil:
		return stop(ByHouse, "主叫号码 "+l.Number+" 被拦截过多，正在停歇，请换一个。", "Caller number "+l.Number+" was blocked too often and rests; choose another.", figure)
	case l.State == "cooling" && l.CoolingUntil.After(f.Now):
		until := *l.CoolingUntil
		return wait(until, "主叫号码 "+l.Number+" 被拦截过多，停歇到 "+whenZH(until, f.Now, f.Zone)+"。",
			"Caller number "+l.Number+" was blocked too often and rests until "+whenEN(until, f.Now, f.Zone)+".", figure)
	case slices.Contains(f.BlockedFrom, l.Number):
		return stop(ByHouse, "上次用主叫号码 "+l.Number+" 拨打被网络或手机拦截，要换一个主叫号码；请为外呼活动的门店再登记一个。",
			"The last call by caller number "+l.Number+" was blocked on its way; it takes another number: register one more for the store.", figure)
	case used >= daily:
		until := midnight(f.Now, 1, f.Zone)
		return wait(until, fmt.Sprintf("主叫号码 %s 今天已拨 %d 次，达到每天 %d 次的上限。", l.Number, used, daily),
			fmt.Sprintf("Caller number %s made %d calls today; %d a day is the most.", l.Number, used, daily),
			map[string]any{"caller": l.Number, "used": used, "limit": daily})
	}
	return pass()
}

func classZH(c string) string {
	return firstOf(map[string]string{"service": "服务", "reminder": "提醒", "commercial": "营销", "care": "关怀"}[c], c)
}

// seat is an agent who could take the call.
type seat struct {
	ID   uuid.UUID
	Name string
}

// agentRule is CG-13. A fixed agent (preview, manual) may not be the order's
// advisor or the complaint's handler and needs the skill; else some agent of the
// campaign must do.
func agentRule(f Facts) Check {
	switch {
	case f.Agent != uuid.Nil && slices.Contains(f.NotUsers, f.Agent):
		return stop(ByAgent, "您是这张工单的服务顾问或投诉处理人，这个电话要由别人来打。", "You are the order's advisor or the complaint's handler; somebody else has to make this call.", nil)
	case f.Agent != uuid.Nil && slices.Contains(f.Unskilled, f.Agent):
		return stop(ByAgent, "您没有这个任务要求的技能（"+f.Skill+"），这个电话要由别人来打。", "You do not have the skill this task asks for ("+f.Skill+"); somebody else has to make this call.", map[string]any{"skill": f.Skill})
	case f.Agent == uuid.Nil && len(f.Agents) > 0 && !slices.ContainsFunc(f.Agents, func(s seat) bool { return !f.mayNot(s) }):
		return stop(ByHouse, "活动里没有可以接这个任务的座席（服务顾问本人、投诉处理人或缺少技能），请增加座席。",
			"No agent of the campaign may take this task (its advisor, its handler, or without the skill); add an agent.",
			map[string]any{"skill": f.Skill, "agents": len(f.Agents)})
	}
	return pass()
}

// byHand: some agent on duty may not take the task. It opens no line of its own,
// because whoever is free when it is answered might be that one; it is read first
// by one who may (PACING.md 2.5).
func (f Facts) byHand() bool { return slices.ContainsFunc(f.Agents, f.mayNot) }

// ledgerRule is CG-14: what dialer/pacing said. It ends whenever a line or an
// agent moves, so it has no moment and is not kept.
func ledgerRule(f Facts) Check {
	p := f.Pace
	if p == nil || p.Open > 0 {
		return pass()
	}
	zh, en := paceWords(*p)
	return Check{
		Outcome: OutcomeWait, Cause: ByTime, ReasonZH: zh, ReasonEN: en,
		Figure: map[string]any{"ready": p.Ready, "lines": p.Lines, "waiting": p.Waiting, "limited_by": p.LimitedBy},
	}
}
