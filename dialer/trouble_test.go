package dialer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/internal/errs"
	"ringback/internal/redis"
	"ringback/internal/redis/redistest"
	"ringback/telephony"
)

// The only agent's headset is gone at the moment of the answer, and nobody else
// is there: the customer hears who called, after two seconds.
func TestAnAnswerWithoutAnAgentIsAbandonedAfterTwoSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.deaf[agent] = true
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, agent)
	w.run(d)
	w.until("the call to be abandoned", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'abandoned' AND ended_at IS NOT NULL`) == 1
	})
	attempt := w.one(`SELECT id FROM attempt`)
	if got := w.exchange.announced(attempt); got != "abandon_message" {
		t.Errorf("announced %q", got)
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE line_result = 'abandoned' AND agent_id IS NULL
		AND ended_at - answered_at BETWEEN interval '1.9 s' AND interval '3.5 s'`); n != 1 {
		t.Error("the customer waited longer, or not long enough, or has an agent on record")
	}
	if got := w.text(`SELECT state FROM task WHERE id = $1`, taskID); got != "retry_wait" {
		t.Errorf("task %s, want retry_wait", got)
	}
	if got := w.text(`SELECT state FROM agent_session`); got != "lost" {
		t.Errorf("the agent without audio is %s, want lost", got)
	}
}

// Who presses 1 in the apology is not called again for surveys or offers, in no
// store of the group; other keys mean nothing.
func TestKeyOneInTheApologyPutsTheNumberOnTheDoNotCallList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.deaf[agent] = true
	w.exchange.presses = "511"
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, agent)
	w.run(d)
	w.until("the opt-out to be written", func() bool {
		return w.count(`SELECT count(*) FROM number_dnc WHERE source = 'customer' AND scope IN ('survey', 'commercial')`) == 2
	})
	if n := w.count(`SELECT count(*) FROM number_dnc`); n != 2 {
		t.Errorf("%d do-not-call entries, want 2", n)
	}
	w.until("the promise to be given up", func() bool {
		return w.text(`SELECT state FROM task WHERE id = $1`, taskID) == "excluded"
	})
}

func TestAnAgentWhoComesWithinTwoSecondsTakesTheCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	deaf, second := w.agent("李雷"), w.agent("韩梅梅")
	w.exchange.deaf[deaf] = true
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, deaf, second)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := w.agents.Pause(ctx, tx, second, "rest")
		return err
	})
	w.exchange.answers = func(string) behaviour { return behaviour{after: 300 * time.Millisecond} }
	w.run(d)
	w.until("the first agent's loss", func() bool { return w.count(`SELECT count(*) FROM agent_session WHERE state = 'lost'`) == 1 })
	w.in(func(ctx context.Context, tx pgx.Tx) error { _, err := w.agents.Ready(ctx, tx, second); return err })
	w.until("the second agent to talk", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged' AND agent_id = $1`, second) == 1
	})
}

func TestThreeTrunkFaultsInARowPauseTheCampaignWithASentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 5 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{result: telephony.ResultTrunkFault} }
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the pause", func() bool { return w.text(`SELECT state FROM campaign`) == "paused" })
	if n := w.exchange.placed(); n != 3 {
		t.Errorf("%d INVITEs to a trunk that answers nothing, want 3", n)
	}
	if n := w.count(`SELECT count(*) FROM number_attempt`); n != 0 {
		t.Errorf("%d calls counted against numbers that never rang", n)
	}
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		v, err := d.View(ctx, tx, camp.ID)
		if !strings.Contains(v.StateReasonZH, "线路") || !strings.Contains(v.StateReasonEN, "trunk") {
			t.Errorf("the reason says %q / %q", v.StateReasonZH, v.StateReasonEN)
		}
		return err
	})
	w.until("the agent to be free for other campaigns", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE campaign_id IS NULL`) == 1
	})
	w.exchange.behave(behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy})
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Start(ctx, tx, w.scope(uuid.Nil), camp.ID)
		return err
	})
	w.until("calls after the resumption", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE line_result = 'busy'`) >= 1 })
	if got := w.text(`SELECT state FROM campaign`); got != "running" {
		t.Errorf("the old faults paused it again: %s", got)
	}
}

