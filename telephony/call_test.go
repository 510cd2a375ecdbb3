package telephony

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// quietByte and voiceByte are A-law: silence, and a sample well above the tone's
// rounding.
const (
	quietByte = 0xD5
	voiceByte = 0x2A
)

func TestACustomerAnswersIsBridgedAndHangsUp(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.sits()
		leg := h.dial()
		if want := fmt.Sprintf("%s-1", h.spec.ID); leg.spec.CallID != want {
			t.Errorf("Call-ID %q, want %q", leg.spec.CallID, want)
		}
		leg.tries()
		leg.rings()
		leg.answers()
		synctest.Wait()
		leg.stream.says(voiceByte)
		if got := h.voice.heard(); len(got) != 0 {
			t.Errorf("the agent heard %d frames before the bridge", len(got))
		}
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Fatal(err)
		}
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Errorf("bridging again: %v", err)
		}
		leg.stream.says(quietByte)
		if !loud(h.voice.heard()) {
			t.Error("the agent did not hear the announcing tone")
		}
		if len(leg.stream.heard()) != 0 {
			t.Error("the customer heard the tone")
		}
		h.voice.says(voiceByte)
		if got := leg.stream.heard(); len(got) != 1 || got[0][0] != voiceByte {
			t.Errorf("the customer heard %d frames", len(got))
		}
		leg.ends(LegEvent{Cause: EndRemoteBye})
		h.wantKinds(CallDialing, CallRinging, CallAnswered, CallBridged, CallEnded)
		end := h.wantEnd(ResultAnswered, "customer")
		if !end.Answered || end.Agent != h.agent || end.Trunk != h.spec.Routes[0].TrunkID {
			t.Errorf("ended %+v", end)
		}
		h.gone()
	})
}

func TestTheCustomersVoiceDoesNotWaitForTheTone(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Millisecond) // the player brings the first frame of the tone
		if n := len(h.voice.heard()); n < 1 || n > 2 {
			t.Errorf("%d frames of tone before the customer speaks", n)
		}
		for i := range 20 {
			leg.stream.says(quietByte)
			got := h.voice.heard()
			if len(got) != 1 {
				t.Fatalf("frame %d: the agent got %d frames, want one each 20 ms", i, len(got))
			}
			if i > 9 && loud(got) {
				t.Fatalf("frame %d: the tone goes on", i)
			}
			time.Sleep(20 * time.Millisecond)
		}
		leg.stream.says(voiceByte)
		if got := h.voice.heard(); len(got) != 1 || got[0][5] != voiceByte {
			t.Error("the customer's frames do not pass unchanged after the tone")
		}
	})
}

func TestAFixedAgentIsBridgedByTheAnswerItself(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		h.wantKinds(CallDialing, CallAnswered, CallBridged)
		leg.ends(LegEvent{Cause: EndRemoteBye})
		h.wantEnd(ResultAnswered, "customer")
	})
}

func TestLineResultsOfCallsNobodyAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		play   func(*fakeLeg)
		result string
		by     string
	}{
		{"busy", func(l *fakeLeg) { l.refuses(486) }, ResultBusy, "network"},
		{"rings for ever", func(l *fakeLeg) { l.rings(); l.ends(LegEvent{Cause: EndRingTime}) }, ResultNoAnswer, "system"},
		{"rejected while ringing", func(l *fakeLeg) { l.rings(); l.refuses(603) }, ResultRejected, "customer"},
		{"blocked", func(l *fakeLeg) { l.refuses(603) }, ResultBlocked, "network"},
		{"no such number", func(l *fakeLeg) { l.refuses(404) }, ResultEmptyNumber, "network"},
		{"not reachable", func(l *fakeLeg) { l.tries(); l.refuses(480) }, ResultUnreachable, "network"},
		{"rang, then 480", func(l *fakeLeg) { l.rings(); l.refuses(480) }, ResultNoAnswer, "network"},
		{"trunk broken", func(l *fakeLeg) { l.refuses(503) }, ResultTrunkFault, "network"},
		{"trunk silent", func(l *fakeLeg) { l.ends(LegEvent{Cause: EndNoResponse}) }, ResultTrunkFault, "network"},
		{"no codec", func(l *fakeLeg) { l.ends(LegEvent{Cause: EndNoCodec, Code: 200}) }, ResultTrunkFault, "network"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, h *house) {
				c.play(h.dial())
				h.wantEnd(c.result, c.by)
				h.gone()
			})
		})
	}
}

