package sip

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony/media"
)

// maxDatagram is the largest message sent over UDP. sipgo refuses anything above
// its own default of 1300 bytes, responses too; ours may be fragmented by IP.
const maxDatagram = 8192

// tuned makes sure that sipgo's globals are set once, by the first endpoint and
// before it sends anything.
var tuned sync.Once

// tune raises sipgo's datagram limit and quiets what it logs past its options.
func tune(log *slog.Logger) {
	tuned.Do(func() {
		sipgo.UDPMTUSize = maxDatagram + 200
		sipgo.SetDefaultLogger(quiet(log))
	})
}

// network is the endpoint's sockets and the sipgo transport on top of them.
type network struct {
	addr  netip.AddrPort
	udp   net.PacketConn
	tcp   net.Listener // nil in tests
	tpl   *sipgo.TransportLayer
	gate  *gate
	ready chan struct{} // closed when sends may start
}

// bind opens UDP and TCP on the same port.
func bind(o Options) (*network, error) {
	tune(o.Logger)
	n := &network{ready: make(chan struct{})}
	if o.PacketConn != nil {
		n.udp = &firstRead{PacketConn: o.PacketConn, ready: n.ready}
		n.addr = addrPort(o.PacketConn.LocalAddr())
		return n, nil
	}
	udp, err := net.ListenPacket(family("udp", o.Listen), o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening for SIP on udp %s: %w", o.Listen, err)
	}
	n.addr = addrPort(udp.LocalAddr())
	n.udp = &firstRead{PacketConn: udp, ready: n.ready}
	tcp, err := net.Listen(family("tcp", o.Listen), n.addr.String())
	if err != nil {
		_ = udp.Close()
		return nil, fmt.Errorf("listening for SIP on tcp %s: %w", n.addr, err)
	}
	n.tcp = &guardedListener{Listener: tcp, allow: o.Allow}
	return n, nil
}

// family keeps IPv4 listeners IPv4, so that the bound address has one spelling.
func family(network, hostport string) string {
	host, _, _ := net.SplitHostPort(hostport)
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return network + "6"
	}
	return network + "4"
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	case *net.TCPAddr:
		return netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	}
	return netip.AddrPort{}
}

// layers builds sipgo's transport and transaction layers with our parser, our
// source filter and a quiet log.
func (n *network) layers(o Options) *sipgo.TransactionLayer {
	log := quiet(o.Logger)
	n.gate = newGate(o.Allow, o.Trusted, o.PerSource)
	n.tpl = sipgo.NewTransportLayer(net.DefaultResolver, newParser(), nil,
		sipgo.WithTransportLayerLogger(log), sipgo.WithTransportLayerReadFilter(n.gate.read))
	return sipgo.NewTransactionLayer(n.tpl, sipgo.WithTransactionLayerLogger(log),
		sipgo.WithTransactionLayerUnhandledResponseHandler(func(*sipgo.Response) {}))
}

// serve starts the readers; the channel gets the first error of a listener.
func (n *network) serve() <-chan error {
	broke := make(chan error, 2)
	go func() { broke <- n.tpl.ServeUDP(n.udp) }()
	if n.tcp != nil {
		go func() { broke <- n.tpl.ServeTCP(n.tcp) }()
	}
	return broke
}

func (n *network) listeners() int {
	if n.tcp == nil {
		return 1
	}
	return 2
}

// close closes the sockets and then, when the readers have left (served), what
// sipgo made of them.
func (n *network) close(served <-chan error, left int) error {
	err := n.udp.Close()
	if n.tcp != nil {
		_ = n.tcp.Close()
	}
	for range left {
		<-served
	}
	if n.tpl != nil {
		_ = n.tpl.Close()
	}
	if err != nil {
		return fmt.Errorf("closing SIP socket: %w", err)
	}
	return nil
}

// settle is how long the last messages read are given to be dealt with before
// sipgo forgets the socket: a message dealt with later would open a new one.
const settle = 20 * time.Millisecond

// firstRead tells when sipgo reads for the first time: only then has its
// connection pool the listener, and a request sent earlier would try to bind
// the port again.
type firstRead struct {
	net.PacketConn
	ready chan struct{}
	once  sync.Once
}

// ReadFrom reads one datagram; an error, the end, is told after settle.
func (f *firstRead) ReadFrom(b []byte) (int, net.Addr, error) {
	f.once.Do(func() { close(f.ready) })
	n, from, err := f.PacketConn.ReadFrom(b)
	if err != nil {
		<-time.After(settle)
	}
	return n, from, err
}

// guardedListener closes TCP connections from sources that are not allowed.
type guardedListener struct {
	net.Listener
	allow []netip.Prefix
}

func (g *guardedListener) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil || contains(g.allow, addrPort(c.RemoteAddr()).Addr()) {
			return c, err
		}
		_ = c.Close()
	}
}

// OpenRTP opens legs' audio on real sockets, for Options.OpenAudio.
func OpenRTP(ports *media.Ports) func() (Audio, error) {
	return func() (Audio, error) {
		s, err := media.NewSession(media.SessionOptions{Ports: ports, Codec: media.PCMA, DTMF: dtmfPT})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}
