package dealer

import "time"

// AddMonths moves a day by calendar months; a month without such a day gives its
// last one: 30 April less two months is 28 or 29 February (T-E1).
func AddMonths(day time.Time, months int) time.Time {
	y, m, d := day.Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, day.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d, last)-1)
}

// LastOpenBefore is t itself inside a call window, else the close of the last
// window that ended before it (D-06: earlier, never later). Zero when no window
// was open in the 60 days before.
func (s Schedule) LastOpenBefore(t time.Time, commercial bool) time.Time {
	if s.InWindow(t, commercial) {
		return t
	}
	for d := range 60 {
		day := s.Day(t).AddDate(0, 0, -d)
		if !s.CallDay(day, commercial) {
			continue
		}
		for i := len(s.windows) - 1; i >= 0; i-- {
			if end := at(day, s.windows[i].to); !end.After(t) {
				return end
			}
		}
	}
	return time.Time{}
}

// Wall is the rule pack's hard wall in minutes of the day; the end is not part of it.
func (s Schedule) Wall() (from, to int) { return s.wall.from, s.wall.to }
