package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// outsideEnv makes this test program the outside world of BenchmarkCalls.
const outsideEnv = "RINGBACK_BENCH_OUTSIDE"

func TestMain(m *testing.M) {
	if os.Getenv(crashNodeEnv) != "" {
		if err := runCrashNode(); err != nil {
			fmt.Fprintln(os.Stderr, "server:", err)
			os.Exit(1)
		}
		return
	}
	if os.Getenv(outsideEnv) == "" {
		os.Exit(m.Run())
	}
	if err := runOutside(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "outside world:", err)
		os.Exit(1)
	}
}

// outsideOrders tell the outside world where the product is.
type outsideOrders struct {
	SIP, Console string // host:port
	Agents       int
	Password     string
}

// outsideReport is what it has seen and used.
type outsideReport struct {
	Carrier string // said first
	Ready   bool   // said when every agent is ready
	Calls   []seenCall
	CPU     time.Duration
}

// seenCall is one answered call as carrier, phone and console saw it.
type seenCall struct {
	Attempt  string
	Answered time.Time // the 200 OK was sent
	Heard    time.Time // the customer's voice came to the agent's phone; zero: never
	Shown    time.Time // the agent's page showed the call; zero: never
}

func (c seenCall) since(at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return at.Sub(c.Answered)
}

func (r outsideReport) unheard() (n int) {
	for _, c := range r.Calls {
		if c.Heard.IsZero() {
			n++
		}
	}
	return n
}

func benchLogin(i int) string     { return fmt.Sprintf("agent%02d", i) }
func benchExtension(i int) string { return fmt.Sprint(8000 + i) }

const benchSupervisor = "supervisor"

// outsideWorld is the other process, as the benchmark holds it.
type outsideWorld struct {
	carrier string
	in      io.WriteCloser
	out     *json.Decoder
	cmd     *exec.Cmd
}

func startOutside(b *testing.B) *outsideWorld {
	b.Helper()
	o := &outsideWorld{cmd: exec.Command(os.Args[0])}
	o.cmd.Env, o.cmd.Stderr = append(os.Environ(), outsideEnv+"=1"), os.Stderr
	var err error
	o.in, err = o.cmd.StdinPipe()
	fatal(b, err)
	out, err := o.cmd.StdoutPipe()
	fatal(b, err)
	o.out = json.NewDecoder(bufio.NewReader(out))
	fatal(b, o.cmd.Start())
	b.Cleanup(func() { _ = o.in.Close(); _ = o.cmd.Wait() })
	o.carrier = o.hear(b).Carrier
	return o
}

func (o *outsideWorld) hear(b *testing.B) (r outsideReport) {
	b.Helper()
	if err := o.out.Decode(&r); err != nil {
		b.Fatalf("the outside world has ended: %v", err)
	}
	return r
}

// open registers phones and signs agents on.
func (o *outsideWorld) open(b *testing.B, orders outsideOrders) {
	b.Helper()
	fatal(b, json.NewEncoder(o.in).Encode(orders))
	o.hear(b)
}

// stop asks for the report.
func (o *outsideWorld) stop(b *testing.B) outsideReport {
	b.Helper()
	fatal(b, o.in.Close())
	return o.hear(b)
}

// runOutside is the other process: carrier, phones and consoles until in ends.
func runOutside(in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ports, err := media.NewPorts(media.PortOptions{IP: netip.MustParseAddr("127.0.0.1"), From: 26000, To: 28999, Quarantine: 5 * time.Second})
	if err != nil {
		return err
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: conn, Ports: ports, Override: benchCustomer})
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel()
	work.Go(func() { _ = carrier.Run(ctx) })
	say, orders := json.NewEncoder(out), json.NewDecoder(in)
	if err := say.Encode(outsideReport{Carrier: carrier.Addr().String()}); err != nil {
		return err
	}
	var o outsideOrders
	if err := orders.Decode(&o); err != nil {
		return err
	}
	shop, err := openShop(ctx, o, ports, &work)
	if err != nil {
		return err
	}
	used := ownCPU()
	if err := say.Encode(outsideReport{Ready: true}); err != nil {
		return err
	}
	if err := orders.Decode(&o); !errors.Is(err, io.EOF) {
		return err
	}
	r := outsideReport{CPU: ownCPU() - used}
	for _, c := range carrier.Calls() {
		if answered := c.AnsweredAt(); c.State() == siptest.HungUp { // the last ones are still up
			r.Calls = append(r.Calls, shop.saw(c.CallID, answered))
		}
	}
	return say.Encode(r)
}

