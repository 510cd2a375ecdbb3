package sip_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// hosts is who is asked about invitations: the token "good" is another node's.
type hosts struct {
	mu     sync.Mutex
	guests []telephony.Guest
	asked  []telephony.Invitation
	story  *story
}

func (d *hosts) invited(inv telephony.Invitation) (telephony.Welcome, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, inv)
	return func(g telephony.Guest) func(telephony.LegEvent) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.guests = append(d.guests, g)
		return d.story.on
	}, inv.Token == "good"
}

func (d *hosts) guest(t testing.TB) telephony.Guest {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.guests) == 0 {
		t.Fatal("no guest has come")
	}
	return d.guests[len(d.guests)-1]
}

// inDesk is a bubble whose endpoint takes guests.
func inDesk(t *testing.T, change func(*sip.Options), test func(*bubble, *hosts)) {
	t.Helper()
	d := &hosts{}
	inBubble(t, func(o *sip.Options) {
		d.story = newStory()
		o.Invited = d.invited
		if change != nil {
			change(o)
		}
	}, func(b *bubble) {
		synctest.Wait()
		test(b, d)
	})
}

const offer = "m=audio 4000 RTP/AVP 8 101"

// calls sends an INVITE as another node would; its Call-ID is branch.
func (b *bubble) calls(branch, token, lines string) {
	body := siptest.SDP("10.0.0.2", lines, "a=rtpmap:101 telephone-event/8000")
	text := strings.Replace(request("INVITE", "sip:desk@10.0.0.1", branch, "", "Contact: <sip:node@"+theirs+">", "Content-Type: application/sdp"),
		"Content-Length: 0\r\n\r\n", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body), 1)
	if token != "" {
		text = strings.Replace(text, "Max-Forwards", telephony.TokenHeader+": "+token+"\r\nMax-Forwards", 1)
	}
	b.peer.Send(ours, text)
	synctest.Wait()
}

// follow sends a request inside the dialog that res has opened.
func (b *bubble) follow(res *sipgo.Response, method string, cseq int, more ...string) {
	text := request(method, "sip:desk@10.0.0.1", fmt.Sprint(method, cseq), ";tag="+dialogTag(res), more...)
	text = strings.Replace(text, "Call-ID: stranger-"+fmt.Sprint(method, cseq), "Call-ID: "+res.CallID().Value(), 1)
	b.peer.Send(ours, strings.Replace(text, "CSeq: 1 ", fmt.Sprintf("CSeq: %d ", cseq), 1))
	synctest.Wait()
}

func dialogTag(res *sipgo.Response) string {
	t, _ := res.To().Params.Get("tag")
	return t
}

// welcomed is a guest that has been answered and ACKed.
func (b *bubble) welcomed(d *hosts) (telephony.Guest, *sipgo.Response) {
	b.Helper()
	b.calls("g1", "good", offer)
	g := d.guest(b)
	g.Answer()
	res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
	b.follow(res, "ACK", 1)
	return g, res
}

func TestAGuestRingsIsAnsweredAndTalks(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		g := d.guest(b)
		if g.Media() != nil {
			t.Error("audio before the answer")
		}
		g.Ring()
		ringing := b.peer.ExpectStatus(sipgo.INVITE, 180, 0)
		time.Sleep(5 * time.Second)
		g.Answer()
		res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
		if dialogTag(res) != dialogTag(ringing) || res.Contact() == nil || !strings.Contains(string(res.Body()), "RTP/AVP 8 101\r\n") {
			t.Errorf("answered with\n%s", res)
		}
		b.follow(res, "ACK", 1)
		b.told(d.story, telephony.LegAnswered)
		if remote, codec, dtmf := b.audio.heading(); remote.String() != "10.0.0.2:4000" || codec != media.PCMA || dtmf != 101 {
			t.Errorf("audio goes to %v as %d, events %d", remote, codec, dtmf)
		}
		g.Media().WriteFrame(media.Frame{})
		if b.audio.sent() != 1 {
			t.Error("nothing is sent")
		}
		b.follow(res, "BYE", 2, `Reason: Ringback;text="agent"`)
		b.peer.ExpectStatus(sipgo.BYE, 200, 0)
		if end := b.end(d.story); end.Cause != telephony.EndRemoteBye || end.Why != "agent" {
			t.Errorf("ended %+v", end)
		}
		b.nothingLeft()
		if got := d.asked[0].Source.String(); got != theirs {
			t.Errorf("it came from %s", got)
		}
	})
}

