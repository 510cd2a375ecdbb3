package dialer

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ringback/crm/dealer"
	"ringback/internal/clock"
)

// day gives a moment of Friday 2026-11-20 in Shanghai, or days after it.
func day(days, hh, mm int) time.Time {
	return time.Date(2026, 11, 20+days, hh, mm, 0, 0, clock.Shanghai()).UTC()
}

// on gives a moment of a day of 2026 in Shanghai.
func on(month time.Month, d, hh, mm int) time.Time {
	return time.Date(2026, month, d, hh, mm, 0, 0, clock.Shanghai()).UTC()
}

func pack(t testing.TB) dealer.RulePack {
	t.Helper()
	p, err := dealer.Rules(dealer.Home)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func calendar(t testing.TB) dealer.Calendar {
	t.Helper()
	notices, err := dealer.ShippedNotices()
	if err != nil {
		t.Fatal(err)
	}
	var years []int
	var days []dealer.Day
	for _, n := range notices {
		years, days = append(years, n.Year), append(days, n.Days...)
	}
	return dealer.NewCalendar(years, days)
}

// callable is a task that every rule lets through.
func callable(t testing.TB, now time.Time) Facts {
	return Facts{
		Now: now, Zone: clock.Shanghai(), Rules: pack(t), Calendar: calendar(t), Kind: "followup_3d", Class: "service", Reason: "TR-01", Mode: Progressive,
		Due: now.AddDate(0, 0, 3), Max: 4, Synthetic: true, Registered: true, Number: "15400000001", PhoneStatus: "ok",
		Hours: hours{spans: []span{{10 * hour, 12 * hour}, {15 * hour, 18 * hour}}},
		Lines: []line{usableLine("057188880000")},
	}
}

func usableLine(number string) line {
	return line{Number: number, State: "ok", Classes: []string{"service", "reminder", "commercial", "care"}, DailyCap: 300, TrunkActive: true, MaxChannels: 30, IsSimulator: true}
}

type ruleCase struct {
	name  string
	now   time.Time
	with  func(*Facts)
	rule  string // empty: the call may be made
	out   Outcome
	until time.Time
	cause Cause // empty: not looked at
}

func (c ruleCase) run(t *testing.T) {
	t.Helper()
	now := c.now
	if now.IsZero() {
		now = day(0, 10, 30)
	}
	f := callable(t, now)
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
	if v.Outcome != c.out || v.Rule != c.rule || !v.Until.Equal(c.until) || c.cause != "" && v.Cause != c.cause {
		t.Fatalf("got %s %s by %s until %v, want %s %s by %s until %v", v.Outcome, v.Rule, v.Cause, v.Until, c.out, c.rule, c.cause, c.until)
	}
	for _, k := range checks {
		if k.ReasonZH == "" || k.ReasonEN == "" || k.Cause == "" {
			t.Fatalf("%s refuses without a sentence or a cause", k.Rule)
		}
	}
}

func runCases(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, c.run)
	}
}

func TestAStopWinsOverAWait(t *testing.T) {
	f := callable(t, day(0, 12, 30))
	f.DNC = []ban{{scope: "all"}}
	checks, v := judge(f, rules())
	if v.Outcome != OutcomeStop || v.Rule != "CG-05" || len(checks) != 2 {
		t.Fatalf("got %+v with %d checks, want a stop by CG-05 and the wait kept", v, len(checks))
	}
}

// Whatever else is wrong, a stop that never ends decides what becomes of the task.
func TestAStopThatNeverEndsDecides(t *testing.T) {
	f := callable(t, day(0, 10, 30))
	f.Number, f.Attempts = "", 4
	checks, v := judge(f, rules())
	if v.Rule != "CG-10" || v.Cause != Never || len(checks) != 2 {
		t.Fatalf("got %+v with %d checks", v, len(checks))
	}
}

func TestTheGateKeepsTheOrderOfTheSpec(t *testing.T) {
	want := []string{"CG-01", "CG-02", "CG-03", "CG-04", "CG-05", "CG-06", "CG-07", "CG-08", "CG-09", "CG-10", "CG-11", "CG-12", "CG-13", "CG-14"}
	for i, r := range rules() {
		if r.id != want[i] {
			t.Fatalf("rule %d is %s, want %s", i+1, r.id, want[i])
		}
	}
	if len(rules()) != len(want) || len(claimRules()) != 7 {
		t.Fatalf("%d rules, %d of them at the claim", len(rules()), len(claimRules()))
	}
}

// Whatever the store sets and whatever day it is: who waits as long as the gate
// says is let through, and no call is ever made outside the wall.
func TestAWaitEndsWhenTheCallMayBeMade(t *testing.T) {
	base := callable(t, day(0, 0, 0))
	rapid.Check(t, func(t *rapid.T) {
		f := base
		f.Now = on(time.January, 1, 0, 0).Add(time.Duration(rapid.IntRange(0, 300*1440).Draw(t, "minute")) * time.Minute)
		f.Due = f.Now.AddDate(0, 0, 200)
		from := rapid.IntRange(0, 1380).Draw(t, "from")
		f.Hours = hours{spans: []span{{from, from + rapid.IntRange(1, 1440-from).Draw(t, "long")}}, days: rapid.SliceOfDistinct(rapid.Int32Range(0, 6), rapid.ID).Draw(t, "days")}
		f.Class = rapid.SampledFrom([]string{"service", "commercial", "reminder", "care"}).Draw(t, "class")
		f.Consent = map[string]string{"marketing": "given"}
		f.Agreed = rapid.Bool().Draw(t, "agreed")
		ago := 0
		for range rapid.IntRange(0, 6).Draw(t, "calls") {
			ago += rapid.IntRange(1, 3000).Draw(t, "minutes")
			f.Calls = append([]contact{{At: f.Now.Add(-time.Duration(ago) * time.Minute), Own: true, Answered: rapid.Bool().Draw(t, "answered"), Class: f.Class}}, f.Calls...)
		}
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
