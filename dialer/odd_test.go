package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/telephony"
)

// Whatever customers, agents and clocks do, the cap holds, everybody is called once,
// and the campaign's page has a sentence.
func TestOddWorldsKeepTheCap(t *testing.T) {
	t.Parallel()
	const tasks = 24
	quick := func(string) behaviour { return behaviour{after: 20 * time.Millisecond, talk: 100 * time.Millisecond} }
	for _, tc := range []struct {
		name    string
		answers func(string) behaviour
		odd     func(w *world, agents []uuid.UUID)
		health  []string // one of these in the end
	}{
		{name: "everybody answers at once", answers: quick, health: []string{"list_empty", "cap"}},
		{name: "every number is busy", answers: func(string) behaviour { return behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy} }, health: []string{"silent"}},
		{name: "nobody answers", answers: func(string) behaviour {
			return behaviour{after: 50 * time.Millisecond, result: telephony.ResultNoAnswer}
		}, health: []string{"silent"}},
		{name: "an agent pauses and comes back twice a second", answers: quick, odd: (*world).flap, health: []string{"list_empty", "cap"}},
		{name: "the clock is set back by an hour", answers: quick, odd: func(w *world, _ []uuid.UUID) {
			w.until("some calls", func() bool { return w.exchange.placed() >= 6 })
			w.clockSetBack()
		}, health: []string{"list_empty", "cap"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for n := range tasks {
				w.task(number(n + 1))
			}
			w.db.Exec(t, `UPDATE trunk SET max_channels = 60, max_cps = 8`)
			w.exchange.answers = tc.answers
			d, _ := w.dialer()
			agents := []uuid.UUID{w.agent("李雷"), w.agent("韩梅梅"), w.agent("王芳")}
			c := w.predictive(d, agents...)
			w.earned(c, 400)
			w.console(d)
			w.run(d)
			if tc.odd != nil {
				tc.odd(w, agents)
			}
			w.allCalledWithinTheCap(c, tasks)
			w.until("a sentence about it", func() bool {
				var v dialer.CampaignView
				w.in(func(ctx context.Context, tx pgx.Tx) (err error) { v, err = d.View(ctx, tx, c.ID); return err })
				for _, code := range tc.health {
					if v.Health.Code == code && v.Health.WhyZH != "" && v.Health.WhyEN != "" {
						return true
					}
				}
				return false
			})
			if n := w.count(`SELECT count(*) FROM (SELECT FROM attempt WHERE dialed_at IS NOT NULL AND business_at > $1 GROUP BY task_id HAVING count(*) > 1) x`, w.clock.Now().Add(-3*time.Hour)); n > 0 {
				t.Errorf("%d customers were called twice", n)
			}
		})
	}
}

// flap has an agent press pause and ready four times a second until the test ends.
func (w *world) flap(agents []uuid.UUID) {
	away := false
	w.every(250*time.Millisecond, func(ctx context.Context) {
		away = !away
		_ = w.db.Pool.Scoped(ctx, w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error { // refused while in a call, as a page's press is
			if away {
				_, err := w.agents.Pause(ctx, tx, agents[0], "break")
				return err
			}
			_, err := w.agents.Ready(ctx, tx, agents[0])
			return err
		})
	})
}

// clockSetBack sets the machine's clock back by an hour: what is written is of the
// future then. What is written moves here, and the clock stays.
func (w *world) clockSetBack() {
	w.t.Helper()
	for _, sql := range []string{
		`UPDATE attempt SET planned_at = planned_at + interval '1 hour', dialed_at = dialed_at + interval '1 hour', ringing_at = ringing_at + interval '1 hour',
			answered_at = answered_at + interval '1 hour', bridged_at = bridged_at + interval '1 hour', ended_at = ended_at + interval '1 hour',
			wrapped_at = wrapped_at + interval '1 hour', business_at = business_at + interval '1 hour'`,
		`UPDATE number_attempt SET at = at + interval '1 hour'`,
		`UPDATE node SET started_at = started_at + interval '1 hour', heartbeat_at = heartbeat_at + interval '1 hour', steady_at = steady_at + interval '1 hour'`,
		`UPDATE campaign_lease SET expires_at = expires_at + interval '1 hour'`,
		`UPDATE campaign SET window_from = window_from + interval '1 hour'`,
	} {
		w.db.Exec(w.t, sql)
	}
}

// A leader died, and then the clock was set back: its lease and its heartbeat are of
// the future. Its campaign and its call are taken over all the same.
func TestADeadLeaderIsNotWaitedForUntilTheClockIsWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	dead := w.deadNode()
	stale := w.lostCall(c, dialer.Ringing, dead, 2, uuid.Nil)
	w.db.Exec(t, `UPDATE campaign_lease SET node_id = $1, epoch = 7, expires_at = $2`, dead, time.Now().Add(3*time.Second))
	w.clockSetBack()
	w.run(d)
	w.until("the dead leader's call to be closed", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, stale) == "unknown" })
	w.until("a call by the new leader", func() bool { return w.exchange.placed() == 1 })
}
