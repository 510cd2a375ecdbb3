package report

import (
	"slices"
	"time"
)

// DayPace is how well a campaign's agents are kept busy, and how fast whoever answers
// gets one. The last hour is one of real time.
type DayPace struct {
	Share     *float64    `json:"share,omitempty" doc:"talk share today, 0 to 1: talk and wrap-up over those and waiting"`
	HourShare *float64    `json:"hourShare,omitempty" doc:"talk share of the last hour"`
	HourCalls int         `json:"hourCalls" doc:"put through to an agent in the last hour"`
	HourSoon  int         `json:"hourSoon" doc:"of those, within two seconds of the answer"`
	WaitMS    Percentiles `json:"waitMs" doc:"answer to agent, of those"`
}

// soon is how long a person who answered may be without an agent (PACING.md §1).
const soon = 2 * time.Second

// paceOf measures a day's calls and the stretches in which agents waited for one.
func paceOf(calls []daySpan, waited []stretch, realNow time.Time) (out DayPace) {
	began := realNow.Add(-time.Hour)
	var today, hour workedTime
	var delays []float64
	for _, c := range calls {
		if c.BridgedAt == nil {
			continue
		}
		over := c.over(realNow)
		busy := stretch{*c.BridgedAt, wrapEnd(c, over, realNow)}
		today.busy += busy.since(time.Time{})
		hour.busy += busy.since(began)
		if c.AnsweredAt == nil || c.BridgedAt.Before(began) {
			continue
		}
		wait := c.BridgedAt.Sub(*c.AnsweredAt)
		delays = append(delays, float64(wait)/float64(time.Millisecond))
		out.HourCalls++
		if wait <= soon {
			out.HourSoon++
		}
	}
	for _, w := range waited {
		today.waiting += w.since(time.Time{})
		hour.waiting += w.since(began)
	}
	out.Share, out.HourShare = today.share(), hour.share()
	out.WaitMS = percentilesOf(delays)
	return out
}

// workedTime is agents' time with a customer or on their call's wrap-up, and without.
type workedTime struct{ busy, waiting time.Duration }

func (w workedTime) share() *float64 {
	if w.busy+w.waiting == 0 {
		return nil
	}
	share := float64(w.busy) / float64(w.busy+w.waiting)
	return &share
}

// since is how long a stretch is from a moment on.
func (s stretch) since(t time.Time) time.Duration {
	if s.FromAt.Before(t) {
		s.FromAt = t
	}
	return max(0, s.ToAt.Sub(s.FromAt))
}

// percentilesOf lie between the two nearest values, like percentile_cont of the database.
func percentilesOf(values []float64) Percentiles {
	if len(values) == 0 {
		return Percentiles{}
	}
	slices.Sort(values)
	at := func(q float64) *float64 {
		place := q * float64(len(values)-1)
		low := int(place)
		high := min(low+1, len(values)-1)
		v := values[low] + (place-float64(low))*(values[high]-values[low])
		return &v
	}
	return Percentiles{at(0.5), at(0.95), at(0.99)}
}
