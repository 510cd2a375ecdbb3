package sip_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// The cases O-… of TELEPHONY.md §7.

func TestO01_ACallIsAckedAtOnceAndEndsWhenTheCustomerHangsUp(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		if leg.Media() != nil {
			t.Error("audio before the answer")
		}
		b.peer.Reply(inv, siptest.Reply{Code: 100, Reason: "Trying"})
		time.Sleep(time.Second)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		time.Sleep(4 * time.Second)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		ack := b.peer.Expect(sipgo.ACK, 0)
		if got, want := ack.Recipient.String(), "sip:peer-a@10.0.0.2:5060"; got != want {
			t.Errorf("ACK to %s, want the answer's Contact %s", got, want)
		}
		if ack.CSeq().SeqNo != inv.CSeq().SeqNo || ack.Via().Value() == inv.Via().Value() {
			t.Errorf("ACK has CSeq %d and Via %s: want the INVITE's CSeq and a new branch", ack.CSeq().SeqNo, ack.Via().Value())
		}
		synctest.Wait()
		if remote, codec, dtmf := b.audio.heading(); remote.String() != "10.0.0.2:4000" || codec != media.PCMA || dtmf != 101 {
			t.Errorf("audio goes to %v as %d, events %d", remote, codec, dtmf)
		}
		time.Sleep(time.Minute)
		b.peer.Request(inv, "a", sipgo.BYE, 1, "")
		b.peer.ExpectStatus(sipgo.BYE, 200, 0)
		b.told(s, telephony.LegDialing, telephony.LegTrying, telephony.LegRinging, telephony.LegAnswered, telephony.LegEnded)
		if end := b.end(s); end.Cause != telephony.EndRemoteBye {
			t.Errorf("ended by %q, want remote_bye", end.Cause)
		}
		b.nothingLeft()
	})
}

func TestO02_EarlyMediaIsHeardAndIsNoAnswer(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 183, Reason: "Session Progress", Tag: "a", Body: answer})
		b.told(s, telephony.LegDialing, telephony.LegEarly)
		if leg.Media() == nil {
			t.Fatal("no audio in early media")
		}
		if remote, _, _ := b.audio.heading(); remote.String() != "10.0.0.2:4000" {
			t.Errorf("early audio goes to %v", remote)
		}
		time.Sleep(5 * time.Second)
		b.peer.Reply(inv, siptest.Reply{Code: 480, Reason: "Temporarily Unavailable", Tag: "a", Headers: []string{"Reason: Q.850;cause=20"}})
		b.peer.Expect(sipgo.ACK, 0)
		end := b.end(s)
		if end.Cause != telephony.EndRejected || end.Code != 480 || end.Q850 != 20 || !end.Early {
			t.Errorf("ended %+v, want rejected 480, cause 20, after early media", end)
		}
		b.nothingLeft()
	})
}

func TestO03_RingTimeOverSendsCancelAndAcksThe487(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(func(spec *telephony.LegSpec) { spec.RingTimeout = 20 * time.Second })
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		cancel := b.peer.Expect(sipgo.CANCEL, 21*time.Second)
		if b.since() != 20*time.Second {
			t.Errorf("CANCEL after %v, want 20s", b.since())
		}
		if cancel.Via().Value() != inv.Via().Value() || cancel.CSeq().SeqNo != inv.CSeq().SeqNo {
			t.Error("CANCEL must carry the INVITE's branch and CSeq number")
		}
		b.peer.Reply(cancel, siptest.Reply{Code: 200, Reason: "OK"})
		b.peer.Reply(inv, siptest.Reply{Code: 487, Reason: "Request Terminated", Tag: "a"})
		b.peer.Expect(sipgo.ACK, 0)
		if end := b.end(s); end.Cause != telephony.EndRingTime || end.Code != 487 {
			t.Errorf("ended %+v, want ring_time", end)
		}
		b.nothingLeft()
	})
}

func TestO03_CancelWaitsForTheFirstProvisional(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		leg.Hangup()
		leg.Hangup()
		time.Sleep(3 * time.Second)
		if n := b.peer.Count("CANCEL"); n != 0 {
			t.Fatalf("%d CANCELs before any response", n)
		}
		b.peer.Reply(inv, siptest.Reply{Code: 100, Reason: "Trying"})
		cancel := b.peer.Expect(sipgo.CANCEL, 0)
		b.peer.Reply(cancel, siptest.Reply{Code: 200, Reason: "OK"})
		b.peer.Reply(inv, siptest.Reply{Code: 487, Reason: "Request Terminated", Tag: "a"})
		if end := b.end(s); end.Cause != telephony.EndCancelled {
			t.Errorf("ended by %q, want cancelled", end.Cause)
		}
		b.nothingLeft()
	})
}

