package sip

import (
	"net/netip"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// sipgo keeps an entry for every source whose datagram it was given, for ever.
// Strangers can make it remember newSources more a second, in bursts of
// maxSources (a whole company's phones registering after a restart).
const (
	maxSources = 4096
	newSources = 10
)

// gate decides which datagrams reach the parser. It runs before sipgo's
// connection pool grows, so a flood from spoofed ports costs no memory.
type gate struct {
	allow, trusted []netip.Prefix
	rate, burst    float64

	mu      sync.Mutex
	buckets map[netip.Addr]*bucket
	seen    map[netip.AddrPort]struct{}
	fresh   bucket // of sources not seen yet
	called  map[netip.AddrPort]struct{}
}

// bucket is a token bucket.
type bucket struct {
	tokens float64
	at     time.Time
}

func newGate(allow, trusted []netip.Prefix, perSecond float64) *gate {
	return &gate{
		allow: allow, trusted: trusted, rate: perSecond, burst: 4 * perSecond,
		buckets: map[netip.Addr]*bucket{}, seen: map[netip.AddrPort]struct{}{},
		fresh: bucket{tokens: maxSources}, called: map[netip.AddrPort]struct{}{},
	}
}

// read is sipgo's transport read filter: nil data drops the message.
func (g *gate) read(p sipgo.TransportReadProps, data []byte) ([]byte, error) {
	if g.admits(addrPort(p.RemoteAddr), time.Now()) {
		return data, nil
	}
	return nil, nil
}

func (g *gate) admits(from netip.AddrPort, now time.Time) bool {
	if contains(g.trusted, from.Addr()) {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ours := g.called[from]; ours {
		return true
	}
	if !contains(g.allow, from.Addr()) {
		return false
	}
	return g.known(from, now) && g.take(from.Addr(), now)
}

// call opens the gate to whom we call: an answer that is held back would be asked
// for again half a second later.
func (g *gate) call(address string) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.called) >= 2*maxSources {
		clear(g.called)
	}
	g.called[to] = struct{}{}
}

// known remembers a source, unless too many new ones came lately. Its memory is
// emptied when full: a source that is forgotten is only new again.
func (g *gate) known(from netip.AddrPort, now time.Time) bool {
	if _, ok := g.seen[from]; ok {
		return true
	}
	if !g.fresh.take(now, newSources, maxSources) {
		return false
	}
	if len(g.seen) >= 2*maxSources {
		clear(g.seen)
		clear(g.buckets)
	}
	g.seen[from] = struct{}{}
	return true
}

func (g *gate) take(a netip.Addr, now time.Time) bool {
	b := g.buckets[a]
	if b == nil {
		b = &bucket{tokens: g.burst, at: now}
		g.buckets[a] = b
	}
	return b.take(now, g.rate, g.burst)
}

// take refills the bucket by the time passed and takes one token when there is one.
func (b *bucket) take(now time.Time, perSecond, burst float64) bool {
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// privateNetworks are loopback, RFC 1918, carrier-grade NAT and their IPv6
// counterparts.
func privateNetworks() []netip.Prefix {
	var list []netip.Prefix
	for _, s := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
	} {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}
