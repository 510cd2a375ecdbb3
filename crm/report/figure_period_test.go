package report_test

import (
	"testing"
	"time"

	"ringback/crm/report"
	"ringback/internal/clock"
	"ringback/internal/errs"
)

func TestPeriods(t *testing.T) {
	now := time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC) // Monday 23rd, 01:30 in Shanghai
	r := report.New()
	for _, c := range []struct{ kind, day, from, to, want, before string }{
		{"day", "", "", "", "2026-11-23 2026-11-24", "2026-11-22 2026-11-23"},
		{"week", "", "", "", "2026-11-23 2026-11-30", "2026-11-16 2026-11-23"},
		{"week", "2026-11-22", "", "", "2026-11-16 2026-11-23", "2026-11-09 2026-11-16"}, // a Sunday ends its week
		{"month", "2026-03-31", "", "", "2026-03-01 2026-04-01", "2026-02-01 2026-03-01"},
		{"month", "2026-01-01", "", "", "2026-01-01 2026-02-01", "2025-12-01 2026-01-01"},
		{"own", "", "2026-11-01", "2026-11-10", "2026-11-01 2026-11-11", "2026-10-22 2026-11-01"},
		{"own", "", "2026-11-23", "", "2026-11-23 2026-11-24", "2026-11-22 2026-11-23"},
	} {
		p, err := r.PeriodOf(c.kind, c.day, c.from, c.to, now)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		if got := days(p); got != c.want || days(p.Before()) != c.before {
			t.Errorf("%s of %s%s: %s after %s, want %s after %s", c.kind, c.day, c.from, got, days(p.Before()), c.want, c.before)
		}
	}
	for _, c := range [][4]string{{"year", "", "", ""}, {"day", "20261120", "", ""}, {"own", "", "2026-11-10", "2026-11-09"}, {"own", "", "2025-01-01", "2026-11-09"}} {
		if _, err := r.PeriodOf(c[0], c[1], c[2], c[3], now); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v: %v", c, err)
		}
	}
	p, _ := r.PeriodOf("month", "2026-10-01", "", "", now)
	if p.Running(now) || !p.Running(p.To.Add(-time.Second)) || p.Running(p.From.Add(-time.Second)) {
		t.Error("October is over in November, and not a second before")
	}
}

func days(p report.Period) string {
	z := clock.Shanghai()
	return p.From.In(z).Format(time.DateOnly) + " " + p.To.In(z).Format(time.DateOnly)
}
