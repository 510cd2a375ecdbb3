package sip

import (
	"net/netip"
	"testing"
	"time"
)

func TestAFloodFromManyPortsIsBounded(t *testing.T) {
	g := newGate(privateNetworks(), nil, 1e9)
	now, admitted := time.Unix(1000, 0), 0
	for port := range 60000 {
		if g.admits(netip.AddrPortFrom(netip.MustParseAddr("10.1.1.1"), uint16(port+1)), now) {
			admitted++
		}
	}
	if admitted != maxSources {
		t.Errorf("%d sources of a flood were taken on, want %d", admitted, maxSources)
	}
	known := netip.MustParseAddrPort("10.1.1.1:1")
	if !g.admits(known, now) {
		t.Error("a known source is locked out by the flood")
	}
	if !g.admits(netip.MustParseAddrPort("10.2.2.2:5060"), now.Add(time.Second)) {
		t.Error("nobody new is heard a second later")
	}
}

func TestASourceIsLimitedAndATrunkIsNot(t *testing.T) {
	g := newGate(privateNetworks(), []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}, 100)
	now := time.Unix(1000, 0)
	count := func(source string, at time.Time) (n int) {
		for range 1000 {
			if g.admits(netip.MustParseAddrPort(source), at) {
				n++
			}
		}
		return n
	}
	if n := count("10.1.1.1:5060", now); n != 400 {
		t.Errorf("a burst of %d, want 400", n)
	}
	if n := count("10.1.1.1:5060", now.Add(time.Second)); n != 100 {
		t.Errorf("%d in the next second, want 100", n)
	}
	if n := count("10.9.1.1:5060", now); n != 1000 {
		t.Errorf("%d of a trunk's 1000 messages", n)
	}
	if n := count("203.0.113.1:5060", now); n != 0 {
		t.Errorf("%d messages of a source that is not allowed", n)
	}
}

func TestWhomWeCallIsHeardWithoutLimit(t *testing.T) {
	g := newGate(privateNetworks(), nil, 1)
	g.call("203.0.113.7:5060")
	for range 1000 {
		if !g.admits(netip.MustParseAddrPort("203.0.113.7:5060"), time.Unix(1000, 0)) {
			t.Fatal("an answer of the one we called was dropped")
		}
	}
	if g.admits(netip.MustParseAddrPort("203.0.113.7:5061"), time.Unix(1000, 0)) {
		t.Error("another port of the one we called is heard too")
	}
}
