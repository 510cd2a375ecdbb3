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

// clockFromNow is a time of day so many days from now.
func clockFromNow(days, hour int) moment {
	return func(s dealer.Schedule, _, now time.Time) time.Time {
		return s.Day(now).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
	}
}
