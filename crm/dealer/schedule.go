package dealer

import (
	"fmt"
	"time"
)

// Schedule answers when a store may call. It is a value: pure, safe to share.
// All times it gives are in the store's zone.
type Schedule struct {
	Calendar Calendar
	zone     *time.Location
	wall     span
	days     DayRules
	windows  []span
	callDays [7]bool
	natural  bool
}

type span struct{ from, to int } // minutes of the day

// NewSchedule joins a store's windows with the calendar.
func NewSchedule(s Store, c Calendar, zone *time.Location) (Schedule, error) {
	if err := s.check(); err != nil {
		return Schedule{}, err
	}
	rules, err := Rules(Home)
	if err != nil {
		return Schedule{}, err
	}
	out := Schedule{Calendar: c, zone: zone, natural: s.DayMode == "natural", days: rules.Days}
	if out.wall.from, out.wall.to, err = rules.Hours.Wall.minutes(); err != nil {
		return Schedule{}, err
	}
	for _, w := range s.CallWindows {
		from, to, err := w.minutes()
		if err != nil {
			return Schedule{}, fmt.Errorf("reading the windows of store %s: %w", s.Code, err)
		}
		out.windows = append(out.windows, span{from, to})
	}
	for _, d := range s.CallDays {
		if d >= 0 && d < 7 {
			out.callDays[d] = true
		}
	}
	return out, nil
}

// Zone is the store's zone.
func (s Schedule) Zone() *time.Location { return s.zone }

// Local is t in the store's zone.
func (s Schedule) Local(t time.Time) time.Time { return t.In(s.zone) }

// Day is the midnight that began t's day in the store's zone.
func (s Schedule) Day(t time.Time) time.Time { return midnight(t.In(s.zone)) }

// InWall tells whether t is inside the rule pack's hard wall, and else when that
// begins again (CG-02).
func (s Schedule) InWall(t time.Time) (ok bool, opens time.Time) {
	day := s.Day(t)
	open, shut := at(day, s.wall.from), at(day, s.wall.to)
	switch {
	case t.Before(open):
		return false, open
	case !t.Before(shut):
		return false, at(day.AddDate(0, 0, 1), s.wall.from)
	}
	return true, t
}

// CallDay tells whether automatic calls are made on the day of t: the store calls
// on that weekday, the day is not quiet, and for commercial calls it is no legal
// holiday either (CG-04).
func (s Schedule) CallDay(t time.Time, commercial bool) bool {
	day := s.Day(t)
	class := "service"
	if commercial {
		class = "commercial"
	}
	return s.callDays[day.Weekday()] && s.days.On(s.Calendar, day, class) == Open
}

// InWindow tells whether an automatic call may begin at t (CG-03, CG-04).
func (s Schedule) InWindow(t time.Time, commercial bool) bool {
	return s.NextWindow(t, commercial).Equal(t)
}

// NextWindow is t itself inside a call window, else the beginning of the next
// one. When no call day comes within 60 days it is the zero time.
func (s Schedule) NextWindow(t time.Time, commercial bool) time.Time {
	day := s.Day(t)
	for range 60 {
		if s.CallDay(day, commercial) {
			if w, ok := s.firstOpen(day, t); ok {
				return w
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return time.Time{}
}

func (s Schedule) firstOpen(day, t time.Time) (time.Time, bool) {
	for _, w := range s.windows {
		from, to := at(day, w.from), at(day, w.to)
		if t.Before(from) {
			return from, true
		}
		if t.Before(to) {
			return t, true
		}
	}
	return time.Time{}, false
}

// WindowEnd is when the window around t closes; zero when t is in none.
func (s Schedule) WindowEnd(t time.Time) time.Time {
	if i, ok := s.windowOf(t); ok {
		return at(s.Day(t), s.windows[i].to)
	}
	return time.Time{}
}

// NextOtherWindow is the beginning of the first window at or after t that is
// not the one around before: the next day part (RP-NOANS).
func (s Schedule) NextOtherWindow(t, before time.Time, commercial bool) time.Time {
	next := s.NextWindow(t, commercial)
	i, in := s.windowOf(before)
	j, _ := s.windowOf(next)
	if !in || next.IsZero() || i != j || !s.Day(before).Equal(s.Day(next)) {
		return next
	}
	return s.NextWindow(at(s.Day(next), s.windows[j].to), commercial)
}

// NextDay is the first window of the next call day after t (spec: next call day).
func (s Schedule) NextDay(t time.Time, commercial bool) time.Time {
	return s.NextWindow(s.Day(t).AddDate(0, 0, 1), commercial)
}

// NextDayOther is the next call day, in another window than the one around t
// when the day has one (RP-REJECT, RP-HANGUP).
func (s Schedule) NextDayOther(t time.Time, commercial bool) time.Time {
	next := s.NextDay(t, commercial)
	i, in := s.windowOf(t)
	if next.IsZero() || !in || i != 0 || len(s.windows) < 2 {
		return next
	}
	return at(s.Day(next), s.windows[1].from)
}

// DaysLater is the first window at or after n call days after t's day.
func (s Schedule) DaysLater(t time.Time, n int, commercial bool) time.Time {
	for range n {
		t = s.NextDay(t, commercial)
	}
	return t
}

// FirstWindowStart and LastWindowEnd are the opening and closing of a day's
// windows, whether or not it is a call day.
func (s Schedule) FirstWindowStart(day time.Time) time.Time { return at(s.Day(day), s.windows[0].from) }

// LastWindowEnd is the close of the day's last call window.
func (s Schedule) LastWindowEnd(day time.Time) time.Time {
	return at(s.Day(day), s.windows[len(s.windows)-1].to)
}

// DueAfter is the close of the last window of the n-th day after t's day: working
// days, or natural days where the store says so (D-01). known is false when the
// calendar's year is missing.
func (s Schedule) DueAfter(t time.Time, n int) (due time.Time, known bool) {
	if s.natural {
		return s.LastWindowEnd(s.Day(t).AddDate(0, 0, n)), true
	}
	day, known := s.Calendar.NthWorkday(s.Day(t), n)
	return s.LastWindowEnd(day), known
}

func (s Schedule) windowOf(t time.Time) (int, bool) {
	local := t.In(s.zone)
	m := local.Hour()*60 + local.Minute()
	for i, w := range s.windows {
		if m >= w.from && m < w.to {
			return i, true
		}
	}
	return 0, false
}

func at(day time.Time, minute int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, day.Location())
}
