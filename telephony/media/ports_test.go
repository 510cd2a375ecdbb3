package media

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestPortsRestAfterUseAndRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := NewPorts(PortOptions{From: 22001, To: 22005})
		must(t, err)
		first, err := p.Reserve(netip.Addr{})
		must(t, err)
		second, err := p.Reserve(netip.Addr{})
		must(t, err)
		if port := addrOf(first.RTP).Port(); port%2 != 0 || addrOf(first.RTCP).Port() != port+1 || port < 22002 || port > 22004 {
			t.Errorf("pair on %d and %d", port, addrOf(first.RTCP).Port())
		}
		if _, err := p.Reserve(netip.Addr{}); !errors.Is(err, ErrNoPorts) {
			t.Errorf("a third of two pairs: %v", err)
		}
		first.Release()
		first.Release()
		if used, resting, total := p.Usage(); used != 1 || resting != 1 || total != 2 {
			t.Errorf("usage %d %d %d", used, resting, total)
		}
		time.Sleep(defaultQuarantine - time.Second)
		if _, err := p.Reserve(netip.Addr{}); !errors.Is(err, ErrNoPorts) {
			t.Errorf("a resting pair: %v", err)
		}
		time.Sleep(time.Second)
		again, err := p.Reserve(netip.Addr{})
		must(t, err)
		again.Release()
		second.Release()
	})
}

func TestAPairTakenByAnotherProgramIsPassedOver(t *testing.T) {
	p, err := NewPorts(PortOptions{From: 22010, To: 22013, Quarantine: -1})
	must(t, err)
	other, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 22011})
	must(t, err)
	defer func() { _ = other.Close() }()
	for range 3 {
		pair, err := p.Reserve(netip.Addr{})
		must(t, err)
		if addrOf(pair.RTP).Port() != 22012 {
			t.Errorf("got %d", addrOf(pair.RTP).Port())
		}
		pair.Release()
	}
}

func TestAnAddressThatIsNotOursIsAnErrorOfItsOwn(t *testing.T) {
	_, err := NewSession(SessionOptions{Ports: freePorts(t, 0), LocalIP: netip.MustParseAddr("192.0.2.1")})
	if err == nil || errors.Is(err, ErrNoPorts) {
		t.Errorf("got %v", err)
	}
}

func TestWrongPortRangesAreRefused(t *testing.T) {
	for _, o := range []PortOptions{{}, {From: 5, To: 5}, {From: 4, To: 4}, {From: 9, To: 3}} {
		if _, err := NewPorts(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
