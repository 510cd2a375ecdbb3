package report

import (
	"time"

	"ringback/internal/errs"
)

// Period is a span of business days, [From, To), midnights in Shanghai.
type Period struct {
	Kind string // day, week, month, own
	From time.Time
	To   time.Time
}

// longestOwn is the longest span a person may choose, in days.
const longestOwn = 366

// PeriodOf is the day, the week from Monday (D-08) or the calendar month (D-09)
// that holds day, or the days from from to to, both included. Days are
// "2006-01-02"; an empty one is today. errs.Invalid when they cannot be read.
func (r *Report) PeriodOf(kind, day, from, to string, now time.Time) (Period, error) {
	if kind == "own" {
		return r.ownPeriod(from, to, now)
	}
	d, err := r.dayOf(day, now)
	if err != nil {
		return Period{}, err
	}
	switch kind {
	case "day":
		return Period{kind, d, d.AddDate(0, 0, 1)}, nil
	case "week":
		monday := d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
		return Period{kind, monday, monday.AddDate(0, 0, 7)}, nil
	case "month":
		first := d.AddDate(0, 0, 1-d.Day())
		return Period{kind, first, first.AddDate(0, 1, 0)}, nil
	}
	return Period{}, errs.New(errs.Invalid, "period_unknown", "统计期间只能是日、周、月或自选。", "A period is a day, a week, a month or days of your own.").At("period")
}

func (r *Report) ownPeriod(from, to string, now time.Time) (Period, error) {
	first, err := r.dayOf(from, now)
	if err != nil {
		return Period{}, err
	}
	last, err := r.dayOf(to, now)
	if err != nil {
		return Period{}, err
	}
	p := Period{"own", first, last.AddDate(0, 0, 1)}
	if n := p.days(); n < 1 || n > longestOwn {
		return Period{}, errs.New(errs.Invalid, "period_span", "起止日期须由早到晚，且不超过 366 天。请重新选择。",
			"The first day must not be after the last, and the span not longer than 366 days. Choose again.").At("from")
	}
	return p, nil
}

func (r *Report) dayOf(text string, now time.Time) (time.Time, error) {
	if text == "" {
		from, _ := r.Day(now)
		return from.In(r.zone), nil
	}
	d, err := time.ParseInLocation(time.DateOnly, text, r.zone)
	if err != nil {
		return time.Time{}, errs.New(errs.Invalid, "day_unread", "日期“"+text+"”看不懂，请写成 2026-11-20。",
			"The day \""+text+"\" cannot be read; write it like 2026-11-20.").Because(err).At("day")
	}
	return d, nil
}

// days counts calendar days; Shanghai keeps no summer time.
func (p Period) days() int { return int(p.To.Sub(p.From).Hours()+12) / 24 }

// Before is the period to compare with: the day, week or month before, or the
// same number of days that end where these begin.
func (p Period) Before() Period {
	switch p.Kind {
	case "month":
		return Period{p.Kind, p.From.AddDate(0, -1, 0), p.From}
	case "week":
		return Period{p.Kind, p.From.AddDate(0, 0, -7), p.From}
	case "day":
		return Period{p.Kind, p.From.AddDate(0, 0, -1), p.From}
	}
	return Period{p.Kind, p.From.AddDate(0, 0, -p.days()), p.From}
}

// Running tells whether the period has begun and is not over at now.
func (p Period) Running(now time.Time) bool { return !p.From.After(now) && p.To.After(now) }

// Days are the first and the last day, "2006-01-02".
func (p Period) Days() (from, to string) {
	return p.From.Format(time.DateOnly), p.To.AddDate(0, 0, -1).Format(time.DateOnly)
}
