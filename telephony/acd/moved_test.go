package acd

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// other is another node of the same store, which has just told that it is there.
func (r *room) other() *Agents {
	r.t.Helper()
	a := New(Options{Pool: r.db.Pool, Bus: r.agents.o.Bus, Clock: r.agents.o.Clock, Node: uuid.New()})
	r.heartbeat(a.o.Node, 0)
	return a
}

func (r *room) heartbeat(node uuid.UUID, ago time.Duration) {
	r.t.Helper()
	r.db.Exec(r.t, `INSERT INTO node (id, name, started_at, heartbeat_at) VALUES ($1, 'second', $2, $2) ON CONFLICT (id) DO UPDATE SET heartbeat_at = $2`,
		node, time.Now().Add(-ago))
}

// page has the agent's one page come to a node.
func (r *room) page(ctx context.Context, tx pgx.Tx, to *Agents, user uuid.UUID) error {
	holds, err := to.Arrived(ctx, tx, user, "page", false)
	if err == nil && !holds {
		err = errors.New("another page holds the desk")
	}
	return err
}

// A desk has one page, whatever node it is at. Another one gets it by asking for it,
// or when the first is gone, with its node or without.
func TestADeskIsHeldByOnePageOfAllNodes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id, second, third := r.agent(), r.other(), r.other()
	arrives := func(at *Agents, page string, take, want bool) {
		t.Helper()
		r.must(func(ctx context.Context, tx pgx.Tx) error {
			holds, err := at.Arrived(ctx, tx, id, page, take)
			if holds != want {
				t.Errorf("%s holds the desk: %v", page, holds)
			}
			return err
		})
	}
	left := func(at *Agents, want bool) {
		t.Helper()
		r.must(func(ctx context.Context, tx pgx.Tx) error {
			was, err := at.PageLeft(ctx, tx, id)
			if was != want {
				t.Errorf("the page was at this node: %v", was)
			}
			return err
		})
	}
	arrives(second, "one", false, true)
	arrives(third, "two", false, false)
	arrives(third, "one", false, true) // its socket came up at another node
	left(second, false)
	arrives(second, "two", false, false)
	arrives(second, "two", true, true)
	left(third, false)
	left(second, true)
	arrives(third, "one", false, true)
	r.heartbeat(third.o.Node, pageComes+time.Second)
	arrives(second, "two", false, true)
}

// An agent's page goes to another node, and the audio after it. What the first node
// notices late of either does not touch the agent any more.
func TestAnAgentWhoHasMovedIsNotLostByTheNodeTheyLeft(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id, second := r.agent(), r.other()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.page(ctx, tx, second, id), r.agents.Left(ctx, tx, id))
	})
	r.wants(id, Ready)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		was, err := r.agents.PageLeft(ctx, tx, id)
		if was {
			t.Error("the first node has the page still")
		}
		return errors.Join(err, second.Audio(ctx, tx, id, true), r.agents.Audio(ctx, tx, id, false))
	})
	if s := r.wants(id, Ready); !s.AudioUp || s.NodeID != second.o.Node {
		t.Errorf("with both at the second node: %+v", s)
	}
	r.must(func(ctx context.Context, tx pgx.Tx) error { return second.Left(ctx, tx, id) })
	r.wants(id, Lost)
}

// Until its audio comes up at the node where a page took over, the audio is where it
// was, and is missing when it goes down there.
func TestAudioStaysWhereItWasUntilItComesUpElsewhere(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id, second := r.agent(), r.other()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		s, err := second.SignOn(ctx, tx, SignOnInput{User: id, Group: r.group, Store: r.store, Device: "phone", TakeOver: true})
		if s.NodeID != r.agents.o.Node {
			t.Errorf("audio at %s", s.NodeID)
		}
		return errors.Join(err, r.agents.Audio(ctx, tx, id, false))
	})
	r.wants(id, Lost)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return second.Audio(ctx, tx, id, true) })
	if s := r.wants(id, Ready); s.NodeID != second.o.Node {
		t.Errorf("the audio is at %s", s.NodeID)
	}
}

// The node of the page dies, that of the audio lives: the idle agent is lost when no
// page has come to another node within ten seconds; one in a call keeps it.
func TestWhosePageWentWithItsNodeIsLost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	second := r.other()
	idle, moved, talking := r.agent(), r.agent(), r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		attempt := uuid.New()
		_, err := r.agents.PickFor(ctx, tx, r.campaign, attempt, uuid.New(), []uuid.UUID{idle, moved})
		return errors.Join(err, r.agents.Talking(ctx, tx, talking, attempt), r.page(ctx, tx, second, idle), r.page(ctx, tx, second, moved), r.page(ctx, tx, second, talking))
	})
	recover := func(heartbeat time.Duration) {
		t.Helper()
		r.heartbeat(second.o.Node, heartbeat)
		if err := r.agents.RecoverPages(context.Background(), r.agents.o.Node); err != nil {
			t.Fatal(err)
		}
	}
	recover(pageComes - time.Second)
	r.wants(idle, Ready)
	r.must(func(ctx context.Context, tx pgx.Tx) error { return r.page(ctx, tx, r.agents, moved) })
	recover(pageComes + time.Second)
	if s := r.wants(idle, Lost); s.Reason != ReasonConsole || s.BeforeLost != Ready {
		t.Errorf("idle: %+v", s)
	}
	r.wants(moved, Ready)
	r.wants(talking, Talking)
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(r.page(ctx, tx, r.agents, idle), r.agents.Back(ctx, tx, idle))
	})
	r.wants(idle, Ready)
}

// Whoever was lost with a server while they read a task, and stays away, keeps it
// from nobody.
func TestALostReaderIsSignedOff(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.ToPreview(ctx, tx, r.campaign, uuid.New(), nil)
		return errors.Join(err, r.agents.Left(ctx, tx, id))
	})
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		users, err := r.agents.ExpireLost(ctx, tx, time.Now().Add(time.Minute))
		if len(users) != 1 || users[0] != id {
			t.Errorf("signed off: %v", users)
		}
		return err
	})
}