func TestWeCancelWhileItRings(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg := h.dial()
		leg.rings()
		synctest.Wait()
		if err := h.x.Hangup(h.spec.ID, "agent"); err != nil {
			t.Fatal(err)
		}
		h.wantEnd(ResultCallerCancel, "agent")
		if err := h.x.Hangup(h.spec.ID, "agent"); !errors.Is(err, ErrCallGone) {
			t.Errorf("hanging up again: %v", err)
		}
	})
}

// O-04: the 200 OK crosses our CANCEL. It counts as answered; with an agent the
// call is bridged, with none the customer hears the apology.
func TestAnAnswerCrossesOurCancel(t *testing.T) {
	for _, free := range []bool{true, false} {
		t.Run(fmt.Sprintf("agent free %v", free), func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, h *house) {
				h.sits()
				leg := h.dial()
				leg.rings()
				leg.setStubborn(true)
				synctest.Wait()
				if err := h.x.Hangup(h.spec.ID, "system"); err != nil {
					t.Fatal(err)
				}
				leg.answers()
				h.wantKinds(CallDialing, CallRinging, CallAnswered)
				leg.setStubborn(false)
				if free {
					if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
						t.Fatal(err)
					}
					leg.ends(LegEvent{Cause: EndRemoteBye})
					h.wantEnd(ResultAnswered, "customer")
					return
				}
				time.Sleep(time.Minute)
				h.wantKinds(CallDialing, CallRinging, CallAnswered, CallAnnouncing, CallEnded)
				h.wantEnd(ResultAbandoned, "system")
				if !loud(leg.stream.heard()) {
					t.Error("the customer heard no apology")
				}
			})
		})
	}
}

func TestNobodyTakesTheCallForTwoSeconds(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg := h.dial()
		leg.answers()
		time.Sleep(1900 * time.Millisecond)
		h.wantKinds(CallDialing, CallAnswered)
		time.Sleep(200 * time.Millisecond)
		h.wantKinds(CallDialing, CallAnswered, CallAnnouncing)
		if err := h.x.Announce(h.spec.ID, PromptAbandon); err != nil {
			t.Errorf("a second apology: %v", err)
		}
		if err := h.x.Bridge(h.spec.ID, h.agent); !errors.Is(err, ErrCallState) {
			t.Errorf("bridging during the apology: %v", err)
		}
		leg.stream.presses('1')
		synctest.Wait()
		h.mu.Lock()
		last := h.events[len(h.events)-1]
		h.mu.Unlock()
		if last.Kind != CallDigit || last.Detail != "1" {
			t.Errorf("the customer's wish not to be called was told as %+v", last)
		}
		time.Sleep(20 * time.Second)
		h.wantEnd(ResultAbandoned, "system")
	})
}

func TestAnAgentWithoutAudioOrInAnotherCallIsRefused(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		if err := h.x.Bridge(h.spec.ID, h.agent); !errors.Is(err, ErrAgentMute) {
			t.Errorf("bridging to nobody: %v", err)
		}
		h.sits()
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Fatal(err)
		}
		first := h.spec.ID
		h.spec.ID = uuid.New()
		second := h.dial()
		second.answers()
		synctest.Wait()
		if err := h.x.Bridge(h.spec.ID, h.agent); !errors.Is(err, ErrAgentBusy) {
			t.Errorf("bridging a busy agent: %v", err)
		}
		if err := h.x.Hangup(first, "agent"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Errorf("bridging the freed agent: %v", err)
		}
	})
}

