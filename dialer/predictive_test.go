package dialer_test

import (
	"context"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/dialer"
	"ringback/telephony"
)

// predictive makes a campaign with a cap of three percent.
func (w *world) predictive(d *dialer.Dialer, agents ...uuid.UUID) dialer.Campaign {
	w.t.Helper()
	cap := 300
	var c dialer.Campaign
	w.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		c, err = d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{
			Name: "预测 " + id().String(), TaskKind: task.Followup3D, Mode: dialer.Predictive, CallerNumberID: w.number, RingSeconds: 30, CapBP: &cap, AgentIDs: agents,
		})
		if err == nil {
			c, err = d.Start(ctx, tx, w.scope(uuid.Nil), c.ID)
		}
		return err
	})
	return c
}

// earned gives a campaign so many answered calls in its window, a quarter of
// those it made.
func (w *world) earned(c dialer.Campaign, answered int) {
	w.t.Helper()
	old := w.task(number(999))
	w.db.Exec(w.t, `UPDATE task SET state = 'completed' WHERE id = $1`, old)
	w.db.Exec(w.t, `UPDATE campaign SET window_from = $2 WHERE id = $1`, c.ID, time.Now().Add(-24*time.Hour))
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, trunk_id,
			caller_number, planned_at, business_at, dialed_at, answered_at, bridged_at, ended_at, wrapped_at, line_result)
		SELECT gen_random_uuid(), t.group_id, t.store_id, $2, t.id, t.customer_id, p.id, p.phone_hash, p.last4, 'progressive',
			CASE WHEN i % 4 = 0 THEN 'done' ELSE 'failed' END, $3, '057188880000', x.at, $4::timestamptz - interval '30 days', x.at,
			CASE WHEN i % 4 = 0 THEN x.at + interval '9 s' END, CASE WHEN i % 4 = 0 THEN x.at + interval '9 s' END,
			CASE WHEN i % 4 = 0 THEN x.at + interval '99 s' ELSE x.at + interval '25 s' END, CASE WHEN i % 4 = 0 THEN x.at + interval '119 s' END,
			CASE WHEN i % 4 = 0 THEN 'answered_human' ELSE 'no_answer' END
		FROM task t JOIN customer_phone p ON p.id = t.phone_id, generate_series(1, $6::int) i, LATERAL (SELECT $5::timestamptz - (i * interval '10 s') AS at) x WHERE t.id = $1`,
		old, c.ID, w.trunk, w.clock.Now(), time.Now().Add(-time.Minute), 4*answered)
}

func (w *world) ringing() int {
	return w.count(`SELECT count(*) FROM attempt WHERE state IN ('planned','dialing','ringing')`)
}

// A campaign begins with one line for each ready agent; with credit earned and
// calls to learn from it opens more.
func TestPredictiveOpensMoreLinesThanAgentsOnlyWithCredit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		answered int
		more     bool
	}{{"none", 0, false}, {"a thousand answered", 1000, true}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for n := range 12 {
				w.task(number(n + 1))
			}
			w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
			d, _ := w.dialer()
			c := w.predictive(d, w.agent("李雷"), w.agent("韩梅梅"))
			if tc.answered > 0 {
				w.earned(c, tc.answered)
			}
			w.run(d)
			if tc.more {
				w.until("more lines than agents", func() bool { return w.ringing() > 2 })
			} else {
				w.until("a line for each agent", func() bool { return w.ringing() == 2 })
			}
			w.until("the decision in words", func() bool {
				dec, ok := d.Decision(c.ID)
				return ok && dec.Model != nil && strings.Contains(dec.ZH, "位座席空闲") && (tc.more || dec.Opened == 0)
			})
			if n := w.ringing(); !tc.more && n != 2 {
				t.Errorf("%d lines for two agents and no credit", n)
			}
			w.in(func(ctx context.Context, tx pgx.Tx) error {
				view, err := d.Detail(ctx, tx, c.ID)
				if err != nil || view.Pacing == nil || view.Pacing.Answered != tc.answered || view.Pacing.CapBP != 300 || view.Pacing.FellBack {
					t.Errorf("the page shows %+v, %v", view.Pacing, err)
				}
				return err
			})
		})
	}
}

func TestPredictiveWithOneAgentDialsProgressivelyAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 5 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
	d, _ := w.dialer()
	c := w.predictive(d, w.agent("李雷"))
	w.earned(c, 1000)
	w.run(d)
	w.until("the decision", func() bool {
		dec, ok := d.Decision(c.ID)
		return ok && dec.Lines == 1 && dec.Opened == 0 && strings.Contains(dec.ZH, "按渐进方式")
	})
	if n := w.ringing(); n != 1 {
		t.Errorf("%d lines for one agent", n)
	}
}

// The cap holds at every moment that anybody can read, whoever answers: half of
// the customers do, at once, and agents are slow.
func TestTheCapHoldsAtEveryMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 20 {
		w.task(number(n + 1))
	}
	w.db.Exec(t, `UPDATE trunk SET max_channels = 60`)
	w.exchange.answers = func(called string) behaviour {
		h := fnv.New32a()
		_, _ = h.Write([]byte(called))
		if h.Sum32()%2 == 0 {
			return behaviour{after: 30 * time.Millisecond, talk: 150 * time.Millisecond}
		}
		return behaviour{after: 60 * time.Millisecond, result: telephony.ResultNoAnswer}
	}
	d, _ := w.dialer()
	c := w.predictive(d, w.agent("李雷"), w.agent("韩梅梅"), w.agent("王芳"))
	w.earned(c, 400)
	w.console(d)
	w.run(d)
	w.allCalledWithinTheCap(c, 20)
}

// allCalledWithinTheCap waits until so many tasks have been called, and reads the
// inequality of PACING.md §2 all the while.
func (w *world) allCalledWithinTheCap(c dialer.Campaign, tasks int) {
	w.t.Helper()
	w.until("every task to be called, the cap held throughout", func() bool {
		over := w.count(`SELECT count(*) FROM (SELECT count(*) FILTER (WHERE state = 'abandoned') AS b,
				count(*) FILTER (WHERE state = 'answered' AND agent_id IS NULL) AS w,
				count(*) FILTER (WHERE state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS r,
				count(*) FILTER (WHERE answered_at IS NOT NULL) AS a, (SELECT count(*) FROM agent_session WHERE state = 'ready') AS i
			FROM attempt WHERE campaign_id = $1) x WHERE 10000 * (b + w + greatest(0, r - i)) > 300 * a`, c.ID)
		if over > 0 {
			w.t.Fatalf("the inequality is broken:\n%s", w.dump())
		}
		return w.count(`SELECT count(DISTINCT task_id) FROM attempt WHERE campaign_id = $1 AND business_at > $2`, c.ID, w.clock.Now().Add(-2*time.Hour)) == tasks
	})
	if len(w.exchange.wrongs) > 0 {
		w.t.Error(w.exchange.wrongs)
	}
}

// An agent who vanishes cannot be asked: their lines are taken back once they
// have rung for the least time, and they are counted.
func TestLinesOfAnAgentWhoVanishedAreTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 3 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
	d, _ := w.dialer()
	gone := w.agent("李雷")
	c := w.predictive(d, gone, w.agent("韩梅梅"), w.agent("王芳"))
	w.run(d)
	w.until("three lines", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`) == 3 })
	w.in(func(ctx context.Context, tx pgx.Tx) error { return w.agents.Left(ctx, tx, gone) })
	w.until("the decision to say so", func() bool { dec, _ := d.Decision(c.ID); return strings.Contains(dec.ZH, "突然离开") })
	if n := w.count(`SELECT count(*) FROM attempt WHERE cancel_at IS NOT NULL`); n != 0 {
		t.Errorf("%d lines younger than the least ring time were taken back", n)
	}
	w.db.Exec(t, `UPDATE attempt SET dialed_at = dialed_at - interval '25 s', ringing_at = ringing_at - interval '25 s'`)
	w.until("one line to be taken back", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed' AND line_result = 'caller_cancel' AND cancel_at IS NOT NULL`) == 1
	})
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`); n != 2 {
		t.Errorf("%d lines ring for two agents", n)
	}
	if n := w.count(`SELECT count(*) FROM campaign_vanished WHERE campaign_id = $1 AND user_id = $2`, c.ID, gone); n != 1 {
		t.Errorf("%d vanished agents are counted", n)
	}
}

func TestPredictiveIsRefusedWhereItMustNotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, _ := w.dialer()
	bp := func(n int) *int { return &n }
	for _, tc := range []struct {
		name, kind, code string
		cap              *int
	}{
		{"renewals are read first", "renewal_first", "campaign_mode_kind", nil},
		{"complaints too", "complaint_second", "campaign_mode_kind", nil},
		{"a cap of nothing", task.Followup3D, "campaign_cap", bp(0)},
		{"a negative cap", task.Followup3D, "campaign_cap", bp(-5)},
		{"above the rule pack's", task.Followup3D, "campaign_cap", bp(301)},
	} {
		err := w.db.Pool.Scoped(t.Context(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
			_, err := d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{Name: tc.name, TaskKind: tc.kind, Mode: dialer.Predictive, CapBP: tc.cap})
			return err
		})
		t.Run(tc.name, func(t *testing.T) { wantCode(t, err, tc.code) })
	}
}
