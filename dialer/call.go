package dialer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/telephony"
)

// call follows one call of this node. The exchange's events wait in a queue; one
// goroutine writes them down in order, each in a short transaction that is tried
// again while the database is away.
type call struct {
	d       *Dialer
	attempt Attempt // as it was claimed: ids, task, campaign

	patience time.Duration // answer → agent, of the rule pack (spec 2.8)

	mu     sync.Mutex // guards queue
	queue  []telephony.CallEvent
	signal chan struct{}

	// The worker's own.
	answeredAt time.Time   // real time of the 200 OK, zero before and once settled
	waiting    bool        // answered and nobody has taken it yet
	refusedBy  []uuid.UUID // agents whose audio could not be bridged
	over       bool
}

// observe takes an event on the exchange's goroutine: it only queues.
func (c *call) observe(e telephony.CallEvent) {
	c.mu.Lock()
	c.queue = append(c.queue, e)
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

func (c *call) pop() (telephony.CallEvent, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return telephony.CallEvent{}, false
	}
	e := c.queue[0]
	c.queue = c.queue[1:]
	return e, true
}

const (
	pickEvery  = 100 * time.Millisecond // when no bell rings
	retryEvery = 200 * time.Millisecond // of a step the database refused
	maxTries   = 5                      // of a step that fails for another reason
)

// run works until the call is over or ctx ends.
func (c *call) run(ctx context.Context) {
	for !c.over && ctx.Err() == nil {
		moved := c.d.moved.rung()
		if e, ok := c.pop(); ok {
			c.step(ctx, e)
			continue
		}
		if c.waiting {
			c.seek(ctx, moved)
			continue
		}
		select {
		case <-ctx.Done():
		case <-c.signal:
		}
	}
}

// step writes one event down. A database that is away is waited for; anything
// else is tried a few times, then told and left, so that one bad step does not
// keep the ones after it.
func (c *call) step(ctx context.Context, e telephony.CallEvent) {
	for try := 1; ; try++ {
		err := c.handle(ctx, e)
		switch {
		case err == nil || errors.Is(err, ErrNotMoved):
			return
		case ctx.Err() != nil:
			return
		case !away(err) && try >= maxTries:
			c.d.log.Error("a step of a call could not be written", "attempt", c.attempt.ID, "step", e.Kind, "error", err)
			return
		case try == 1:
			c.d.log.Warn("a step of a call has to wait", "attempt", c.attempt.ID, "step", e.Kind, "error", err)
		}
		if e.Kind == telephony.CallAnswered && time.Since(e.At) > c.patience {
			c.apologise()
		}
		pause(ctx, retryEvery)
	}
}

func (c *call) handle(ctx context.Context, e telephony.CallEvent) error {
	switch e.Kind {
	case telephony.CallRinging:
		return c.moveTo(ctx, evRing, change{Ringing: e.At})
	case telephony.CallAnswered:
		return c.answered(ctx, e)
	case telephony.CallBridged:
		return c.bridged(ctx, e)
	case telephony.CallEnded:
		if err := c.ended(ctx, e); err != nil {
			return err
		}
		c.over = true
	case telephony.CallDigit:
		return c.pressed(ctx, e)
	case telephony.CallDialing, telephony.CallEarly, telephony.CallAudioLost, telephony.CallAudioBack, telephony.CallAnnouncing:
	}
	return nil
}

func (c *call) apologise() {
	if err := c.d.exchange.Announce(c.attempt.ID, abandonMessage); err != nil && !gone(err) {
		c.d.log.Warn("no apology could be played", "attempt", c.attempt.ID, "error", err)
		_ = c.d.exchange.Hangup(c.attempt.ID, "system")
	}
}

// abandonMessage is the prompt that names the store and says sorry.
const abandonMessage = "abandon_message"

// gone: the exchange is past that step already.
func gone(err error) bool {
	return errors.Is(err, telephony.ErrCallGone) || errors.Is(err, telephony.ErrCallState)
}

// callSet holds the workers of this node's calls.
type callSet struct {
	mu   sync.Mutex // guards the fields below
	ctx  context.Context
	live map[uuid.UUID]*call
	wg   sync.WaitGroup
}

func (s *callSet) begin(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ctx, s.live = ctx, map[uuid.UUID]*call{}
}

// add starts the worker of a call.
func (s *callSet) add(d *Dialer, a Attempt, patience time.Duration) *call {
	c := &call{d: d, attempt: a, patience: patience, signal: make(chan struct{}, 1)}
	s.mu.Lock()
	s.live[a.ID] = c
	ctx := s.ctx
	s.mu.Unlock()
	s.wg.Go(func() {
		c.run(ctx)
		s.mu.Lock()
		delete(s.live, a.ID)
		s.mu.Unlock()
	})
	return c
}

func (s *callSet) has(id uuid.UUID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[id] != nil
}

func (s *callSet) ids() []uuid.UUID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []uuid.UUID
	for id := range s.live {
		ids = append(ids, id)
	}
	return ids
}

// wait lets the workers finish for at most d, then stops them.
func (s *callSet) wait(d time.Duration, stop func()) {
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
	stop()
	<-done
}

// hangupAll ends this node's calls politely by their own ways.
func (d *Dialer) hangupAll() {
	for _, id := range d.calls.ids() {
		_ = d.exchange.Hangup(id, "system")
	}
}
