package siptest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"ringback/telephony/media"
)

// PhoneOptions configure a Phone.
type PhoneOptions struct {
	Conn      net.PacketConn
	Registrar string // host:port; empty: does not register
	User      string
	Password  string
	Expires   time.Duration // asked for; default 5 min
	Ports     *media.Ports  // nil: no audio
	Ring      time.Duration // before it answers
	Status    int           // refuses with this instead; 0: answers
	Says      []byte        // A-law said over and over; nil: silence
	Hears     media.Sink    // gets each frame as it arrives; nil: nobody
}

// Phone is a desk phone that registers and answers by itself. Run it.
type Phone struct {
	o    PhoneOptions
	st   *stack
	open func() (Audio, error)
	up   chan struct{} // closed when registered for the first time

	mu    sync.Mutex
	calls []*Call
	cseq  uint32
}

// NewPhone takes over o.Conn.
func NewPhone(o PhoneOptions) *Phone {
	if o.Expires == 0 {
		o.Expires = 5 * time.Minute
	}
	p := &Phone{o: o, up: make(chan struct{})}
	if o.Ports != nil {
		p.open = OpenRTP(o.Ports)
	}
	p.st = newStack(o.Conn, p.handle)
	return p
}

// Addr is where the phone is called.
func (p *Phone) Addr() netip.AddrPort { return p.st.addr }

// Registered is closed once the registrar has accepted the phone.
func (p *Phone) Registered() <-chan struct{} { return p.up }

// Run serves, and keeps the phone registered, until ctx ends.
func (p *Phone) Run(ctx context.Context) error {
	if p.o.Registrar != "" {
		p.st.spawn(p.keepRegistered)
	}
	return p.st.run(ctx, func() {
		for _, c := range p.Calls() {
			c.HangUp()
			c.end(HungUp, false)
		}
	})
}

// Calls are the calls that came, in order.
func (p *Phone) Calls() []*Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// keepRegistered registers now and again at half the time.
func (p *Phone) keepRegistered() {
	callID, first := newTag(), true
	for {
		wait := p.o.Expires / 2
		if status, err := p.Register(callID, p.o.Expires); err != nil || status != sipgo.StatusOK {
			wait = time.Second
		} else if first {
			first = false
			close(p.up)
		}
		if !p.st.pause(wait, nil) {
			return
		}
	}
}

// Register sends one REGISTER, answering a challenge, and returns the final
// status. Expires 0 unregisters.
func (p *Phone) Register(callID string, expires time.Duration) (int, error) {
	req := p.registration(callID, expires)
	res := p.st.exchange(req)
	if res == nil {
		return 0, fmt.Errorf("no answer from the registrar %s", p.o.Registrar)
	}
	if res.StatusCode != sipgo.StatusUnauthorized {
		return res.StatusCode, nil
	}
	again := p.registration(callID, expires)
	if err := p.authorize(again, res); err != nil {
		return res.StatusCode, err
	}
	if res = p.st.exchange(again); res == nil {
		return 0, fmt.Errorf("no answer from the registrar %s", p.o.Registrar)
	}
	return res.StatusCode, nil
}

func (p *Phone) registration(callID string, expires time.Duration) *sipgo.Request {
	p.mu.Lock()
	p.cseq++
	cseq := p.cseq
	p.mu.Unlock()
	host, _, _ := net.SplitHostPort(p.o.Registrar)
	req := p.st.request(sipgo.REGISTER, sipgo.Uri{Scheme: "sip", Host: host}, p.o.Registrar)
	aor := sipgo.Uri{Scheme: "sip", User: p.o.User, Host: host}
	from, to := sipgo.FromHeader{Address: aor}, sipgo.ToHeader{Address: aor}
	from.Params.Add("tag", newTag())
	id := sipgo.CallIDHeader(callID)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&id)
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: cseq, MethodName: sipgo.REGISTER})
	req.AppendHeader(p.st.contact(p.o.User + "-phone"))
	req.AppendHeader(sipgo.NewHeader("Expires", fmt.Sprint(int(expires.Seconds()))))
	req.SetBody(nil)
	return req
}

func (p *Phone) authorize(req *sipgo.Request, res *sipgo.Response) error {
	chal, err := digest.ParseChallenge(res.GetHeader("WWW-Authenticate").Value())
	if err != nil {
		return fmt.Errorf("reading the registrar's challenge: %w", err)
	}
	cred, err := digest.Digest(chal, digest.Options{
		Method: "REGISTER", URI: req.Recipient.String(),
		Username: p.o.User, Password: p.o.Password, Count: 1,
	})
	if err != nil {
		return fmt.Errorf("answering the registrar: %w", err)
	}
	req.AppendHeader(sipgo.NewHeader("Authorization", cred.String()))
	return nil
}

func (p *Phone) handle(req *sipgo.Request, tx *sipgo.ServerTx) {
	if req.CallID() == nil || req.To() == nil || req.From() == nil || req.CSeq() == nil {
		return
	}
	call := p.call(req.CallID().Value())
	switch {
	case call != nil && tagOf(req.To().Params) != "":
		call.handle(req, tx)
	case req.Method == sipgo.INVITE && req.Recipient.User != p.o.User+"-phone":
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 404, "Not Found", nil)) // as many phones do
	case req.Method == sipgo.INVITE:
		p.ring(newCall(p.st, req, tx))
	case req.Method == sipgo.ACK:
	default:
		_ = tx.Respond(sipgo.NewResponseFromRequest(req, 481, "Call/Transaction Does Not Exist", nil))
	}
}

func (p *Phone) call(callID string) *Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if c.CallID == callID {
			return c
		}
	}
	return nil
}

func (p *Phone) ring(c *Call) {
	p.mu.Lock()
	p.calls = append(p.calls, c)
	p.mu.Unlock()
	c.ear.tap = p.o.Hears
	if err := c.open(p.open); err != nil {
		c.refuse(488, "Not Acceptable Here")
		return
	}
	c.respond(180, "Ringing", nil)
	switch {
	case !p.st.pause(p.o.Ring, c.ended):
	case p.o.Status != 0:
		c.refuse(p.o.Status, "Refused")
	case c.answer() && c.rtp != nil:
		b := Behaviour{Who: DeadAir, Says: p.o.Says}
		p.st.spawn(func() { c.speak(newTalker(b, "", c.ear, time.Now())) })
	}
}
