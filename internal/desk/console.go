package desk

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// goneAfter is how long a page may be away before the desk counts as left (2.5.8).
const goneAfter = 10 * time.Second

// console is the page that holds a desk.
type console struct {
	client string
	scope  postgres.Scope
	gone   *time.Timer // running while its socket is away
}

type consoles struct {
	leave func(user uuid.UUID, scope postgres.Scope) // a page stayed away

	mu   sync.Mutex
	held map[uuid.UUID]*console
}

// holds tells whether the caller's page has the desk.
func (s *consoles) holds(c Caller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[c.User]
	return h != nil && h.client == c.Client && h.gone == nil
}

// free tells whether no page at this node has the desk but perhaps the caller's, and
// whether it would be taken from another one that is away.
func (s *consoles) free(c Caller) (free, away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[c.User]
	if h == nil || h.client == c.Client {
		return true, false
	}
	return h.gone != nil, h.gone != nil
}

// drop takes the desk from the caller's page.
func (s *consoles) drop(c Caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.held[c.User]; h != nil && h.client == c.Client {
		if h.gone != nil {
			h.gone.Stop()
		}
		delete(s.held, c.User)
	}
}

// take makes the caller's page the holder and tells whether another one was.
func (s *consoles) take(c Caller) (other bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[c.User]
	other = h != nil && h.client != c.Client
	s.sit(c)
	return other
}

// sit is called with the lock held.
func (s *consoles) sit(c Caller) {
	h := s.held[c.User]
	if h == nil {
		h = &console{}
		s.held[c.User] = h
	}
	if h.gone != nil {
		h.gone.Stop()
		h.gone = nil
	}
	h.client, h.scope = c.Client, c.Scope
}

func (s *consoles) elsewhere(c Caller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[c.User]
	return h != nil && h.client != c.Client && h.gone == nil
}

func (s *consoles) present(user uuid.UUID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[user]
	return h != nil && h.gone == nil
}

func (s *consoles) forget(user uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, user)
}

// gone starts the clock of a page whose socket is closed.
func (s *consoles) gone(user uuid.UUID, client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[user]
	if h == nil || h.client != client || h.gone != nil {
		return
	}
	h.gone = time.AfterFunc(goneAfter, func() { s.left(user, h) })
}

// left: the page stayed away, and the desk is free.
func (s *consoles) left(user uuid.UUID, h *console) {
	s.mu.Lock()
	if s.held[user] != h || h.gone == nil { // back, or somebody else's
		s.mu.Unlock()
		return
	}
	scope := h.scope
	delete(s.held, user)
	s.mu.Unlock()
	s.leave(user, scope)
}

// hold makes the caller's page the holder of the desk and tells whether it is: not
// when another page holds it, at this node or another. One that is away at this node
// yields to a page that adopts the desk, by a command.
func (d *Desk) hold(ctx context.Context, tx postgres.DB, c Caller, adopt bool) (bool, error) {
	free, away := d.consoles.free(c)
	if !free || away && !adopt {
		return false, nil
	}
	holds, err := d.o.Agents.Arrived(ctx, tx, c.User, c.Client, away)
	if err != nil || !holds {
		return false, err
	}
	d.consoles.take(c)
	return true, nil
}

// ConsoleGone tells that a page's socket is closed. When it does not come back
// within 10 s the desk is free for another page, and the agent is lost unless
// the audio is still there: a call stays with its agent as long as that lives.
func (d *Desk) ConsoleGone(user uuid.UUID, client string) { d.consoles.gone(user, client) }

// ConsoleBack tells that a page's socket is open, perhaps again; a lost agent is
// back with it.
func (d *Desk) ConsoleBack(c Caller) {
	d.quietly(c.Scope, "an agent could not be marked back", func(ctx context.Context, tx pgx.Tx) error {
		st, err := sessionOf(ctx, tx, c.User)
		if err != nil || st == nil {
			return err // a desk is held for a shift
		}
		if holds, err := d.hold(ctx, tx, c, false); err != nil || !holds || st.State != "lost" {
			return err
		}
		return d.o.Agents.Back(ctx, tx, c.User)
	})
}

// Present tells whether the user's page is open here and holds the desk.
func (d *Desk) Present(user uuid.UUID) bool { return d.consoles.present(user) }

// left: an agent's page stayed away from this node. It may have come to another.
func (d *Desk) left(user uuid.UUID, scope postgres.Scope) {
	was := true
	d.quietly(scope, "that a page is gone could not be noted", func(ctx context.Context, tx pgx.Tx) (err error) {
		was, err = d.o.Agents.PageLeft(ctx, tx, user)
		return err
	})
	if !was {
		return
	}
	d.putBack(scope, user)
	d.quietly(scope, "an agent could not be marked lost", func(ctx context.Context, tx pgx.Tx) error {
		return d.loseIn(ctx, tx, user)
	})
}

// putBack gives a task back that nobody reads any more.
func (d *Desk) putBack(scope postgres.Scope, user uuid.UUID) {
	reading := false
	d.quietly(scope, "an agent's session could not be read", func(ctx context.Context, tx pgx.Tx) error {
		st, err := sessionOf(ctx, tx, user)
		reading = st != nil && st.State == "preview"
		return err
	})
	if !reading {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.o.Dialer.SkipPreview(ctx, scope, user, "console_gone"); err != nil {
		d.o.Logger.Warn("the task of an agent who left could not be put back", "user", user, "error", err)
	}
}

// loseIn marks an agent lost who has neither page nor audio, or who would get a
// call that nobody looks at.
func (d *Desk) loseIn(ctx context.Context, tx postgres.DB, user uuid.UUID) error {
	st, err := sessionOf(ctx, tx, user)
	if err != nil || st == nil || st.State == "lost" || st.AudioUp && inCall(st.State) {
		return err
	}
	return d.o.Agents.Left(ctx, tx, user)
}

// inCall tells whether an agent in this state has a customer in hand.
func inCall(state string) bool {
	switch state {
	case "dialing", "talking", "holding", "consult", "wrapup":
		return true
	}
	return false
}

// quietly runs what nobody waits for; trouble is logged.
func (d *Desk) quietly(s postgres.Scope, trouble string, fn func(ctx context.Context, tx pgx.Tx) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.o.Pool.Scoped(ctx, s, fn); err != nil {
		d.o.Logger.Warn(trouble, "user", s.User, "error", err)
	}
}
