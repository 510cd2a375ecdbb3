package report_test

import (
	"context"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
)

func TestACampaignsDayIsDrawnByBusinessTimeFromItsCalls(t *testing.T) {
	r, _ := morning(t)
	r.exec(`INSERT INTO campaign_agent (campaign_id, store_id, user_id) VALUES ($1, $2, $3)`, r.campaign, r.store, r.agent)
	for clock, wait := range map[string]string{"10:40:00": "100 ms", "10:58:00": "300 ms", "11:10:00": "2500 ms"} {
		planned, _ := r.at(clock)
		r.exec(`UPDATE attempt SET answered_at = bridged_at - $2::interval WHERE planned_at = $1`, planned, wait)
	}
	now, business := r.at("11:12:00")
	r.now = business
	var day report.CampaignDay
	r.scoped(func(ctx context.Context, tx pgx.Tx) (err error) {
		day, err = r.report.CampaignDay(ctx, tx, r.campaign, business, now)
		return err
	})
	at := func(clock string) report.DayPoint {
		_, t0 := r.at(clock)
		for _, p := range day.Points {
			if p.At.Equal(t0) {
				return p
			}
		}
		t.Errorf("there is no %s: %+v", clock, day.Points)
		return report.DayPoint{}
	}
	same := func(what string, got, seconds float64) {
		if math.Abs(got*300-seconds) > 0.01 {
			t.Errorf("%s: %.1f seconds of five minutes, want %.1f", what, got*300, seconds)
		}
	}
	if day.StepSeconds != 300 || len(day.Points) != 14 {
		t.Fatalf("%d points of %d s", len(day.Points), day.StepSeconds)
	}
	first := at("10:05:00")
	same("lines at 10:05", first.Lines, 5)
	same("talking at 10:05", first.Talking, 60)
	same("wrap-up at 10:05", first.Wrapping, 30)
	same("ready at 10:05", first.Ready, 5+205)
	same("lines at 10:20", at("10:20:00").Lines, 5+30+5+5)
	if p := at("10:30:00"); p.Abandoned != 1 {
		t.Errorf("at 10:30 %d were lost, want 1", p.Abandoned)
	}
	same("wrap-up at 10:40 of one whose time ran out", at("10:40:00").Wrapping, 30)
	same("talking at 10:55", at("10:55:00").Talking, 115)
	same("talking at 11:00", at("11:00:00").Talking, 125)
	same("wrap-up at 11:00", at("11:00:00").Wrapping, 60)
	same("talking at 11:10, of the two minutes it has had", at("11:10:00").Talking, 115*300/120.0)
	if a, b := first.Answered, at("10:20:00").Answered; a != 1 || b != 0 {
		t.Errorf("%d answered at 10:05, %d at 10:20; want 1 and 0", a, b)
	}
	// Waiting is what the results page says, 4,780 s; of it 750 s came before 10:12.
	p := day.Pace
	near := func(what string, got *float64, want float64) {
		if got == nil || math.Abs(*got-want) > 1e-6 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("talk share today", p.Share, 565/(565+4780.0))
	near("talk share of the last hour", p.HourShare, 475/(475+4030.0))
	near("median from answer to agent", p.WaitMS.P50, 300)
	near("95 % from answer to agent", p.WaitMS.P95, 300+0.9*2200)
	if p.HourCalls != 3 || p.HourSoon != 2 {
		t.Errorf("%d calls in the last hour, %d of them at once; want 3 and 2", p.HourCalls, p.HourSoon)
	}
}
