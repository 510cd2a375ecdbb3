package sip

import (
	"strings"
	"testing"

	sipgo "github.com/emiago/sipgo/sip"
)

func TestTightenMovesBlanksAndKeepsEveryCommaInItsPlace(t *testing.T) {
	for in, want := range map[string]string{
		`<sip:a@b>;tag=1`:               `<sip:a@b>;tag=1`,
		`<sip:a@b> ; tag = 1`:           `    <sip:a@b>;tag=1`,
		`"x ; y = z" <sip:a@b> ;tag= 1`: `  "x ; y = z" <sip:a@b>;tag=1`,
		`<sip:a;b = c@d>;tag=1`:         `<sip:a;b = c@d>;tag=1`,
		`A ; x = 1 , B ; y = 2`:         `     A;x=1,     B;y=2`,
		`"a\" ; , b" <sip:c>`:           `"a\" ; , b" <sip:c>`,
	} {
		if got := tighten(in); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(in, " ", "") ||
			strings.TrimLeft(got, " ") != strings.TrimLeft(want, " ") && !strings.Contains(in, " , ") {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestEveryViaOfAListIsRead(t *testing.T) {
	msg, err := newParser().ParseSIP([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.b ;branch = z9hG4bK1 , SIP/2.0/UDP  c.d ; branch=z9hG4bK2\r\n" +
		"From: <sip:a>;tag=1\r\nTo: <sip:b> ; tag = 2\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range msg.GetHeaders("Via") {
		v := h.(*sipgo.ViaHeader)
		branch, _ := v.Params.Get("branch")
		got = append(got, v.Host+" "+branch)
	}
	if strings.Join(got, ",") != "a.b z9hG4bK1,c.d z9hG4bK2" {
		t.Errorf("read %q", got)
	}
	if tag := tagOf(msg.To().Params); tag != "2" {
		t.Errorf("To tag %q", tag)
	}
}

func FuzzTighten(f *testing.F) {
	f.Add(`"a" <sip:b> ; tag = c , <sip:d>;e`)
	f.Fuzz(func(t *testing.T, s string) {
		got := tighten(s)
		if len(got) != len(s) {
			t.Fatalf("%q became %q: commas would move", s, got)
		}
		if again := tighten(got); again != got {
			t.Fatalf("%q: %q, then %q", s, got, again)
		}
	})
}

// FuzzMessage: what the network sends may be refused, but never panics.
func FuzzMessage(f *testing.F) {
	f.Add([]byte("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:a@b>;expires=1\r\nRequire: x\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\nContact: *\r\nExpires: 0\r\nAuthorization: Digest realm=\"ringback\", nonce=\"n\", qop=auth\r\nContent-Length: 0\r\n\r\n"))
	registrar := NewRegistrar(RegistrarOptions{Extensions: nobody{}})
	f.Fuzz(func(t *testing.T, data []byte) {
		msg, err := newParser().ParseSIP(data)
		if err != nil {
			return
		}
		msg.SetSource("10.0.0.1:5060")
		switch m := msg.(type) {
		case *sipgo.Request:
			if code, _, _ := invalid(m); code == 0 {
				registrar.register(m)
			}
			_, _ = parseSDP(m.Body())
		case *sipgo.Response:
			d := dialog{}
			_ = d.confirmedBy(m)
			_, _ = strongest(m)
			_ = q850(m.GetHeader("Reason"))
		}
	})
}
