package dialer

import (
	"strings"
	"testing"
	"time"

	"ringback/crm/task"
	"ringback/dialer/pacing"
)

func TestWhyWasThisCustomerNotCalled(t *testing.T) {
	at := func(tm time.Time) *time.Time { return &tm }
	running := []Standing{{Name: "三日回访", State: Running, SignedOn: 2, Ready: 1}}
	for _, c := range []struct {
		name     string
		with     func(*Story)
		code     string
		zh       string // part of the answer
		until    time.Time
		also     []string
		campaign []Standing
	}{
		{name: "nothing stands in the way", code: WhyInQueue, campaign: running},
		{name: "its time has not come", code: WhyTime, zh: "明天 10:00", until: day(1, 10, 0), campaign: running, with: func(s *Story) { s.OwnTime = day(1, 10, 0) }},
		{name: "a call-back is agreed", code: WhyTime, zh: "约定", until: day(0, 16, 0), campaign: running, with: func(s *Story) { s.OwnTime, s.Agreed, s.Retrying = day(0, 16, 0), true, true }},
		{name: "in retry after no answer", code: WhyTime, zh: "第 2 次无人接听，15:00 再拨", until: day(0, 15, 0), campaign: running, with: func(s *Story) {
			s.State, s.OwnTime, s.Retrying, s.Attempts, s.LineResult = task.RetryWait, day(0, 15, 0), true, 2, "无人接听"
		}},
		{name: "a refusal set its time", code: "CG-08", zh: "近期", until: day(1, 10, 0), campaign: running, with: func(s *Story) {
			s.OwnTime = day(1, 10, 0)
			s.Waits = []RefusalView{{Rule: "CG-08", ReasonZH: "近期已拨", Until: at(day(1, 0, 0))}}
		}},
		{name: "the rule that set its time is told once", code: "CG-08", zh: "近期", until: day(1, 10, 0), campaign: running, with: func(s *Story) {
			s.OwnTime, s.Calls = day(1, 10, 0), []contact{{Own: true, Class: "service", Answered: true, At: day(0, 10, 1)}}
			s.Waits = []RefusalView{{Rule: "CG-08", ReasonZH: "近期已拨", Until: at(day(1, 0, 0))}}
		}},
		{name: "a refusal of last week says nothing now", code: WhyTime, until: day(1, 10, 0), campaign: running, with: func(s *Story) {
			s.OwnTime = day(1, 10, 0)
			s.Waits = []RefusalView{{Rule: "CG-08", ReasonZH: "近期已拨", Until: at(day(-7, 0, 0))}}
		}},
		{name: "outside the windows", code: "CG-03", zh: "15:00", until: day(0, 15, 0), campaign: running, with: func(s *Story) { s.Now = day(0, 12, 30) }},
		{name: "do not call, before everything else", code: "CG-05", zh: "勿扰", also: []string{WhyTime}, campaign: running, with: func(s *Story) { s.DNC, s.OwnTime = []ban{{scope: "all"}}, day(1, 10, 0) }},
		{name: "no campaign", code: WhyNobody, zh: "新建"},
		{name: "the campaign is paused", code: WhyPaused, zh: "已暂停", campaign: []Standing{{Name: "三日回访", State: Paused, Reason: ReasonByUser}}},
		{name: "it paused itself", code: WhyPaused, zh: "线路连续", campaign: []Standing{{Name: "三日回访", State: Paused, Reason: ReasonTrunkFault}}},
		{name: "it was never started", code: WhyPaused, zh: "还没有启动", campaign: []Standing{{Name: "三日回访", State: Draft}}},
		{name: "no agent is signed on", code: WhyNoAgent, zh: "签入", campaign: []Standing{{Name: "三日回访", State: Running}}},
		{name: "no agent is free", code: WhyNoAgent, zh: "空闲", campaign: []Standing{{Name: "三日回访", State: Running, SignedOn: 2}}},
		{name: "Redis is away", code: WhyRedisOut, campaign: []Standing{{State: Running, SignedOn: 1, Ready: 1, RedisOut: true}}},
		{name: "every agent has a line", code: "CG-14", zh: "每位空闲座席已有一条线路", campaign: running, with: func(s *Story) { s.Pace = &Pace{Ready: 1, Lines: 1, LimitedBy: pacing.ByLedger} }},
		{name: "no campaign, and outside the windows", code: "CG-03", also: []string{WhyNobody}, until: day(0, 15, 0), with: func(s *Story) { s.Now = day(0, 12, 30) }},
		{name: "held by the task rules", code: WhyBlocked, zh: "号码无效", campaign: running, with: func(s *Story) { s.State, s.BlockedReason = task.Blocked, "bad_phone" }},
		{name: "ringing", code: WhyInCall, zh: "正在拨打", campaign: running, with: func(s *Story) { s.State, s.Live = task.InProgress, Ringing }},
		{name: "talking", code: WhyInCall, zh: "正在和", campaign: running, with: func(s *Story) { s.State, s.Live = task.InProgress, Bridged }},
		{name: "with an agent", code: WhyInHand, campaign: running, with: func(s *Story) { s.State = task.InProgress }},
		{name: "done", code: WhyClosed, zh: "已完成：完成", with: func(s *Story) { s.State, s.Disposition = task.Completed, "完成" }},
		{name: "tries used up", code: WhyClosed, zh: "已拨 4 次未能联系上，最后一次：占线", with: func(s *Story) { s.State, s.Attempts, s.LineResult = task.Exhausted, 4, "占线" }},
		{name: "excluded by the task rules", code: WhyClosed, zh: "近期已接受", with: func(s *Story) { s.State, s.BlockedReason = task.Excluded, "fatigue" }},
		{name: "excluded by the gate", code: WhyClosed, zh: "次数用完", with: func(s *Story) { s.State, s.BlockedReason = task.Excluded, "CG-10" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Story{Facts: callable(t, day(0, 10, 30)), State: task.Queued, OwnTime: day(0, 9, 0), Campaigns: c.campaign}
			if c.with != nil {
				c.with(&s)
			}
			got := obstacles(s)
			first := got[0]
			if first.Code != c.code || !strings.Contains(first.ZH, c.zh) || !timeOf(first.Until).Equal(c.until) {
				t.Fatalf("answers %+v", first)
			}
			for _, w := range got {
				if w.ZH == "" || w.LabelZH == "" || w.LabelEN == "" {
					t.Errorf("without words: %+v", w)
				}
			}
			if len(got)-1 != len(c.also) {
				t.Fatalf("also says %+v", got[1:])
			}
			for i, code := range c.also {
				if got[i+1].Code != code {
					t.Errorf("also %s, want %s", got[i+1].Code, code)
				}
			}
		})
	}
}

func TestTheEarliestMomentFollowsOneWaitAfterAnother(t *testing.T) {
	f := callable(t, day(0, 12, 30)) // Friday noon
	f.Class, f.Kind, f.Consent = "commercial", "event_invite", map[string]string{"marketing": "given"}
	f.Hours.days = []int32{1, 2, 3, 4, 5}
	f.Calls = []contact{{At: day(0, 10, 1), Own: true}, {At: day(0, 10, 20), Own: true}} // twice today
	f.FreezeUntil = day(4, 11, 0)
	w := earliest(f, f.Now, rules())
	if !w.At.Equal(day(4, 11, 0)) || w.Last.Rule != "CG-07" {
		t.Errorf("got %v after %s", w.At, w.Last.Rule)
	}
	f.DNC = []ban{{scope: "all", from: day(2, 0, 0)}} // begins on Sunday
	if w := earliest(f, f.Now, rules()); !w.At.IsZero() || w.Last.Rule != "CG-05" {
		t.Errorf("a stop on the way: %v after %s", w.At, w.Last.Rule)
	}
}
