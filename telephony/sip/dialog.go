package sip

import (
	"net"
	"net/netip"
	"slices"
	"strconv"

	sipgo "github.com/emiago/sipgo/sip"
)

// dialogKey finds a leg by what we know before the far end has a tag.
type dialogKey struct{ callID, localTag string }

// dialog is the state RFC 3261 §12 keeps between two sides, as the caller.
type dialog struct {
	callID    string
	local     sipgo.FromHeader // ours, with tag
	remote    sipgo.ToHeader   // theirs, with tag once confirmed
	target    sipgo.Uri        // their Contact: the request URI
	routes    []sipgo.Uri      // route set, in the order of Route headers
	nextHop   string           // host:port the next request goes to
	transport string           // UDP or TCP
	phone     bool             // registered: reached where its messages come from

	inviteCSeq uint32 // of the INVITE that opened it: the ACK's
	localCSeq  uint32 // of our last request
	remoteCSeq uint32 // of their last request
}

func (d *dialog) key() dialogKey {
	return dialogKey{d.callID, tagOf(d.local.Params)}
}

func (d *dialog) remoteTag() string { return tagOf(d.remote.Params) }

func tagOf(p sipgo.HeaderParams) string {
	tag, _ := p.Get("tag")
	return tag
}

// confirmedBy is the dialog a 2xx opens: its To tag, its Contact, its route set.
func (d *dialog) confirmedBy(res *sipgo.Response) dialog {
	c := *d
	c.local.Params = slices.Clone(d.local.Params)
	if to := res.To(); to != nil {
		c.remote = *to
		c.remote.Params = slices.Clone(to.Params)
	}
	c.routes = routesOf(res)
	c.retarget(res.Contact(), res.Source())
	return c
}

// retarget takes a new Contact (target refresh, RFC 3261 §12.2.1.2).
func (d *dialog) retarget(contact *sipgo.ContactHeader, source string) {
	if contact != nil && !contact.Address.Wildcard && contact.Address.Host != "" {
		d.target = *contact.Address.Clone()
	}
	hop := &d.target
	if len(d.routes) > 0 {
		hop = &d.routes[0]
	}
	if d.nextHop = source; !d.phone || len(d.routes) > 0 {
		d.nextHop = reachable(hop, source)
	}
}

// reachable is where a request to uri is sent. A name, or a private address that
// the far end did not send from, cannot be trusted to lead there: then the
// source of its last message does (phones behind address translators).
func reachable(uri *sipgo.Uri, source string) string {
	ip, err := netip.ParseAddr(uri.Host)
	if err != nil {
		return source
	}
	from, err := netip.ParseAddrPort(source)
	if err == nil && ip != from.Addr() && ip.IsPrivate() && !from.Addr().IsPrivate() {
		return source
	}
	port := uri.Port
	if port == 0 {
		port = sipgo.DefaultUdpPort
	}
	return net.JoinHostPort(uri.Host, strconv.Itoa(port))
}

// routesOf is the route set of the calling side: Record-Route reversed.
func routesOf(res *sipgo.Response) []sipgo.Uri {
	var routes []sipgo.Uri
	for _, h := range res.GetHeaders("Record-Route") {
		if rr, ok := h.(*sipgo.RecordRouteHeader); ok {
			routes = append(routes, *rr.Address.Clone())
		}
	}
	slices.Reverse(routes)
	return routes
}

// ack is the ACK of a 2xx to the INVITE with this CSeq. It carries the
// credentials of the INVITE (RFC 3261 §22.1).
func (e *Endpoint) ack(d *dialog, cseq uint32, credentials []sipgo.Header) *sipgo.Request {
	req := e.inDialog(d, sipgo.ACK, cseq)
	for _, h := range credentials {
		req.AppendHeader(sipgo.HeaderClone(h))
	}
	req.SetBody(nil)
	return req
}

// next is the dialog's next request of a method.
func (e *Endpoint) next(d *dialog, method sipgo.RequestMethod) *sipgo.Request {
	d.localCSeq++
	req := e.inDialog(d, method, d.localCSeq)
	req.SetBody(nil)
	return req
}

// inDialog builds a request inside a dialog (RFC 3261 §12.2.1.1, loose routing).
func (e *Endpoint) inDialog(d *dialog, method sipgo.RequestMethod, cseq uint32) *sipgo.Request {
	req := sipgo.NewRequest(method, *d.target.Clone())
	e.stamp(req, d.transport, d.nextHop)
	for i := range d.routes {
		req.AppendHeader(&sipgo.RouteHeader{Address: *d.routes[i].Clone()})
	}
	from, to := d.local, d.remote
	from.Params, to.Params = slices.Clone(from.Params), slices.Clone(to.Params)
	callID := sipgo.CallIDHeader(d.callID)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&callID)
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: cseq, MethodName: method})
	req.AppendHeader(sipgo.NewHeader("User-Agent", e.o.UserAgent))
	return req
}

// stamp sets what every request of ours begins with: Via, Max-Forwards, and
// where it goes.
func (e *Endpoint) stamp(req *sipgo.Request, transport, dest string) {
	via := &sipgo.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport,
		Host: e.host, Port: int(e.addr.Port()), Params: sipgo.NewParams(),
	}
	via.Params.Add("branch", sipgo.GenerateBranch())
	via.Params.Add("rport", "")
	hops := sipgo.MaxForwardsHeader(70)
	req.AppendHeader(via)
	req.AppendHeader(&hops)
	e.direct(req, transport, dest)
}

// direct sets where a request goes, and that UDP leaves from our own port.
func (e *Endpoint) direct(req *sipgo.Request, transport, dest string) {
	req.SetTransport(transport)
	req.SetDestination(dest)
	if transport == "UDP" {
		req.Laddr = sipgo.Addr{IP: net.IP(e.addr.Addr().AsSlice()), Port: int(e.addr.Port())}
	}
}

// contact is our own address as the far end shall use it.
func (e *Endpoint) contact(transport string) *sipgo.ContactHeader {
	h := &sipgo.ContactHeader{Address: sipgo.Uri{Scheme: "sip", User: "ringback", Host: e.host, Port: int(e.addr.Port())}}
	if transport != "UDP" {
		h.Address.UriParams = sipgo.NewParams()
		h.Address.UriParams.Add("transport", "tcp")
	}
	return h
}
