package task

import (
	"time"

	"ringback/crm/dealer"
)

// moment is a cell of the columns "not before" and "due" of spec 2.7: a time
// counted from the occasion's anchor (the delivery, the expiry, the due date, the
// appointment). Pure.
type moment func(s dealer.Schedule, anchor, now time.Time) time.Time

// atOnce is the business time at which the rule looks.
func atOnce(_ dealer.Schedule, _, now time.Time) time.Time { return now }

// opening is the first call window of the day so many days from the anchor's;
// negative days lie before it.
func opening(days int) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time {
		return s.FirstWindowStart(s.Day(anchor).AddDate(0, 0, days))
	}
}

// closing is the close of that day's last call window.
func closingOf(days int) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time {
		return s.LastWindowEnd(s.Day(anchor).AddDate(0, 0, days))
	}
}

// clockOf is a time of day so many days from the anchor's.
func clockOf(days, hour int) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time {
		return s.Day(anchor).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
	}
}

// workdays is the close of the last call window of the n-th working day (D-01).
func workdays(n int) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time {
		due, _ := s.DueAfter(anchor, n)
		return due
	}
}

// workdaysFromNow is the same, counted from now.
func workdaysFromNow(n int) moment {
	return func(s dealer.Schedule, _, now time.Time) time.Time {
		due, _ := s.DueAfter(now, n)
		return due
	}
}

// closingFromNow is the close of the last call window so many days from now.
func closingFromNow(days int) moment {
	return func(s dealer.Schedule, _, now time.Time) time.Time {
		return s.LastWindowEnd(s.Day(now).AddDate(0, 0, days))
	}
}

// after is a span from the anchor; negative spans lie before it.
func after(d time.Duration) moment {
	return func(_ dealer.Schedule, anchor, _ time.Time) time.Time { return anchor.Add(d) }
}

// anchored is the anchor itself.
func anchored(_ dealer.Schedule, anchor, _ time.Time) time.Time { return anchor }

// nextWindow is the first call window from now on.
func nextWindow(s dealer.Schedule, _, now time.Time) time.Time { return s.NextWindow(now, false) }

// monthsBefore is a time of day so many calendar months before the anchor's day.
// A month without such a day gives its last one (T-E1: 30 April → 28 February).
func monthsBefore(months, hour int) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time {
		return dealer.AddMonths(s.Day(anchor), -months).Add(time.Duration(hour) * time.Hour)
	}
}

// lastWindowBefore is D-06: so long after the anchor, moved earlier to the close of
// the last call window that is open before then, never later.
func lastWindowBefore(d time.Duration) moment {
	return func(s dealer.Schedule, anchor, _ time.Time) time.Time { return s.LastOpenBefore(anchor.Add(d), false) }
}

// clockFromNow is a time of day so many days from now.
func clockFromNow(days, hour int) moment {
	return func(s dealer.Schedule, _, now time.Time) time.Time {
		return s.Day(now).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
	}
}
