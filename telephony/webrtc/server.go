// Package webrtc carries browser agents' audio: it answers a browser's SDP offer
// and makes of the peer connection a media.Stream like any other leg's.
//
// It owns SDP, ICE, DTLS-SRTP and one UDP port shared by all peers. It does not
// own the signalling channel (the console's websocket carries the offer and the
// answer), and knows neither agents nor calls. It is ICE-lite: the browser does
// the connectivity checks, so its candidates need no resolving.
//
// A peer's states; each change is told once, in order:
//
//	connecting ─▶ connected ◀─▶ disconnected ─▶ failed ─▶ closed
//	     └────────────┴── Close, browser leaves ─────────▶ closed
//
// disconnected means that nothing has come for Options.DisconnectedAfter; it may
// heal. failed is final: the peer closes itself, and the browser must send a new
// offer, which makes a new Peer.
package webrtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// Options of a Server.
type Options struct {
	// ListenAddr is the UDP host:port all peers share, such as "0.0.0.0:3478" or
	// "127.0.0.1:0".
	ListenAddr string
	// AdvertiseAddr is the ip:port told to browsers instead of the listening one,
	// for a server behind a port forwarding; empty: every address listened on.
	AdvertiseAddr string
	// DisconnectedAfter is the silence after which a peer is disconnected; zero:
	// 3 s. A browser that sends no audio still sends a check every 2.5 s.
	DisconnectedAfter time.Duration
	// FailedAfter is the further silence after which it has failed; zero: 20 s.
	FailedAfter time.Duration
}

// Server answers offers.
type Server struct {
	opt       Options
	advertise netip.AddrPort
	conn      net.PacketConn
	api       *webrtc.API
	config    webrtc.Configuration
	closeMux  func() error

	mu     sync.Mutex
	closed bool
	peers  map[*Peer]struct{}
}

// ErrServerClosed is returned by Accept after Close.
var ErrServerClosed = errors.New("the WebRTC server is closed")

// NewServer binds the UDP port. Close it.
func NewServer(o Options) (*Server, error) {
	if o.DisconnectedAfter == 0 {
		o.DisconnectedAfter = 3 * time.Second
	}
	if o.FailedAfter == 0 {
		o.FailedAfter = 20 * time.Second
	}
	s := &Server{opt: o, peers: map[*Peer]struct{}{}}
	if err := s.readAdvertise(); err != nil {
		return nil, err
	}
	if err := s.makeCertificate(); err != nil {
		return nil, err
	}
	conn, err := net.ListenPacket("udp", o.ListenAddr)
	if err != nil {
		return nil, fmt.Errorf("listening for WebRTC: %w", err)
	}
	s.conn = conn
	return s, s.makeAPI()
}

// LocalAddr is the UDP address listened on.
func (s *Server) LocalAddr() netip.AddrPort {
	a := s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

func (s *Server) readAdvertise() error {
	if s.opt.AdvertiseAddr == "" {
		return nil
	}
	addr, err := netip.ParseAddrPort(s.opt.AdvertiseAddr)
	if err != nil {
		return fmt.Errorf("reading the WebRTC address to advertise (ip:port): %w", err)
	}
	s.advertise = addr
	return nil
}

// makeCertificate makes one certificate for all peers of this process: browsers
// check its fingerprint, which the answer carries.
func (s *Server) makeCertificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("making the WebRTC key: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return fmt.Errorf("making the WebRTC certificate: %w", err)
	}
	s.config.Certificates = []webrtc.Certificate{*cert}
	return nil
}

// SRTP protection profiles (RFC 5764 §4.1.2, RFC 7714 §14.2). GCM costs a third
// of the other's processor time.
const (
	srtpGCM128 = 0x0007
	srtpCM128  = 0x0001
)

// noMulticastDNS keeps pion from asking the network for the .local candidates
// browsers hide behind; an ICE-lite server needs no candidate of theirs.
const noMulticastDNS = 1

func (s *Server) makeAPI() error {
	var se webrtc.SettingEngine
	mux := webrtc.NewICEUDPMux(nil, s.conn)
	s.closeMux = mux.Close
	se.SetICEUDPMux(mux)
	se.SetLite(true)
	se.SetIncludeLoopbackCandidate(true)
	se.SetICEMulticastDNSMode(noMulticastDNS)
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	se.SetSRTPProtectionProfiles(srtpGCM128, srtpCM128)
	se.SetICETimeouts(s.opt.DisconnectedAfter, s.opt.FailedAfter, s.opt.DisconnectedAfter/2)
	engine, err := codecs()
	if err != nil {
		return errors.Join(err, s.Close())
	}
	// No interceptors: they only cost, as nothing here resends or adapts.
	s.api = webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(engine))
	return nil
}

// keep remembers a peer until it closes.
func (s *Server) keep(p *Peer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrServerClosed
	}
	s.peers[p] = struct{}{}
	return nil
}

func (s *Server) forget(p *Peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
}

// Peers is the number of peers not closed.
func (s *Server) Peers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.peers)
}

// Close closes all peers and the port; idempotent.
func (s *Server) Close() error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	var left []*Peer
	for p := range s.peers {
		left = append(left, p)
	}
	s.mu.Unlock()
	if already {
		return nil
	}
	for _, p := range left {
		_ = p.Close()
	}
	return errors.Join(s.closeMux(), ignoreClosed(s.conn.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
