package media

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// freePorts is a range that other tests of this machine do not use.
func freePorts(t *testing.T, quarantine time.Duration) *Ports {
	t.Helper()
	p, err := NewPorts(PortOptions{From: 21000, To: 21999, Quarantine: quarantine})
	must(t, err)
	return p
}

func newSession(t *testing.T, codec Codec) *Session {
	t.Helper()
	s, err := NewSession(SessionOptions{Ports: freePorts(t, -1), Codec: codec, DTMF: 101})
	must(t, err)
	t.Cleanup(func() {
		_ = s.Close()
		<-s.Done()
	})
	return s
}

// ear keeps what a stream brings; safe to look at while it does.
type ear struct {
	mu sync.Mutex
	basket
}

func (e *ear) WriteFrame(f Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.basket.WriteFrame(f)
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.frames)
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// connect announces two sessions to each other.
func connect(a, b *Session) {
	a.SetRemote(b.LocalAddr(), a.Codec(), 101)
	b.SetRemote(a.LocalAddr(), b.Codec(), 101)
}

func TestABridgeCarriesBothVoicesBetweenTwoLaws(t *testing.T) {
	customer, trunk := newSession(t, PCMA), newSession(t, PCMA)
	agent, desk := newSession(t, PCMU), newSession(t, PCMU)
	connect(customer, trunk)
	connect(agent, desk)
	var atCustomer, atAgent, tapped ear
	customer.SetSink(&atCustomer)
	agent.SetSink(&atAgent)
	b := NewBridgeTapped(trunk, desk, &tapped, nil)

	a, c := VoicePitches(1)[:4], VoicePitches(2)[:4]
	fromAgent, fromCustomer := Bursts(a, 0, 0), Bursts(c, 0, 0)
	frames := len(fromAgent) / FrameBytes
	for i := range frames {
		part := func(audio []byte) Frame {
			return Frame{Payload: audio[i*160:][:160], Codec: PCMA, Timestamp: uint32(i * 160)}
		}
		customer.WriteFrame(part(fromCustomer))
		agent.WriteFrame(part(fromAgent))
		waitFor(t, "both frames", func() bool { return atCustomer.count() == i+1 && atAgent.count() == i+1 })
	}
	if !InOrder(DetectBurstsIn(atAgent.audio, PCMU, BurstPitches()), c) {
		t.Error("the agent did not hear the customer")
	}
	if !InOrder(DetectBurstsIn(atCustomer.audio, PCMA, BurstPitches()), a) {
		t.Error("the customer did not hear the agent")
	}
	if !bytes.Equal(tapped.audio, fromCustomer) {
		t.Error("the tap did not get what the customer said, byte by byte")
	}

	b.Detach()
	customer.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	waitFor(t, "a frame to arrive", func() bool { return trunk.Stats().PacketsIn == uint64(frames+1) })
	if atAgent.count() != frames {
		t.Error("the agent still hears the customer after Detach")
	}
}

func TestInjectedPacketsAreDroppedAndCounted(t *testing.T) {
	near, peer, attacker := newSession(t, PCMA), newSession(t, PCMA), newSession(t, PCMA)
	connect(near, peer)
	attacker.SetRemote(near.LocalAddr(), PCMA, 0)
	var heard ear
	near.SetSink(&heard)
	peer.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	waitFor(t, "the peer", func() bool { return heard.count() == 1 })
	for range 100 {
		attacker.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	}
	waitFor(t, "the attack", func() bool { return near.Stats().Rejected == 100 })
	if heard.count() != 1 || near.Remote() != peer.LocalAddr() {
		t.Errorf("heard %d frames, sends to %v", heard.count(), near.Remote())
	}
}

func TestAPeerBehindAnAddressTranslatorIsFound(t *testing.T) {
	near, peer := newSession(t, PCMA), newSession(t, PCMA)
	near.SetRemote(netip.MustParseAddrPort("192.0.2.1:4000"), PCMA, 101) // what its SDP says
	peer.SetRemote(near.LocalAddr(), PCMA, 101)
	var heard ear
	peer.SetSink(&heard)
	for range latchPackets {
		peer.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	}
	waitFor(t, "the latch", func() bool { return near.Remote() == peer.LocalAddr() })
	near.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	waitFor(t, "audio back", func() bool { return heard.count() == 1 })
}

func TestANewAnswerMovesTheStreamAndKeepsIt(t *testing.T) {
	near, old, moved := newSession(t, PCMA), newSession(t, PCMA), newSession(t, PCMA)
	connect(near, old)
	var atOld, atNew ear
	old.SetSink(&atOld)
	moved.SetSink(&atNew)
	moved.SetRemote(near.LocalAddr(), PCMA, 101)
	near.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 0})
	waitFor(t, "the old address", func() bool { return atOld.count() == 1 })
	near.SetRemote(moved.LocalAddr(), PCMA, 101)
	near.SetRemote(netip.MustParseAddrPort("0.0.0.0:9"), PCMA, 101) // hold changes no address
	near.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA, Timestamp: 160})
	waitFor(t, "the new address", func() bool { return atNew.count() == 1 })
	if atNew.frames[0].Timestamp-atOld.frames[0].Timestamp != 160 {
		t.Error("the timestamps do not go on")
	}
}

