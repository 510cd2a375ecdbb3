package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// SessionOptions say how a session starts. SetRemote completes it when the far
// end's SDP is known.
type SessionOptions struct {
	Ports   *Ports
	LocalIP netip.Addr // to bind; zero: the address of Ports
	Codec   Codec      // PCMU (zero) or PCMA
	DTMF    uint8      // payload type of telephone-event offered; 0: none
}

// Session is an RTP session with one far end over its own pair of UDP sockets.
// It is a Stream. One goroutine reads each socket; frames are handed to the sink
// on the RTP reader's, without allocation.
//
// The far end's address is announced by SetRemote and confirmed by the packets
// that come (see latch): packets of anybody else are dropped and counted.
type Session struct {
	pair    *PortPair
	in      Incoming
	out     *Outgoing
	latch   latch
	reports reports
	scratch [maxPacket]byte // of send, under out's lock
	closing atomic.Bool
	done    chan struct{}
}

var _ Stream = (*Session)(nil)

// NewSession reserves a pair of ports and starts to listen. Close it.
func NewSession(o SessionOptions) (*Session, error) {
	pair, err := o.Ports.Reserve(o.LocalIP)
	if err != nil {
		return nil, fmt.Errorf("opening an RTP session: %w", err)
	}
	s := &Session{pair: pair, done: make(chan struct{})}
	s.out = NewOutgoing(o.Codec, o.DTMF, s.send)
	s.in.SetDTMF(o.DTMF)
	s.reports.start(s.out.SSRC(), time.Now())
	go s.run()
	return s, nil
}

// run reads both sockets until Close, then releases the ports.
func (s *Session) run() {
	control := make(chan struct{})
	go func() {
		defer close(control)
		readPackets(s.pair.RTCP, s.receiveControl)
	}()
	readPackets(s.pair.RTP, s.receive)
	<-control
	s.pair.Release()
	close(s.done)
}

// LocalAddr is the address of the RTP socket, for the SDP.
func (s *Session) LocalAddr() netip.AddrPort {
	addr := s.pair.RTP.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
}

// SetRemote tells where the far end receives, what it takes, and its payload
// type for telephone-event (0: none). Call it again after each re-INVITE: a new
// address opens the latch, the same one keeps it. An unspecified address (hold)
// changes the codec only.
func (s *Session) SetRemote(addr netip.AddrPort, codec Codec, dtmf uint8) {
	s.out.Set(codec, dtmf)
	s.in.SetDTMF(dtmf)
	if addr.IsValid() && addr.Port() != 0 && !addr.Addr().IsUnspecified() {
		s.latch.announce(netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
	}
}

// Remote is where the session sends now; invalid while nothing is known.
func (s *Session) Remote() netip.AddrPort { return s.latch.target() }

// LastHeard is when the far end last sent anything, RTCP included; zero: never.
func (s *Session) LastHeard() time.Time {
	at := max(s.in.lastIn.Load(), s.reports.heard.Load())
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at)
}

// WriteFrame sends one frame to the far end; without a known address it is dropped.
func (s *Session) WriteFrame(f Frame) {
	now := time.Now()
	s.out.writeAt(f, now)
	s.reportIfDue(now)
}

// Codec is the codec the session sends.
func (s *Session) Codec() Codec { return s.out.Codec() }

// SetSink sets who gets the frames that arrive; nil drops them.
func (s *Session) SetSink(k Sink) { s.in.SetSink(k) }

// OnDigit sets who is told of received key presses, on the reader goroutine.
func (s *Session) OnDigit(f func(Digit)) { s.in.OnDigit(f) }

// SendDigit queues one key press; see Outgoing.SendDigit.
func (s *Session) SendDigit(key byte, d time.Duration) error { return s.out.SendDigit(key, d) }

// Stats are the counters so far.
func (s *Session) Stats() Stats {
	var st Stats
	s.in.AddTo(&st)
	s.out.AddTo(&st)
	return st
}

// Close says goodbye and closes the sockets. It does not wait, so that it may be
// called from a sink; Done tells when nothing of the session runs any more.
func (s *Session) Close() error {
	if s.closing.Swap(true) {
		return nil
	}
	s.sayGoodbye(time.Now())
	s.out.Close()
	return errors.Join(s.pair.RTP.Close(), s.pair.RTCP.Close())
}

// Done is closed when both readers have ended and the ports rest.
func (s *Session) Done() <-chan struct{} { return s.done }

// send puts one packet on the wire; out's lock is held.
func (s *Session) send(p *Packet) error {
	to := s.latch.target()
	if !to.IsValid() {
		return errNoRemote
	}
	_, err := s.pair.RTP.WriteToUDPAddrPort(s.scratch[:p.MarshalTo(s.scratch[:])], to)
	return err
}

var errNoRemote = errors.New("the far end's address is not known yet")

// receive takes one datagram of the RTP socket.
func (s *Session) receive(b []byte, from netip.AddrPort, now time.Time) {
	p, err := ParsePacket(b)
	if err != nil || !s.in.Accepts(&p) || !s.latch.accept(from, p.SSRC, now) {
		s.in.Reject()
		return
	}
	s.in.Receive(&p, now)
	s.reportIfDue(now)
}

// readPackets hands each datagram to take until the socket is closed, or gives
// nothing but errors.
func readPackets(conn *net.UDPConn, take func([]byte, netip.AddrPort, time.Time)) {
	buf := make([]byte, 1600)
	for failed := 0; failed < 100; {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			failed++ // an ICMP error of an earlier packet
			continue
		}
		failed = 0
		take(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
	}
}
