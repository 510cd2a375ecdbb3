package dialer

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/dialer/pacing"
)

func TestCG10Attempts(t *testing.T) {
	runCases(t, []ruleCase{
		{name: "one left", with: func(f *Facts) { f.Attempts = 3 }},
		{name: "used up", with: func(f *Facts) { f.Attempts = 4 }, rule: "CG-10", out: OutcomeStop, cause: Never},
		{name: "a store that allows fewer", with: func(f *Facts) { f.Attempts, f.Rules.Attempts.Most = 2, 2 }, rule: "CG-10", out: OutcomeStop, cause: Never},
	})
}

func TestCG11Recording(t *testing.T) {
	sale := func(recording bool) func(*Facts) {
		return func(f *Facts) { class("commercial")(f); f.Kind, f.Recording = "renewal_first", recording }
	}
	runCases(t, []ruleCase{
		{name: "a survey needs none"},
		{name: "an insurance sale without one", with: sale(false), rule: "CG-11", out: OutcomeStop, cause: ByHouse},
		{name: "with one", with: sale(true)},
		{name: "a second call after a complaint", with: func(f *Facts) { f.Kind = "complaint_second" }, rule: "CG-11", out: OutcomeStop, cause: ByHouse},
	})
}

func TestCG12CallerNumber(t *testing.T) {
	lines := func(change ...func(*line)) func(*Facts) {
		return func(f *Facts) {
			f.Lines = nil
			for _, c := range change {
				l := usableLine("057188880000")
				c(&l)
				f.Lines = append(f.Lines, l)
			}
		}
	}
	ok := func(*line) {}
	used := func(n int) func(*line) { return func(l *line) { l.Used = n } }
	stopped := func(l *line) { l.State = "stopped" }
	cooling := func(until *time.Time) func(*line) {
		return func(l *line) { l.State, l.CoolingUntil = "cooling", until }
	}
	noon := day(0, 11, 30)
	past := day(0, 10, 0)
	runCases(t, []ruleCase{
		{name: "registered, healthy, below its cap", with: lines(ok)},
		{name: "299 calls today", with: lines(used(299))},
		{name: "300 calls today", with: lines(used(300)), rule: "CG-12", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "a number with a lower cap of its own", with: lines(func(l *line) { l.DailyCap, l.Used = 50, 50 }), rule: "CG-12", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "not registered for the class", with: lines(func(l *line) { l.Classes = []string{"commercial"} }), rule: "CG-12", out: OutcomeStop, cause: ByHouse},
		{name: "stopped", with: lines(stopped), rule: "CG-12", out: OutcomeStop, cause: ByHouse},
		{name: "its trunk is off", with: lines(func(l *line) { l.TrunkActive = false }), rule: "CG-12", out: OutcomeStop, cause: ByHouse},
		{name: "cooling until noon", with: lines(cooling(&noon)), rule: "CG-12", out: OutcomeWait, until: noon},
		{name: "cooled", with: lines(cooling(&past))},
		{name: "cooling until somebody says so", with: lines(cooling(nil)), rule: "CG-12", out: OutcomeStop, cause: ByHouse},
		{name: "another number stands in", with: lines(used(300), ok)},
		{name: "the soonest of two", with: lines(used(300), cooling(&noon)), rule: "CG-12", out: OutcomeWait, until: noon},
		{name: "a wait is told before a stop", with: lines(stopped, used(300)), rule: "CG-12", out: OutcomeWait, until: day(1, 10, 0)},
	})
	f := callable(t, day(0, 10, 30))
	lines(used(300), ok)(&f)
	f.Lines[1].Number = "057188880001"
	if way, _ := f.way(); way.Number != "057188880001" {
		t.Errorf("goes out by %s", way.Number)
	}
}

func TestCG13Agent(t *testing.T) {
	advisor, clerk := uuid.New(), uuid.New()
	agent := func(who uuid.UUID) func(*Facts) {
		return func(f *Facts) { f.NotUsers, f.Mode, f.Agent = []uuid.UUID{advisor}, Preview, who }
	}
	on := func(who ...uuid.UUID) func(*Facts) {
		return func(f *Facts) {
			f.NotUsers = []uuid.UUID{advisor}
			for _, u := range who {
				f.Agents = append(f.Agents, seat{ID: u})
			}
		}
	}
	runCases(t, []ruleCase{
		{name: "somebody else", with: agent(clerk)},
		{name: "the order's advisor", with: agent(advisor), rule: "CG-13", out: OutcomeStop, cause: ByAgent},
		{name: "without the skill", with: func(f *Facts) { f.Agent, f.Skill, f.Unskilled = clerk, "csi", []uuid.UUID{clerk} }, rule: "CG-13", out: OutcomeStop, cause: ByAgent},
		{name: "one agent of two may", with: on(advisor, clerk)},
		{name: "none may", with: on(advisor), rule: "CG-13", out: OutcomeStop, cause: ByHouse},
		{name: "nobody is known", with: on()},
	})
	f := callable(t, day(0, 10, 30))
	on(advisor, clerk)(&f)
	if !f.byHand() {
		t.Error("a task that one agent on duty may not take opens a line of its own (PACING.md 2.5)")
	}
	f.Agents = f.Agents[1:]
	if f.byHand() {
		t.Error("a task that everybody on duty may take is read first")
	}
}

func TestCG14Ledger(t *testing.T) {
	pace := func(p Pace) func(*Facts) { return func(f *Facts) { f.Pace = &p } }
	runCases(t, []ruleCase{
		{name: "one line may be opened", with: pace(Pace{Open: 1})},
		{name: "none: no moment is known", with: pace(Pace{Ready: 2, Lines: 2, LimitedBy: pacing.ByLedger}), rule: "CG-14", out: OutcomeWait},
		{name: "nobody is free", with: pace(Pace{LimitedBy: pacing.ByNobody}), rule: "CG-14", out: OutcomeWait},
	})
}
