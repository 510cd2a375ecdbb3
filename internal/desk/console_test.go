package desk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

func TestAPageThatStaysAwayTenSecondsFreesTheDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left []uuid.UUID
		s := consoles{held: map[uuid.UUID]*console{}, leave: func(user uuid.UUID, _ postgres.Scope) { left = append(left, user) }}
		user := uuid.New()
		one, two := Caller{User: user, Client: "one"}, Caller{User: user, Client: "two"}
		s.take(one)
		s.gone(user, "two") // not the holder
		s.gone(user, "one")
		time.Sleep(goneAfter - time.Second)
		if free, away := s.free(two); !free || !away || s.holds(one) {
			t.Error("nine seconds away, and no other page could adopt the desk")
		}
		if free, away := s.free(one); !free || away || s.take(one) {
			t.Error("nine seconds away, and the desk is lost")
		}
		time.Sleep(2 * goneAfter)
		synctest.Wait()
		if len(left) != 0 || !s.holds(one) {
			t.Error("the clock went on after the page was back")
		}
		s.gone(user, "one")
		s.gone(user, "one")
		time.Sleep(goneAfter + time.Second)
		synctest.Wait()
		if free, away := s.free(two); len(left) != 1 || left[0] != user || !free || away {
			t.Errorf("left %v", left)
		}
		s.take(two)
		if free, _ := s.free(one); free || !s.elsewhere(one) {
			t.Error("the first page is back on a desk that another one holds")
		}
		s.gone(user, "two")
		s.drop(two)
		time.Sleep(2 * goneAfter)
		synctest.Wait()
		if len(left) != 1 || s.elsewhere(one) {
			t.Error("the page of a desk that was taken over elsewhere is missed here")
		}
	})
}

// At two nodes, two pages of one agent: the second one shows that the desk is in use,
// takes it over when asked to, and the first one sees so.
func TestADeskIsInUseOnAPageOfAnotherNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signedOn()
	first, there := w.desk, w.caller()
	w.node = uuid.New()
	w.open()
	for _, node := range []uuid.UUID{first.o.Node, w.node} {
		w.db.Exec(t, `INSERT INTO node (id, name, started_at, heartbeat_at) VALUES ($1, 'n', now(), now()) ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`, node)
	}
	here := there
	here.Client = "page at the second node"
	shows := func(d *Desk, c Caller, elsewhere bool) {
		t.Helper()
		v, err := d.Snapshot(t.Context(), c)
		if err != nil || v.Elsewhere != elsewhere {
			t.Errorf("%s shows the desk elsewhere: %v, %v", c.Client, v.Elsewhere, err)
		}
	}
	w.desk.ConsoleBack(here)
	shows(w.desk, here, true)
	shows(first, there, false)
	if _, err := w.desk.Do(t.Context(), here, id(), "desk.pause", []byte(`{"reason":"break"}`)); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a page that does not hold the desk pauses: %v", err)
	}
	if _, err := w.desk.Do(t.Context(), here, id(), "desk.signOn", []byte(`{"device":"browser","takeOver":true}`)); err != nil {
		t.Fatal(err)
	}
	shows(w.desk, here, false)
	shows(first, there, true)
	if _, err := first.Do(t.Context(), there, id(), "desk.pause", []byte(`{"reason":"break"}`)); errs.KindOf(err) != errs.Conflict {
		t.Errorf("the page whose desk was taken over pauses: %v", err)
	}
	first.ConsoleGone(there.User, there.Client)
	if got := w.text(`SELECT state FROM agent_session`); got != "ready" {
		t.Errorf("the agent is %s", got)
	}
}

func TestACallStaysWithItsAgentWhileTheAudioLives(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	state := func() string { return w.text(`SELECT state || ' ' || reason FROM agent_session`) }
	w.pageLeft()
	if got := state(); got != "talking " {
		t.Errorf("page away, audio up: %s", got)
	}
	w.voice.on(false)
	if got := state(); got != "lost audio" {
		t.Errorf("page and audio away: %s", got)
	}
	w.desk.ConsoleBack(w.caller())
	w.voice.on(true)
	if got := state(); got != "talking " {
		t.Errorf("both back: %s", got)
	}
}

func TestNobodyIsGivenACallWithoutAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signedOn()
	w.pageLeft()
	if got := w.text(`SELECT state || ' ' || reason FROM agent_session`); got != "lost console" {
		t.Errorf("ready without a page: %s", got)
	}
	w.desk.ConsoleBack(w.caller())
	if got := w.view().State; got != "ready" {
		t.Errorf("page back: %s", got)
	}
}

// pageLeft is what the clock of a closed page leads to.
func (w *world) pageLeft() {
	w.t.Helper()
	s := &w.desk.consoles
	w.desk.ConsoleGone(w.agent, "page 1")
	s.mu.Lock()
	h := s.held[w.agent]
	s.mu.Unlock()
	if h == nil {
		w.t.Fatal("no page holds the desk")
	}
	s.left(w.agent, h)
}

func TestRunStopsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.desk.Run(ctx) }()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("still running")
	}
}
