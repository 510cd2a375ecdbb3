package dialer_test

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/redis"
	"ringback/telephony"
)

// behaviour is what a customer's phone does.
type behaviour struct {
	after  time.Duration // of ringing
	result string        // not answered, with this line result
	talk   time.Duration // answered, hangs up after so long with an agent; 0 stays
	mute   bool          // nothing ever comes back: the node will die
}

// fakeExchange plays the customers in real time and checks what the dialer must
// never do.
type fakeExchange struct {
	mu       sync.Mutex // guards the fields below
	answers  func(number string) behaviour
	calls    map[uuid.UUID]*fakeCall
	dialed   []string
	at       []time.Time
	most     int // calls at once
	wrongs   []string
	deaf     map[uuid.UUID]bool // agents without audio
	announce map[uuid.UUID]string
	presses  string // keys pressed by whoever hears an announcement
	keys     []byte // sent to customers
}

type fakeCall struct {
	spec     telephony.CallSpec
	observe  func(telephony.CallEvent)
	commands chan fakeCommand
	done     chan struct{}
}

type fakeCommand struct {
	bridge   uuid.UUID
	announce string
	hangup   string
}

func newExchange() *fakeExchange {
	return &fakeExchange{
		calls: map[uuid.UUID]*fakeCall{}, deaf: map[uuid.UUID]bool{}, announce: map[uuid.UUID]string{},
		answers: func(string) behaviour { return behaviour{after: 20 * time.Millisecond, talk: 30 * time.Millisecond} },
	}
}

func (x *fakeExchange) Dial(_ context.Context, spec telephony.CallSpec, observe func(telephony.CallEvent)) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range x.calls {
		if c.spec.Number == spec.Number {
			x.wrongs = append(x.wrongs, "two calls at once to "+spec.Number)
		}
	}
	if _, twice := x.calls[spec.ID]; twice {
		return telephony.ErrCallExists
	}
	c := &fakeCall{spec: spec, observe: observe, commands: make(chan fakeCommand, 4), done: make(chan struct{})}
	x.calls[spec.ID] = c
	x.most = max(x.most, len(x.calls))
	x.dialed, x.at = append(x.dialed, spec.Number), append(x.at, time.Now())
	go x.play(c, x.answers(spec.Number))
	return nil
}

func (x *fakeExchange) play(c *fakeCall, b behaviour) {
	tell := func(kind telephony.CallEventKind, e telephony.CallEvent) {
		e.Call, e.Kind, e.At = c.spec.ID, kind, time.Now()
		c.observe(e)
	}
	end := func(e telephony.CallEvent) {
		x.mu.Lock()
		delete(x.calls, c.spec.ID)
		x.mu.Unlock()
		close(c.done)
		tell(telephony.CallEnded, e)
	}
	tell(telephony.CallDialing, telephony.CallEvent{})
	if b.mute {
		return
	}
	if b.result == telephony.ResultTrunkFault {
		end(telephony.CallEvent{LineResult: b.result, HangupBy: "network", SIPCode: 503})
		return
	}
	tell(telephony.CallRinging, telephony.CallEvent{})
	select {
	case cmd := <-c.commands:
		end(telephony.CallEvent{LineResult: telephony.ResultCallerCancel, HangupBy: cmd.hangup})
		return
	case <-time.After(b.after):
	}
	if b.result != "" {
		end(telephony.CallEvent{LineResult: b.result, HangupBy: "network"})
		return
	}
	tell(telephony.CallAnswered, telephony.CallEvent{Answered: true})
	bridged := c.spec.Agent != uuid.Nil
	if bridged {
		tell(telephony.CallBridged, telephony.CallEvent{Agent: c.spec.Agent})
	}
	for !bridged {
		cmd := <-c.commands
		switch {
		case cmd.bridge != uuid.Nil:
			bridged = true
			tell(telephony.CallBridged, telephony.CallEvent{Agent: cmd.bridge, Answered: true})
		case cmd.announce != "":
			for _, key := range x.presses {
				tell(telephony.CallDigit, telephony.CallEvent{Detail: string(key)})
			}
			end(telephony.CallEvent{LineResult: telephony.ResultAbandoned, HangupBy: "system", Answered: true})
			return
		default:
			end(telephony.CallEvent{LineResult: telephony.ResultAbandoned, HangupBy: cmd.hangup, Answered: true})
			return
		}
	}
	over := make(<-chan time.Time)
	if b.talk > 0 {
		over = time.After(b.talk)
	}
	by := "customer"
	select {
	case <-over:
	case cmd := <-c.commands:
		by = cmd.hangup
	}
	end(telephony.CallEvent{LineResult: telephony.ResultAnswered, HangupBy: by, Answered: true})
}