func TestOneAttemptIsDialledOnce(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.dial()
		if err := h.x.Dial(t.Context(), h.spec, h.observe); !errors.Is(err, ErrCallExists) {
			t.Errorf("dialling again: %v", err)
		}
		if h.placer.count() != 1 {
			t.Errorf("%d INVITEs", h.placer.count())
		}
		h.spec.ID, h.spec.Routes = uuid.New(), nil
		if err := h.x.Dial(t.Context(), h.spec, h.observe); !errors.Is(err, ErrNoRoute) {
			t.Errorf("dialling without a trunk: %v", err)
		}
	})
}

func TestNothingIsToldOfACallThatWasNotSent(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		broken := errors.New("no port")
		h.placer.err["one:5060"] = broken
		if err := h.x.Dial(t.Context(), h.spec, h.observe); !errors.Is(err, broken) {
			t.Errorf("dial: %v", err)
		}
		h.wantKinds()
		h.gone()
	})
}

func TestALegThatNeverConfirmsIsGivenUp(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg := h.dial()
		leg.setStubborn(true)
		if err := h.x.Hangup(h.spec.ID, "agent"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		h.wantEnd(ResultCallerCancel, "agent")
		h.gone()
	})
}

func TestDigitsPassBothWaysAndMuteSilencesTheAgent(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		h.voice.presses('5')
		leg.stream.presses('7')
		if err := h.x.SendDigit(h.spec.ID, '#'); err != nil {
			t.Fatal(err)
		}
		if leg.stream.pressed() != "5#" || h.voice.pressed() != "7" {
			t.Errorf("customer got %q, agent got %q", leg.stream.pressed(), h.voice.pressed())
		}
		h.x.Mute(h.agent, true)
		synctest.Wait()
		h.voice.says(voiceByte)
		if got := leg.stream.heard(); len(got) != 1 || loud(got) {
			t.Errorf("%d frames, muted agent heard: %v", len(got), loud(got))
		}
		h.x.Mute(h.agent, false)
		synctest.Wait()
		h.voice.says(voiceByte)
		if !loud(leg.stream.heard()) {
			t.Error("the agent stays mute")
		}
	})
}

func TestTheLongestCallEndsWithAGoodbye(t *testing.T) {
	inHouse(t, func(o *Options) { o.Limits.Longest = time.Minute }, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		time.Sleep(90 * time.Second)
		h.wantKinds(CallDialing, CallAnswered, CallBridged, CallAnnouncing, CallEnded)
		h.wantEnd(ResultAnswered, "system")
	})
}

func TestDrainLetsCallsFinishThenSaysGoodbye(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		drained := make(chan struct{})
		go func() { defer close(drained); h.x.Drain(ctx) }()
		time.Sleep(20 * time.Second)
		h.wantKinds(CallDialing, CallAnswered, CallBridged)
		h.spec.ID = uuid.New()
		if err := h.x.Dial(t.Context(), h.spec, h.observe); !errors.Is(err, ErrDraining) {
			t.Errorf("dialling while draining: %v", err)
		}
		<-drained
		h.wantKinds(CallDialing, CallAnswered, CallBridged, CallAnnouncing, CallEnded)
		if !loud(leg.stream.heard()) {
			t.Error("the customer heard no goodbye")
		}
		h.gone()
	})
}

func TestAFaultInOneCallEndsThatCallOnly(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg, other := h.dial(), CallSpec{ID: uuid.New(), Routes: []Route{route("one")}}
		if err := h.x.Dial(t.Context(), other, func(CallEvent) {}); err != nil {
			t.Fatal(err)
		}
		h.x.o.Prompts = func(string) []byte { panic("a broken prompt") }
		leg.answers()
		time.Sleep(3 * time.Second)
		h.wantEnd(ResultAbandoned, "system")
		if leg.hungUp() == 0 {
			t.Error("the far end was not hung up")
		}
		if live := h.x.Live(); len(live) != 1 || live[0] != other.ID {
			t.Errorf("live: %v, want the other call", live)
		}
	})
}
