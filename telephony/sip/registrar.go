package sip

import (
	"context"
	"log/slog"
	"slices"
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
	// MinExpires and MaxExpires bound how long a registration lasts; default 60 s
	// and 2 min. A server that starts again knows no phone until each has registered
	// anew, which phones do somewhat before their time is over (RFC 3261 §10.2.4).
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
		o.MaxExpires = 2 * time.Minute
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
