package main

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

const (
	crashAtOnce  = 2 // faults from which the servers have not recovered
	crashWaiting = 3 // steps of which the next one is struck
	crashEvery   = 50
)

// crashRun strikes the house with one fault after the other. The next one may come
// while servers are still recovering from the one before; each is over once its
// servers are back, somebody was dialed after it, and the full check was made.
type crashRun struct {
	h     *crashHouse
	r     *rand.Rand
	plan  []crashFault
	next  time.Time // when the next fault may come
	armed time.Time // since when a step is waited for; zero: for none
	hit   chan crashHit
	open  []*crashCase
	went  []crashOutcome
}

// crashHit is a server killed at a step.
type crashHit struct {
	step string
	node int
	at   time.Time
}

// crashCase is a fault that has struck and is not over.
type crashCase struct {
	name    string
	outage  bool // nobody dials before it is mended
	struck  time.Time
	at      time.Time // when it struck; of an outage: when it was mended
	mended  chan struct{}
	resumed time.Duration // 0: not yet
}

// crashOutcome is how one went.
type crashOutcome struct {
	name    string
	resumed time.Duration // from the fault, or from its mending where dialing had to wait for that
}

// turn goes on with what can go on. It is false when all is over. No new fault
// comes once stop is set.
func (c *crashRun) turn(stop bool) (more bool) {
	c.h.t.Helper()
	select {
	case hit := <-c.hit:
		c.killedAt(hit)
	default:
	}
	c.look()
	switch {
	case !c.armed.IsZero():
		c.waitForStep(stop)
	case len(c.plan) > 0 && !stop && time.Now().After(c.next) && c.mayStrike():
		c.strike()
	}
	return len(c.plan) > 0 && !stop || len(c.open) > 0 || !c.armed.IsZero()
}

// mayStrike: an outage is waited out, and of three servers two are whole.
func (c *crashRun) mayStrike() bool {
	recovering := 0
	for _, o := range c.open {
		if o.outage && !o.over() {
			return false
		}
		if o.resumed == 0 {
			recovering++
		}
	}
	return recovering < crashAtOnce && c.h.whole() >= crashNodes-1
}

// whole is how many servers no fault is about.
func (h *crashHouse) whole() (n int) {
	for _, s := range h.nodes {
		if s.whole() {
			n++
		}
	}
	return n
}

// strike lets the next fault happen that may. A step has to be waited for:
// whichever of the next few comes first is taken.
func (c *crashRun) strike() {
	next := slices.IndexFunc(c.plan, func(f crashFault) bool { return !f.all || c.h.whole() == crashNodes })
	if next < 0 {
		return
	}
	if f := c.plan[next]; f.step == "" {
		c.plan = slices.Delete(c.plan, next, next+1)
		c.struck(&crashCase{name: f.name, outage: f.outage}, time.Now(), f.do(c.h, c.r))
		return
	}
	var steps []string
	for _, f := range c.plan {
		if f.step != "" && len(steps) < crashWaiting {
			steps = append(steps, f.step)
		}
	}
	c.armed = time.Now()
	c.h.steps.arm(steps, func(step string, node int) bool {
		if !c.h.nodes[node].take() {
			return false
		}
		c.h.nodes[node].signal(syscall.SIGKILL)
		c.hit <- crashHit{step, node, time.Now()}
		return true
	})
}

// waitForStep gives up after a minute.
func (c *crashRun) waitForStep(stop bool) {
	c.h.t.Helper()
	if !stop && time.Since(c.armed) < time.Minute {
		return
	}
	c.h.steps.arm(nil, nil)
	if !stop {
		c.h.t.Fatalf("no step comes within a minute: %s", c.h.standing())
	}
	if len(c.hit) == 0 {
		c.armed = time.Time{}
	}
}

func (c *crashRun) killedAt(hit crashHit) {
	c.armed = time.Time{}
	i := slices.IndexFunc(c.plan, func(f crashFault) bool { return f.step == hit.step })
	f := c.plan[i]
	c.plan = slices.Delete(c.plan, i, i+1)
	c.struck(&crashCase{name: f.name}, hit.at, c.h.startAgain(c.r, hit.node))
}

// struck notes a fault and has it mended beside.
func (c *crashRun) struck(o *crashCase, at time.Time, mend func()) {
	o.struck, o.at, o.mended = at, at, make(chan struct{})
	c.open = append(c.open, o)
	c.next = time.Now().Add(time.Duration(c.r.IntN(400)) * time.Millisecond)
	c.h.mending.Go(func() {
		defer close(o.mended)
		mend()
		if o.outage {
			o.at = time.Now()
		}
	})
}

// over tells whether all that was broken has been mended.
func (o *crashCase) over() bool {
	select {
	case <-o.mended:
		return true
	default:
		return false
	}
}

// look closes the faults that are over.
func (c *crashRun) look() {
	c.h.t.Helper()
	var still []*crashCase
	for _, o := range c.open {
		if o.resumed == 0 && (!o.outage || o.over()) {
			if at, ok := c.h.street.dialedAfter(o.at); ok {
				o.resumed = at.Sub(o.at)
			} else if time.Since(o.at) > time.Minute {
				c.h.t.Fatalf("nobody is called within a minute of %q: %s", o.name, c.h.standing())
			}
		}
		if o.resumed == 0 || !o.over() {
			still = append(still, o)
			continue
		}
		c.h.check()
		c.went = append(c.went, crashOutcome{o.name, o.resumed})
		c.h.t.Logf("%d. %s: dialing again after %.1f s, over after %.1f s", len(c.went), o.name, o.resumed.Seconds(), time.Since(o.struck).Seconds())
		if len(c.went)%crashEvery == 0 {
			c.h.tellSeen()
			tellCrashes(c.h.t, c.went)
		}
	}
	c.open = still
}

// standing says where dialing stands.
func (h *crashHouse) standing() string {
	return ask[string](h, `SELECT c.state || ' ' || c.state_reason || '; sessions ' ||
		(SELECT coalesce(string_agg(s.state || ' ' || s.reason || ' audio ' || s.audio_up || coalesce(' before ' || nullif(s.before_lost, ''), '') || coalesce(' with a call that is ' || a.state || ' ' || a.detail, ''), ', '), 'none')
			FROM agent_session s LEFT JOIN attempt a ON a.id = s.attempt_id WHERE s.signed_off_at IS NULL)
		|| '; attempts ' || (SELECT coalesce(string_agg(state || ' ' || n::text, ', '), 'none') FROM (SELECT state, count(*) n FROM attempt GROUP BY 1) x) FROM campaign c WHERE c.id = $1`, h.campaign)
}
