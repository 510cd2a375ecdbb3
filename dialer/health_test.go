package dialer

import (
	"strings"
	"testing"
	"time"

	"ringback/crm/dealer"
	"ringback/internal/clock"
)

// TestACampaignSaysInAWordWhatStandsInItsWay goes from the nearest cause to the
// farthest: each case takes one away.
func TestACampaignSaysInAWordWhatStandsInItsWay(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	rules, err := dealer.Rules(dealer.Home)
	if err != nil {
		t.Fatal(err)
	}
	good := line{Number: "057188880000", State: "ok", Classes: []string{"service"}, TrunkActive: true, MaxChannels: 10, DailyCap: 1000}
	p := pulse{load: load{Mode: Predictive, CapBP: 150, OnDuty: 0}, dry: true, last: lastCalls{Calls: 20, Busy: 20}}
	p.house = Facts{Now: now, Zone: clock.Shanghai(), Rules: rules, Class: "service", Kind: "followup_3d", Lines: []line{}}
	p.account = account{answered: 100, abandoned: 1}
	for _, step := range []struct {
		code, tone, says string
		then             func()
	}{
		{"no_line", "bad", "主叫号码", func() {
			until := now.Add(time.Hour)
			good.State, good.CoolingUntil = "cooling", &until
			p.house.Lines = []line{good}
		}},
		{"no_line", "warn", "057188880000", func() { good.State, good.CoolingUntil = "ok", nil; p.house.Lines = []line{good} }},
		{"list_empty", "warn", "导入工单", func() { p.left = 7 }},
		{"nobody_listed", "bad", "还没有给活动分配座席", func() { p.agents = 3 }},
		{"closed", "bad", "没有设置可用的拨打时段", func() { p.next = now.Add(4 * time.Hour) }},
		{"closed", "info", "15:00", func() { p.open = true }},
		{"nobody_here", "warn", "3 位座席都没有签入", func() { p.OnDuty = 1 }},
		{"alone", "warn", "不足 2 位", func() { p.OnDuty = 2 }},
		{"cap", "warn", "放弃率上限", func() { p.account.answered = 1000 }},
		{"silent", "warn", "全部占线", func() { p.last = lastCalls{Calls: 20, NoAnswer: 12, Busy: 8} }},
		{"silent", "warn", "占线 8、无人接 12", func() { p.last.Answered = 1 }},
		{"list_waits", "info", "还有 7 个任务", func() { p.Lines = 1 }},
		{"good", "ok", "", func() {}},
	} {
		h := p.health(now, clock.Shanghai())
		if h.Code != step.code || h.Tone != step.tone || !strings.Contains(h.WhyZH, step.says) || h.ZH == "" || h.EN == "" || (h.WhyZH == "") != (h.WhyEN == "") {
			t.Errorf("want %s (%s, %s), got %+v", step.code, step.tone, step.says, h)
		}
		step.then()
	}
	for state, code := range map[CampaignState]string{Draft: "draft", Paused: "paused", Draining: "idle", Completed: "over", Cancelled: "over"} {
		if h := resting(CampaignView{State: state}); h.Code != code || h.ZH == "" || h.EN == "" {
			t.Errorf("%s: %+v", state, h)
		}
	}
	if h := resting(CampaignView{State: Paused, StateReason: ReasonTrunkFault}); h.Tone != "bad" {
		t.Errorf("paused by the trunk: %+v", h)
	}
}
