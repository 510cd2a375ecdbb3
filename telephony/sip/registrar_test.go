package sip_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"ringback/telephony"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// secrets are extensions by user and password.
type secrets map[string]string

func (s secrets) HA1(_ context.Context, realm, user, algorithm string) (string, error) {
	password, ok := s[user]
	if !ok {
		return "", errors.New("no such extension")
	}
	text := user + ":" + realm + ":" + password
	if algorithm == "SHA-256" {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:]), nil
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:]), nil
}

func register(on func(sip.Registration)) *sip.Registrar {
	return sip.NewRegistrar(sip.RegistrarOptions{Extensions: secrets{"1001": "pw"}, Algorithms: []string{"SHA-256", "MD5"}, OnChange: on})
}

// desk is a bubble with a registrar, and what it told.
type desk struct {
	*bubble
	r    *sip.Registrar
	mu   sync.Mutex
	told []string
	cseq int
}

func atDesk(t *testing.T, test func(*desk)) {
	d := &desk{}
	d.r = register(func(r sip.Registration) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.told = append(d.told, fmt.Sprintf("%s %s gone=%v", r.User, r.Address, r.Gone))
	})
	inBubble(t, func(o *sip.Options) { o.Registrar = d.r }, func(b *bubble) {
		d.bubble = b
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan error)
		go func() { done <- d.r.Run(ctx) }()
		synctest.Wait()
		defer func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
		test(d)
	})
}

func (d *desk) changes() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.told)
}

// send registers with these header lines and returns the response.
func (d *desk) send(user string, lines ...string) *sipgo.Response {
	d.Helper()
	d.cseq++
	text := strings.Join(append([]string{
		"REGISTER sip:10.0.0.1 SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/UDP 192.168.1.50:5062;branch=z9hG4bKreg%d;rport", d.cseq), "From: <sip:" + user + "@10.0.0.1>;tag=t",
		"To: <sip:" + user + "@10.0.0.1>", "Call-ID: reg", fmt.Sprintf("CSeq: %d REGISTER", d.cseq), "Max-Forwards: 70",
	}, lines...), "\r\n")
	d.peer.Send(ours, text+"\r\nContent-Length: 0\r\n\r\n")
	return d.peer.ExpectFinal(sipgo.REGISTER, 0)
}

// login answers a challenge as the phone of user would.
func (d *desk) login(res *sipgo.Response, user, password, algorithm string, nc int) string {
	d.Helper()
	for _, h := range res.GetHeaders("WWW-Authenticate") {
		chal, err := digest.ParseChallenge(h.Value())
		if err != nil {
			d.Fatal(err)
		}
		if chal.Algorithm == algorithm {
			return d.credentials(chal, user, password, nc)
		}
	}
	d.Fatalf("no %s challenge in\n%s", algorithm, res)
	return ""
}

func (d *desk) credentials(chal *digest.Challenge, user, password string, nc int) string {
	cred, err := digest.Digest(chal, digest.Options{Method: "REGISTER", URI: "sip:10.0.0.1", Username: user, Password: password, Count: nc})
	if err != nil {
		d.Fatal(err)
	}
	return "Authorization: " + cred.String()
}

// registered sends a REGISTER with a right answer to a fresh challenge.
func (d *desk) registered(lines ...string) *sipgo.Response {
	d.Helper()
	challenge := d.send("1001", lines...)
	return d.send("1001", append(lines, d.login(challenge, "1001", "pw", "SHA-256", 1))...)
}

const phoneContact = "Contact: <sip:1001-phone@192.168.1.50:5062>"

func TestI05_ARightDigestRegistersAtTheSourceAddress(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			atDesk(t, func(d *desk) {
				challenge := d.send("1001", phoneContact)
				if challenge.StatusCode != 401 {
					t.Fatalf("status %d without credentials", challenge.StatusCode)
				}
				res := d.send("1001", phoneContact, "Expires: 120", d.login(challenge, "1001", "pw", algorithm, 1))
				if res.StatusCode != 200 || !strings.Contains(res.String(), "1001-phone@192.168.1.50:5062>;expires=120") {
					t.Fatalf("registered with\n%s", res)
				}
				via := res.Via().Value()
				if !strings.Contains(via, "received=10.0.0.2") || !strings.Contains(via, "rport=5060") {
					t.Errorf("Via %s lacks received and rport (RFC 3581)", via)
				}
				if addr, transport, ok := d.r.Contact("1001"); !ok || addr != theirs || transport != "udp" {
					t.Errorf("phone at %s %s %v, want the source %s", addr, transport, ok, theirs)
				}
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if _, _, ok := d.r.Contact("1001"); ok {
					t.Error("still registered after its time")
				}
				want := []string{"1001 " + theirs + " gone=false", "1001 " + theirs + " gone=true"}
				if got := d.changes(); !slices.Equal(got, want) {
					t.Errorf("told %v, want %v", got, want)
				}
			})
		})
	}
}