func TestStrangersAndForgersGetTheSameRefusal(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		var answers []string
		for i, token := range []string{"", "forged"} {
			b.calls(fmt.Sprint("s", i), token, offer)
			res := b.peer.ExpectFinal(sipgo.INVITE, 0)
			answers = append(answers, fmt.Sprint(res.StatusCode, res.Reason, len(res.Headers()), len(res.Body())))
		}
		if answers[0] != answers[1] || !strings.HasPrefix(answers[0], "403") {
			t.Errorf("without a token %q, with a forged one %q", answers[0], answers[1])
		}
		if b.audio != nil || b.e.Legs() != 0 {
			t.Error("a port or a leg was given to a stranger")
		}
	})
}

func TestI01_AnAnswerIsRepeatedUntilItsAck(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		d.guest(b).Answer()
		res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
		time.Sleep(4 * time.Second) // 0, 0.5, 1.5, 3.5
		if n := b.peer.Count("SIP/2.0 200"); n != 4 {
			t.Errorf("%d answers in 4 s, want 4", n)
		}
		b.follow(res, "ACK", 1)
		time.Sleep(time.Minute)
		if n := b.peer.Count("SIP/2.0 200"); n != 4 {
			t.Errorf("%d answers after the ACK", n-4)
		}
		b.told(d.story, telephony.LegAnswered)
	})
}

func TestI01_AnAnswerWithoutAckEndsWithBye(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		d.guest(b).Answer()
		began := b.since()
		bye := b.peer.Expect(sipgo.BYE, 33*time.Second)
		if took := b.since() - began; took < 31*time.Second {
			t.Errorf("BYE after %v, want 64×T1", took)
		}
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		if end := b.end(d.story); end.Cause != telephony.EndLocalBye {
			t.Errorf("ended by %s", end.Cause)
		}
		b.nothingLeft()
	})
}

func TestI02_AGuestCancelsBeforeTheAnswer(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		d.guest(b).Ring()
		synctest.Wait()
		b.peer.Send(ours, request("CANCEL", "sip:desk@10.0.0.1", "g1", ""))
		b.peer.ExpectStatus(sipgo.INVITE, 487, 0)
		if end := b.end(d.story); end.Cause != telephony.EndCancelled {
			t.Errorf("ended by %s", end.Cause)
		}
		d.guest(b).Answer() // too late: nothing
		b.nothingLeft()
	})
}

func TestI03_ACancelThatCrossesTheAnswerChangesNothing(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		_, res := b.welcomed(d)
		b.peer.Send(ours, request("CANCEL", "sip:desk@10.0.0.1", "g1", ""))
		b.peer.ExpectStatus(sipgo.CANCEL, 200, 0)
		b.told(d.story, telephony.LegAnswered)
		b.follow(res, "BYE", 2)
		b.end(d.story)
	})
}

func TestAGuestIsRefusedWithAReason(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		d.guest(b).HangupFor("busy")
		res := b.peer.ExpectStatus(sipgo.INVITE, 480, 0)
		if got := res.GetHeader("Reason").Value(); got != `Ringback;text="busy"` {
			t.Errorf("reason %s", got)
		}
		b.end(d.story)
		b.nothingLeft()
	})
}

func TestAGuestWithoutCommonAudioIsRefused(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", "m=audio 4000 RTP/AVP 9")
		b.peer.ExpectStatus(sipgo.INVITE, 488, 0)
		if len(d.guests) != 0 {
			t.Error("the desk was told of a guest without audio")
		}
		b.nothingLeft()
	})
}