func (x *fakeExchange) send(call uuid.UUID, cmd fakeCommand) error {
	x.mu.Lock()
	c := x.calls[call]
	x.mu.Unlock()
	if c == nil {
		return telephony.ErrCallGone
	}
	select {
	case c.commands <- cmd:
		return nil
	case <-c.done:
		return telephony.ErrCallGone
	}
}

func (x *fakeExchange) Bridge(call, agent uuid.UUID) error {
	x.mu.Lock()
	deaf := x.deaf[agent]
	x.mu.Unlock()
	if deaf {
		return telephony.ErrAgentMute
	}
	return x.send(call, fakeCommand{bridge: agent})
}

func (x *fakeExchange) Announce(call uuid.UUID, prompt string) error {
	x.mu.Lock()
	x.announce[call] = prompt
	x.mu.Unlock()
	return x.send(call, fakeCommand{announce: prompt})
}

func (x *fakeExchange) Hangup(call uuid.UUID, by string) error {
	return x.send(call, fakeCommand{hangup: by})
}

func (x *fakeExchange) SendDigit(call uuid.UUID, key byte) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.calls[call] == nil {
		return telephony.ErrCallGone
	}
	x.keys = append(x.keys, key)
	return nil
}

func (x *fakeExchange) pressed() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return string(x.keys)
}

func (x *fakeExchange) Live() []uuid.UUID {
	x.mu.Lock()
	defer x.mu.Unlock()
	var ids []uuid.UUID
	for call := range x.calls {
		ids = append(ids, call)
	}
	return ids
}

func (x *fakeExchange) placed() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.dialed)
}

func (x *fakeExchange) times() []time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]time.Time(nil), x.at...)
}

func (x *fakeExchange) numbers() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.dialed...)
}

func (x *fakeExchange) announced(call uuid.UUID) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.announce[call]
}

// behave changes what the phones of later calls do.
func (x *fakeExchange) behave(b behaviour) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answers = func(string) behaviour { return b }
}

func (x *fakeExchange) hangupAll() {
	for _, call := range x.Live() {
		_ = x.Hangup(call, "customer")
	}
}

// lossyHopper is a hopper whose server can be away.
type lossyHopper struct {
	mu sync.Mutex // guards h
	h  *hopper.Hopper
}

func (l *lossyHopper) open(s *redis.Server) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.h = hopper.New(s)
}

func (l *lossyHopper) lose() {
	gone := redis.InMemory()
	_ = gone.Close()
	l.open(gone)
}

func (l *lossyHopper) now() *hopper.Hopper {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.h
}

func (l *lossyHopper) Fill(ctx context.Context, c uuid.UUID, next []dialer.Next) error {
	return l.now().Fill(ctx, c, next)
}

func (l *lossyHopper) Pop(ctx context.Context, c uuid.UUID, n int, limit float64) ([]uuid.UUID, error) {
	return l.now().Pop(ctx, c, n, limit)
}

func (l *lossyHopper) Len(ctx context.Context, c uuid.UUID) (int, error) { return l.now().Len(ctx, c) }

func (l *lossyHopper) Drop(ctx context.Context, c uuid.UUID) error { return l.now().Drop(ctx, c) }

func (l *lossyHopper) Wake(ctx context.Context) error { return l.now().Wake(ctx) }

func (l *lossyHopper) Woken(ctx context.Context, on func()) error { return l.now().Woken(ctx, on) }
