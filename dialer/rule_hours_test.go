package dialer

import (
	"testing"
	"time"

	"ringback/crm/dealer"
)

func agreedOn(f *Facts) { f.Agreed = true }

func class(c string) func(*Facts) {
	return func(f *Facts) {
		f.Kind, f.Class, f.Consent = "event_invite", c, map[string]string{"marketing": "given"}
	}
}

func TestCG02And03Windows(t *testing.T) {
	preferred := func(from, to int) func(*Facts) {
		return func(f *Facts) { f.Preferred = &span{from, to} }
	}
	byHand := func(f *Facts) { f.Mode = Manual }
	runCases(t, []ruleCase{
		{name: "first minute of a window", now: day(0, 10, 0)},
		{name: "the minute before", now: day(0, 9, 59), rule: "CG-03", out: OutcomeWait, until: day(0, 10, 0)},
		{name: "last minute", now: day(0, 11, 59)},
		{name: "noon", now: day(0, 12, 0), rule: "CG-03", out: OutcomeWait, until: day(0, 15, 0)},
		{name: "evening waits for tomorrow", now: day(0, 18, 0), rule: "CG-03", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "night: the window, not the wall, is the later one", now: day(0, 22, 0), rule: "CG-03", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "agreed call-back at noon", now: day(0, 12, 30), with: agreedOn},
		{name: "agreed call-back at 08:30", now: day(0, 8, 30), with: agreedOn},
		{name: "agreed call-back at 08:29", now: day(0, 8, 29), with: agreedOn, rule: "CG-03", out: OutcomeWait, until: day(0, 8, 30)},
		{name: "agreed call-back at 20:29", now: day(0, 20, 29), with: agreedOn},
		{name: "agreed call-back at 20:30", now: day(0, 20, 30), with: agreedOn, rule: "CG-03", out: OutcomeWait, until: day(1, 8, 30)},
		{name: "a dial by hand at noon", now: day(0, 12, 30), with: byHand},
		{name: "a dial by hand at 07:59", now: day(0, 7, 59), with: byHand, rule: "CG-03", out: OutcomeWait, until: day(0, 8, 30)},
		{name: "preferred evening", now: day(0, 19, 0), with: preferred(18*hour, 20*hour)},
		{name: "preferred evening, now morning", now: day(0, 10, 30), with: preferred(18*hour, 20*hour), rule: "CG-03", out: OutcomeWait, until: day(0, 18, 0)},
		{name: "preferred night stays inside the wall", now: day(0, 21, 30), with: preferred(20*hour, 23*hour), rule: "CG-03", out: OutcomeWait, until: day(1, 20, 0)},
		{name: "store closed on Saturday and Sunday", now: day(0, 18, 0), with: func(f *Facts) { f.Hours.days = []int32{1, 2, 3, 4, 5} }, rule: "CG-03", out: OutcomeWait, until: day(3, 10, 0)},
		{name: "store without windows", with: func(f *Facts) { f.Hours.spans = nil }, rule: "CG-03", out: OutcomeStop, cause: ByHouse},
		{name: "store window of seven o'clock is cut at the wall", now: day(0, 7, 30), with: func(f *Facts) { f.Hours.spans = []span{{7 * hour, 9 * hour}} }, rule: "CG-02", out: OutcomeWait, until: day(0, 8, 0)},
		{name: "one minute before the wall closes", now: day(0, 20, 59), with: func(f *Facts) { f.Hours.spans = []span{{7 * hour, 23 * hour}} }},
		{name: "the wall closes", now: day(0, 21, 0), with: func(f *Facts) { f.Hours.spans = []span{{7 * hour, 23 * hour}} }, rule: "CG-02", out: OutcomeWait, until: day(1, 8, 0)},
	})
}

func TestCG04QuietDaysAndHolidays(t *testing.T) {
	both := func(a, b func(*Facts)) func(*Facts) { return func(f *Facts) { a(f); b(f) } }
	shut := func(f *Facts) { f.Rules.Days.Shut = true }
	open := time.October
	runCases(t, []ruleCase{
		{name: "a service call on a holiday", now: on(open, 3, 10, 30)},
		{name: "a reminder on a holiday", now: on(open, 3, 10, 30), with: class("reminder")},
		{name: "a commercial call on a holiday waits for its end", now: on(open, 3, 10, 30), with: class("commercial"), rule: "CG-04", out: OutcomeWait, until: on(open, 8, 10, 0)},
		{name: "agreed or not", now: on(open, 3, 10, 30), with: both(class("commercial"), agreedOn), rule: "CG-04", out: OutcomeWait, until: on(open, 8, 8, 30)},
		{name: "a service call on a quiet day", now: on(open, 1, 10, 30), rule: "CG-04", out: OutcomeWait, until: on(open, 2, 10, 0)},
		{name: "one agreed on for a quiet day", now: on(open, 1, 10, 30), with: agreedOn},
		{name: "the evening before a quiet day", now: on(time.September, 30, 18, 0), rule: "CG-03", out: OutcomeWait, until: on(open, 2, 10, 0)},
		{name: "four quiet days of spring festival", now: on(time.February, 16, 10, 30), rule: "CG-04", out: OutcomeWait, until: on(time.February, 20, 10, 0)},
		{name: "a make-up working Saturday", now: on(open, 10, 10, 30), with: class("commercial")},
		{name: "a store that shuts on holidays", now: on(open, 3, 10, 30), with: shut, rule: "CG-04", out: OutcomeWait, until: on(open, 8, 10, 0)},
		{name: "even for an agreed call-back", now: on(open, 3, 10, 30), with: both(shut, agreedOn), rule: "CG-04", out: OutcomeWait, until: on(open, 8, 8, 30)},
		{name: "no day is open", now: on(open, 3, 10, 30), with: func(f *Facts) {
			f.Calendar = dealer.NewCalendar(nil, quietYear())
		}, rule: "CG-04", out: OutcomeStop, cause: ByHouse},
	})
}

func quietYear() []dealer.Day {
	var out []dealer.Day
	for d := range 200 {
		out = append(out, dealer.Day{Date: on(time.October, 1+d, 0, 0).Add(8 * time.Hour), Quiet: true})
	}
	return out
}
