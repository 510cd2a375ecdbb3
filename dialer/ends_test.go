package dialer

import (
	"strings"
	"testing"
	"time"

	"ringback/internal/clock"
)

func TestTheEndOfAListIsToldAtTodaysRateOrWhyNot(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 30, 0, 0, clock.Shanghai())
	at := func(day, hour, minute int) *time.Time {
		t := time.Date(2026, 11, day, hour, minute, 0, 0, clock.Shanghai())
		return &t
	}
	usual := hours{spans: []span{{10 * hour, 12 * hour}, {15 * hour, 18 * hour}}}
	half := progress{Finished: 20, Seconds: 1800} // 40 an hour
	with := func(open int, due *time.Time) progress {
		p := half
		p.Open, p.LastDue = open, due
		return p
	}
	for _, c := range []struct {
		name  string
		p     progress
		state CampaignState
		h     hours
		code  string
		end   *time.Time
		says  string
	}{
		{"within the window", with(40, at(20, 9, 0)), Running, usual, "rate", at(20, 11, 30), "每小时结束 40 个"},
		{"over the noon", with(100, nil), Running, usual, "rate", at(20, 16, 0), "还剩 100 个"},
		{"at a window's very end", with(60, nil), Running, usual, "rate", at(20, 12, 0), ""},
		{"the day after next", with(180+200+40, nil), Running, usual, "rate", at(22, 11, 0), ""},
		{"the last is due later", with(40, at(21, 9, 0)), Running, usual, "due", at(21, 10, 0), "11:30 就够"},
		{"a very long list", with(100_000, nil), Running, usual, "far", nil, "两个月"},
		{"nothing left", with(0, nil), Running, usual, "empty", nil, "没有待拨"},
		{"paused", with(40, nil), Paused, usual, "still", nil, "没有在拨"},
		{"no window", with(40, nil), Running, hours{}, "closed", nil, "没有设置"},
		{"hardly begun", progress{Open: 40, Finished: 8, Seconds: 840}, Running, usual, "early", nil, "14 分钟"},
		{"nothing ends", progress{Open: 40, Finished: 4, Seconds: 7200}, Running, usual, "none", nil, "只结束了 4 个"},
	} {
		got := c.p.ends(c.state, c.h, now, clock.Shanghai())
		same := got.At == nil && c.end == nil || got.At != nil && c.end != nil && got.At.Equal(*c.end)
		if got.Code != c.code || !same || !strings.Contains(got.ZH+got.WhyZH, c.says) || got.EN == "" || got.WhyEN == "" {
			t.Errorf("%s: %+v at %v, want %s at %v", c.name, got, got.At, c.code, c.end)
		}
	}
}
