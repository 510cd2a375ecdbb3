package main

import (
	"math/rand/v2"
	"sort"
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
	saw     func(step, source string)
}

// streetInvite is one INVITE that arrived.
type streetInvite struct {
	Attempt, CallID, Number string
	At                      time.Time
}

// openStreet opens it; saw hears of each step (invite, ringing, answered) of the
// server at source, before the carrier goes on.
func openStreet(t *testing.T, saw func(step, source string)) *crashStreet {
	t.Helper()
	s := &crashStreet{rang: map[string]int{}, saw: saw}
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
	if step := s.note(call, code); step != "" {
		s.saw(step, call.Source())
	}
}

func (s *crashStreet) note(call *siptest.Call, code int) (step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch code {
	case 0:
		attempt := call.CallID[:strings.LastIndexByte(call.CallID, '-')] // <attempt>-<try>
		s.invites = append(s.invites, streetInvite{Attempt: attempt, CallID: call.CallID, Number: call.Number, At: time.Now()})
		return "invite"
	case 180:
		s.rang[call.CallID]++
		return "ringing"
	case 200:
		return "answered"
	}
	return ""
}

// dialedAfter is when a server dialed next.
func (s *crashStreet) dialedAfter(t time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := sort.Search(len(s.invites), func(i int) bool { return s.invites[i].At.After(t) })
	if i == len(s.invites) {
		return time.Time{}, false
	}
	return s.invites[i].At, true
}

// silence is the longest time between two calls.
func (s *crashStreet) silence() (longest time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 1; i < len(s.invites); i++ {
		longest = max(longest, s.invites[i].At.Sub(s.invites[i-1].At))
	}
	return longest
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