func TestO03_ACancelNobodyAnswersFreesTheLegAfter64T1(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		synctest.Wait()
		leg.Hangup()
		time.Sleep(32*time.Second + time.Millisecond)
		if end := b.end(s); end.Cause != telephony.EndCancelled {
			t.Errorf("ended by %q, want cancelled", end.Cause)
		}
		// A late answer must not become a ghost call.
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Expect(sipgo.ACK, 0)
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		time.Sleep(33 * time.Second)
		b.nothingLeft()
	})
}

func TestO04_AnAnswerCrossingOurCancelIsAnAnswer(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(func(spec *telephony.LegSpec) { spec.RingTimeout = 20 * time.Second })
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		cancel := b.peer.Expect(sipgo.CANCEL, 21*time.Second)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Reply(cancel, siptest.Reply{Code: 200, Reason: "OK"})
		b.peer.Expect(sipgo.ACK, 0)
		b.told(s, telephony.LegDialing, telephony.LegRinging, telephony.LegAnswered)
		if leg.Media() == nil {
			t.Error("answered without audio")
		}
		leg.Hangup() // the call above has played its message
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		if end := b.end(s); end.Cause != telephony.EndLocalBye {
			t.Errorf("ended by %q, want local_bye", end.Cause)
		}
		b.nothingLeft()
	})
}

func TestO04_AnAnswerAfterHangupIsAckedAndEnded(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		synctest.Wait()
		leg.Hangup()
		cancel := b.peer.Expect(sipgo.CANCEL, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Reply(cancel, siptest.Reply{Code: 200, Reason: "OK"})
		b.peer.Expect(sipgo.ACK, 0)
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.told(s, telephony.LegDialing, telephony.LegRinging, telephony.LegEnded)
		if end := b.end(s); end.Cause != telephony.EndCancelled {
			t.Errorf("ended by %q, want cancelled", end.Cause)
		}
		b.nothingLeft()
	})
}

func TestO05_EveryRefusalIsToldWithItsCode(t *testing.T) {
	for _, c := range []struct {
		code   int
		reason string
	}{
		{486, "Busy Here"},
		{600, "Busy Everywhere"},
		{480, "Temporarily Unavailable"},
		{408, "Request Timeout"},
		{404, "Not Found"},
		{484, "Address Incomplete"},
		{604, "Does Not Exist Anywhere"},
		{403, "Forbidden"},
		{488, "Not Acceptable Here"},
		{500, "Server Internal Error"},
		{503, "Service Unavailable"},
		{603, "Decline"},
		{607, "Unwanted"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				_, s := b.place(nil)
				inv := b.peer.Expect(sipgo.INVITE, 0)
				b.peer.Reply(inv, siptest.Reply{Code: 100, Reason: "Trying"})
				b.peer.Reply(inv, siptest.Reply{Code: c.code, Reason: c.reason, Tag: "a"})
				b.peer.Expect(sipgo.ACK, 0)
				if end := b.end(s); end.Cause != telephony.EndRejected || end.Code != c.code || end.Reason != c.reason {
					t.Errorf("ended %+v, want rejected %d %s", end, c.code, c.reason)
				}
				b.nothingLeft()
			})
		})
	}
}

func TestO05_NoReplyAtAllIsToldAfter64T1(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(func(spec *telephony.LegSpec) { spec.RingTimeout = time.Minute })
		time.Sleep(32*time.Second + time.Millisecond)
		if end := b.end(s); end.Cause != telephony.EndNoResponse {
			t.Errorf("ended by %q, want no_response", end.Cause)
		}
		if n := b.peer.Count("INVITE"); n != 7 {
			t.Errorf("the INVITE was sent %d times, want 7 (RFC 3261 timer A)", n)
		}
		b.nothingLeft()
	})
}

func TestO07_ARedirectIsNotFollowed(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 302, Reason: "Moved Temporarily", Tag: "a", Headers: []string{"Contact: <sip:15400009999@10.0.0.2:5060>"}})
		b.peer.Expect(sipgo.ACK, 0)
		if end := b.end(s); end.Cause != telephony.EndRejected || end.Code != 302 || !end.Forwarded {
			t.Errorf("ended %+v, want rejected 302, forwarded", end)
		}
		if n := b.peer.Count("INVITE"); n != 1 {
			t.Errorf("%d INVITEs, want 1", n)
		}
	})
}

