package siptest

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// Failer is the part of a test that a Peer needs.
type Failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Peer is the far end of a dialog test, message by message: it answers nothing by
// itself, retransmits nothing and forgets nothing.
type Peer struct {
	t    Failer
	conn net.PacketConn
	addr netip.AddrPort
	in   chan sipgo.Message
	done chan struct{}

	mu  sync.Mutex
	log []Heard
}

// Heard is one message that reached a Peer.
type Heard struct {
	At   time.Time
	Line string // start line
	CSeq string
	Text string
}

// NewPeer takes over conn; Close it.
func NewPeer(t Failer, conn net.PacketConn) *Peer {
	p := &Peer{t: t, conn: conn, addr: addrPort(conn.LocalAddr()), in: make(chan sipgo.Message, 1024), done: make(chan struct{})}
	go p.read()
	return p
}

// Close stops listening and waits for the reader.
func (p *Peer) Close() {
	_ = p.conn.Close()
	<-p.done
}

// Addr is where the peer is called.
func (p *Peer) Addr() string { return p.addr.String() }

func (p *Peer) read() {
	defer close(p.done)
	parser, buf := sipgo.NewParser(), make([]byte, 65535)
	for {
		n, from, err := p.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		msg, err := parser.ParseSIP(append([]byte(nil), buf[:n]...))
		if err != nil {
			continue
		}
		msg.SetSource(from.String())
		line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
		p.mu.Lock()
		p.log = append(p.log, Heard{At: time.Now(), Line: line, CSeq: msg.CSeq().Value(), Text: string(buf[:n])})
		p.mu.Unlock()
		p.in <- msg
	}
}

// Log is everything heard so far.
func (p *Peer) Log() []Heard {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Heard(nil), p.log...)
}

// Count is how many messages heard begin with prefix, such as "BYE ".
func (p *Peer) Count(prefix string) int {
	n := 0
	for _, h := range p.Log() {
		if strings.HasPrefix(h.Line, prefix) {
			n++
		}
	}
	return n
}

// Expect waits for a request of a method; other messages on the way are passed over.
func (p *Peer) Expect(method sipgo.RequestMethod, within time.Duration) *sipgo.Request {
	p.t.Helper()
	limit := time.NewTimer(within + time.Nanosecond) // in virtual time: once everybody waits
	defer limit.Stop()
	for {
		select {
		case msg := <-p.in:
			if req, ok := msg.(*sipgo.Request); ok && req.Method == method {
				return req
			}
		case <-limit.C:
			p.t.Fatalf("no %s within %v; heard %v", method, within, p.lines())
			return nil
		}
	}
}

// ExpectStatus waits for a response to a method; others are passed over.
func (p *Peer) ExpectStatus(method sipgo.RequestMethod, code int, within time.Duration) *sipgo.Response {
	p.t.Helper()
	return p.expectResponse(fmt.Sprintf("%d to %s", code, method), within, func(res *sipgo.Response) bool {
		return res.StatusCode == code && res.CSeq().MethodName == method
	})
}

// ExpectFinal waits for the next final response to a method.
func (p *Peer) ExpectFinal(method sipgo.RequestMethod, within time.Duration) *sipgo.Response {
	p.t.Helper()
	return p.expectResponse("final response to "+string(method), within, func(res *sipgo.Response) bool {
		return !res.IsProvisional() && res.CSeq().MethodName == method
	})
}

func (p *Peer) expectResponse(what string, within time.Duration, want func(*sipgo.Response) bool) *sipgo.Response {
	p.t.Helper()
	limit := time.NewTimer(within + time.Nanosecond) // in virtual time: once everybody waits
	defer limit.Stop()
	for {
		select {
		case msg := <-p.in:
			if res, ok := msg.(*sipgo.Response); ok && want(res) {
				return res
			}
		case <-limit.C:
			p.t.Fatalf("no %s within %v; heard %v", what, within, p.lines())
			return nil
		}
	}
}

func (p *Peer) lines() []string {
	var list []string
	for _, h := range p.Log() {
		list = append(list, h.Line)
	}
	return list
}

// Reply says how a Peer answers a request.
type Reply struct {
	Code    int
	Reason  string
	Tag     string // To tag; empty: none is added
	Body    string // SDP
	Headers []string
}

// Reply answers a request, once.
func (p *Peer) Reply(req *sipgo.Request, r Reply) {
	p.t.Helper()
	res := sipgo.NewResponseFromRequest(req, r.Code, r.Reason, nil)
	if r.Tag != "" {
		res.To().Params.Add("tag", r.Tag)
	}
	for _, h := range r.Headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(sipgo.NewHeader(name, value))
	}
	if req.IsInvite() && r.Code > 100 && res.GetHeader("Contact") == nil {
		res.AppendHeader(sipgo.NewHeader("Contact", fmt.Sprintf("<sip:peer-%s@%s>", r.Tag, p.addr)))
	}
	if r.Body != "" {
		res.AppendHeader(sipgo.NewHeader("Content-Type", "application/sdp"))
		res.SetBody([]byte(r.Body))
	}
	p.Send(req.Source(), res.String())
}

// Send puts text on the wire as it is.
func (p *Peer) Send(to, text string) {
	p.t.Helper()
	if _, err := p.conn.WriteTo([]byte(text), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to))); err != nil {
		p.t.Fatalf("sending: %v", err)
	}
}

// Request sends a request of the peer's inside the dialog that its answer with
// this tag to inv has opened.
func (p *Peer) Request(inv *sipgo.Request, tag string, method sipgo.RequestMethod, cseq int, body string) {
	p.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", method, inv.Contact().Address.String())
	fmt.Fprintf(&b, "Via: SIP/2.0/UDP %s;branch=%s;rport\r\n", p.addr, sipgo.GenerateBranch())
	fmt.Fprintf(&b, "From: <%s>;tag=%s\r\n", inv.To().Address.String(), tag)
	fmt.Fprintf(&b, "To: <%s>;tag=%s\r\n", inv.From().Address.String(), tagOf(inv.From().Params))
	fmt.Fprintf(&b, "Call-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 70\r\n", inv.CallID().Value(), cseq, method)
	fmt.Fprintf(&b, "Contact: <sip:peer-%s@%s>\r\n", tag, p.addr)
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	p.Send(inv.Source(), b.String())
}

// SDP is a session description with these lines after "c=" and "t=":
// SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8", "a=sendonly").
func SDP(ip string, lines ...string) string {
	return "v=0\r\no=- 1 1 IN IP4 " + ip + "\r\ns=-\r\nc=IN IP4 " + ip + "\r\nt=0 0\r\n" + strings.Join(lines, "\r\n") + "\r\n"
}
