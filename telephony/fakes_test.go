package telephony

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"ringback/internal/postgres/pgtest"
	"ringback/telephony/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, pgtest.Waiter()) }

// fakeStream is a far end's audio.
type fakeStream struct {
	mu     sync.Mutex
	sink   media.Sink
	digit  func(media.Digit)
	frames [][]byte // sent to the far end
	keys   []byte
}

func (s *fakeStream) WriteFrame(f media.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames = append(s.frames, append([]byte(nil), f.Payload...))
}
func (s *fakeStream) Codec() media.Codec { return media.PCMA }
func (s *fakeStream) SetSink(k media.Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = k
}

func (s *fakeStream) OnDigit(f func(media.Digit)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digit = f
}

func (s *fakeStream) SendDigit(key byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
	return nil
}

func (s *fakeStream) Stats() media.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return media.Stats{PacketsOut: uint64(len(s.frames))}
}
func (s *fakeStream) Close() error { return nil }

// says lets the far end speak one frame of a sample value.
func (s *fakeStream) says(b byte) {
	s.mu.Lock()
	sink := s.sink
	s.mu.Unlock()
	if sink != nil {
		payload := make([]byte, media.FrameBytes)
		for i := range payload {
			payload[i] = b
		}
		sink.WriteFrame(media.Frame{Payload: payload, Codec: media.PCMA})
	}
}

func (s *fakeStream) presses(key byte) {
	s.mu.Lock()
	f := s.digit
	s.mu.Unlock()
	if f != nil {
		f(media.Digit{Key: key})
	}
}

// heard is what the far end got since the last time.
func (s *fakeStream) heard() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.frames
	s.frames = nil
	return got
}

func (s *fakeStream) pressed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.keys)
}

// fakeLeg is one INVITE under way.
type fakeLeg struct {
	spec   LegSpec
	on     func(LegEvent)
	stream *fakeStream

	mu       sync.Mutex
	open     bool
	over     bool
	up       bool
	hangups  int
	stubborn bool // never confirms a hangup
}

func (l *fakeLeg) Media() media.Stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.open {
		return nil
	}
	return l.stream
}

func (l *fakeLeg) Hangup() {
	l.mu.Lock()
	l.hangups++
	cause := EndCancelled
	if l.up {
		cause = EndLocalBye
	}
	ends := l.hangups == 1 && !l.stubborn && !l.over
	l.mu.Unlock()
	if ends {
		go l.ends(LegEvent{Cause: cause})
	}
}

func (l *fakeLeg) tell(ev LegEvent) {
	ev.At = time.Now()
	l.on(ev)
}

func (l *fakeLeg) tries() { l.tell(LegEvent{Kind: LegTrying, Code: 100}) }
func (l *fakeLeg) rings() { l.tell(LegEvent{Kind: LegRinging, Code: 180}) }
func (l *fakeLeg) early() {
	l.opened(false)
	l.tell(LegEvent{Kind: LegEarly, Code: 183})
}

func (l *fakeLeg) answers() {
	l.opened(true)
	l.tell(LegEvent{Kind: LegAnswered, Code: 200})
}

func (l *fakeLeg) opened(up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open, l.up = true, up
}

func (l *fakeLeg) ends(ev LegEvent) {
	l.mu.Lock()
	if l.over {
		l.mu.Unlock()
		return
	}
	l.over = true
	l.mu.Unlock()
	ev.Kind = LegEnded
	l.tell(ev)
}
func (l *fakeLeg) refuses(code int) { l.ends(LegEvent{Cause: EndRejected, Code: code}) }

// setStubborn makes the leg ignore hang-ups, or take them again.
func (l *fakeLeg) setStubborn(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stubborn, l.hangups = on, 0
}

func (l *fakeLeg) hungUp() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hangups
}

// fakePlacer keeps the legs it was asked for.
type fakePlacer struct {
	mu   sync.Mutex
	legs []*fakeLeg
	err  map[string]error // by address
}

func (p *fakePlacer) Place(_ context.Context, spec LegSpec, on func(LegEvent)) (Leg, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.err[spec.Address]; err != nil {
		return nil, err
	}
	l := &fakeLeg{spec: spec, on: on, stream: &fakeStream{}}
	p.legs = append(p.legs, l)
	return l, nil
}

func (p *fakePlacer) leg(i int) *fakeLeg {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.legs[i]
}

func (p *fakePlacer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.legs)
}

// house is an exchange in virtual time with one call's events.
type house struct {
	t      *testing.T
	x      *Exchange
	placer *fakePlacer
	spec   CallSpec
	agent  uuid.UUID
	voice  *fakeStream

	mu     sync.Mutex
	events []CallEvent
}

func route(name string) Route {
	return Route{TrunkID: uuid.NewSHA1(uuid.Nil, []byte(name)), Name: name, Address: name + ":5060"}
}

// inHouse runs fn in a bubble and stops everything after it.
func inHouse(t *testing.T, change func(*Options), fn func(*testing.T, *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, placer: &fakePlacer{err: map[string]error{}}, agent: uuid.New(), voice: &fakeStream{}}
		player := media.NewClock()
		o := Options{Placer: h.placer, Player: player, Node: uuid.New()}
		if change != nil {
			change(&o)
		}
		h.x = NewExchange(o)
		h.spec = CallSpec{
			ID: uuid.New(), Group: uuid.New(), Store: uuid.New(), Number: "15400000001", CallerNumber: "057188880000",
			Ring: 30 * time.Second, Routes: []Route{route("one")},
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = player.Run(ctx) })
		running.Go(func() { _ = h.x.Run(ctx) })
		defer running.Wait()
		defer stop()
		fn(t, h)
	})
}

func (h *house) dial() *fakeLeg {
	h.t.Helper()
	if err := h.x.Dial(h.t.Context(), h.spec, h.observe); err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
	return h.placer.leg(h.placer.count() - 1)
}

func (h *house) observe(ev CallEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, ev)
}

// sits gives the agent audio.
func (h *house) sits() { h.x.AttachAgent(h.agent, h.voice) }

// kinds are the events so far, in order.
func (h *house) kinds() (all []CallEventKind) {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ev := range h.events {
		all = append(all, ev.Kind)
	}
	return all
}

func (h *house) wantKinds(want ...CallEventKind) {
	h.t.Helper()
	got := h.kinds()
	same := len(got) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = got[i] == want[i]
	}
	if !same {
		h.t.Fatalf("events %v, want %v", got, want)
	}
}

// wantEnd checks the last event.
func (h *house) wantEnd(result, by string) CallEvent {
	h.t.Helper()
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	last := h.events[len(h.events)-1]
	if last.Kind != CallEnded || last.LineResult != result || last.HangupBy != by {
		h.t.Fatalf("last event %+v, want ended %s by %s", last, result, by)
	}
	return last
}

func (h *house) gone() {
	h.t.Helper()
	synctest.Wait()
	if live := h.x.Live(); len(live) != 0 {
		h.t.Errorf("still live: %v", live)
	}
}

func loud(frames [][]byte) bool {
	for _, f := range frames {
		for _, b := range f {
			if s := media.ALawToLinear(b); s > 500 || s < -500 {
				return true
			}
		}
	}
	return false
}
