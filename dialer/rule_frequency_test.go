package dialer

import (
	"testing"
	"time"
)

func TestCG08Frequency(t *testing.T) {
	with := func(c contact, at ...time.Time) func(*Facts) {
		return func(f *Facts) {
			for _, t := range at {
				c.At = t
				f.Calls = append(f.Calls, c)
			}
		}
	}
	own := contact{Own: true, Class: "service"}
	reached, reachedAgreed, other := own, own, contact{Class: "service"}
	reached.Answered = true
	reachedAgreed.Answered, reachedAgreed.Agreed = true, true
	called := func(at ...time.Time) func(*Facts) { return with(own, at...) }
	agreed := func(at ...time.Time) func(*Facts) {
		return func(f *Facts) { with(reached, at...)(f); f.Agreed = true }
	}
	byHand := func(at ...time.Time) func(*Facts) {
		return func(f *Facts) { with(own, at...)(f); f.Agreed, f.Mode = true, Manual }
	}
	late := time.Microsecond
	runCases(t, []ruleCase{
		{name: "once today", with: called(day(0, 10, 1))},
		{name: "twice today", with: called(day(0, 10, 1), day(0, 10, 2)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "twice yesterday, until midnight", with: called(day(-1, 10, 1), day(-1, 23, 59))},
		{name: "three in three days", with: called(day(-2, 10, 1), day(-1, 10, 1), day(-1, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "three in four days", with: called(day(-3, 23, 59), day(-1, 10, 1), day(-1, 16, 0))},
		{name: "five in seven days", with: called(day(-6, 10, 1), day(-5, 10, 1), day(-4, 10, 1), day(-3, 10, 1), day(-3, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "the longest of two caps counts", with: called(day(-5, 10, 1), day(-5, 10, 2), day(-2, 10, 1), day(-1, 10, 1), day(-1, 16, 0)), rule: "CG-08", out: OutcomeWait, until: day(2, 10, 0)},
		{name: "reached today", with: with(reached, day(0, 10, 1)), rule: "CG-08", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "reached today as agreed", with: with(reachedAgreed, day(0, 10, 1))},
		{name: "another number of the customer", with: with(other, day(0, 10, 1), day(0, 10, 2), day(0, 10, 3))},
		{name: "agreed call-backs are not capped by day", with: agreed(day(0, 8, 31), day(0, 9, 40), day(0, 10, 1))},
		{name: "the carrier's five in 24 hours hold for them too", with: agreed(day(-1, 16, 0), day(-1, 17, 0), day(-1, 18, 0), day(0, 9, 0), day(0, 10, 0)), rule: "CG-08", out: OutcomeWait, until: day(0, 16, 0).Add(late)},
		{name: "and three in five minutes", with: agreed(day(0, 10, 26), day(0, 10, 28), day(0, 10, 29)), rule: "CG-08", out: OutcomeWait, until: day(0, 10, 31).Add(late)},
		{name: "three an hour by hand", with: byHand(day(0, 9, 31), day(0, 9, 50), day(0, 10, 10)), rule: "CG-08", out: OutcomeWait, until: day(0, 10, 31).Add(late)},
		{name: "three in more than an hour by hand", with: byHand(day(0, 9, 29), day(0, 9, 50), day(0, 10, 10))},
	})
}
