package siptest

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Net is a network in memory: packet connections that work in virtual time
// (testing/synctest), lose what they are told to lose, and keep order.
type Net struct {
	// Delay is the time a packet takes; set it before the first packet.
	Delay time.Duration

	mu    sync.Mutex
	conns map[netip.AddrPort]*memConn
	drop  func(from, to netip.AddrPort, data []byte) bool
}

// NewNet is an empty network.
func NewNet() *Net { return &Net{conns: map[netip.AddrPort]*memConn{}} }

// Lose sets which packets are lost; nil loses none.
func (n *Net) Lose(drop func(from, to netip.AddrPort, data []byte) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drop = drop
}

// Listen opens the packet connection of an address such as "10.0.0.1:5060"; it
// panics when the address is none or taken, which is the test's mistake.
func (n *Net) Listen(addr string) net.PacketConn {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := netip.MustParseAddrPort(addr)
	if n.conns[at] != nil {
		panic("siptest: " + addr + " is taken")
	}
	c := &memConn{net: n, at: at, in: make(chan packet, 4096), closed: make(chan struct{})}
	n.conns[at] = c
	return c
}

type packet struct {
	from netip.AddrPort
	data []byte
}

// memConn is one address of a Net.
type memConn struct {
	net    *Net
	at     netip.AddrPort
	in     chan packet
	closed chan struct{}
	once   sync.Once
}

// ReadFrom waits for a packet.
func (c *memConn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-c.in:
		return copy(b, p.data), net.UDPAddrFromAddrPort(p.from), nil
	case <-c.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo sends a packet; one to nowhere is lost, as in life.
func (c *memConn) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-c.closed:
		return 0, net.ErrClosed
	default:
	}
	p := packet{from: c.at, data: append([]byte(nil), b...)}
	if c.net.Delay == 0 {
		c.net.deliver(addrPort(to), p)
	} else {
		time.AfterFunc(c.net.Delay, func() { c.net.deliver(addrPort(to), p) })
	}
	return len(b), nil
}

func (n *Net) deliver(to netip.AddrPort, p packet) {
	n.mu.Lock()
	defer n.mu.Unlock()
	dest := n.conns[to]
	if dest == nil || n.drop != nil && n.drop(p.from, to, p.data) {
		return
	}
	select {
	case dest.in <- p:
	default: // the reader's queue is full: lost
	}
}

// Close frees the address.
func (c *memConn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.net.mu.Lock()
		defer c.net.mu.Unlock()
		delete(c.net.conns, c.at)
	})
	return nil
}

// LocalAddr is the address listened on.
func (c *memConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.at) }

var errNoDeadline = errors.Join(errors.New("an in-memory connection has no deadlines"), os.ErrInvalid)

// SetDeadline is not supported.
func (c *memConn) SetDeadline(time.Time) error { return errNoDeadline }

// SetReadDeadline is not supported.
func (c *memConn) SetReadDeadline(time.Time) error { return errNoDeadline }

// SetWriteDeadline is not supported.
func (c *memConn) SetWriteDeadline(time.Time) error { return errNoDeadline }
