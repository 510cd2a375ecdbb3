package sip_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// request is a message of a stranger's, with more header lines.
func request(method, uri, branch, toTag string, more ...string) string {
	lines := []string{
		method + " " + uri + " SIP/2.0", "Via: SIP/2.0/UDP " + theirs + ";branch=z9hG4bK" + branch + ";rport",
		"From: <sip:stranger@10.0.0.2>;tag=s1", "To: <" + uri + ">" + toTag, "Call-ID: stranger-" + branch, "CSeq: 1 " + method, "Max-Forwards: 70",
	}
	return strings.Join(append(lines, more...), "\r\n") + "\r\nContent-Length: 0\r\n\r\n"
}

func TestStrangersGetTheRightRefusal(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		method sipgo.RequestMethod
		code   int
		header string
	}{
		"OPTIONS":                      {request("OPTIONS", "sip:10.0.0.1", "1", ""), sipgo.OPTIONS, 200, "Allow: INVITE"},
		"unknown method":               {request("DANCE", "sip:10.0.0.1", "2", ""), "DANCE", 405, "Allow: INVITE"},
		"unknown extension":            {request("OPTIONS", "sip:10.0.0.1", "3", "", "Require: flying"), sipgo.OPTIONS, 420, "Unsupported: flying"},
		"BYE of an unknown dialog":     {request("BYE", "sip:10.0.0.1", "4", ";tag=x"), sipgo.BYE, 481, ""},
		"CANCEL of nothing":            {request("CANCEL", "sip:10.0.0.1", "5", ""), sipgo.CANCEL, 481, ""},
		"another version":              {strings.Replace(request("OPTIONS", "sip:10.0.0.1", "6", ""), " SIP/2.0\r\nVia", " SIP/7.0\r\nVia", 1), sipgo.OPTIONS, 505, ""},
		"CSeq of another method":       {strings.Replace(request("OPTIONS", "sip:10.0.0.1", "7", ""), "CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 1), sipgo.INVITE, 400, ""},
		"REGISTER without a registrar": {request("REGISTER", "sip:10.0.0.1", "8", ""), sipgo.REGISTER, 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				synctest.Wait()
				b.peer.Send(ours, c.text)
				res := b.peer.ExpectStatus(c.method, c.code, 0)
				if !strings.Contains(res.String(), c.header) {
					t.Errorf("no %q in\n%s", c.header, res)
				}
			})
		})
	}
}

func TestI04_KnownAndUnknownUsersGetTheSameAnswer(t *testing.T) {
	inBubble(t, func(o *sip.Options) { o.Registrar = register(nil) }, func(b *bubble) {
		synctest.Wait()
		var answers []string
		for i, user := range []string{"1001", "nobody"} {
			b.peer.Send(ours, request("INVITE", "sip:"+user+"@10.0.0.1", fmt.Sprint("k", i), "", "Contact: <sip:s@"+theirs+">"))
			res := b.peer.ExpectStatus(sipgo.INVITE, 403, 0)
			answers = append(answers, fmt.Sprint(res.StatusCode, res.Reason, len(res.Headers())))
		}
		if answers[0] != answers[1] {
			t.Errorf("known %q, unknown %q", answers[0], answers[1])
		}
	})
}

func TestT16_WhiteSpaceAroundParametersIsRead(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s, inv := b.answered()
		from, _ := inv.From().Params.Get("tag")
		b.peer.Send(ours, strings.Join([]string{
			"BYE sip:ringback@10.0.0.1 SIP/2.0",
			"Via: SIP/2.0/UDP " + theirs + " ;  branch = z9hG4bKspaces ;rport", "f: \"a;b = c\" <sip:15400001234@10.0.0.2> ; tag\t=  a",
			"t: <sip:02150000000@10.0.0.2>  ;tag = " + from, "Call-ID: call-1", "CSeq: 5 BYE", "Max-Forwards: 70", "Content-Length: 0",
		}, "\r\n")+"\r\n\r\n")
		b.peer.ExpectStatus(sipgo.BYE, 200, 0)
		if end := b.end(s); end.Cause != telephony.EndRemoteBye {
			t.Errorf("ended by %q, want remote_bye", end.Cause)
		}
	})
}

func TestNoTextOfOursCanSmuggleInAHeader(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.place(func(spec *telephony.LegSpec) {
			spec.To = "154\r\nX-Evil: 1"
			spec.From = "\"021>\r\nX-Evil: 2"
			spec.Headers = map[string]string{"X-Note": "a\r\nX-Evil: 3"}
		})
		inv := b.peer.Expect(sipgo.INVITE, 0)
		if h := inv.GetHeader("X-Evil"); h != nil {
			t.Errorf("smuggled in: %s", h)
		}
		if got := inv.GetHeader("X-Note").Value(); got != "aX-Evil: 3" {
			t.Errorf("X-Note is %q", got)
		}
	})
}

func TestALegThatCannotBePutOnTheWireIsRefused(t *testing.T) {
	for name, change := range map[string]func(*telephony.LegSpec){
		"address":   func(s *telephony.LegSpec) { s.Address = "no host" },
		"transport": func(s *telephony.LegSpec) { s.Transport = "pigeon" },
		"call id":   func(s *telephony.LegSpec) { s.CallID = "a b" },
		"domain":    func(s *telephony.LegSpec) { s.Domain = "a>b" },
		"header":    func(s *telephony.LegSpec) { s.Headers = map[string]string{"Via": "x"} },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				spec := telephony.LegSpec{Address: theirs, To: "154", From: "021"}
				change(&spec)
				s := newStory()
				if _, err := b.e.Place(b.Context(), spec, s.on); err == nil {
					t.Error("placed")
				}
				synctest.Wait()
				if len(s.all()) != 0 || len(b.peer.Log()) != 0 {
					t.Errorf("something was told or sent: %v", s.all())
				}
			})
		})
	}
}

func TestSourcesThatAreNotAllowedAreNotHeard(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		synctest.Wait()
		stranger := siptest.NewPeer(t, b.net.Listen("203.0.113.9:5060"))
		defer stranger.Close()
		stranger.Send(ours, strings.ReplaceAll(request("OPTIONS", "sip:10.0.0.1", "far", ""), theirs, "203.0.113.9:5060"))
		synctest.Wait()
		if n := len(stranger.Log()); n != 0 {
			t.Errorf("%d answers to a source that is not allowed", n)
		}
	})
}

func TestShuttingDownHangsUpEveryLeg(t *testing.T) {
	var s *story
	inBubble(t, nil, func(b *bubble) {
		_, s, _ = b.answered()
		go func() {
			bye := b.peer.Expect(sipgo.BYE, 0)
			b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		}()
	})
	if end, ok := s.find(telephony.LegEnded); !ok || end.Cause != telephony.EndLocalBye {
		t.Errorf("ended %+v, %v", end, ok)
	}
}
