package main

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/telephony/siptest"
)

// crashStreet is where the customers live: a carrier with a log of its own, which
// no crash of ours can touch.
type crashStreet struct {
	carrier *siptest.Carrier

	mu      sync.Mutex
	invites []streetInvite
	rang    map[string]int // 180s by Call-ID
	last    time.Time      // of an INVITE
	watch   func(streetStep)
}

// streetInvite is one INVITE that arrived.
type streetInvite struct {
	Attempt, CallID, Number string
	At                      time.Time
}

// streetStep is something that the carrier did or saw.
type streetStep struct {
	What   string // invite, ringing, answered
	Source string // host:port of the server
}

func openStreet(t *testing.T) *crashStreet {
	t.Helper()
	s := &crashStreet{rang: map[string]int{}, watch: func(streetStep) {}}
	s.carrier = loopbackCarrier(t, 24000, siptest.CarrierOptions{Override: streetCustomer, Told: s.told})
	return s
}

// streetCustomer: four of five answer after a moment and talk shortly; the others
// are busy or do not hear it.
func streetCustomer(nth int, _ string) (siptest.Behaviour, bool) {
	r := rand.New(rand.NewPCG(2, uint64(nth)))
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(r.Int64N(int64(to-from))) }
	switch r.IntN(10) {
	case 0:
		return siptest.Behaviour{Ring: between(100*time.Millisecond, time.Second), Status: 486, Reason: "Busy Here"}, true
	case 1:
		return siptest.Behaviour{Ring: between(time.Second, 3*time.Second), Status: 480, Reason: "Temporarily Unavailable"}, true
	}
	return siptest.Behaviour{Ring: between(200*time.Millisecond, 1500*time.Millisecond), Talk: between(time.Second, 3*time.Second)}, true
}

func (s *crashStreet) told(call *siptest.Call, code int) {
	step := streetStep{Source: call.Source()}
	s.mu.Lock()
	switch code {
	case 0:
		step.What, s.last = "invite", time.Now()
		attempt := call.CallID[:strings.LastIndexByte(call.CallID, '-')] // <attempt>-<try>
		s.invites = append(s.invites, streetInvite{Attempt: attempt, CallID: call.CallID, Number: call.Number, At: s.last})
	case 180:
		step.What = "ringing"
		s.rang[call.CallID]++
	case 200:
		step.What = "answered"
	}
	watch := s.watch
	s.mu.Unlock()
	if step.What != "" {
		watch(step)
	}
}

// onStep has fn told every step from now on.
func (s *crashStreet) onStep(fn func(streetStep)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = fn
}

// lastInvite is when a server dialed last.
func (s *crashStreet) lastInvite() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

func (s *crashStreet) log() (invites []streetInvite, rang map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rang = map[string]int{}
	for id, n := range s.rang {
		rang[id] = n
	}
	return append(invites, s.invites...), rang
}