func TestI05_AWrongOrUnknownUserGetsTheSameChallenge(t *testing.T) {
	atDesk(t, func(d *desk) {
		var answers []string
		for _, c := range [][2]string{{"1001", "wrong"}, {"9999", "pw"}} {
			challenge := d.send(c[0], phoneContact)
			res := d.send(c[0], phoneContact, d.login(challenge, c[0], c[1], "SHA-256", 1))
			if strings.Contains(res.String(), "stale") {
				t.Error("a wrong answer is not a stale nonce")
			}
			answers = append(answers, fmt.Sprint(res.StatusCode, res.Reason, len(res.Headers())))
		}
		if answers[0] != answers[1] || !strings.HasPrefix(answers[0], "401") {
			t.Errorf("wrong password %q, unknown user %q", answers[0], answers[1])
		}
		if _, _, ok := d.r.Contact("1001"); ok {
			t.Error("registered with a wrong password")
		}
	})
}

func TestI05_NobodyRegistersForSomebodyElse(t *testing.T) {
	atDesk(t, func(d *desk) {
		challenge := d.send("1002", phoneContact)
		if res := d.send("1002", phoneContact, d.login(challenge, "1001", "pw", "MD5", 1)); res.StatusCode != 401 {
			t.Errorf("status %d, want 401", res.StatusCode)
		}
	})
}

func TestI05_ANonceServesGrowingCountsAndThenGoesStale(t *testing.T) {
	atDesk(t, func(d *desk) {
		challenge := d.send("1001", phoneContact)
		for _, c := range []struct {
			what     string
			nc, code int
		}{{"first use", 1, 200}, {"second use", 2, 200}, {"replayed", 2, 401}, {"third use", 3, 200}} {
			if res := d.send("1001", phoneContact, d.login(challenge, "1001", "pw", "MD5", c.nc)); res.StatusCode != c.code {
				t.Errorf("%s: status %d, want %d", c.what, res.StatusCode, c.code)
			}
		}
		time.Sleep(6 * time.Minute)
		res := d.send("1001", phoneContact, d.login(challenge, "1001", "pw", "MD5", 4))
		if res.StatusCode != 401 || !strings.Contains(res.String(), "stale=true") {
			t.Errorf("an expired nonce gets\n%s", res)
		}
		if res = d.send("1001", phoneContact, d.login(res, "1001", "pw", "MD5", 1)); res.StatusCode != 200 {
			t.Errorf("status %d with the new nonce", res.StatusCode)
		}
	})
}

func TestI05_ContactsAreAddedListedAndRemoved(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.registered(phoneContact)
		res := d.registered("Contact: <sip:other@192.168.1.51:5062>")
		if n := len(res.GetHeaders("Contact")); n != 2 {
			t.Errorf("%d contacts listed, want 2", n)
		}
		res = d.registered("Contact: <sip:other@192.168.1.51:5062>;expires=0")
		if n := len(res.GetHeaders("Contact")); n != 1 {
			t.Errorf("%d contacts left, want 1", n)
		}
		if res = d.registered("Contact: *"); res.StatusCode != 400 {
			t.Errorf("a wildcard without Expires: 0 gets %d, want 400", res.StatusCode)
		}
		if res = d.registered("Contact: *", "Expires: 0"); res.StatusCode != 200 || len(res.GetHeaders("Contact")) != 0 {
			t.Errorf("after the wildcard\n%s", res)
		}
		if _, _, ok := d.r.Contact("1001"); ok {
			t.Error("still registered")
		}
	})
}

func TestI05_TooShortALifeIsRefusedWithTheShortest(t *testing.T) {
	atDesk(t, func(d *desk) {
		res := d.registered(phoneContact, "Expires: 5")
		if res.StatusCode != 423 || !strings.Contains(res.String(), "Min-Expires: 60") {
			t.Errorf("got\n%s", res)
		}
	})
}

func TestARegisteredPhoneIsCalledByItsContact(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.registered(phoneContact)
		addr, transport, _ := d.r.Contact("1001")
		_, s := d.place(func(spec *telephony.LegSpec) {
			spec.Address, spec.Transport, spec.To, spec.AutoAnswer = addr, transport, "1001", true
		})
		inv := d.peer.Expect(sipgo.INVITE, 0)
		if got := inv.Recipient.String(); got != "sip:1001-phone@192.168.1.50:5062" {
			t.Errorf("INVITE %s, want the phone's contact", got)
		}
		if h := inv.GetHeader("Call-Info"); h == nil || !strings.Contains(h.Value(), "answer-after=0") {
			t.Error("the phone was not asked to answer by itself")
		}
		d.peer.Reply(inv, siptest.Reply{
			Code: 200, Reason: "OK", Tag: "a", Body: answer,
			Headers: []string{"Contact: <sip:1001-phone@192.168.1.50:5062>"},
		})
		d.peer.Expect(sipgo.ACK, 0) // at the source: the contact leads nowhere
		d.bubble.told(s, telephony.LegDialing, telephony.LegAnswered)
	})
}