func TestADigitCrossesTheWire(t *testing.T) {
	a, b := newSession(t, PCMA), newSession(t, PCMA)
	connect(a, b)
	keys := make(chan Digit, 10)
	b.OnDigit(func(d Digit) { keys <- d })
	must(t, a.SendDigit('9', 60*time.Millisecond))
	waitFor(t, "the digit", func() bool { return len(keys) == 1 })
	waitFor(t, "its repeats", func() bool { return b.Stats().PacketsIn >= 5 })
	if d := <-keys; d != (Digit{Key: '9', Duration: 60 * time.Millisecond}) || len(keys) != 0 {
		t.Errorf("told %v and %d more", d, len(keys))
	}
}

func TestEchoGivesBackWhatWasSaid(t *testing.T) {
	near, peer := newSession(t, PCMA), newSession(t, PCMA)
	connect(near, peer)
	var heard ear
	peer.SetSink(&heard)
	stop := EchoDelayed(near, 40*time.Millisecond)
	for i := range 5 {
		peer.WriteFrame(Frame{Payload: bytes.Repeat([]byte{byte(i)}, 160), Codec: PCMA, Timestamp: uint32(i) * 160})
	}
	waitFor(t, "three frames, two behind", func() bool { return heard.count() == 3 })
	if heard.audio[0] != 0 || heard.audio[320] != 2 {
		t.Errorf("heard %v first and %v third", heard.audio[0], heard.audio[320])
	}
	stop()
	stop()
	defer Echo(near)()
	peer.WriteFrame(Frame{Payload: bytes.Repeat([]byte{9}, 160), Codec: PCMA, Timestamp: 800})
	waitFor(t, "an echo without delay", func() bool { return heard.count() == 4 })
}

func TestReportsAreSentWithoutATimer(t *testing.T) {
	near, peer := newSession(t, PCMA), newSession(t, PCMA)
	connect(near, peer)
	start := time.Now()
	near.out.writeAt(Frame{Payload: quiet(PCMA), Codec: PCMA}, start)
	near.reportIfDue(start)
	if !peer.LastHeard().IsZero() && peer.reports.heard.Load() != 0 {
		t.Fatal("a report before its time")
	}
	near.reportIfDue(start.Add(reportEvery + time.Second))
	waitFor(t, "the report", func() bool { return peer.reports.heard.Load() != 0 })
	if peer.LastHeard().Before(start) {
		t.Errorf("last heard %v", peer.LastHeard())
	}
}

func TestASenderReportSaysWhatWasSent(t *testing.T) {
	near := newSession(t, PCMA)
	control := listen(t)
	near.SetRemote(netip.AddrPortFrom(addrOf(control).Addr(), addrOf(control).Port()-1), PCMA, 0)
	near.WriteFrame(Frame{Payload: quiet(PCMA), Codec: PCMA})
	near.sayGoodbye(time.Unix(1, 500_000_000))
	buf := make([]byte, 1500)
	n, err := control.Read(buf)
	must(t, err)
	packets, err := rtcp.Unmarshal(buf[:n])
	must(t, err)
	sr, ok := packets[0].(*rtcp.SenderReport)
	if !ok || sr.PacketCount != 1 || sr.OctetCount != 160 || sr.NTPTime != (2208988801<<32|1<<31) || len(packets) != 3 {
		t.Errorf("sent %+v", packets)
	}
}

func listen(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func addrOf(c *net.UDPConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

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

func TestASessionMayBeClosedFromItsOwnSink(t *testing.T) {
	near, peer := newSession(t, PCMA), newSession(t, PCMA)
	connect(near, peer)
	near.OnDigit(func(Digit) { _ = near.Close() })
	must(t, peer.SendDigit('*', 0))
	select {
	case <-near.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("it hangs")
	}
	must(t, near.Close())
}

func TestARelayedPacketCostsNoAllocation(t *testing.T) {
	near, far := newSession(t, PCMA), newSession(t, PCMU)
	nowhere := netip.MustParseAddrPort("127.0.0.1:9")
	near.SetRemote(nowhere, PCMA, 0)
	far.SetRemote(nowhere, PCMU, 0)
	defer NewBridge(near, far).Detach()
	var datagram [rtpHeader + FrameBytes]byte
	p := Packet{PayloadType: uint8(PCMA), Payload: quiet(PCMA)}
	now := time.Now()
	allocs := testing.AllocsPerRun(100, func() {
		p.Sequence++
		p.Timestamp += FrameBytes
		p.MarshalTo(datagram[:])
		near.receive(datagram[:], nowhere, now)
	})
	if allocs != 0 || far.Stats().PacketsOut < 100 {
		t.Errorf("%v allocations a packet, %d packets", allocs, far.Stats().PacketsOut)
	}
}
