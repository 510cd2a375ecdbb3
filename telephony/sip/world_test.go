package sip_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// story collects what a leg tells.
type story struct {
	mu     sync.Mutex
	events []telephony.LegEvent
	more   chan struct{}
}

func newStory() *story { return &story{more: make(chan struct{}, 1)} }

func (s *story) on(ev telephony.LegEvent) {
	s.mu.Lock()
	s.events = append(s.events, ev)
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *story) all() []telephony.LegEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]telephony.LegEvent(nil), s.events...)
}

func (s *story) kinds() []telephony.LegEventKind {
	var list []telephony.LegEventKind
	for _, ev := range s.all() {
		list = append(list, ev.Kind)
	}
	return list
}

func (s *story) find(kind telephony.LegEventKind) (telephony.LegEvent, bool) {
	for _, ev := range s.all() {
		if ev.Kind == kind {
			return ev, true
		}
	}
	return telephony.LegEvent{}, false
}

// until waits for an event of a kind.
func (s *story) until(t *testing.T, kind telephony.LegEventKind, patience time.Duration) telephony.LegEvent {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		if ev, ok := s.find(kind); ok {
			return ev
		}
		select {
		case <-s.more:
		case <-limit.C:
			t.Fatalf("no %q after %v; so far %v", kind, patience, s.all())
		}
	}
}

// eventually polls a condition on real time.
func eventually(t *testing.T, what string, patience time.Duration, ok func() bool) {
	t.Helper()
	limit, tick := time.NewTimer(patience), time.NewTicker(5*time.Millisecond)
	defer limit.Stop()
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("%s: not after %v", what, patience)
		}
	}
}

// runs starts a blocking part and makes the test's end stop it and wait.
func runs(t testing.TB, part func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- part(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func ports(t testing.TB, from, to uint16) *media.Ports {
	t.Helper()
	p, err := media.NewPorts(media.PortOptions{From: from, To: to, Quarantine: -1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// realWorld is an endpoint and a carrier on loopback sockets.
func realWorld(t testing.TB) (*sip.Endpoint, *siptest.Carrier) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: conn, Ports: ports(t, 21000, 21998), Seed: 1})
	runs(t, carrier.Run)
	e, err := sip.New(sip.Options{Listen: "127.0.0.1:0", OpenAudio: sip.OpenRTP(ports(t, 22000, 22998))})
	if err != nil {
		t.Fatal(err)
	}
	runs(t, e.Run)
	return e, carrier
}

// ear is a sink that remembers A-law.
type ear struct {
	mu    sync.Mutex
	audio []byte
}

func (e *ear) WriteFrame(f media.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.audio = append(e.audio, f.Payload...)
}

func (e *ear) heard(pitches []float64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return media.InOrder(media.DetectBurstsIn(e.audio, media.PCMA, media.BurstPitches()), pitches)
}
