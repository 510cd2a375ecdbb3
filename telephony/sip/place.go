package sip

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/internal/errs"
	"ringback/telephony"
	"ringback/telephony/media"
)

// defaultRing is the ring time of a leg that asks for none.
const defaultRing = 60 * time.Second

// allowed are the methods we take, as the Allow header lists them.
const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"

// ErrClosing refuses a leg while the node shuts down.
var ErrClosing = errs.New(errs.Unavailable, "telephony_closing", "系统正在停止，未拨出", "the node is shutting down; nothing was dialled")

// ErrNoAudio refuses a leg for which no RTP port could be had (O-20).
var ErrNoAudio = errs.New(errs.Unavailable, "no_rtp_port", "没有可用的语音端口，未拨出", "no RTP port is free; nothing was dialled")

// Place implements telephony.Placer: it reserves audio, sends the INVITE from the
// leg's own goroutine and tells on, on that goroutine, what follows.
func (e *Endpoint) Place(ctx context.Context, spec telephony.LegSpec, on func(telephony.LegEvent)) (telephony.Leg, error) {
	p, err := e.plan(ctx, spec)
	if err != nil {
		return nil, err
	}
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	rtp, err := e.openAudio()
	if err != nil {
		return nil, err
	}
	e.net.gate.call(p.dest)
	l := e.newLeg(p, rtp, on)
	if !e.admit(l) {
		return nil, closeAnd(rtp, ErrClosing)
	}
	return l, nil
}

// await waits until the listener may send.
func (e *Endpoint) await(ctx context.Context) error {
	select {
	case <-e.net.ready:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the SIP listener: %w", ctx.Err())
	case <-e.dead:
		return ErrClosing
	}
}

func (e *Endpoint) openAudio() (Audio, error) {
	if e.o.OpenAudio == nil {
		return nil, ErrNoAudio
	}
	rtp, err := e.o.OpenAudio()
	if err != nil {
		return nil, ErrNoAudio.Because(err)
	}
	return rtp, nil
}

func closeAnd(rtp Audio, err error) error {
	_ = rtp.Close()
	return err
}

// plan is a checked LegSpec: everything that can be wrong has been found.
type plan struct {
	spec      telephony.LegSpec
	transport string
	dest      string // ip:port
	domain    string
	uri       sipgo.Uri
	phone     bool // a registered one
	extra     []sipgo.Header
	login     credentials
}

func (e *Endpoint) plan(ctx context.Context, spec telephony.LegSpec) (plan, error) {
	p := plan{spec: spec, login: credentials{spec.Username, spec.Password}}
	host, port, err := splitAddress(spec.Address)
	if err != nil {
		return p, errSpec("address", err)
	}
	if p.dest, err = resolve(ctx, host, port); err != nil {
		return p, errSpec("address", err)
	}
	if p.transport, err = transportOf(spec.Transport); err != nil {
		return p, errSpec("transport", err)
	}
	if p.domain = cmp.Or(spec.Domain, host); !isHost(p.domain) {
		return p, errSpec("domain", fmt.Errorf("%q is not a host", printable(p.domain)))
	}
	if spec.CallID == "" {
		p.spec.CallID = rand.Text()
	} else if !isCallID(spec.CallID) {
		return p, errSpec("call_id", fmt.Errorf("%q cannot be a Call-ID", printable(spec.CallID)))
	}
	if p.extra, err = extraHeaders(spec.Headers); err != nil {
		return p, err
	}
	p.spec.RingTimeout = cmp.Or(spec.RingTimeout, defaultRing)
	if len(spec.Codecs) == 0 {
		p.spec.Codecs = []media.Codec{media.PCMA, media.PCMU}
	}
	p.uri, p.phone = e.phoneURI(p)
	if !p.phone {
		p.uri = requestURI(p, port)
	}
	return p, nil
}

// phoneURI is the contact that a phone has registered from the address called.
func (e *Endpoint) phoneURI(p plan) (sipgo.Uri, bool) {
	if e.o.Registrar == nil {
		return sipgo.Uri{}, false
	}
	return e.o.Registrar.contactAt(p.spec.To, p.dest)
}

// requestURI is <to>@<domain>.
func requestURI(p plan, port string) sipgo.Uri {
	uri := sipgo.Uri{Scheme: "sip", User: escapeUser(printable(p.spec.To)), Host: p.domain}
	if n, err := strconv.Atoi(port); err == nil && n != sipgo.DefaultUdpPort && p.spec.Domain == "" {
		uri.Port = n
	}
	if p.transport == "TCP" {
		uri.UriParams = sipgo.NewParams()
		uri.UriParams.Add("transport", "tcp")
	}
	return uri
}

// resolve gives sipgo an address: its own look-ups have no failover.
func resolve(ctx context.Context, host, port string) (string, error) {
	if _, err := netip.ParseAddr(host); err == nil {
		return net.JoinHostPort(host, port), nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return "", fmt.Errorf("looking up %s: %w", host, err)
	}
	return net.JoinHostPort(ips[0].Unmap().String(), port), nil
}

func transportOf(s string) (string, error) {
	switch strings.ToLower(s) {
	case "", "udp":
		return "UDP", nil
	case "tcp":
		return "TCP", nil
	}
	return "", fmt.Errorf("transport %q is not supported", printable(s))
}

// invite builds the INVITE of a plan with this CSeq.
func (e *Endpoint) invite(p *plan, d *dialog, offer []byte) *sipgo.Request {
	req := sipgo.NewRequest(sipgo.INVITE, *p.uri.Clone())
	e.stamp(req, p.transport, p.dest)
	from, to, callID := d.local, d.remote, sipgo.CallIDHeader(d.callID)
	from.Params, to.Params = d.local.Params.Clone(), d.remote.Params.Clone()
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&callID)
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: d.inviteCSeq, MethodName: sipgo.INVITE})
	req.AppendHeader(e.contact(p.transport))
	req.AppendHeader(sipgo.NewHeader("Allow", allowed))
	req.AppendHeader(sipgo.NewHeader("User-Agent", e.o.UserAgent))
	if p.spec.AutoAnswer {
		req.AppendHeader(sipgo.NewHeader("Call-Info", "<sip:"+p.domain+">;answer-after=0"))
		req.AppendHeader(sipgo.NewHeader("Answer-Mode", "Auto"))
	}
	for _, h := range p.extra {
		req.AppendHeader(sipgo.HeaderClone(h))
	}
	contentType := sipgo.ContentTypeHeader("application/sdp")
	req.AppendHeader(&contentType)
	req.SetBody(offer)
	return req
}
