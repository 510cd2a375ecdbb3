// Package sip speaks SIP: it places outbound legs, answers what arrives (other
// nodes' calls to agents here, and nobody else's), and keeps the register of desk
// phones.
//
// It owns listeners, dialogs, digest authentication and SDP. It does not own
// audio (package media), calls and bridges (package telephony), or the choice
// of a trunk. From sipgo it takes parser, transports and transactions; the
// dialog layer is its own, because sipgo's loses calls on CANCEL/200 races,
// forks and lost ACKs.
//
// One goroutine owns each leg:
//
//	calling ─1xx─▶ proceeding ─2xx─▶ confirmed ─BYE─▶ over
//	   │               │  ▲             ▲
//	   │ no answer     │  └ CANCEL sent │ 2xx crossing our CANCEL
//	   ▼               ▼     (still accepts a 2xx, which is ACKed)
//	  over ◀── 3xx-6xx, 487, 64×T1 after CANCEL
//
// A 2xx that arrives after that (another fork, a late answer) is ACKed and
// ended with BYE for as long as the INVITE transaction lives, 64×T1.
package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/media"
)

// t1 is SIP's round-trip estimate and t2 its longest retransmission interval
// (RFC 3261 §17.1.1.1).
const (
	t1 = 500 * time.Millisecond
	t2 = 4 * time.Second
)

// giveUp is how long an unanswered request is waited for: 64×T1.
const giveUp = 64 * t1

// Audio is a leg's RTP side as this package drives it: *media.Session does it
// for real, tests in virtual time bring their own.
type Audio interface {
	media.Stream
	// LocalAddr is the RTP address to offer in SDP.
	LocalAddr() netip.AddrPort
	// SetRemote says where and how to send, from an offer or answer. dtmfPT is
	// the far end's telephone-event payload type, 0 for none.
	SetRemote(addr netip.AddrPort, codec media.Codec, dtmfPT uint8)
}

// Options configure an Endpoint.
type Options struct {
	// Listen is the host:port bound for UDP and TCP.
	Listen string
	// Advertise is the address put in Via, Contact and SDP. Required when
	// Listen has no host; empty otherwise means the bound one.
	Advertise netip.Addr
	// Allow lists who is heard at all; everybody else is dropped before
	// parsing. Empty: loopback and private networks.
	Allow []netip.Prefix
	// Trusted lists trunks, which are not rate limited. Others may send
	// PerSource messages a second (default 100, burst four times that). An
	// address that Place has called is heard without either.
	Trusted   []netip.Prefix
	PerSource float64
	// OpenAudio opens one leg's RTP side. Required to place calls.
	OpenAudio func() (Audio, error)
	// Invited decides about INVITEs of other nodes; nil refuses them as it does
	// those of strangers.
	Invited func(telephony.Invitation) (telephony.Welcome, bool)
	// Registrar answers REGISTER; nil refuses it.
	Registrar *Registrar
	// UserAgent is shown to the far end; default "Ringback".
	UserAgent string
	Logger    *slog.Logger
	// PacketConn is used instead of a UDP socket, and then there is no TCP:
	// for tests in virtual time.
	PacketConn net.PacketConn
	// Drain is how long Run waits for BYEs to be answered when it stops;
	// default 2 s.
	Drain time.Duration
}

// Endpoint is one SIP address of this node. New binds it, Run serves it.
type Endpoint struct {
	o    Options
	log  *slog.Logger
	addr netip.AddrPort // bound
	host string         // advertised
	net  *network
	tx   *sipgo.TransactionLayer
	dead chan struct{} // closed when Run has stopped draining
	crew crew

	mu      sync.Mutex
	closing bool
	legs    map[dialogKey]*leg
}

var _ telephony.Placer = (*Endpoint)(nil)

// New binds the sockets. Its error says which address could not be had.
func New(o Options) (*Endpoint, error) {
	o = o.withDefaults()
	n, err := bind(o)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{o: o, net: n, addr: n.addr, dead: make(chan struct{}), legs: map[dialogKey]*leg{}}
	if e.host, err = advertised(o.Advertise, n.addr.Addr()); err != nil {
		return nil, errors.Join(err, n.close(nil, 0))
	}
	e.log = o.Logger
	e.tx = n.layers(o)
	e.tx.OnRequest(e.handle)
	return e, nil
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.UserAgent == "" {
		o.UserAgent = "Ringback"
	}
	if o.Drain == 0 {
		o.Drain = 2 * time.Second
	}
	if o.PerSource == 0 {
		o.PerSource = 100
	}
	if len(o.Allow) == 0 {
		o.Allow = privateNetworks()
	}
	return o
}

func advertised(want, bound netip.Addr) (string, error) {
	switch {
	case want.IsValid():
		return want.String(), nil
	case bound.IsUnspecified():
		return "", errors.New("listening on every address needs an address to advertise")
	}
	return bound.String(), nil
}

// Addr is the bound address.
func (e *Endpoint) Addr() netip.AddrPort { return e.addr }

// Advertised is where other nodes reach this endpoint.
func (e *Endpoint) Advertised() netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(e.host), e.addr.Port()) // host was an address when it was set
}

// Run serves until ctx ends, then hangs up every leg, waits up to Options.Drain
// for the far ends to answer, and closes the sockets. Nothing of the endpoint
// runs after it returns.
func (e *Endpoint) Run(ctx context.Context) error {
	served := e.net.serve()
	var err error
	broken := 0
	select {
	case <-ctx.Done():
	case err = <-served:
		broken = 1
		err = fmt.Errorf("serving SIP on %s: %w", e.addr, err)
	}
	e.drain()
	close(e.dead)
	<-e.crew.dismiss()
	err = errors.Join(err, e.net.close(served, e.net.listeners()-broken))
	e.tx.Close()
	return err
}

// drain hangs up every leg and waits for them, not longer than Options.Drain.
func (e *Endpoint) drain() {
	e.mu.Lock()
	e.closing = true
	for _, l := range e.legs {
		l.Hangup()
	}
	e.mu.Unlock()
	patience := time.NewTimer(e.o.Drain)
	defer patience.Stop()
	select {
	case <-e.crew.idle():
	case <-patience.C:
	}
}

// admit adds a leg and then starts its goroutine, unless the endpoint is closing.
func (e *Endpoint) admit(l *leg) bool { return e.admitRun(l, l.run) }

func (e *Endpoint) admitRun(l *leg, run func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing {
		return false
	}
	key := l.base.key() // before run, which owns the leg from then on
	e.legs[key] = l
	if !e.crew.start(run) {
		delete(e.legs, key)
		return false
	}
	return true
}

func (e *Endpoint) forget(l *leg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.legs, l.dlg.key())
}

func (e *Endpoint) legOf(k dialogKey) *leg {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.legs[k]
}

// Legs is how many legs are up or being set up.
func (e *Endpoint) Legs() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.legs)
}
