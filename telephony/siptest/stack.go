package siptest

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// SIP's retransmission times (RFC 3261 §17.1.1.1).
const (
	t1     = 500 * time.Millisecond
	t2     = 4 * time.Second
	giveUp = 64 * t1
)

// stack is sipgo's transport and transactions on one packet connection: what a
// Carrier and a Phone have in common.
type stack struct {
	conn  net.PacketConn
	addr  netip.AddrPort
	tpl   *sipgo.TransportLayer
	tx    *sipgo.TransactionLayer
	ready chan struct{}
	dead  chan struct{}
	work  sync.WaitGroup // guarded by mu until closed

	mu     sync.Mutex
	closed bool
}

// newStack takes over conn; requests go to handle, each on a goroutine of its own.
func newStack(conn net.PacketConn, handle func(*sipgo.Request, *sipgo.ServerTx)) *stack {
	quiet := slog.New(slog.DiscardHandler)
	s := &stack{addr: addrPort(conn.LocalAddr()), ready: make(chan struct{}), dead: make(chan struct{})}
	s.conn = &firstRead{PacketConn: conn, ready: s.ready}
	s.tpl = sipgo.NewTransportLayer(net.DefaultResolver, sipgo.NewParser(), nil, sipgo.WithTransportLayerLogger(quiet))
	s.tx = sipgo.NewTransactionLayer(s.tpl, sipgo.WithTransactionLayerLogger(quiet),
		sipgo.WithTransactionLayerUnhandledResponseHandler(func(*sipgo.Response) {}))
	s.tx.OnRequest(func(req *sipgo.Request, tx *sipgo.ServerTx) {
		defer tx.TerminateGracefully()
		if s.begin() {
			defer s.work.Done()
			handle(req, tx)
		}
	})
	return s
}

// begin counts one more piece of work that run waits for.
func (s *stack) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.work.Add(1)
	}
	return !s.closed
}

// spawn runs f in a goroutine that run waits for.
func (s *stack) spawn(f func()) {
	if s.begin() {
		go func() { defer s.work.Done(); f() }()
	}
}

// run serves until ctx ends and everything begun has ended; stop tells the calls.
func (s *stack) run(ctx context.Context, stop func()) error {
	served := make(chan error, 1)
	go func() { served <- s.tpl.ServeUDP(s.conn) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
		served <- nil
		err = fmt.Errorf("serving simulated SIP on %s: %w", s.addr, err)
	}
	stop()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	close(s.dead)
	s.work.Wait()
	_ = s.conn.Close()
	<-served
	s.tx.Close()
	_ = s.tpl.Close()
	return err
}

// exchange sends a request and returns its final response, or nil.
func (s *stack) exchange(req *sipgo.Request) *sipgo.Response {
	select {
	case <-s.ready:
	case <-s.dead:
		return nil
	}
	tx, err := s.tx.Request(context.Background(), req)
	if err != nil {
		return nil
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res
			}
		case <-tx.Done():
			return nil
		case <-s.dead:
			return nil
		}
	}
}

// request begins a request of ours: Via, Max-Forwards and where it goes.
func (s *stack) request(method sipgo.RequestMethod, to sipgo.Uri, dest string) *sipgo.Request {
	req := sipgo.NewRequest(method, to)
	via := &sipgo.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP",
		Host: s.addr.Addr().String(), Port: int(s.addr.Port()), Params: sipgo.NewParams(),
	}
	via.Params.Add("branch", sipgo.GenerateBranch())
	via.Params.Add("rport", "")
	hops := sipgo.MaxForwardsHeader(70)
	req.AppendHeader(via)
	req.AppendHeader(&hops)
	req.SetTransport("UDP")
	req.SetDestination(dest)
	req.Laddr = sipgo.Addr{IP: net.IP(s.addr.Addr().AsSlice()), Port: int(s.addr.Port())}
	return req
}

func (s *stack) contact(user string) *sipgo.ContactHeader {
	return &sipgo.ContactHeader{Address: sipgo.Uri{Scheme: "sip", User: user, Host: s.addr.Addr().String(), Port: int(s.addr.Port())}}
}

// pause waits; it tells false when the stack stops or quit closes before.
func (s *stack) pause(d time.Duration, quit <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-quit:
	case <-s.dead:
	}
	return false
}

func newTag() string { return strings.ToLower(rand.Text()) }

func tagOf(p sipgo.HeaderParams) string {
	tag, _ := p.Get("tag")
	return tag
}

func addrPort(a net.Addr) netip.AddrPort {
	if u, ok := a.(*net.UDPAddr); ok {
		return netip.AddrPortFrom(u.AddrPort().Addr().Unmap(), u.AddrPort().Port())
	}
	return netip.AddrPort{}
}

// firstRead tells when sipgo has taken the connection up: before, a request
// would try to bind the port again.
type firstRead struct {
	net.PacketConn
	ready chan struct{}
	once  sync.Once
}

// ReadFrom reads one datagram. The end is told a little later: sipgo forgets the
// socket then, and a message still being dealt with would open a new one.
func (f *firstRead) ReadFrom(b []byte) (int, net.Addr, error) {
	f.once.Do(func() { close(f.ready) })
	n, from, err := f.PacketConn.ReadFrom(b)
	if err != nil {
		<-time.After(20 * time.Millisecond)
	}
	return n, from, err
}
