package sip_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"testing"
	"testing/synctest"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"ringback/telephony"
	"ringback/telephony/siptest"
)

func withLogin(spec *telephony.LegSpec) { spec.Username, spec.Password = "trunk", "secret" }

// right tells whether a request carries the right answer to a challenge.
func right(t *testing.T, req *sipgo.Request, header, nonce string, h hash.Hash) bool {
	t.Helper()
	got := req.GetHeader(header)
	if got == nil {
		t.Fatalf("no %s in %s", header, req.StartLine())
	}
	cred, err := digest.ParseCredentials(got.Value())
	if err != nil {
		t.Fatal(err)
	}
	sum := func(s string) string {
		h.Reset()
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	}
	ha2 := sum(string(req.Method) + ":" + cred.URI)
	want := sum(fmt.Sprintf("%s:%s:%08x:%s:auth:%s", sum("trunk:carrier:secret"), nonce, cred.Nc, cred.Cnonce, ha2))
	return cred.Nonce == nonce && cred.URI == req.Recipient.String() && cred.Response == want
}

func TestO08_AChallengeIsAnsweredOnceAndAStaleNonceOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		algorithm string
		h         hash.Hash
	}{"MD5": {"MD5", md5.New()}, "SHA-256": {"SHA-256", sha256.New()}} {
		t.Run(name, func(t *testing.T) {
			challenge := func(nonce, more string) string {
				return fmt.Sprintf(`Proxy-Authenticate: Digest realm="carrier", nonce=%q, qop="auth", algorithm=%s%s`, nonce, c.algorithm, more)
			}
			inBubble(t, nil, func(b *bubble) {
				_, s := b.place(withLogin)
				first := b.peer.Expect(sipgo.INVITE, 0)
				b.peer.Reply(first, siptest.Reply{Code: 407, Reason: "Proxy Authentication Required", Tag: "x", Headers: []string{challenge("n1", "")}})
				second := b.peer.Expect(sipgo.INVITE, 0)
				if !right(t, second, "Proxy-Authorization", "n1", c.h) {
					t.Error("the first answer is wrong")
				}
				b.peer.Reply(second, siptest.Reply{Code: 407, Reason: "Proxy Authentication Required", Tag: "y", Headers: []string{challenge("n2", ", stale=true")}})
				third := b.peer.Expect(sipgo.INVITE, 0)
				if !right(t, third, "Proxy-Authorization", "n2", c.h) {
					t.Error("the answer with the new nonce is wrong")
				}
				for i, inv := range []*sipgo.Request{first, second, third} {
					if inv.CallID().Value() != "call-1" || inv.CSeq().SeqNo != uint32(i+1) || tagFrom(inv) != tagFrom(first) {
						t.Errorf("INVITE %d: Call-ID %s, CSeq %d", i+1, inv.CallID().Value(), inv.CSeq().SeqNo)
					}
				}
				b.peer.Reply(third, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
				ack := b.peer.Expect(sipgo.ACK, 0)
				for ack.CSeq().SeqNo != 3 { // those of the 407s
					ack = b.peer.Expect(sipgo.ACK, 0)
				}
				if ack.GetHeader("Proxy-Authorization") == nil {
					t.Error("the ACK lacks the INVITE's credentials (RFC 3261 §22.1)")
				}
				b.told(s, telephony.LegDialing, telephony.LegAnswered)
			})
		})
	}
}

func tagFrom(req *sipgo.Request) string {
	tag, _ := req.From().Params.Get("tag")
	return tag
}

func TestO08_AThirdChallengeIsATrunkFault(t *testing.T) {
	for name, stale := range map[string]string{"always stale": ", stale=true", "always new": ""} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				_, s := b.place(withLogin)
				for i := range 5 {
					if _, over := s.find(telephony.LegEnded); over {
						break
					}
					inv := b.peer.Expect(sipgo.INVITE, 0)
					b.peer.Reply(inv, siptest.Reply{
						Code: 401, Reason: "Unauthorized", Tag: "x",
						Headers: []string{fmt.Sprintf(`WWW-Authenticate: Digest realm="carrier", nonce="n%d", qop="auth"%s`, i, stale)},
					})
					b.peer.Expect(sipgo.ACK, 0)
					synctest.Wait()
				}
				if end := b.end(s); end.Cause != telephony.EndRejected || end.Code != 401 {
					t.Errorf("ended %+v, want rejected 401", end)
				}
				want := map[string]int{"always stale": 3, "always new": 2}[name]
				if n := b.peer.Count("INVITE"); n != want {
					t.Errorf("%d INVITEs, want %d", n, want)
				}
				b.nothingLeft()
			})
		})
	}
}

func TestO08_WithoutCredentialsAChallengeIsARefusal(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{
			Code: 407, Reason: "Proxy Authentication Required", Tag: "x",
			Headers: []string{`Proxy-Authenticate: Digest realm="carrier", nonce="n", qop="auth"`},
		})
		if end := b.end(s); end.Cause != telephony.EndRejected || end.Code != 407 {
			t.Errorf("ended %+v, want rejected 407", end)
		}
		b.nothingLeft()
	})
}

func TestAByeIsAuthenticatedWhenAskedTo(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, _ := b.place(withLogin)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Expect(sipgo.ACK, 0)
		leg.Hangup()
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{
			Code: 407, Reason: "Proxy Authentication Required",
			Headers: []string{`Proxy-Authenticate: Digest realm="carrier", nonce="n", qop="auth"`},
		})
		again := b.peer.Expect(sipgo.BYE, 0)
		if !right(t, again, "Proxy-Authorization", "n", md5.New()) || again.CSeq().SeqNo != bye.CSeq().SeqNo+1 {
			t.Error("the second BYE is not authenticated")
		}
		b.peer.Reply(again, siptest.Reply{Code: 200, Reason: "OK"})
		b.nothingLeft()
	})
}