func TestALostRedisPausesDialingAndLosesNothing(t *testing.T) {
	t.Parallel()
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		w := newWorld(t)
		for n := range 6 {
			w.task(number(n + 1))
		}
		lossy := &lossyHopper{}
		lossy.open(s)
		w.hopper = lossy
		d, _ := w.dialer()
		camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
		w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} } // stays on the line
		w.run(d)
		w.until("the first conversation", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`) == 1 })
		lossy.lose()
		if err := s.Client().FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		w.until("the sentence about Redis", func() bool {
			dec, ok := d.Decision(camp.ID)
			return ok && strings.Contains(dec.ZH, "Redis")
		})
		if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`); n != 1 {
			t.Errorf("the live call did not go on:\n%s", w.dump())
		}
		w.console(d)
		w.exchange.hangupAll()
		w.until("the conversation to be written down", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'done'`) == 1 })
		if n := w.exchange.placed(); n != 1 {
			t.Errorf("%d INVITEs while Redis was away", n-1)
		}
		w.exchange.behave(behaviour{after: 10 * time.Millisecond, talk: 10 * time.Millisecond})
		lossy.open(s)
		w.until("all six", func() bool { return w.count(`SELECT count(*) FROM task WHERE state = 'completed'`) == 6 })
		if n := w.exchange.placed(); n != 6 {
			t.Errorf("%d INVITEs for 6 customers", n)
		}
	})
}

func TestACampaignThatCannotCallSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, _ := w.dialer()
	agent := w.agent("李雷")
	start := func(number uuid.UUID, agents ...uuid.UUID) error {
		return w.db.Pool.Scoped(context.Background(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
			c, err := d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{Name: id().String(), TaskKind: "followup_3d", Mode: dialer.Progressive, CallerNumberID: number, AgentIDs: agents})
			if err != nil {
				return err
			}
			_, err = d.Start(ctx, tx, w.scope(uuid.Nil), c.ID)
			return err
		})
	}
	for _, c := range []struct {
		code string
		err  error
	}{
		{"campaign_no_caller_number", start(uuid.Nil, agent)},
		{"campaign_no_agents", start(w.number)},
		{"campaign_no_tasks", start(w.number, agent)},
		{"campaign_caller_number_unknown", start(id(), agent)},
	} {
		e, ok := errs.Of(c.err)
		if !ok || e.Code != c.code || e.ZH == "" || e.EN == "" {
			t.Errorf("got %v, want %s", c.err, c.code)
		}
	}
	w.task(number(1))
	if err := start(w.number, agent); err != nil {
		t.Errorf("with everything there: %v", err)
	}
}

func TestASecondChangeOfOneVersionIsAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	name, other := "新名称", "别的名称"
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Update(ctx, tx, w.scope(uuid.Nil), c.ID, dialer.CampaignChange{Name: &name, Version: c.Version})
		return err
	})
	err := w.db.Pool.Scoped(context.Background(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Update(ctx, tx, w.scope(uuid.Nil), c.ID, dialer.CampaignChange{Name: &other, Version: c.Version})
		return err
	})
	if e, ok := errs.Of(err); !ok || e.Code != "campaign_changed" {
		t.Errorf("got %v", err)
	}
	if got := w.text(`SELECT name FROM campaign`); got != name {
		t.Errorf("the name is %s", got)
	}
}

func TestOutsideTheWindowsACampaignRunsAndSaysWhenItGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	callback := w.task(number(2))
	w.db.Exec(t, `UPDATE task SET callback_at = $2, next_attempt_at = $2 WHERE id = $1`, callback, w.clock.Now())
	noon := time.Date(2026, 11, 20, 4, 30, 0, 0, time.UTC)
	if err := w.clock.Advance(time.Until(noon)); err != nil {
		t.Fatal(err)
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy} }
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the agreed call-back", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == 1 })
	w.until("the sentence", func() bool {
		dec, ok := d.Decision(camp.ID)
		return ok && strings.Contains(dec.ZH, "下一时段 15:00 开始") && strings.Contains(dec.EN, "15:00")
	})
	if got := w.exchange.numbers(); len(got) != 1 || got[0] != number(2) {
		t.Errorf("called %v, want only the agreed one", got)
	}
	if got := w.text(`SELECT state FROM campaign`); got != "running" {
		t.Errorf("the campaign is %s", got)
	}
	if n := w.count(`SELECT count(*) FROM refusal`); n != 0 {
		t.Errorf("%d refusals for a lunch break", n)
	}
	if err := w.clock.Advance(time.Until(noon.Add(150*time.Minute + time.Second))); err != nil {
		t.Fatal(err)
	}
	w.until("the call after three", func() bool { return w.exchange.placed() == 2 })
	w.logs(d, camp.ID, "创建活动|开始外呼|时段结束，自动停，15:00 再开始，名单剩 2 个任务|进入可拨时段（到 18:00），自动开始，名单 2 个任务")
}
