package sip

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// Extensions knows the desk phones' secrets.
type Extensions interface {
	// HA1 is hex(H(user:realm:password)) for an algorithm ("MD5" or "SHA-256"),
	// or an error when there is no such user.
	HA1(ctx context.Context, realm, user, algorithm string) (string, error)
}

// Registration tells that a phone came or went.
type Registration struct {
	User      string
	Address   string // host:port its messages come from
	Transport string // udp or tcp
	UserAgent string
	Gone      bool // unregistered or expired
}

// RegistrarOptions configure a Registrar.
type RegistrarOptions struct {
	Realm      string // default "ringback"
	Extensions Extensions
	// Algorithms are offered to phones in this order: "SHA-256", "MD5". Default
	// MD5 alone: phones that know no RFC 8760, baresip 1.0 among them, give up
	// on a challenge they do not know instead of taking the next.
	Algorithms []string
	// MinExpires and MaxExpires bound how long a registration lasts; default
	// 60 s and 1 h.
	MinExpires, MaxExpires time.Duration
	// OnChange is told of phones that come and go, in order per phone; it must
	// not block.
	OnChange func(Registration)
	Logger   *slog.Logger
}

// maxContacts bounds the phones registered under one user.
const maxContacts = 10

// Registrar keeps where the desk phones are (RFC 3261 §10), in memory: phones
// register again by themselves. Give it to Options.Registrar and run Run.
type Registrar struct {
	o    RegistrarOptions
	auth *digestServer

	mu    sync.Mutex
	phone map[string][]binding // by user, the newest last
}

// binding is one registered contact.
type binding struct {
	uri       sipgo.Uri
	address   string // source of the REGISTER (received, rport)
	transport string
	agent     string
	callID    string
	cseq      uint32
	until     time.Time
}

// NewRegistrar makes an empty register.
func NewRegistrar(o RegistrarOptions) *Registrar {
	if o.Realm == "" {
		o.Realm = "ringback"
	}
	if o.MinExpires == 0 {
		o.MinExpires = time.Minute
	}
	if o.MaxExpires == 0 {
		o.MaxExpires = time.Hour
	}
	if o.OnChange == nil {
		o.OnChange = func(Registration) {}
	}
	if len(o.Algorithms) == 0 {
		o.Algorithms = []string{"MD5"}
	}
	return &Registrar{o: o, auth: newDigestServer(o.Realm, o.Algorithms, o.Extensions), phone: map[string][]binding{}}
}

// Contact is where a user's phone was last registered from: the address and
// transport for a LegSpec. With several phones it is the newest.
func (r *Registrar) Contact(user string) (addr, transport string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.phone[user]
	for _, b := range slices.Backward(list) {
		if time.Now().Before(b.until) {
			return b.address, b.transport, true
		}
	}
	return "", "", false
}

// contactAt is the contact URI that a user's phone registered from an address:
// many phones answer only to that.
func (r *Registrar) contactAt(user, address string) (sipgo.Uri, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range slices.Backward(r.phone[user]) {
		if b.address == address {
			return *b.uri.Clone(), true
		}
	}
	return sipgo.Uri{}, false
}

// Run removes expired registrations until ctx ends.
func (r *Registrar) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			r.expire(now)
		}
	}
}

// expire removes what has run out by now.
func (r *Registrar) expire(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for user := range r.phone {
		r.removeIf(user, func(b binding) bool { return !now.Before(b.until) })
	}
}

// removeIf drops a user's bindings and tells; mu is held.
func (r *Registrar) removeIf(user string, drop func(binding) bool) {
	var kept []binding
	for _, b := range r.phone[user] {
		if !drop(b) {
			kept = append(kept, b)
			continue
		}
		r.o.OnChange(b.event(user, true))
	}
	if r.phone[user] = kept; len(kept) == 0 {
		delete(r.phone, user)
	}
}

func (b binding) event(user string, gone bool) Registration {
	return Registration{User: user, Address: b.address, Transport: b.transport, UserAgent: b.agent, Gone: gone}
}

