package dialer

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ringback/internal/clock"
)

// day gives a moment of Friday 2026-11-20 in Shanghai, or days after it.
func day(days, hh, mm int) time.Time {
	return time.Date(2026, 11, 20+days, hh, mm, 0, 0, clock.Shanghai()).UTC()
}

// callable is a task that every rule lets through.
func callable(now time.Time) Facts {
	return Facts{
		Now: now, Zone: clock.Shanghai(), Kind: "followup_3d", Class: "service", Max: 4, Synthetic: true,
		Number: "15400000001", PhoneStatus: "ok", HasLine: true, Simulator: true,
		Hours: hours{spans: []span{{10 * hour, 12 * hour}, {15 * hour, 18 * hour}}},
	}
}

type ruleCase struct {
	name  string
	now   time.Time
	with  func(*Facts)
	rule  string // empty: the call may be made
	out   Outcome
	until time.Time
}

func (c ruleCase) run(t *testing.T) {
	t.Helper()
	now := c.now
	if now.IsZero() {
		now = day(0, 10, 30)
	}
	f := callable(now)
	if c.with != nil {
		c.with(&f)
	}
	checks, v := judge(f, rules())
	if c.rule == "" {
		if v.Outcome != OutcomeOK {
			t.Fatalf("refused by %s: %v", v.Rule, checks)
		}
		return
	}
	if v.Outcome != c.out || v.Rule != c.rule || !v.Until.Equal(c.until) {
		t.Fatalf("got %s %s until %v, want %s %s until %v", v.Outcome, v.Rule, v.Until, c.out, c.rule, c.until)
	}
	if checks[0].ReasonZH == "" || checks[0].ReasonEN == "" {
		t.Fatal("a refusal without a sentence")
	}
}

func runCases(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, c.run)
	}
}

func TestCG01Number(t *testing.T) {
	runCases(t, []ruleCase{
		{name: "a synthetic number goes to the simulator"},
		{name: "a test number of a real customer too", with: func(f *Facts) { f.Synthetic = false }},
		{name: "no number", with: func(f *Facts) { f.Number = "" }, rule: "CG-01", out: OutcomeStop},
		{name: "a number known to be wrong", with: func(f *Facts) { f.PhoneStatus = "wrong" }, rule: "CG-01", out: OutcomeStop},
		{name: "emergency", with: func(f *Facts) { f.Number = "110" }, rule: "CG-01", out: OutcomeStop},
		{name: "carrier service", with: func(f *Facts) { f.Number = "10086" }, rule: "CG-01", out: OutcomeStop},
		{name: "400 number", with: func(f *Facts) { f.Number = "4008001234" }, rule: "CG-01", out: OutcomeStop},
		{name: "international", with: func(f *Facts) { f.Number = "008613800000000" }, rule: "CG-01", out: OutcomeStop},
		{name: "test number on a real trunk", with: func(f *Facts) { f.Simulator = false }, rule: "CG-01", out: OutcomeStop},
		{name: "real number on the simulator", with: func(f *Facts) { f.Number, f.Synthetic = "13800000000", false }, rule: "CG-01", out: OutcomeStop},
		{name: "real number of a synthetic customer on a real trunk", with: func(f *Facts) { f.Number, f.Simulator = "13800000000", false }, rule: "CG-01", out: OutcomeStop},
		{name: "real number on a real trunk", with: func(f *Facts) { f.Number, f.Synthetic, f.Simulator = "13800000000", false, false }},
		{name: "landline on a real trunk", with: func(f *Facts) { f.Number, f.Synthetic, f.Simulator = "057188881234", false, false }},
		{name: "landline that nobody routes", with: func(f *Facts) { f.Number, f.Synthetic, f.Simulator = "057108881234", false, false }, rule: "CG-01", out: OutcomeStop},
	})
}

