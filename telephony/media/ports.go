package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// ErrNoPorts is returned when every port pair of the range is in use, resting or
// taken by another program.
var ErrNoPorts = errors.New("no free RTP port")

// defaultQuarantine is how long a port rests after use, so that late packets of
// the old call are not heard in a new one.
const defaultQuarantine = 30 * time.Second

// PortOptions say which ports there are.
type PortOptions struct {
	IP         netip.Addr    // to bind; zero: 127.0.0.1
	From, To   uint16        // both inclusive; pairs begin on even numbers
	Quarantine time.Duration // real time a pair rests after use; zero: 30 s, negative: none
	ReadBuffer int           // socket receive buffer in bytes; zero: the system's
}

// Ports hands out pairs of UDP ports, the even one for RTP, the next for RTCP
// (RFC 3550 §11).
type Ports struct {
	opt   PortOptions
	first int

	mu    sync.Mutex
	next  int
	pairs []portState
}

type portState struct {
	used bool
	rest time.Time // not before this
}

// NewPorts checks the range. It binds nothing.
func NewPorts(o PortOptions) (*Ports, error) {
	if !o.IP.IsValid() {
		o.IP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if o.Quarantine == 0 {
		o.Quarantine = defaultQuarantine
	}
	first := int(o.From) + int(o.From)&1
	n := (int(o.To) + 1 - first) / 2
	if o.From == 0 || n < 1 {
		return nil, fmt.Errorf("RTP port range %d-%d holds no pair of ports", o.From, o.To)
	}
	return &Ports{opt: o, first: first, pairs: make([]portState, n), next: rand.IntN(n)}, nil
}

// PortPair is two bound sockets.
type PortPair struct {
	RTP, RTCP *net.UDPConn
	release   func()
}

// Release closes the sockets and lets the pair rest. Only the first call counts.
func (p *PortPair) Release() { p.release() }

// Reserve binds a free pair on ip, or on the range's own address when ip is
// zero. It fails with ErrNoPorts, or with the system's error when it has no more
// file handles or not that address.
func (p *Ports) Reserve(ip netip.Addr) (*PortPair, error) {
	if !ip.IsValid() {
		ip = p.opt.IP
	}
	for range p.pairs {
		i, ok := p.take(time.Now())
		if !ok {
			break
		}
		pair, err := p.bind(ip, i)
		if err == nil {
			return pair, nil
		}
		p.giveBack(i, time.Time{})
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("binding an RTP port on %v: %w", ip, err)
		}
	}
	return nil, ErrNoPorts
}

// Usage says how many pairs carry calls, how many rest, and how many there are.
func (p *Ports) Usage() (used, resting, total int) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.pairs {
		switch {
		case s.used:
			used++
		case now.Before(s.rest):
			resting++
		}
	}
	return used, resting, len(p.pairs)
}

// take marks the next free pair used, going round the range.
func (p *Ports) take(now time.Time) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.pairs {
		i := p.next
		p.next = (p.next + 1) % len(p.pairs)
		if s := &p.pairs[i]; !s.used && !now.Before(s.rest) {
			s.used = true
			return i, true
		}
	}
	return 0, false
}

func (p *Ports) giveBack(i int, rest time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pairs[i] = portState{rest: rest}
}

func (p *Ports) bind(ip netip.Addr, i int) (*PortPair, error) {
	port := uint16(p.first + 2*i)
	rtp, err := p.listen(netip.AddrPortFrom(ip, port))
	if err != nil {
		return nil, err
	}
	rtcp, err := p.listen(netip.AddrPortFrom(ip, port+1))
	if err != nil {
		_ = rtp.Close()
		return nil, err
	}
	release := func() {
		_, _ = rtp.Close(), rtcp.Close()
		p.giveBack(i, time.Now().Add(max(0, p.opt.Quarantine)))
	}
	return &PortPair{RTP: rtp, RTCP: rtcp, release: sync.OnceFunc(release)}, nil
}

func (p *Ports) listen(at netip.AddrPort) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err == nil && p.opt.ReadBuffer > 0 {
		_ = conn.SetReadBuffer(p.opt.ReadBuffer)
	}
	return conn, err
}