func TestByeWaitsForTheAckOfTheAnswer(t *testing.T) {
	inDesk(t, nil, func(b *bubble, d *hosts) {
		b.calls("g1", "good", offer)
		g := d.guest(b)
		g.Answer()
		res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
		g.HangupFor("audio")
		time.Sleep(100 * time.Millisecond)
		if b.peer.Count("BYE ") != 0 {
			t.Error("BYE before the ACK")
		}
		b.follow(res, "ACK", 1)
		bye := b.peer.Expect(sipgo.BYE, 0)
		if h := bye.GetHeader("Reason"); h == nil || h.Value() != `Ringback;text="audio"` || bye.CSeq().SeqNo != 1 {
			t.Errorf("BYE\n%s", bye)
		}
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.end(d.story)
		b.nothingLeft()
	})
}

// beating is audio of which the far end's last sign of life is set by the test.
type beating struct {
	silentAudio
	beats int
	heard time.Time
}

func (a *beating) Beat(time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.beats++
}

func (a *beating) sentBeats() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.beats
}

func (a *beating) LastHeard() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.heard
}

func (a *beating) hears() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard = time.Now()
}

func TestO17_AWatchedLegEndsWhenNothingIsHeard(t *testing.T) {
	pulse := &beating{}
	inDesk(t, func(o *sip.Options) { o.OpenAudio = func() (sip.Audio, error) { return pulse, nil } }, func(b *bubble, d *hosts) {
		b.welcomed(d)
		for range 10 {
			time.Sleep(time.Second)
			pulse.hears()
		}
		b.told(d.story, telephony.LegAnswered)
		if n := pulse.sentBeats(); n < 9 {
			t.Errorf("%d signs of life in 10 s", n)
		}
		bye := b.peer.Expect(sipgo.BYE, 5*time.Second)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		if end := b.end(d.story); end.Cause != telephony.EndMediaLost {
			t.Errorf("ended by %s", end.Cause)
		}
		if !pulse.isClosed() {
			t.Error("the port was not freed")
		}
	})
}

// Two endpoints on real sockets: voice both ways, a key press, the reason of the
// end, and the death of one side.
func TestTwoNodesTalkOverRealSockets(t *testing.T) {
	d := &hosts{story: newStory()}
	b := realEndpoint(t, 24000, d.invited)
	a := realEndpoint(t, 25000, nil)
	s := newStory()
	leg, err := a.Place(context.Background(), telephony.LegSpec{
		CallID: "node-1", Address: b.Addr().String(), To: "desk", From: "ringback", Watch: time.Second, Headers: map[string]string{telephony.TokenHeader: "good"},
	}, s.on)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the guest has come", 3*time.Second, func() bool { d.mu.Lock(); defer d.mu.Unlock(); return len(d.guests) == 1 })
	d.guest(t).Answer()
	s.until(t, telephony.LegAnswered, 3*time.Second)
	d.story.until(t, telephony.LegAnswered, 3*time.Second)
	there := &ear{}
	d.guest(t).Media().SetSink(there)
	pressed := make(chan media.Digit, 1)
	leg.Media().OnDigit(func(k media.Digit) { pressed <- k })
	eventually(t, "the other node hears us", 3*time.Second, func() bool {
		leg.Media().WriteFrame(media.Frame{Payload: make([]byte, 160), Codec: media.PCMA})
		there.mu.Lock()
		defer there.mu.Unlock()
		return len(there.audio) > 0
	})
	if err := d.guest(t).Media().SendDigit('7', 0); err != nil {
		t.Fatal(err)
	}
	if k := <-pressed; k.Key != '7' {
		t.Errorf("key %c", k.Key)
	}
	d.guest(t).HangupFor("agent")
	if end := s.until(t, telephony.LegEnded, 3*time.Second); end.Cause != telephony.EndRemoteBye || end.Why != "agent" {
		t.Errorf("ended %+v", end)
	}
	eventually(t, "nothing is left", 3*time.Second, func() bool { return a.Legs() == 0 && b.Legs() == 0 })
}

func realEndpoint(t testing.TB, from uint16, invited func(telephony.Invitation) (telephony.Welcome, bool)) *sip.Endpoint {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e, err := sip.New(sip.Options{PacketConn: conn, OpenAudio: sip.OpenRTP(ports(t, from, from+98)), Invited: invited})
	if err != nil {
		t.Fatal(err)
	}
	runs(t, e.Run)
	return e
}
