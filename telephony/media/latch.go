package media

import (
	"net/netip"
	"sync"
	"time"
)

// A source other than the announced one must send this many packets in a row,
// with one SSRC, before it is taken for the far end behind an address translator.
const latchPackets = 5

// relatchAfter is how long the locked source must be silent before another may
// take its place.
const relatchAfter = 5 * time.Second

// latch decides whose packets are the far end's (symmetric RTP).
//
//	open ── announced source sends, or another sends 5 in a row ──▶ locked
//	locked ── new address announced ──▶ open
//	locked ── silent for 5 s, another sends 5 in a row ──▶ locked to that one
type latch struct {
	mu        sync.Mutex
	announced netip.AddrPort // by SDP; where we send until locked
	locked    netip.AddrPort
	heard     time.Time // last packet of the locked source

	candidate netip.AddrPort
	ssrc      uint32
	hits      int
}

// announce tells where the far end says it is. The address it already has
// changes nothing; another one opens the latch.
func (l *latch) announce(addr netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if addr == l.announced {
		return
	}
	l.announced = addr
	if l.locked != addr {
		l.locked, l.hits = netip.AddrPort{}, 0
	}
}

// accept says whether a packet from this source is to be taken.
func (l *latch) accept(from netip.AddrPort, ssrc uint32, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if from == l.locked {
		l.heard, l.hits = now, 0
		return true
	}
	if l.locked.IsValid() && now.Sub(l.heard) < relatchAfter {
		return false
	}
	if !l.locked.IsValid() && from == l.announced || l.proven(from, ssrc) {
		l.locked, l.heard, l.hits = from, now, 0
		return true
	}
	return false
}

// proven counts packets in a row of one unannounced source.
func (l *latch) proven(from netip.AddrPort, ssrc uint32) bool {
	if from != l.candidate || ssrc != l.ssrc {
		l.candidate, l.ssrc, l.hits = from, ssrc, 0
	}
	l.hits++
	return l.hits >= latchPackets
}

// target is where to send; invalid while nothing is known.
func (l *latch) target() netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.locked.IsValid() {
		return l.locked
	}
	return l.announced
}

// isPeer says whether ip is the far end's host, for RTCP.
func (l *latch) isPeer(ip netip.Addr) bool {
	t := l.target()
	return t.IsValid() && t.Addr() == ip
}