func TestCG02And03Windows(t *testing.T) {
	preferred := func(from, to int) func(*Facts) {
		return func(f *Facts) { f.Preferred = &span{from, to} }
	}
	agreed := func(f *Facts) { f.Agreed = true }
	runCases(t, []ruleCase{
		{name: "first minute of a window", now: day(0, 10, 0)},
		{name: "last minute", now: day(0, 11, 59)},
		{name: "noon", now: day(0, 12, 0), rule: "CG-03", out: OutcomeWait, until: day(0, 15, 0)},
		{name: "evening waits for tomorrow", now: day(0, 18, 0), rule: "CG-03", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "night: the window, not the wall, is the later one", now: day(0, 22, 0), rule: "CG-03", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "agreed call-back at noon", now: day(0, 12, 30), with: agreed},
		{name: "agreed call-back at 08:30", now: day(0, 8, 30), with: agreed},
		{name: "agreed call-back at 08:29", now: day(0, 8, 29), with: agreed, rule: "CG-03", out: OutcomeWait, until: day(0, 8, 30)},
		{name: "agreed call-back at 20:30", now: day(0, 20, 30), with: agreed, rule: "CG-03", out: OutcomeWait, until: day(1, 8, 30)},
		{name: "preferred evening", now: day(0, 19, 0), with: preferred(18*hour, 20*hour)},
		{name: "preferred evening, now morning", now: day(0, 10, 30), with: preferred(18*hour, 20*hour), rule: "CG-03", out: OutcomeWait, until: day(0, 18, 0)},
		{name: "preferred night stays inside the wall", now: day(0, 21, 30), with: preferred(20*hour, 23*hour), rule: "CG-03", out: OutcomeWait, until: day(1, 20, 0)},
		{name: "store closed on Saturday and Sunday", now: day(0, 18, 0), with: func(f *Facts) { f.Hours.days = []int32{1, 2, 3, 4, 5} }, rule: "CG-03", out: OutcomeWait, until: day(3, 10, 0)},
		{name: "store without windows", with: func(f *Facts) { f.Hours.spans = nil }, rule: "CG-03", out: OutcomeStop},
		{name: "store window of seven o'clock is cut at the wall", now: day(0, 7, 30), with: func(f *Facts) { f.Hours.spans = []span{{7 * hour, 9 * hour}} }, rule: "CG-02", out: OutcomeWait, until: day(0, 8, 0)},
	})
}

func TestCG05DoNotCall(t *testing.T) {
	dnc := func(kind, class string, scopes ...string) func(*Facts) {
		return func(f *Facts) { f.Kind, f.Class, f.DNC = kind, class, scopes }
	}
	runCases(t, []ruleCase{
		{name: "all", with: dnc("complaint_second", "service", "all"), rule: "CG-05", out: OutcomeStop},
		{name: "survey stops a survey", with: dnc("followup_3d", "service", "survey"), rule: "CG-05", out: OutcomeStop},
		{name: "survey leaves a service call", with: dnc("appt_confirm", "service", "survey")},
		{name: "commercial stops a reminder", with: dnc("first_service", "reminder", "commercial"), rule: "CG-05", out: OutcomeStop},
		{name: "commercial leaves a survey", with: dnc("followup_3d", "service", "commercial")},
		{name: "sms is no call", with: dnc("followup_3d", "service", "sms")},
		{name: "an entry that ends", with: func(f *Facts) { f.DNC, f.DNCUntil = []string{"all"}, day(4, 16, 0) }, rule: "CG-05", out: OutcomeWait, until: day(4, 16, 0)},
	})
}

