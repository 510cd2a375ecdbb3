package sip_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"ringback/telephony"
	"ringback/telephony/siptest"
)

// A customer of one node and an agent of another: DESIGN.md §4.

func TestACustomerTalksToAnAgentOfAnotherNode(t *testing.T) {
	inTown(t, 2, func(w *town) {
		a, b := w.hosts[0], w.hosts[1]
		w.sits(b, w.voice)
		id, customer := w.answered(a, uuid.Nil)
		began := time.Now()
		if err := a.x.Bridge(id, w.agent); err != nil || time.Since(began) > 0 {
			w.Fatalf("bridged after %v of virtual time: %v", time.Since(began), err)
		}
		customer.says(voiceByte)
		if got := w.voice.got(); len(got) == 0 {
			w.Error("the first frame waits for the tone")
		}
		for range 50 { // the rest of the tone lies over what they say
			time.Sleep(20 * time.Millisecond)
			customer.says(voiceByte)
		}
		if n := len(customer.got()); n != 0 {
			w.Errorf("the customer hears %d frames of the agent's tone", n)
		}
		w.talks(customer, w.voice)
		b.x.Mute(w.agent, true)
		w.voice.says(voiceByte)
		if got := customer.got(); len(got) != 1 || got[0][0] == voiceByte {
			w.Error("a muted agent is heard")
		}
		b.x.Mute(w.agent, false)
		w.talks(customer, w.voice)
		if err := b.x.SendDigit(id, '5'); err != nil {
			w.Error(err)
		}
		w.voice.presses('6')
		customer.presses('7')
		if customer.pressed() != "56" || w.voice.pressed() != "7" {
			w.Errorf("the customer got keys %q, the agent %q", customer.pressed(), w.voice.pressed())
		}
		w.wantKinds(a, telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged)
		customer.ends(telephony.EndRemoteBye)
		w.wantEnd(a, telephony.ResultAnswered, "customer")
		id, _ = w.answered(b, uuid.Nil)
		if err := b.x.Bridge(id, w.agent); err != nil {
			w.Errorf("the agent's seat is not free: %v", err)
		}
	})
}

func TestTheAgentHangsUpAtTheirOwnNode(t *testing.T) {
	inTown(t, 2, func(w *town) {
		id, _ := w.bridged()
		if err := w.hosts[1].x.Hangup(id, "agent"); err != nil {
			w.Fatal(err)
		}
		w.wantEnd(w.hosts[0], telephony.ResultAnswered, "agent")
		if err := w.hosts[1].x.Hangup(id, "agent"); !errors.Is(err, telephony.ErrCallGone) {
			w.Errorf("again: %v", err)
		}
	})
}

func TestBothHangUpAtOnce(t *testing.T) {
	inTown(t, 2, func(w *town) {
		w.net.Delay = 10 * time.Millisecond
		id, customer := w.bridged()
		go customer.ends(telephony.EndRemoteBye)
		_ = w.hosts[1].x.Hangup(id, "agent")
		w.wantEnd(w.hosts[0], telephony.ResultAnswered, "customer")
	})
}

func TestTheAudioOfAnAgentElsewhereIsLostAndComesBack(t *testing.T) {
	inTown(t, 2, func(w *town) {
		a, b := w.hosts[0], w.hosts[1]
		id, customer := w.bridged()
		b.x.Mute(w.agent, true)
		b.x.DetachAgent(w.agent, w.voice)
		if !w.music(customer) {
			w.Error("no music while the agent is away")
		}
		time.Sleep(10 * time.Second)
		back := &voice{}
		w.sits(b, back)
		time.Sleep(time.Second)
		customer.got()
		back.says(voiceByte)
		if got := customer.got(); len(got) != 1 || got[0][0] == voiceByte {
			w.Error("the agent is not muted any more, or the music goes on")
		}
		b.x.Mute(w.agent, false)
		w.talks(customer, back)
		w.wantKinds(a, telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged, telephony.CallAudioLost, telephony.CallAudioBack)
		if err := b.x.Hangup(id, "agent"); err != nil {
			w.Error(err)
		}
		w.wantEnd(a, telephony.ResultAnswered, "agent")
	})
}

