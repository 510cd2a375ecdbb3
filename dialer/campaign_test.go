package dialer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/telephony"
)

func TestAProgressiveCampaignCallsEveryoneOnce(t *testing.T) {
	w := newWorld(t)
	for n := range 20 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(number string) behaviour {
		switch number[len(number)-1] {
		case '6':
			return behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy}
		case '8':
			return behaviour{after: 30 * time.Millisecond, result: telephony.ResultNoAnswer}
		}
		return behaviour{after: 20 * time.Millisecond, talk: 30 * time.Millisecond}
	}
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.console(d)
	w.run(d)
	w.until("20 ended attempts", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE campaign_id = $1 AND state IN ('done', 'failed')`, c.ID) == 20
	})
	if n := w.exchange.placed(); n != 20 {
		t.Errorf("%d INVITEs for 20 tasks", n)
	}
	for state, want := range map[string]int{"done": 16, "failed": 4} {
		if n := w.count(`SELECT count(*) FROM attempt WHERE state = $1`, state); n != want {
			t.Errorf("%d attempts %s, want %d\n%s", n, state, want, w.dump())
		}
	}
	for state, want := range map[string]int{"completed": 16, "retry_wait": 4} {
		if n := w.count(`SELECT count(*) FROM task WHERE state = $1`, state); n != want {
			t.Errorf("%d tasks %s, want %d", n, state, want)
		}
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'done' AND (agent_id IS NULL OR bridged_at IS NULL OR line_result <> 'answered_human' OR disposition <> 'C00')`); n > 0 {
		t.Errorf("%d conversations with a hole in their record", n)
	}
	if len(w.exchange.wrongs) > 0 {
		t.Error(w.exchange.wrongs)
	}
	if n := w.count(`SELECT count(*) FROM number_attempt`); n != 20 {
		t.Errorf("%d calls counted against numbers, want 20", n)
	}
	if n := w.count(`SELECT count(*) FROM number_attempt WHERE answered`); n != 16 {
		t.Errorf("%d numbers reached, want 16", n)
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'abandoned'`); n > 0 {
		t.Errorf("%d abandoned: progressive dialing opened a line without an agent", n)
	}
	// Had they been one in two minutes, the four that are left would wait for their retry only.
	w.db.Exec(t, `UPDATE attempt a SET business_at = a.business_at - r.n * interval '2 minutes' FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM attempt) r WHERE r.id = a.id`)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		got, err := d.Ends(ctx, tx, c.ID)
		if got.Code != "due" || !strings.Contains(got.WhyZH, "结束 24 个任务，还剩 4 个") {
			t.Errorf("the list ends: %+v", got)
		}
		return err
	})
}

func TestThereAreNeverMoreLinesThanReadyAgents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 6 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour, result: telephony.ResultNoAnswer} }
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.run(d)
	w.until("both lines to ring and the dialer to be content", func() bool {
		if w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`) < 2 {
			return false
		}
		dec, ok := d.Decision(c.ID)
		return ok && dec.LimitedBy == "ledger" && dec.Opened == 0 && strings.Contains(dec.ZH, "每位空闲座席已有一条线路")
	})
	if n := w.exchange.placed(); n != 2 {
		t.Errorf("%d lines for 2 ready agents", n)
	}
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		v, err := d.Detail(ctx, tx, c.ID)
		if v.Lines.Ringing != 2 || v.ReadyAgents != 2 || v.Left != 6 || v.AttemptsToday != 2 || v.Decision.EN == "" || len(v.Log) != 2 {
			t.Errorf("the page says %+v", v)
		}
		return err
	})
}

func TestAnEmptiedHopperIsFilledAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 4 {
		w.task(number(n + 1))
	}
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.console(d)
	w.run(d)
	w.until("the first call", func() bool { return w.exchange.placed() == 1 })
	if err := w.hopper.Drop(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	w.until("the campaign to end by itself", func() bool { return w.text(`SELECT state FROM campaign`) == "completed" })
	if n := w.exchange.placed(); n != 4 {
		t.Errorf("%d calls for 4 tasks", n)
	}
	if n := w.count(`SELECT count(*) FROM agent_session WHERE campaign_id IS NOT NULL`); n != 0 {
		t.Error("the agent still counts for a finished campaign")
	}
}

func TestTheForecastOfAKindCountsWhyTasksWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	later, wrong, evening := w.task(number(2)), w.task(number(3)), w.task(number(4))
	w.db.Exec(t, `UPDATE task SET next_attempt_at = $2 WHERE id = $1`, later, w.clock.Now().Add(time.Hour))
	w.db.Exec(t, `UPDATE customer_phone SET status = 'empty' WHERE id = (SELECT phone_id FROM task WHERE id = $1)`, wrong)
	w.db.Exec(t, `UPDATE customer SET preferred_from = '18:00', preferred_to = '20:00' WHERE id = (SELECT customer_id FROM task WHERE id = $1)`, evening)
	fatigued, gone := w.task(number(5)), w.task(number(6))
	w.db.Exec(t, `UPDATE task SET state = 'excluded', blocked_reason = 'fatigue' WHERE id = ANY ($1)`, []uuid.UUID{fatigued, gone})
	w.db.Exec(t, `UPDATE task SET due_at = not_before WHERE id = $1`, gone) // of no use any more
	d, _ := w.dialer()
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		c, err := d.Forecast(ctx, tx, dialer.ForecastInput{Store: w.store, Kind: "followup_3d", Number: w.number, Mode: dialer.Progressive})
		if c.Total != 5 || c.Customers != 5 || c.Now != 1 || c.Today != 2 || c.Not != 2 || len(c.Reasons) != 2 {
			t.Errorf("counted %+v", c)
		}
		for bucket, want := range map[string]uuid.UUID{"CG-01": wrong, "CG-09": fatigued} {
			list, total, err := d.ForecastTasks(ctx, tx, dialer.ForecastInput{Store: w.store, Kind: "followup_3d", Number: w.number}, bucket, 10, 0)
			if err != nil || total != 1 || list[0].TaskID != want || list[0].ReasonZH == "" || list[0].ReasonEN == "" {
				t.Errorf("%s opens %+v, %v", bucket, list, err)
			}
		}
		return err
	})
	if n := w.count(`SELECT count(*) FROM refusal`); n != 0 {
		t.Error("looking changed something")
	}
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		o, err := d.Options(ctx, tx, w.store)
		if len(o.CallerNumbers) != 1 || o.CallerNumbers[0].Trunk != "模拟线路" || o.TaskKinds[0].Open != 4 {
			t.Errorf("options %+v", o)
		}
		return err
	})
}
