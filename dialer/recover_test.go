package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
)

// lostCall leaves an attempt as a node that died would: the row, the task in
// progress, the agent in the call.
func (w *world) lostCall(c dialer.Campaign, state dialer.AttemptState, node uuid.UUID, n int, agent uuid.UUID) uuid.UUID {
	w.t.Helper()
	taskID, attempt := w.task(number(n)), id()
	w.db.Exec(w.t, `UPDATE task SET state = 'in_progress' WHERE id = $1`, taskID)
	planned := time.Now()
	if state == dialer.Planned {
		planned = planned.Add(-11 * time.Second)
	}
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, node_id,
			agent_id, trunk_id, planned_at, business_at, dialed_at)
		SELECT $1, t.group_id, t.store_id, $2, t.id, t.customer_id, p.id, p.phone_hash, p.last4, 'progressive', $3, $4, $5, $6, $7, $8, $7
		FROM task t JOIN customer_phone p ON p.id = t.phone_id WHERE t.id = $9`,
		attempt, c.ID, string(state), orNil(node), orNil(agent), w.trunk, planned, w.clock.Now(), taskID)
	if agent != uuid.Nil {
		w.in(func(ctx context.Context, tx pgx.Tx) error {
			if err := w.agents.PledgeIdle(ctx, tx, c.ID, []uuid.UUID{agent}); err != nil {
				return err
			}
			if _, err := w.agents.PickFor(ctx, tx, c.ID, attempt, taskID, nil); err != nil {
				return err
			}
			if state != dialer.Bridged {
				return nil
			}
			return w.agents.Talking(ctx, tx, agent, attempt)
		})
	}
	return attempt
}

// paused is a campaign that opens no line of its own.
func (w *world) paused(d *dialer.Dialer, agents ...uuid.UUID) dialer.Campaign {
	w.t.Helper()
	c := w.campaign(d, dialer.Progressive, agents...)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Pause(ctx, tx, w.scope(uuid.Nil), c.ID)
		return err
	})
	return c
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func (w *world) deadNode() uuid.UUID {
	node := id()
	w.db.Exec(w.t, `INSERT INTO node (id, name, started_at, heartbeat_at) VALUES ($1, 'dead', $2, $2)`, node, time.Now().Add(-11*time.Second))
	return node
}

func TestTheCallsOfADeadNodeAreClosedAsTheTableSays(t *testing.T) {
	cases := []struct {
		state   dialer.AttemptState
		agent   bool
		want    dialer.AttemptState
		result  string
		task    string
		agentIs string
	}{
		{state: dialer.Planned, want: dialer.Void, task: "queued"},
		{state: dialer.Dialing, want: dialer.Unknown, task: "retry_wait"},
		{state: dialer.Ringing, want: dialer.Unknown, task: "retry_wait"},
		{state: dialer.Checking, want: dialer.Unknown, task: "retry_wait"},
		{state: dialer.Answered, want: dialer.Abandoned, result: "abandoned", task: "retry_wait"},
		{state: dialer.Answered, agent: true, want: dialer.Abandoned, result: "abandoned", task: "retry_wait", agentIs: "ready"},
		{state: dialer.Bridged, agent: true, want: dialer.Wrap, result: "answered_human", task: "in_progress", agentIs: "wrapup"},
	}
	for i, c := range cases {
		t.Run(string(c.state), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.task(number(99)) // so that the campaign may start
			d, _ := w.dialer()
			agent := w.agent("李雷")
			camp := w.paused(d, agent)
			holder := uuid.Nil
			if c.agent {
				holder = agent
			}
			node := w.deadNode()
			if c.state == dialer.Planned {
				node = uuid.Nil
			}
			attempt := w.lostCall(camp, c.state, node, i+1, holder)
			w.run(d)
			w.until("the attempt to be "+string(c.want), func() bool {
				return w.text(`SELECT state FROM attempt WHERE id = $1`, attempt) == string(c.want)
			})
			if got := w.text(`SELECT line_result FROM attempt WHERE id = $1`, attempt); got != c.result {
				t.Errorf("line result %q, want %q", got, c.result)
			}
			if got := w.text(`SELECT state FROM task WHERE id = (SELECT task_id FROM attempt WHERE id = $1)`, attempt); got != c.task {
				t.Errorf("task %s, want %s", got, c.task)
			}
			if c.want == dialer.Unknown && w.count(`SELECT count(*) FROM task WHERE next_attempt_at > $1`, w.clock.Now().Add(time.Hour)) != 1 {
				t.Error("a call that may have rung is redialed at once")
			}
			if c.agentIs != "" {
				if got := w.text(`SELECT state FROM agent_session WHERE user_id = $1`, agent); got != c.agentIs {
					t.Errorf("agent %s, want %s", got, c.agentIs)
				}
			}
			if n := w.exchange.placed(); n != 0 {
				t.Errorf("%d INVITEs", n)
			}
		})
	}
}

// An agent was picked for a call, lost, came back, and talks in another one when the
// first call's node dies: the agent stays in the second call, and the first one's end
// does not fail on them.
func TestADeadNodesCallFreesNobodyWhoIsInAnotherCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(99))
	d, here := w.dialer()
	agent := w.agent("李雷")
	camp := w.paused(d, agent)
	dead := w.deadNode()
	stale := w.lostCall(camp, dialer.Answered, dead, 1, uuid.Nil)
	w.db.Exec(t, `UPDATE attempt SET agent_id = $2, answered_at = dialed_at WHERE id = $1`, stale, agent)
	other := w.lostCall(camp, dialer.Ringing, dead, 2, uuid.Nil) // behind it in the list
	talks := w.lostCall(camp, dialer.Bridged, here, 3, agent)
	w.db.Exec(t, `INSERT INTO node (id, name, started_at, heartbeat_at) VALUES ($1, 'here', now(), now()) ON CONFLICT DO NOTHING`, here)
	third, _ := w.dialer()
	w.run(third)
	w.until("both to be closed", func() bool {
		return w.text(`SELECT state FROM attempt WHERE id = $1`, stale) == "abandoned" && w.text(`SELECT state FROM attempt WHERE id = $1`, other) == "unknown"
	})
	if got := w.text(`SELECT state || ' ' || attempt_id::text FROM agent_session`); got != "talking "+talks.String() {
		t.Errorf("the agent is %s", got)
	}
}

func TestALiveNodesCallsAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(99))
	d, _ := w.dialer()
	camp := w.paused(d, w.agent("李雷"))
	alive := id()
	w.db.Exec(t, `INSERT INTO node (id, name, started_at, heartbeat_at) VALUES ($1, 'alive', $2, $2)`, alive, time.Now().Add(10*time.Second))
	attempt := w.lostCall(camp, dialer.Ringing, alive, 1, uuid.Nil)
	marker := w.lostCall(camp, dialer.Ringing, w.deadNode(), 2, uuid.Nil)
	w.run(d)
	w.until("the dead node's call to be closed", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, marker) == "unknown" })
	if got := w.text(`SELECT state FROM attempt WHERE id = $1`, attempt); got != "ringing" {
		t.Errorf("the living node's call is %s", got)
	}
}

// The agent's console closes a conversation whose node died.
func TestAConversationOfADeadNodeCanStillBeWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(99))
	d, _ := w.dialer()
	agent := w.agent("李雷")
	camp := w.paused(d, agent)
	attempt := w.lostCall(camp, dialer.Bridged, w.deadNode(), 1, agent)
	w.console(d)
	w.run(d)
	w.until("the attempt to be done", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, attempt) == "done" })
	if got := w.text(`SELECT state FROM task WHERE id = (SELECT task_id FROM attempt WHERE id = $1)`, attempt); got != "completed" {
		t.Errorf("task %s, want completed", got)
	}
}