// customerPitch is what customers sound like: no tone of the product's.
const customerPitch = 2600

// benchCustomer rings, answers, speaks at once and hangs up.
func benchCustomer(nth int, _ string) (siptest.Behaviour, bool) {
	r := rand.New(rand.NewPCG(1, uint64(nth)))
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(r.Int64N(int64(to-from))) }
	return siptest.Behaviour{
		Ring: between(time.Second, 3*time.Second), Talk: between(time.Second, 2*time.Second),
		Says: media.Tone([]float64{customerPitch}, 3*time.Second), AtOnce: true,
	}, true
}

// shop is the agents: a phone and a console each, and a supervisor who watches.
type shop struct {
	phones   []*benchPhone
	consoles []*benchConsole
}

func openShop(ctx context.Context, o outsideOrders, ports *media.Ports, work *sync.WaitGroup) (*shop, error) {
	s := &shop{}
	for i := range o.Agents {
		p, err := newBenchPhone(o, i, ports)
		if err != nil {
			return nil, err
		}
		work.Go(func() { _ = p.Run(ctx) })
		s.phones = append(s.phones, p)
	}
	for i, p := range s.phones {
		select {
		case <-p.Registered():
		case <-time.After(30 * time.Second):
			return nil, fmt.Errorf("phone %s does not register", benchExtension(i))
		}
		c, err := openConsole(ctx, o, benchLogin(i), "desk", work)
		if err != nil {
			return nil, err
		}
		s.consoles = append(s.consoles, c)
	}
	for i, c := range s.consoles {
		select {
		case <-c.ready:
		case <-time.After(60 * time.Second):
			return nil, fmt.Errorf("%s does not become ready", benchLogin(i))
		}
	}
	_, err := openConsole(ctx, o, benchSupervisor, "wallboard", work)
	return s, err
}

// saw joins what carrier, console and phone know of one call.
func (s *shop) saw(callID string, answered time.Time) seenCall {
	attempt := callID[:strings.LastIndexByte(callID, '-')] // <attempt>-<try>
	c := seenCall{Attempt: attempt, Answered: answered}
	for i, console := range s.consoles {
		if at, ok := console.showed(attempt); ok {
			c.Shown = at
			c.Heard = s.phones[i].voice.after(answered)
		}
	}
	return c
}

// benchPhone is a desk phone that notes when customers begin to speak.
type benchPhone struct {
	*siptest.Phone
	voice *voiceClock
}

func newBenchPhone(o outsideOrders, i int, ports *media.Ports) (*benchPhone, error) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &benchPhone{voice: &voiceClock{}}
	p.Phone = siptest.NewPhone(siptest.PhoneOptions{
		Conn: conn, Registrar: o.SIP, User: benchExtension(i), Password: o.Password, Ports: ports, Hears: p.voice,
	})
	return p, nil
}

// voiceClock notes the moments at which a customer's voice begins, in silence or
// under the announcing tone.
type voiceClock struct {
	mu     sync.Mutex
	last   time.Time
	begins []time.Time
}

// voicePause is the least silence between two customers.
const voicePause = 300 * time.Millisecond

// WriteFrame takes one frame of what the agent hears.
func (v *voiceClock) WriteFrame(f media.Frame) {
	now := time.Now()
	if !media.Holds(media.Decode(nil, f.Payload, f.Codec), customerPitch) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if now.Sub(v.last) > voicePause {
		v.begins = append(v.begins, now)
	}
	v.last = now
}

// after is the first beginning after t, zero when there is none within 5 s.
func (v *voiceClock) after(t time.Time) time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, at := range v.begins {
		if at.After(t) && at.Sub(t) < 5*time.Second {
			return at
		}
	}
	return time.Time{}
}
