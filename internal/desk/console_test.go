package desk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

func TestAPageThatStaysAwayTenSecondsFreesTheDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left []uuid.UUID
		s := consoles{held: map[uuid.UUID]*console{}, leave: func(user uuid.UUID, _ postgres.Scope) { left = append(left, user) }}
		user := uuid.New()
		one, two := Caller{User: user, Client: "one"}, Caller{User: user, Client: "two"}
		s.holds(one)
		s.gone(user, "two") // not the holder
		s.gone(user, "one")
		time.Sleep(goneAfter - time.Second)
		if !s.back(one, true) || s.holds(two) {
			t.Error("nine seconds away, and the desk is lost")
		}
		time.Sleep(2 * goneAfter)
		synctest.Wait()
		if len(left) != 0 {
			t.Error("the clock went on after the page was back")
		}
		s.gone(user, "one")
		s.gone(user, "one")
		time.Sleep(goneAfter + time.Second)
		synctest.Wait()
		if len(left) != 1 || left[0] != user || !s.holds(two) {
			t.Errorf("left %v", left)
		}
		if s.back(one, true) {
			t.Error("the first page is back on a desk that another one holds")
		}
		s.gone(user, "two")
		if !s.holds(one) {
			t.Error("a page that is away keeps the desk from the next one")
		}
		s.free(user)
		if s.back(two, false) || s.elsewhere(one) {
			t.Error("a page took a desk without a shift")
		}
	})
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