func TestAnAgentWhoWaitsForTheirAudioCanHangUp(t *testing.T) {
	inTown(t, 2, func(w *town) {
		id, _ := w.bridged()
		w.hosts[1].x.DetachAgent(w.agent, w.voice)
		time.Sleep(5 * time.Second)
		if err := w.hosts[1].x.Hangup(id, "agent"); err != nil {
			w.Fatal(err)
		}
		w.wantEnd(w.hosts[0], telephony.ResultAnswered, "agent")
	})
}

func TestTheAudioOfAnAgentElsewhereStaysAway(t *testing.T) {
	inTown(t, 2, func(w *town) {
		a := w.hosts[0]
		w.bridged()
		w.hosts[1].x.DetachAgent(w.agent, w.voice)
		time.Sleep(29 * time.Second)
		w.wantKinds(a, telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged, telephony.CallAudioLost)
		time.Sleep(11 * time.Second)
		w.wantEnd(a, telephony.ResultAnswered, "system")
	})
}

// kill -9 of the agent's node: music within the watch, and the agent who signs on
// again at a third one gets their customer back.
func TestTheAgentsNodeDiesAndTheyComeBackElsewhere(t *testing.T) {
	for name, to := range map[string]int{"at the call's own node": 0, "at a third node": 2} {
		t.Run(name, func(t *testing.T) {
			inTown(t, 3, func(w *town) {
				a := w.hosts[0]
				_, customer := w.bridged()
				w.dies(w.hosts[1])
				time.Sleep(4 * time.Second)
				w.wantKinds(a, telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged, telephony.CallAudioLost)
				if !w.music(customer) {
					w.Error("no music")
				}
				time.Sleep(5 * time.Second)
				back := &voice{}
				w.sits(w.hosts[to], back)
				time.Sleep(2 * time.Second)
				w.talks(customer, back)
				w.wantKinds(a, telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged, telephony.CallAudioLost, telephony.CallAudioBack)
				customer.ends(telephony.EndRemoteBye)
				time.Sleep(40 * time.Second) // the dead node's legs give up
				w.wantEnd(a, telephony.ResultAnswered, "customer")
			})
		})
	}
}

func TestTheCallsNodeDies(t *testing.T) {
	inTown(t, 2, func(w *town) {
		b := w.hosts[1]
		w.bridged()
		w.dies(w.hosts[0])
		time.Sleep(5 * time.Second)
		id, customer := w.answered(b, uuid.Nil)
		if err := b.x.Bridge(id, w.agent); err != nil {
			w.Fatalf("the seat is not free: %v", err)
		}
		time.Sleep(time.Second)
		w.talks(customer, w.voice)
	})
}

func TestAnAgentOfAnotherNodeComesHere(t *testing.T) {
	inTown(t, 2, func(w *town) {
		_, customer := w.bridged()
		here := &voice{}
		w.sits(w.hosts[0], here)
		w.talks(customer, here)
		w.wantKinds(w.hosts[0], telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged)
		time.Sleep(time.Second)
		w.nothingLeft()
	})
}

func TestAnAgentWhoCannotBeHadIsToldAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*town)
		want error
		took time.Duration
	}{
		"no audio there": {func(w *town) { w.hosts[1].x.DetachAgent(w.agent, w.voice) }, telephony.ErrAgentMute, 0},
		"in another call there": {func(w *town) {
			id, _ := w.answered(w.hosts[1], uuid.Nil)
			_ = w.hosts[1].x.Bridge(id, w.agent)
		}, telephony.ErrAgentBusy, 0},
		"their node is dead": {func(w *town) { w.dies(w.hosts[1]) }, telephony.ErrAgentMute, time.Second},
		"nobody knows where": {func(w *town) {
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.place, w.agent)
		}, telephony.ErrAgentMute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inTown(t, 2, func(w *town) {
				w.sits(w.hosts[1], w.voice)
				c.set(w)
				id, customer := w.answered(w.hosts[0], uuid.Nil)
				began := time.Now()
				if err := w.hosts[0].x.Bridge(id, w.agent); !errors.Is(err, c.want) || time.Since(began) > c.took {
					w.Errorf("after %v: %v", time.Since(began), err)
				}
				other := uuid.New() // another agent, of this node, takes the call
				here := &voice{}
				w.hosts[0].x.AttachAgent(other, here)
				if err := w.hosts[0].x.Bridge(id, other); err != nil {
					w.Fatal(err)
				}
				time.Sleep(time.Second)
				w.talks(customer, here)
			})
		})
	}
}