// register answers one REGISTER.
func (r *Registrar) register(req *sipgo.Request) (int, string, []sipgo.Header) {
	user := req.To().Address.User
	if ok, challenge := r.auth.check(req, user); !ok {
		return sipgo.StatusUnauthorized, "Unauthorized", challenge
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	contacts := contactsOf(req)
	if len(contacts) == 0 {
		return r.listed(user)
	}
	if slices.ContainsFunc(contacts, isWildcard) {
		return r.wildcard(req, user, contacts)
	}
	return r.update(req, user, contacts)
}

func contactsOf(req *sipgo.Request) []*sipgo.ContactHeader {
	var list []*sipgo.ContactHeader
	for _, h := range req.GetHeaders("Contact") {
		if c, ok := h.(*sipgo.ContactHeader); ok {
			list = append(list, c)
		}
	}
	return list
}

func isWildcard(c *sipgo.ContactHeader) bool { return c.Address.Wildcard }

// wildcard removes everything: only "Contact: *" alone with "Expires: 0" may
// (RFC 3261 §10.3 step 6).
func (r *Registrar) wildcard(req *sipgo.Request, user string, contacts []*sipgo.ContactHeader) (int, string, []sipgo.Header) {
	expires, ok := seconds(headerValue(req, "Expires"))
	if len(contacts) != 1 || !ok || expires != 0 {
		return sipgo.StatusBadRequest, "Bad Request", nil
	}
	if r.outOfOrder(req, user) {
		return sipgo.StatusInternalServerError, "Out of Order", nil
	}
	r.removeIf(user, func(binding) bool { return true })
	return r.listed(user)
}

// update adds, refreshes and removes contacts: all of them or, when one is
// wrong, none (RFC 3261 §10.3 step 7).
func (r *Registrar) update(req *sipgo.Request, user string, contacts []*sipgo.ContactHeader) (int, string, []sipgo.Header) {
	if r.outOfOrder(req, user) {
		return sipgo.StatusInternalServerError, "Out of Order", nil
	}
	var fresh []binding
	for _, c := range contacts {
		life := r.lifetime(req, c)
		if life > 0 && life < r.o.MinExpires {
			return sipgo.StatusIntervalToBrief, "Interval Too Brief", []sipgo.Header{
				sipgo.NewHeader("Min-Expires", strconv.Itoa(int(r.o.MinExpires.Seconds())))}
		}
		fresh = append(fresh, bindingOf(req, c, life))
	}
	for _, b := range fresh {
		r.put(user, b)
	}
	return r.listed(user)
}

// put sets one binding; one that has no time left is removed. A phone behind a
// restarted address translator comes from a new port with the same contact.
func (r *Registrar) put(user string, b binding) {
	same := func(old binding) bool { return old.uri.String() == b.uri.String() }
	if !time.Now().Before(b.until) {
		r.removeIf(user, same)
		return
	}
	list := r.phone[user]
	known := slices.ContainsFunc(list, func(old binding) bool { return same(old) && old.address == b.address })
	list = slices.DeleteFunc(list, same)
	if len(list) >= maxContacts {
		list = list[1:]
	}
	r.phone[user] = append(list, b)
	if !known {
		r.o.OnChange(b.event(user, false))
	}
}

// outOfOrder: the same Call-ID must come with a growing CSeq.
func (r *Registrar) outOfOrder(req *sipgo.Request, user string) bool {
	return slices.ContainsFunc(r.phone[user], func(b binding) bool {
		return b.callID == req.CallID().Value() && req.CSeq().SeqNo <= b.cseq
	})
}

// lifetime is the contact's expires, else the Expires header, else the longest.
func (r *Registrar) lifetime(req *sipgo.Request, c *sipgo.ContactHeader) time.Duration {
	if s, ok := c.Params.Get("expires"); ok {
		if n, ok := seconds(s); ok {
			return min(n, r.o.MaxExpires)
		}
	}
	if n, ok := seconds(headerValue(req, "Expires")); ok {
		return min(n, r.o.MaxExpires)
	}
	return r.o.MaxExpires
}

func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	return time.Duration(n) * time.Second, err == nil
}

func headerValue(req *sipgo.Request, name string) string {
	if h := req.GetHeader(name); h != nil {
		return h.Value()
	}
	return ""
}

func bindingOf(req *sipgo.Request, c *sipgo.ContactHeader, life time.Duration) binding {
	return binding{uri: *c.Address.Clone(), address: req.Source(), transport: strings.ToLower(req.Transport()),
		agent: printable(headerValue(req, "User-Agent")), callID: req.CallID().Value(), cseq: req.CSeq().SeqNo,
		until: time.Now().Add(life)}
}

// listed is the 200 with every current contact and the time it has left.
func (r *Registrar) listed(user string) (int, string, []sipgo.Header) {
	var list []sipgo.Header
	for _, b := range r.phone[user] {
		left := max(0, time.Until(b.until).Round(time.Second))
		c := &sipgo.ContactHeader{Address: b.uri, Params: sipgo.NewParams()}
		c.Params.Add("expires", strconv.Itoa(int(left.Seconds())))
		list = append(list, c)
	}
	return sipgo.StatusOK, "OK", list
}

// hostOf is the host of a host:port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
