package telephony

import (
	"context"
	"time"
)

// GoodbyeTime is how long Drain waits for the spoken goodbye and its BYE.
const GoodbyeTime = 15 * time.Second

// Longest waits of the shutdown.
const (
	stopTime  = 3 * time.Second // for far ends to confirm
	flushTime = 5 * time.Second // for the last rows
)

// Run writes calls to the database until ctx ends; then it ends calls that are
// still up, without a word (Drain says goodbye first), and writes the rest.
func (x *Exchange) Run(ctx context.Context) error {
	x.rec.run(ctx)
	x.refuseNew()
	for _, c := range x.all() {
		c.post(message{event: doHangup, text: "system"})
	}
	x.endLeases()
	if !x.wait(stopTime) {
		for _, c := range x.all() {
			c.post(message{event: abandonNow})
		}
		x.running.Wait()
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	return x.rec.flush(last)
}

// endLeases sends other nodes' calls away from here: they look for their agents
// elsewhere while their customers hear music.
func (x *Exchange) endLeases() {
	for _, l := range x.seats.allLeases() {
		l.step(nodeStops)
	}
}

func (x *Exchange) refuseNew() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.draining = true
}

// wait waits for all calls to end, not longer than d.
func (x *Exchange) wait(d time.Duration) bool {
	over := make(chan struct{})
	go func() { defer close(over); x.running.Wait() }()
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-over:
		return true
	case <-limit.C:
		return false
	}
}

// Drain places no new calls and lets live ones finish until ctx ends; customers
// still on the line then hear a goodbye and are hung up (I-10). It returns when
// no call is up, or GoodbyeTime after ctx.
func (x *Exchange) Drain(ctx context.Context) {
	x.refuseNew()
	over := make(chan struct{})
	go func() { defer close(over); x.running.Wait() }()
	select {
	case <-over:
		return
	case <-ctx.Done():
	}
	for _, c := range x.all() {
		go c.sayGoodbye()
	}
	x.endLeases()
	limit := time.NewTimer(GoodbyeTime)
	defer limit.Stop()
	select {
	case <-over:
	case <-limit.C:
	}
}

// sayGoodbye ends a call politely, or just ends it when nobody listens yet.
func (c *call) sayGoodbye() {
	if c.ask(message{event: doAnnounce, text: PromptGoodbye}) != nil {
		c.post(message{event: doHangup, text: "system"})
	}
}
