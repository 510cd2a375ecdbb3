package sip

import (
	"slices"
	"strconv"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

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
				sipgo.NewHeader("Min-Expires", strconv.Itoa(int(r.o.MinExpires.Seconds()))),
			}
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
	return binding{
		uri: *c.Address.Clone(), address: req.Source(), transport: strings.ToLower(req.Transport()),
		agent: printable(headerValue(req, "User-Agent")), callID: req.CallID().Value(), cseq: req.CSeq().SeqNo,
		until: time.Now().Add(life),
	}
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
