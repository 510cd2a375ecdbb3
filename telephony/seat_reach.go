package telephony

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	reachTime  = time.Second            // an agent at another node is there by then, or has no audio
	lookEvery  = 500 * time.Millisecond // for an agent who is away
	nodeSilent = 3 * time.Second        // neither RTP nor RTCP of a node: it is dead
)

// reach keeps a call connected to an agent who is not at this node: it finds
// where they are, calls there, and begins again when that leg ends, until the
// call lets the agent go or they come here. What it does to the call, it does by
// messages: the call's own table moves it.
type reach struct {
	x     *Exchange
	call  *call
	agent uuid.UUID
	ctx   context.Context
	stop  context.CancelFunc

	once  sync.Once
	first func(error) // told once: nil when connected, ErrAgentMute or ErrAgentBusy
}

// reach begins to look for the agent of a call elsewhere. nil: there is nowhere
// to look, or somebody looks already.
func (x *Exchange) reach(c *call, agent uuid.UUID, first func(error)) *reach {
	if x.o.Nodes == nil || !x.enterFor(c) {
		return nil
	}
	r := &reach{x: x, call: c, agent: agent, first: first}
	r.ctx, r.stop = context.WithCancel(context.Background())
	if !x.seats.seek(r) {
		r.stop()
		x.running.Done()
		return nil
	}
	go func() {
		defer x.running.Done()
		defer r.stop()
		r.run()
	}()
	return r
}

// bridgeFar connects an answered call to an agent at another node. The agent is
// the call's once their audio is here: until then it waits in its own state.
func (x *Exchange) bridgeFar(c *call, agent uuid.UUID) error {
	came := make(chan error, 1)
	if x.reach(c, agent, func(err error) { came <- err }) == nil {
		return ErrAgentMute
	}
	select {
	case err := <-came:
		if err == nil {
			err = c.ask(message{event: doBridge, agent: agent})
		}
		if err != nil {
			x.seats.release(agent, c)
		}
		return err
	case <-c.done:
		x.seats.release(agent, c)
		return ErrCallGone
	}
}

// fetch looks elsewhere for the agent that was fixed before the dial; without
// their audio the customer hears music until it comes.
func (c *call) fetch() bool {
	return c.x.reach(c, c.agent, func(err error) {
		event := doBridge
		if err != nil {
			event = agentLost
		}
		c.post(message{event: event, agent: c.agent})
	}) != nil
}

// seek looks for an agent whose audio was lost: they may come back at another node.
func (c *call) seek() { c.x.reach(c, c.agent, func(error) {}) }

func (r *reach) run() {
	defer r.tell(ErrAgentMute)
	for r.ctx.Err() == nil {
		place, elsewhere := r.x.where(r.ctx, r.agent)
		if elsewhere && r.visit(place) == whyAgent {
			r.call.post(message{event: doHangup, text: "agent"})
			return
		}
		if !elsewhere {
			r.tell(ErrAgentMute)
		}
		r.rest()
	}
}

func (r *reach) tell(err error) { r.once.Do(func() { r.first(err) }) }

func (r *reach) rest() {
	t := time.NewTimer(lookEvery)
	defer t.Stop()
	select {
	case <-r.ctx.Done():
	case <-t.C:
	}
}

// visit calls the agent's node and stays until that leg is over, the agent is
// somewhere else, or the call has let them go. It returns the other node's word.
func (r *reach) visit(to Place) (why string) {
	over := make(chan struct{})
	defer close(over)
	events := make(chan LegEvent)
	leg, err := r.x.o.Placer.Place(r.ctx, r.legSpec(to), func(ev LegEvent) {
		select {
		case events <- ev:
		case <-over:
		}
	})
	if err != nil {
		r.x.o.Logger.Warn("an agent's node could not be called", "call", r.call.spec.ID, "node", to.Node, "error", err)
		return ""
	}
	defer leg.Hangup()
	look, late := time.NewTicker(lookEvery), time.NewTimer(reachTime)
	defer look.Stop()
	defer late.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return ""
		case <-late.C:
			r.tell(ErrAgentMute)
		case <-look.C:
			if leg.Media() == nil && r.movedOn(to) {
				return ""
			}
		case ev := <-events:
			if ev.Kind == LegEnded {
				r.lost(leg, ev)
				return ev.Why
			}
			r.follow(leg, ev)
		}
	}
}

func (r *reach) legSpec(to Place) LegSpec {
	token := r.x.o.Nodes.Tokens.Issue(r.call.spec.ID, r.agent, to.Node, time.Now())
	return LegSpec{
		CallID: "node-" + uuid.NewString(), Address: to.Address.String(), To: "desk", From: "ringback",
		Watch: nodeSilent, Headers: map[string]string{TokenHeader: token},
	}
}

func (r *reach) movedOn(from Place) bool {
	now, elsewhere := r.x.where(r.ctx, r.agent)
	return elsewhere && now != from
}

// follow takes a step of the leg.
func (r *reach) follow(leg Leg, ev LegEvent) {
	switch ev.Kind {
	case LegRinging: // the agent has no audio there now
		r.tell(ErrAgentMute)
	case LegAnswered:
		if r.x.seats.attachFar(r, leg.Media()) {
			r.tell(nil)
			r.call.post(message{event: agentBack, agent: r.agent, stream: leg.Media()})
		}
	}
}

// lost: the leg is over. The customer hears music unless the agent hung up.
func (r *reach) lost(leg Leg, ev LegEvent) {
	if ev.Why == whyBusy {
		r.tell(ErrAgentBusy)
	}
	r.tell(ErrAgentMute)
	if s := leg.Media(); s != nil && r.x.seats.detachFar(r, s) && ev.Why != whyAgent {
		r.call.post(message{event: agentLost, agent: r.agent, stream: s})
	}
}

// isMute tells an agent without audio here from other troubles.
func isMute(err error) bool { return errors.Is(err, ErrAgentMute) }