func TestO09_TheFirstOfTwoForksWinsAndTheOtherIsEnded(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
		b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "b"})
		synctest.Wait()
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "b", Body: answer})
		first := b.peer.Expect(sipgo.ACK, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		second := b.peer.Expect(sipgo.ACK, 0)
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		for what, pair := range map[string][2]string{"first ACK": {tag(first), "b"}, "second ACK": {tag(second), "a"}, "BYE": {tag(bye), "a"}} {
			if pair[0] != pair[1] {
				t.Errorf("%s goes to fork %q, want %q", what, pair[0], pair[1])
			}
		}
		b.told(s, telephony.LegDialing, telephony.LegRinging, telephony.LegAnswered)
		leg.Hangup()
		last := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(last, siptest.Reply{Code: 200, Reason: "OK"})
		if tag(last) != "b" {
			t.Errorf("our BYE goes to fork %q, want the winner b", tag(last))
		}
		b.nothingLeft()
	})
}

func tag(req *sipgo.Request) string {
	tag, _ := req.To().Params.Get("tag")
	return tag
}

func TestO15_ARepeatedAnswerIsAckedAgain(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s, inv := b.answered()
		for range 3 {
			time.Sleep(time.Second)
			b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
			b.peer.Expect(sipgo.ACK, 0)
		}
		b.told(s, telephony.LegDialing, telephony.LegAnswered)
		leg.Hangup()
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		// Even after the end a repetition is ACKed, or the far end would go on.
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Expect(sipgo.ACK, 0)
		b.nothingLeft()
	})
}

func TestO16_AByeNobodyAnswersFreesResourcesAtOnce(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s, _ := b.answered()
		leg.Hangup()
		synctest.Wait()
		if end := b.end(s); end.Cause != telephony.EndLocalBye {
			t.Errorf("ended by %q, want local_bye", end.Cause)
		}
		if !b.audio.isClosed() {
			t.Error("the RTP port waits for the far end")
		}
		time.Sleep(31 * time.Second)
		if n := b.peer.Count("BYE"); n != 10 {
			t.Errorf("BYE was sent %d times in 31 s, want 10 (RFC 3261 timer E)", n)
		}
		time.Sleep(10 * time.Second)
		b.nothingLeft()
		if n := b.peer.Count("BYE"); n != 11 {
			t.Errorf("BYE was sent %d times, want 11 within 64×T1 and none after", n)
		}
	})
}

func TestManyProvisionalsDoNotLoseTheCall(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		for range 12 {
			b.peer.Reply(inv, siptest.Reply{Code: 180, Reason: "Ringing", Tag: "a"})
			time.Sleep(time.Second)
		}
		b.peer.Reply(inv, siptest.Reply{Code: 181, Reason: "Call Is Being Forwarded", Tag: "a"})
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		b.peer.Expect(sipgo.ACK, 0)
		b.told(s, telephony.LegDialing, telephony.LegRinging, telephony.LegAnswered)
	})
}

func TestByesThatCrossAreBothAnswered(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s, inv := b.answered()
		leg.Hangup()
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Request(inv, "a", sipgo.BYE, 1, "")
		b.peer.ExpectStatus(sipgo.BYE, 200, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.end(s)
		b.nothingLeft()
	})
}

func TestO18_AnAnswerWithoutACommonCodecIsEndedWithItsReason(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s := b.place(nil)
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 18")})
		b.peer.Expect(sipgo.ACK, 0)
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.told(s, telephony.LegDialing, telephony.LegEnded)
		if end := b.end(s); end.Cause != telephony.EndNoCodec || !strings.Contains(end.Reason, "PCMA") {
			t.Errorf("ended %+v, want no_codec with a reason", end)
		}
		b.nothingLeft()
	})
}

func TestAPanicAboveCostsOneLegOnly(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		if _, err := b.e.Place(b.Context(), telephony.LegSpec{CallID: "bad", Address: theirs, To: "1", From: "2"},
			func(ev telephony.LegEvent) {
				if ev.Kind == telephony.LegAnswered {
					panic("a bug above")
				}
			}); err != nil {
			t.Fatal(err)
		}
		inv := b.peer.Expect(sipgo.INVITE, 0)
		b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
		bye := b.peer.Expect(sipgo.BYE, 0)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.nothingLeft()
		_, s, _ := b.answered()
		b.told(s, telephony.LegDialing, telephony.LegAnswered)
	})
}
