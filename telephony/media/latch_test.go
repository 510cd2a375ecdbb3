package media

import (
	"net/netip"
	"testing"
	"time"
)

func TestLatchRules(t *testing.T) {
	said, other, third := netip.MustParseAddrPort("127.0.0.1:2000"), netip.MustParseAddrPort("127.0.0.2:3000"), netip.MustParseAddrPort("127.0.0.3:3000")
	at := time.Unix(1000, 0)
	times := func(l *latch, n int, from netip.AddrPort, ssrc uint32) (last bool) {
		for range n {
			last = l.accept(from, ssrc, at)
		}
		return last
	}
	t.Run("the announced source is taken at once", func(t *testing.T) {
		l := latch{announced: said}
		if !times(&l, 1, said, 1) || times(&l, 100, other, 2) {
			t.Error("not locked to it")
		}
	})
	t.Run("another needs five in a row with one SSRC", func(t *testing.T) {
		l := latch{announced: said}
		if times(&l, 4, other, 2) || times(&l, 4, other, 3) || times(&l, 1, third, 3) || times(&l, 4, other, 3) || !times(&l, 1, other, 3) {
			t.Error("wrong count")
		}
		if times(&l, 9, said, 1) || l.target() != other {
			t.Error("not locked to it")
		}
	})
	t.Run("a locked source that is silent for 5 s may be replaced", func(t *testing.T) {
		l := latch{announced: said}
		times(&l, 1, said, 1)
		early, late := at.Add(relatchAfter-1), at.Add(relatchAfter)
		for range latchPackets {
			if l.accept(other, 2, early) {
				t.Fatal("replaced too early")
			}
		}
		for i := range latchPackets {
			if got := l.accept(other, 2, late); got != (i == latchPackets-1) {
				t.Fatalf("packet %d: %v", i, got)
			}
		}
	})
	t.Run("announcing again what is known keeps the lock", func(t *testing.T) {
		l := latch{announced: said}
		times(&l, latchPackets, other, 2)
		l.announce(said)
		if l.target() != other {
			t.Error("the lock was lost")
		}
		l.announce(third)
		if l.target() != third || times(&l, 1, other, 2) {
			t.Error("the new address was not taken")
		}
	})
}
