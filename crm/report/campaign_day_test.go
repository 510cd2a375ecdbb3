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
}
