package media

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"testing"
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

// sound is a copy of all that was heard.
func (e *ear) sound() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Clone(e.audio)
}

// stamp is the RTP timestamp of a frame heard.
func (e *ear) stamp(frame int) uint32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.frames[frame].Timestamp
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
		waitFor(t, "frame and copy", func() bool { return atCustomer.count() == i+1 && atAgent.count() == i+1 && tapped.count() == i+1 })
	}
	if !InOrder(DetectBurstsIn(atAgent.sound(), PCMU, BurstPitches()), c) {
		t.Error("the agent did not hear the customer")
	}
	if !InOrder(DetectBurstsIn(atCustomer.sound(), PCMA, BurstPitches()), a) {
		t.Error("the customer did not hear the agent")
	}
	if !bytes.Equal(tapped.sound(), fromCustomer) {
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
	if atNew.stamp(0)-atOld.stamp(0) != 160 {
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
	if heard.sound()[0] != 0 || heard.sound()[320] != 2 {
		t.Errorf("heard %v first and %v third", heard.sound()[0], heard.sound()[320])
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
