package telephony

import (
	"sync"

	"github.com/google/uuid"

	"ringback/telephony/media"
)

// seat is where an agent sits: nailed-up audio, and the call it is given to.
type seat struct {
	stream media.Stream // nil while there is none
	call   *call
	muted  bool // until the call ends
}

// seats are the agents' audio on this node.
type seats struct {
	mu      sync.Mutex
	byAgent map[uuid.UUID]*seat
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
	if at.call != nil && at.call != c {
		return nil, false, ErrAgentBusy
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
	if at.stream == nil {
		delete(s.byAgent, agent)
	}
}

// attach makes stream the agent's audio and returns the call to tell, if any.
func (s *seats) attach(agent uuid.UUID, stream media.Stream) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.of(agent)
	at.stream = stream
	return at.call
}

// detach takes stream away if it is still the agent's; a newer one stays.
func (s *seats) detach(agent uuid.UUID, stream media.Stream) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[agent]
	if at == nil || at.stream != stream {
		return nil
	}
	at.stream = nil
	if at.call == nil {
		delete(s.byAgent, agent)
	}
	return at.call
}

func (s *seats) mute(agent uuid.UUID, on bool) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[agent]
	if at == nil {
		return nil
	}
	at.muted = on
	return at.call
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
	if c := x.seats.attach(agent, s); c != nil {
		c.post(message{event: agentBack, agent: agent, stream: s})
	}
}

// DetachAgent takes the agent's audio away, unless another one has replaced it. A
// customer in a call hears hold music up to Limits.AgentLost.
func (x *Exchange) DetachAgent(agent uuid.UUID, s media.Stream) {
	if c := x.seats.detach(agent, s); c != nil {
		c.post(message{event: agentLost, agent: agent, stream: s})
	}
}

// Mute silences the agent towards the customer until the call ends. Between calls
// it holds for the next one.
func (x *Exchange) Mute(agent uuid.UUID, on bool) {
	if c := x.seats.mute(agent, on); c != nil {
		c.post(message{event: doMute, agent: agent, on: on})
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
