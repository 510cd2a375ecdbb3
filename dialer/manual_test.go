package dialer_test

import (
	"slices"
	"testing"
	"time"

	"ringback/dialer"
	"ringback/internal/errs"
)

func TestAnAgentCallsATaskByHandAndTalksAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} }
	d, _ := w.dialer()
	w.run(d)
	if err := d.DialTask(t.Context(), w.scope(agent), agent, taskID); err != nil {
		t.Fatal(err)
	}
	w.until("the conversation", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged' AND agent_id = $1 AND mode = 'manual' AND campaign_id IS NULL`, agent) == 1
	})
	if got := w.text(`SELECT state FROM agent_session`); got != "talking" {
		t.Errorf("the agent is %s", got)
	}
	if err := d.DialTask(t.Context(), w.scope(agent), agent, w.task(number(2))); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a second dial in the middle of a call: %v", err)
	}
	if err := d.Hangup(t.Context(), w.scope(agent), agent, ""); err != nil {
		t.Fatal(err)
	}
	w.console(d)
	w.until("the end", func() bool { return w.text(`SELECT state FROM task WHERE id = $1`, taskID) == "completed" })
	w.until("the agent to be free", func() bool { return w.text(`SELECT state FROM agent_session`) == "ready" })
}

// The gate before a call by hand: the agent sees the words, the refusal is kept,
// and nothing moves.
func TestACallByHandThatTheGateRefusesSaysWhyAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	agent := w.agent("李雷")
	d, _ := w.dialer()
	w.run(d)
	w.db.Exec(t, `UPDATE customer SET legal_hold = '律师函'`)
	before := w.text(`SELECT t.state || t.version || g.state FROM task t, agent_session g`)
	err := d.DialTask(t.Context(), w.scope(agent), agent, taskID)
	if e, ok := errs.Of(err); !ok || e.Code != "gate_refused" || e.ZH == "" || e.EN == "" {
		t.Fatalf("got %v", err)
	}
	if after := w.text(`SELECT t.state || t.version || g.state FROM task t, agent_session g`); after != before {
		t.Errorf("from %s to %s", before, after)
	}
	if n := w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-07'`, taskID); n != 1 {
		t.Error("the refusal is not kept")
	}
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d INVITEs", n)
	}
}

func TestAnAgentWhomALineCountsOnDoesNotDialByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, agent)
	w.run(d)
	w.until("the line to ring", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`) == 1 })
	other := w.task(number(2))
	err := d.DialTask(t.Context(), w.scope(agent), agent, other)
	if e, ok := errs.Of(err); !ok || e.Code != "agent_counted_on" {
		t.Errorf("got %v", err)
	}
	if n := w.exchange.placed(); n != 1 {
		t.Errorf("%d INVITEs", n)
	}
}

// wantCode tells whether err is one of the refusals.
func wantCode(t *testing.T, err error, codes ...string) {
	t.Helper()
	e, ok := errs.Of(err)
	if !ok || !slices.Contains(codes, e.Code) || e.ZH == "" || e.EN == "" {
		t.Errorf("got %v, want one of %v", err, codes)
	}
}
