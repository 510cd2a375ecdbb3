package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/errs"
	"ringback/telephony"
)

// shared starts a campaign of a kind that shares its agents.
func (w *world) shared(d *dialer.Dialer, kind string, priority, weight int, agents ...uuid.UUID) dialer.Campaign {
	w.t.Helper()
	var c dialer.Campaign
	w.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		c, err = d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{
			Name: kind, TaskKind: kind, Mode: dialer.Progressive, CallerNumberID: w.number, RingSeconds: 30, AgentIDs: agents, Priority: &priority, Weight: &weight,
		})
		if err != nil {
			return err
		}
		c, err = d.Start(ctx, tx, w.scope(uuid.Nil), c.ID)
		return err
	})
	return c
}

// tasksOf adds so many tasks of a kind.
func (w *world) tasksOf(kind string, from, n int) {
	w.t.Helper()
	for i := range n {
		w.db.Exec(w.t, `UPDATE task SET kind = $2 WHERE id = $1`, w.task(number(from+i)), kind)
	}
}

func (w *world) agentsIn(c dialer.Campaign) int {
	return w.count(`SELECT count(*) FROM agent_session WHERE campaign_id = $1 AND signed_off_at IS NULL`, c.ID)
}

func (w *world) fourAgents() []uuid.UUID {
	return []uuid.UUID{w.agent("李雷"), w.agent("韩梅"), w.agent("王芳"), w.agent("赵敏")}
}

func TestCampaignsShareAgentsByWeight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tasksOf(task.Followup3D, 1, 8)
	w.tasksOf(task.Followup7D, 101, 8)
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Minute, result: telephony.ResultNoAnswer} }
	agents := w.fourAgents()
	d, _ := w.dialer()
	one, three := w.shared(d, task.Followup3D, 5, 10, agents...), w.shared(d, task.Followup7D, 5, 30, agents...)
	w.run(d)
	w.until("three of four agents for three times the weight", func() bool { return w.agentsIn(one) == 1 && w.agentsIn(three) == 3 })
}

func TestAnAgentMovesWhenACampaignRunsDryOnceNoLineCountsOnThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tasksOf(task.Followup3D, 1, 2)
	w.tasksOf(task.Followup7D, 101, 30)
	w.exchange.answers = func(string) behaviour { return behaviour{after: 300 * time.Millisecond, result: telephony.ResultBusy} }
	agents := w.fourAgents()[:2]
	d, _ := w.dialer()
	short, long := w.shared(d, task.Followup3D, 5, 10, agents...), w.shared(d, task.Followup7D, 5, 10, agents...)
	w.run(d)
	w.until("both have one", func() bool { return w.agentsIn(short) == 1 && w.agentsIn(long) == 1 })
	w.until("the dry one's agent moves", func() bool { return w.agentsIn(long) == 2 })
	if n := w.count(`SELECT count(*) FROM attempt WHERE campaign_id = $1 AND state <> 'failed'`, short.ID); n != 0 {
		t.Errorf("%d lines were open when their agent left", n)
	}
}

func TestTheFirstPriorityTakesTheAgents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tasksOf(task.Followup3D, 1, 40)
	w.tasksOf(task.Followup7D, 101, 40)
	w.exchange.answers = func(string) behaviour { return behaviour{after: 300 * time.Millisecond, result: telephony.ResultBusy} }
	agents := w.fourAgents()
	d, _ := w.dialer()
	usual := w.shared(d, task.Followup3D, 5, 10, agents...)
	w.run(d)
	w.until("all work for the only one", func() bool { return w.agentsIn(usual) == 4 })
	first := w.shared(d, task.Followup7D, 1, 10, agents...)
	w.until("all work for the first one", func() bool { return w.agentsIn(first) == 4 })
}

func TestAShareOutOfBoundsIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, _ := w.dialer()
	for name, v := range map[string][2]int{"campaign_priority": {0, 10}, "campaign_weight": {5, -3}} {
		err := w.db.Pool.Scoped(t.Context(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
			_, err := d.Create(ctx, tx, w.scope(uuid.Nil), dialer.NewCampaign{Name: name, TaskKind: task.Followup3D, Priority: &v[0], Weight: &v[1]})
			return err
		})
		if e, ok := errs.Of(err); !ok || e.Code != name || e.ZH == "" {
			t.Errorf("%v: %v, want %s", v, err, name)
		}
	}
}