func TestCG08Frequency(t *testing.T) {
	called := func(at ...time.Time) func(*Facts) { return func(f *Facts) { f.Called = at } }
	agreed := func(at ...time.Time) func(*Facts) {
		return func(f *Facts) { f.Called, f.Spoken, f.Agreed = at, at, true }
	}
	runCases(t, []ruleCase{
		{name: "once today", with: called(day(0, 10, 1))},
		{name: "twice today", with: called(day(0, 10, 1), day(0, 10, 2)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "three in three days", with: called(day(-2, 10, 1), day(-1, 10, 1), day(-1, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "three in four days", with: called(day(-3, 10, 1), day(-1, 10, 1), day(-1, 16, 0))},
		{name: "five in seven days", with: called(day(-6, 10, 1), day(-5, 10, 1), day(-4, 10, 1), day(-3, 10, 1), day(-3, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "the longest of two caps counts", with: called(day(-6, 10, 1), day(-5, 10, 1), day(-2, 10, 1), day(-1, 10, 1), day(-1, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "spoken today", with: func(f *Facts) { f.Called = []time.Time{day(0, 10, 1)}; f.Spoken = f.Called }, rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "agreed call-backs are not capped by day", with: agreed(day(0, 8, 31), day(0, 9, 40), day(0, 10, 1))},
		{name: "the carrier's five in 24 hours hold for them too", with: agreed(day(-1, 16, 0), day(-1, 17, 0), day(-1, 18, 0), day(0, 9, 0), day(0, 10, 0)), rule: "CG-08", out: OutcomeWait, until: day(0, 16, 0).Add(time.Microsecond)},
		{name: "and three in five minutes", with: agreed(day(0, 10, 26), day(0, 10, 28), day(0, 10, 29)), rule: "CG-08", out: OutcomeWait, until: day(0, 10, 31).Add(time.Microsecond)},
	})
}

func TestCG10Attempts(t *testing.T) {
	runCases(t, []ruleCase{
		{name: "one left", with: func(f *Facts) { f.Attempts = 3 }},
		{name: "used up", with: func(f *Facts) { f.Attempts = 4 }, rule: "CG-10", out: OutcomeStop},
	})
}

func TestAStopWinsOverAWait(t *testing.T) {
	f := callable(day(0, 12, 30))
	f.DNC = []string{"all"}
	checks, v := judge(f, rules())
	if v.Outcome != OutcomeStop || v.Rule != "CG-05" || len(checks) != 2 {
		t.Fatalf("got %+v with %d checks, want a stop by CG-05 and the wait kept", v, len(checks))
	}
}

func TestTheGateKeepsTheOrderOfTheSpec(t *testing.T) {
	want := []string{"CG-01", "CG-02", "CG-03", "CG-04", "CG-05", "CG-06", "CG-07", "CG-08", "CG-09", "CG-10", "CG-11", "CG-12", "CG-13", "CG-14"}
	for i, r := range rules() {
		if r.id != want[i] {
			t.Fatalf("rule %d is %s, want %s", i+1, r.id, want[i])
		}
	}
	if len(rules()) != len(want) || len(claimRules()) != 4 {
		t.Fatalf("%d rules, %d of them at the claim", len(rules()), len(claimRules()))
	}
}

// Whatever the store sets: who waits as long as the gate says is let through by
// the windows, and no call is ever made outside the wall.
func TestAWaitEndsInsideTheWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := callable(day(0, 0, 0).Add(time.Duration(rapid.IntRange(0, 20160).Draw(t, "minute")) * time.Minute))
		from := rapid.IntRange(0, 1380).Draw(t, "from")
		f.Hours = hours{spans: []span{{from, from + rapid.IntRange(1, 1440-from).Draw(t, "long")}}, days: rapid.SliceOfDistinct(rapid.Int32Range(0, 6), rapid.ID).Draw(t, "days")}
		f.Agreed = rapid.Bool().Draw(t, "agreed")
		_, v := judge(f, rules())
		if v.Outcome == OutcomeStop {
			return
		}
		if v.Outcome == OutcomeWait {
			if !v.Until.After(f.Now) {
				t.Fatalf("waits until %v, not after %v", v.Until, f.Now)
			}
			f.Now = v.Until
			if _, again := judge(f, rules()); again.Outcome != OutcomeOK {
				t.Fatalf("at the end of the wait %s says %s", again.Rule, again.Outcome)
			}
		}
		local := f.Now.In(clock.Shanghai())
		if m := local.Hour()*hour + local.Minute(); m < 8*hour || m >= 21*hour {
			t.Fatalf("a call at %s", local.Format("15:04"))
		}
	})
}
