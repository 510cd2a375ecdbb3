package dealer

import "time"

// Day is one day that differs from the plain week (spec 2.2.40).
type Day struct {
	Date    time.Time // any moment of the day in its zone
	Workday *bool     // nil: as the weekday says
	Quiet   bool      // no non-urgent outbound calls
	Name    string
}

// Calendar is the legal working calendar, as loaded. The zero value knows no year
// and answers by the plain week.
type Calendar struct {
	years map[int]bool
	days  map[int]Day // by yyyymmdd
}

// NewCalendar makes a calendar that knows years, with the days that differ.
func NewCalendar(years []int, days []Day) Calendar {
	c := Calendar{years: map[int]bool{}, days: map[int]Day{}}
	for _, y := range years {
		c.years[y] = true
	}
	for _, d := range days {
		c.days[dayKey(d.Date)] = d
	}
	return c
}

func dayKey(t time.Time) int {
	y, m, d := t.Date()
	return y*10000 + int(m)*100 + d
}

// Knows tells whether the year's holidays are loaded; without them weekdays and
// 1 January are used and the admin is warned (T-C13).
func (c Calendar) Knows(year int) bool { return c.years[year] }

// IsWorkday tells whether day is a legal working day; known is false when its
// year is not loaded and the plain week answered.
func (c Calendar) IsWorkday(day time.Time) (workday, known bool) {
	known = c.Knows(day.Year())
	if d, ok := c.days[dayKey(day)]; ok && d.Workday != nil {
		return *d.Workday, known
	}
	weekday := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	if !known && day.YearDay() == 1 {
		weekday = false
	}
	return weekday, known
}

// IsQuiet tells whether non-urgent calls rest on day (CG-04).
func (c Calendar) IsQuiet(day time.Time) bool { return c.days[dayKey(day)].Quiet }

// IsHoliday tells whether the law closes this day of the plain week.
func (c Calendar) IsHoliday(day time.Time) bool {
	d, ok := c.days[dayKey(day)]
	return ok && d.Workday != nil && !*d.Workday
}

// NthWorkday is the midnight of the n-th working day after the day of t; the day
// itself does not count (D-01). known is false when a year on the way is not
// loaded.
func (c Calendar) NthWorkday(t time.Time, n int) (day time.Time, known bool) {
	day, known = midnight(t), true
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		work, ok := c.IsWorkday(day)
		known = known && ok
		if work {
			n--
		}
	}
	return day, known
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
