package telephony

import (
	"github.com/google/uuid"

	"ringback/telephony/media"
)

// seek gives the agent to r's call while r looks for them elsewhere; false when
// they are here, in another call, or looked for already.
func (s *seats) seek(r *reach) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.of(r.agent)
	if at.stream != nil || at.lease != nil || at.far != nil || at.call != nil && at.call != r.call {
		return false
	}
	if at.call == nil {
		at.begin(r.call.spec.ID)
	}
	at.call, at.far = r.call, r
	return true
}

// attachFar makes the leg that r has found the agent's audio; false when the call
// has let them go or they have come here.
func (s *seats) attachFar(r *reach, stream media.Stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[r.agent]
	if at == nil || at.far != r || stream == nil {
		return false
	}
	at.stream = stream
	return true
}

// detachFar takes it away; false when it is the agent's no more.
func (s *seats) detachFar(r *reach, stream media.Stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byAgent[r.agent]
	if at == nil || at.far != r || at.stream != stream {
		return false
	}
	at.stream = nil
	return true
}

// lend gives the agent's seat to a lease. A lease of the same call is replaced and
// returned; ok is false when the agent is in another call.
func (s *seats) lend(l *lease) (old *lease, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.of(l.agent)
	if at.call != nil || at.lease != nil && at.lease.call != l.call {
		return nil, false
	}
	old, at.lease = at.lease, l
	if old == nil {
		at.begin(l.call)
	}
	s.leases[l.call] = l
	return old, true
}

// takeBack ends a lease. When the audio was lost the call will come again, and
// finds the agent as muted as they were.
func (s *seats) takeBack(l *lease, willComeAgain bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases[l.call] == l {
		delete(s.leases, l.call)
	}
	at := s.byAgent[l.agent]
	if at == nil || at.lease != l {
		return
	}
	at.lease = nil
	if at.muted && willComeAgain {
		at.mutedFor = l.call
	} else {
		at.muted = false
	}
	if at.idle() {
		delete(s.byAgent, l.agent)
	}
}

// lent is the agent's audio and whether it is muted.
func (s *seats) lent(agent uuid.UUID) (stream media.Stream, muted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.byAgent[agent]; at != nil {
		return at.stream, at.muted
	}
	return nil, false
}

// leaseOf is the lease of another node's call; nil when there is none.
func (s *seats) leaseOf(call uuid.UUID) *lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leases[call]
}

func (s *seats) allLeases() (all []*lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.leases {
		all = append(all, l)
	}
	return all
}
