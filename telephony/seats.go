package telephony

import (
	"sync"

	"github.com/google/uuid"

	"ringback/telephony/media"
)

// seat is where an agent sits: nailed-up audio, and the call it is given to. For
// an agent of another node it is that node's leg.
type seat struct {
	stream media.Stream // nil while there is none
	call   *call
	far    *reach // looks for the agent elsewhere, or has found them
	lease  *lease // lent to another node's call
	muted  bool   // until the call ends

	mutedFor uuid.UUID // the lent call that lost the audio: muted holds for it alone
}

// idle seats are forgotten.
func (at *seat) idle() bool {
	return at.stream == nil && at.call == nil && at.lease == nil && at.mutedFor == uuid.Nil
}

// begin is told which call the agent gets.
func (at *seat) begin(call uuid.UUID) {
	if at.mutedFor != uuid.Nil && at.mutedFor != call {
		at.muted = false
	}
	at.mutedFor = uuid.Nil
}

// seats are the agents' audio on this node.
type seats struct {
	mu      sync.Mutex
	byAgent map[uuid.UUID]*seat
	leases  map[uuid.UUID]*lease // by call
}

// of is the agent's seat, made when there is none; the lock is held.
func (s *seats) of(agent uuid.UUID) *seat {
	at := s.byAgent[agent]
	if at == nil {
		at = &seat{}
		s.byAgent[agent] = at
	}
	return at
}

// take gives the agent's audio to c. The stream is nil when there is none now; c
// is told when it comes.
func (s *seats) take(agent uuid.UUID, c *call) (stream media.Stream, muted bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.of(agent)
	if at.call != nil && at.call != c || at.lease != nil {
		return nil, false, ErrAgentBusy
	}
	if at.call == nil {
		at.begin(c.spec.ID)
	}
	at.call = c
	return at.stream, at.muted, nil
}

// release ends the agent's part in c; the next call begins unmuted.
func (s *seats) release(agent uuid.UUID, c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[agent]
	if at == nil || at.call != c {
		return
	}
	at.call, at.muted = nil, false
	if at.far != nil {
		at.far.stop()
		at.far, at.stream = nil, nil
	}
	if at.idle() {
		delete(s.byAgent, agent)
	}
}

// attach makes stream the agent's audio and returns whom to tell, if any. An agent
// who was reached elsewhere has come here.
func (s *seats) attach(agent uuid.UUID, stream media.Stream) (*call, *lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.of(agent)
	if at.far != nil {
		at.far.stop()
		at.far = nil
	}
	at.stream = stream
	return at.call, at.lease
}

// detach takes stream away if it is still the agent's; a newer one stays.
func (s *seats) detach(agent uuid.UUID, stream media.Stream) (*call, *lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[agent]
	if at == nil || at.stream != stream {
		return nil, nil
	}
	at.stream = nil
	if at.idle() {
		delete(s.byAgent, agent)
	}
	return at.call, at.lease
}

func (s *seats) mute(agent uuid.UUID, on bool) (*call, *lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[agent]
	if at == nil {
		return nil, nil
	}
	at.muted, at.mutedFor = on, uuid.Nil
	return at.call, at.lease
}

func (s *seats) stream(agent uuid.UUID) media.Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.byAgent[agent]; at != nil {
		return at.stream
	}
	return nil
}

// AttachAgent makes s the agent's nailed-up audio, replacing what was there. A
// call that the agent is in is connected to it at once.
func (x *Exchange) AttachAgent(agent uuid.UUID, s media.Stream) {
	c, l := x.seats.attach(agent, s)
	if c != nil {
		c.post(message{event: agentBack, agent: agent, stream: s})
	}
	if l != nil {
		l.audioMoved()
	}
}

// DetachAgent takes the agent's audio away, unless another one has replaced it. A
// customer in a call hears hold music up to Limits.AgentLost.
func (x *Exchange) DetachAgent(agent uuid.UUID, s media.Stream) {
	c, l := x.seats.detach(agent, s)
	if c != nil {
		c.post(message{event: agentLost, agent: agent, stream: s})
	}
	if l != nil {
		l.audioMoved()
	}
}

// Mute silences the agent towards the customer until the call ends. Between calls
// it holds for the next one.
func (x *Exchange) Mute(agent uuid.UUID, on bool) {
	c, l := x.seats.mute(agent, on)
	if c != nil {
		c.post(message{event: doMute, agent: agent, on: on})
	}
	if l != nil {
		l.mute(on)
	}
}

// AgentAudio is what the agent's nailed-up audio has carried; false when there is none.
func (x *Exchange) AgentAudio(agent uuid.UUID) (media.Stats, bool) {
	s := x.seats.stream(agent)
	if s == nil {
		return media.Stats{}, false
	}
	return s.Stats(), true
}