func TestAnAgentFixedBeforeTheDialSitsElsewhere(t *testing.T) {
	inTown(t, 2, func(w *town) {
		w.sits(w.hosts[1], w.voice)
		_, customer := w.answered(w.hosts[0], w.agent)
		time.Sleep(time.Second)
		w.talks(customer, w.voice)
		w.wantKinds(w.hosts[0], telephony.CallDialing, telephony.CallAnswered, telephony.CallBridged)
		customer.ends(telephony.EndRemoteBye)
		w.wantEnd(w.hosts[0], telephony.ResultAnswered, "customer")
	})
}

func TestAFixedAgentElsewhereHasNoAudioAtFirst(t *testing.T) {
	inTown(t, 2, func(w *town) {
		w.sits(w.hosts[1], w.voice)
		w.hosts[1].x.DetachAgent(w.agent, w.voice)
		_, customer := w.answered(w.hosts[0], w.agent)
		if !w.music(customer) {
			w.Error("no music")
		}
		w.sits(w.hosts[1], w.voice)
		time.Sleep(time.Second)
		w.talks(customer, w.voice)
		w.wantKinds(w.hosts[0], telephony.CallDialing, telephony.CallAnswered, telephony.CallAudioLost, telephony.CallBridged)
	})
}

// A node that stops sends the call away; its agent is looked for elsewhere.
func TestTheAgentsNodeStops(t *testing.T) {
	inTown(t, 2, func(w *town) {
		_, customer := w.bridged()
		w.hosts[1].stop()
		if !w.music(customer) {
			w.Error("no music")
		}
		here := &voice{}
		w.sits(w.hosts[0], here)
		w.talks(customer, here)
	})
}

// token is that of the last INVITE between nodes.
func (w *town) token() string {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.wire) - 1; i >= 0; i-- {
		if _, after, ok := strings.Cut(string(w.wire[i]), telephony.TokenHeader+": "); ok {
			token, _, _ := strings.Cut(after, "\r\n")
			return token
		}
	}
	w.Fatal("no token was sent")
	return ""
}

func TestNobodyElseGetsInWithAToken(t *testing.T) {
	inTown(t, 3, func(w *town) {
		a, b, c := w.hosts[0], w.hosts[1], w.hosts[2]
		w.bridged()
		old := w.token()
		fresh := func(to *host, at time.Time) string { return a.key.Issue(uuid.New(), w.agent, to.node, at) }
		other := telephony.NewTokens(w.box, uuid.New()).Issue(uuid.New(), w.agent, b.node, time.Now())
		for name, inv := range map[string]telephony.Invitation{
			"replayed":        {Source: a.e.Advertised(), Token: old},
			"from elsewhere":  {Source: c.e.Advertised(), Token: fresh(b, time.Now())},
			"for another":     {Source: a.e.Advertised(), Token: fresh(c, time.Now())},
			"expired":         {Source: a.e.Advertised(), Token: fresh(b, time.Now().Add(-time.Minute))},
			"forged":          {Source: a.e.Advertised(), Token: strings.Repeat("A", len(old))},
			"of an odd node":  {Source: a.e.Advertised(), Token: other},
			"without a token": {Source: a.e.Advertised()},
		} {
			if _, ok := b.x.Invited(inv); ok {
				w.Errorf("%s: let in", name)
			}
		}
		if _, ok := b.x.Invited(telephony.Invitation{Source: a.e.Advertised(), Token: fresh(b, time.Now())}); !ok {
			w.Error("a good token is refused")
		}
		stranger := siptest.NewPeer(w, w.net.Listen("10.0.0.9:5060"))
		defer stranger.Close()
		text := request("INVITE", "sip:desk@10.0.0.2", "spy", "", "Contact: <sip:spy@10.0.0.9>", telephony.TokenHeader+": "+fresh(b, time.Now()))
		stranger.Send("10.0.0.2:5060", strings.ReplaceAll(text, theirs, "10.0.0.9:5060"))
		stranger.ExpectStatus("INVITE", 403, 0)
		synctest.Wait()
	})
}
