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

// ack acknowledges our answer to the peer's re-INVITE.
func (b *bubble) ack(inv *sipgo.Request, cseq int, body string) {
	b.peer.Request(inv, "a", sipgo.ACK, cseq, body)
	synctest.Wait()
}

func TestO12_HoldStopsOurAudioAndResumeBringsItBack(t *testing.T) {
	for name, c := range map[string]struct{ offer, answer string }{
		"sendonly":   {siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8", "a=sendonly"), "a=recvonly"},
		"inactive":   {siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8", "a=inactive"), "a=inactive"},
		"c=0.0.0.0":  {siptest.SDP("0.0.0.0", "m=audio 4000 RTP/AVP 8"), "a=recvonly"},
		"session's":  {strings.Replace(siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8"), "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", 1), "a=recvonly"},
		"no last LF": {strings.TrimSuffix(siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8", "a=sendonly"), "\r\n"), "a=recvonly"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				leg, s, inv := b.answered()
				leg.Media().WriteFrame(media.Frame{})
				if b.audio.sent() != 1 {
					t.Fatal("no audio before the hold")
				}
				b.peer.Request(inv, "a", sipgo.INVITE, 10, c.offer)
				res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
				if !strings.Contains(string(res.Body()), c.answer+"\r\n") || res.Contact() == nil {
					t.Errorf("answered the hold with\n%s", res.Body())
				}
				b.ack(inv, 10, "")
				leg.Media().WriteFrame(media.Frame{})
				if n := b.audio.sent(); n != 1 {
					t.Errorf("%d frames sent to one who holds", n-1)
				}
				b.peer.Request(inv, "a", sipgo.INVITE, 11, siptest.SDP("10.0.0.2", "m=audio 4444 RTP/AVP 8", "a=sendrecv"))
				res = b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
				if !strings.Contains(string(res.Body()), "a=sendrecv\r\n") {
					t.Errorf("answered the resume with\n%s", res.Body())
				}
				b.ack(inv, 11, "")
				leg.Media().WriteFrame(media.Frame{})
				if n := b.audio.sent(); n != 2 {
					t.Errorf("%d frames sent after the resume, want 1", n-1)
				}
				if remote, _, _ := b.audio.heading(); remote.Port() != 4444 {
					t.Errorf("audio goes to %v, want the new port", remote)
				}
				b.told(s, telephony.LegDialing, telephony.LegAnswered)
			})
		})
	}
}

func TestOurAnswerToAReinviteIsRepeatedUntilItsAck(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, _, inv := b.answered()
		b.peer.Request(inv, "a", sipgo.INVITE, 10, answer)
		time.Sleep(4 * time.Second) // 0, 0.5, 1.5, 3.5
		if n := b.peer.Count("SIP/2.0 200"); n != 4 {
			t.Errorf("the 200 was sent %d times in 4 s, want 4", n)
		}
		b.ack(inv, 10, "")
		time.Sleep(20 * time.Second)
		if n := b.peer.Count("SIP/2.0 200"); n != 4 {
			t.Errorf("the 200 was sent %d times, want no more after the ACK", n)
		}
	})
}

func TestAReinviteNeverAckedEndsTheCall(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s, inv := b.answered()
		b.peer.Request(inv, "a", sipgo.INVITE, 10, answer)
		bye := b.peer.Expect(sipgo.BYE, 33*time.Second)
		b.peer.Reply(bye, siptest.Reply{Code: 200, Reason: "OK"})
		b.end(s)
		b.nothingLeft()
	})
}

func TestARefusedOfferLeavesTheCallAsItWas(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		leg, s, inv := b.answered()
		b.peer.Request(inv, "a", sipgo.INVITE, 10, siptest.SDP("10.0.0.9", "m=audio 4000 RTP/AVP 18"))
		b.peer.ExpectStatus(sipgo.INVITE, 488, 0)
		b.ack(inv, 10, "")
		leg.Media().WriteFrame(media.Frame{})
		if remote, _, _ := b.audio.heading(); remote.String() != "10.0.0.2:4000" || b.audio.sent() != 1 {
			t.Errorf("audio goes to %v, %d frames", remote, b.audio.sent())
		}
		b.told(s, telephony.LegDialing, telephony.LegAnswered)
	})
}

func TestAReinviteWithoutAnOfferGetsOursAndItsAckTheAnswer(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, _, inv := b.answered()
		b.peer.Request(inv, "a", sipgo.INVITE, 10, "")
		res := b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
		if !strings.Contains(string(res.Body()), "m=audio 20000 RTP/AVP 8 0 101") {
			t.Errorf("our offer is\n%s", res.Body())
		}
		b.peer.Request(inv, "a", sipgo.INVITE, 11, answer)
		b.peer.ExpectStatus(sipgo.INVITE, 491, 0)
		b.ack(inv, 10, siptest.SDP("10.0.0.2", "m=audio 4002 RTP/AVP 0"))
		if remote, codec, _ := b.audio.heading(); remote.Port() != 4002 || codec != media.PCMU {
			t.Errorf("audio goes to %v as %d", remote, codec)
		}
	})
}

func TestRequestsInTheDialogAreAnsweredRight(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		_, s, inv := b.answered()
		b.peer.Request(inv, "a", sipgo.INVITE, 10, answer)
		b.peer.ExpectStatus(sipgo.INVITE, 200, 0)
		b.ack(inv, 10, "")
		b.peer.Request(inv, "a", sipgo.INVITE, 9, answer)
		b.peer.ExpectStatus(sipgo.INVITE, 500, 0)
		b.peer.Request(inv, "a", sipgo.UPDATE, 11, "")
		b.peer.ExpectStatus(sipgo.UPDATE, 200, 0)
		b.peer.Request(inv, "stranger", sipgo.BYE, 12, "")
		b.peer.ExpectStatus(sipgo.BYE, 481, 0)
		b.told(s, telephony.LegDialing, telephony.LegAnswered)
	})
}
