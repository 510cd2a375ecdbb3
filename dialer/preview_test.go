package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/internal/errs"
	"ringback/telephony"
)

func TestAnAgentReadsTheTaskThenCallsAndTalksAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	d, _ := w.dialer()
	w.campaign(d, dialer.Preview, agent)
	w.run(d)
	w.until("the task before the agent", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE state = 'preview' AND task_id = $1`, taskID) == 1
	})
	if n := w.exchange.placed(); n != 0 {
		t.Fatalf("%d calls before the agent asked", n)
	}
	w.exchange.behave(behaviour{after: 10 * time.Millisecond})
	if err := d.DialPreview(t.Context(), w.scope(agent), agent); err != nil {
		t.Fatal(err)
	}
	w.until("the conversation", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged' AND agent_id = $1`, agent) == 1
	})
	if got := w.text(`SELECT state FROM agent_session`); got != "talking" {
		t.Errorf("the agent is %s", got)
	}
	if err := d.Hangup(t.Context(), w.scope(agent), agent, ""); err != nil {
		t.Fatal(err)
	}
	w.until("the wrap-up", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'wrap' AND hangup_by = 'agent'`) == 1
	})
	w.console(d)
	w.until("the end", func() bool { return w.text(`SELECT state FROM campaign`) == "completed" })
	if got := w.text(`SELECT state FROM task`); got != "completed" {
		t.Errorf("the task is %s", got)
	}
}

func TestASkippedTaskRestsAndTheAgentGetsTheNextOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	w.task(number(2))
	agent := w.agent("李雷")
	d, _ := w.dialer()
	w.campaign(d, dialer.Preview, agent)
	w.run(d)
	w.until("a task before the agent", func() bool { return w.text(`SELECT state FROM agent_session`) == "preview" })
	first := w.one(`SELECT task_id FROM agent_session`)
	if err := d.SkipPreview(t.Context(), w.scope(agent), agent, "later"); err != nil {
		t.Fatal(err)
	}
	w.until("another task", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE state = 'preview' AND task_id <> $1`, first) == 1
	})
	if n := w.count(`SELECT count(*) FROM task WHERE id = $1 AND state = 'queued' AND next_attempt_at > $2`, first, w.clock.Now()); n != 1 {
		t.Errorf("the skipped task does not rest:\n%s", w.dump())
	}
}

func TestAPausedCampaignLeavesTheReaderTheirTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	reader, idle := w.agent("李雷"), w.agent("韩梅梅")
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Preview, reader, idle)
	w.run(d)
	w.until("a task before one of them", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE state = 'preview'`) == 1 &&
			w.count(`SELECT count(*) FROM agent_session WHERE state = 'ready' AND campaign_id IS NOT NULL`) == 1
	})
	reader = w.one(`SELECT user_id FROM agent_session WHERE state = 'preview'`)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Pause(ctx, tx, w.scope(uuid.Nil), c.ID)
		return err
	})
	w.until("the idle agent is let go", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE state = 'ready' AND campaign_id IS NULL`) == 1
	})
	if err := d.DialPreview(t.Context(), w.scope(reader), reader); errs.KindOf(err) != errs.Conflict || w.exchange.placed() != 0 {
		t.Errorf("dialing in a paused campaign: %v, %d calls", err, w.exchange.placed())
	}
	if err := d.SkipPreview(t.Context(), w.scope(reader), reader, "later"); err != nil {
		t.Fatalf("the reader cannot skip: %v", err)
	}
	w.until("the reader is let go", func() bool {
		return w.count(`SELECT count(*) FROM agent_session WHERE state = 'ready' AND campaign_id IS NULL`) == 2
	})
}

func TestAPreviewedCallThatNobodyAnswersFreesTheAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.answers = func(string) behaviour {
		return behaviour{after: 10 * time.Millisecond, result: telephony.ResultNoAnswer}
	}
	d, _ := w.dialer()
	w.campaign(d, dialer.Preview, agent)
	w.run(d)
	w.until("the task before the agent", func() bool { return w.text(`SELECT state FROM agent_session`) == "preview" })
	if err := d.DialPreview(t.Context(), w.scope(agent), agent); err != nil {
		t.Fatal(err)
	}
	w.until("the end of the call", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == 1 })
	if got := w.text(`SELECT state FROM agent_session`); got != "ready" {
		t.Errorf("the agent is %s", got)
	}
	if got := w.text(`SELECT state FROM task WHERE id = $1`, taskID); got != "retry_wait" {
		t.Errorf("the task is %s", got)
	}
}

func TestADialThatTheGateRefusesFreesTheAgentAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	d, _ := w.dialer()
	w.campaign(d, dialer.Preview, agent)
	w.run(d)
	w.until("the task before the agent", func() bool { return w.text(`SELECT state FROM agent_session`) == "preview" })
	w.db.Exec(t, `INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at)
		SELECT $1, $2, phone_hash, last4, 'survey', 'customer', $3 FROM customer_phone`, id(), w.group, w.clock.Now())
	err := d.DialPreview(t.Context(), w.scope(agent), agent)
	if e, ok := errs.Of(err); !ok || e.Code != "gate_refused" {
		t.Fatalf("got %v", err)
	}
	if n := w.count(`SELECT count(*) FROM task WHERE id = $1 AND state = 'queued' AND next_attempt_at > $2`, taskID, w.clock.Now()); n != 1 {
		t.Errorf("the task is not held:\n%s", w.dump())
	}
	if got := w.text(`SELECT state FROM agent_session`); got != "ready" {
		t.Errorf("the agent is %s", got)
	}
	if err := d.DialPreview(t.Context(), w.scope(agent), agent); errs.KindOf(err) != errs.Conflict {
		t.Errorf("dialing with empty hands: %v", err)
	}
}

func TestAReadyAgentLeavesOnlyWhenNoLineCountsOnThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	agent, second := w.agent("李雷"), w.agent("韩梅梅")
	w.exchange.answers = func(string) behaviour {
		return behaviour{after: 1500 * time.Millisecond, result: telephony.ResultNoAnswer}
	}
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, agent, second)
	w.run(d)
	w.until("the line to ring, with both pledged", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`) == 1 && w.count(`SELECT count(*) FROM agent_session WHERE campaign_id IS NOT NULL`) == 2
	})
	if !w.pause(second) {
		t.Error("one line, two ready agents: one may leave")
	}
	if w.pause(agent) {
		t.Error("one line, one ready agent: the last one left")
	}
	if got := w.text(`SELECT state || ' ' || wants FROM agent_session WHERE user_id = $1`, agent); got != "ready paused" {
		t.Errorf("the agent is %q", got)
	}
	w.until("the pause once the line has ended", func() bool {
		return w.text(`SELECT state FROM agent_session WHERE user_id = $1`, agent) == "paused"
	})
}

func (w *world) pause(user uuid.UUID) (granted bool) {
	w.t.Helper()
	w.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		granted, err = w.agents.Pause(ctx, tx, user, "rest")
		return err
	})
	return granted
}
