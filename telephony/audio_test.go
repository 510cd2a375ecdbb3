package telephony

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"ringback/telephony/media"
)

func TestTheAgentsAudioIsLostAndComesBack(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		h.x.DetachAgent(h.agent, h.voice)
		time.Sleep(10 * time.Second)
		if n := len(leg.stream.heard()); n < 490 || n > 510 {
			t.Errorf("%d frames of hold music in 10 s, want 500", n)
		}
		back := &fakeStream{}
		h.x.AttachAgent(h.agent, back)
		synctest.Wait()
		leg.stream.heard()
		leg.stream.says(voiceByte)
		if got := back.heard(); len(got) != 1 || got[0][0] != voiceByte {
			t.Errorf("the agent hears %d frames again, without a tone", len(got))
		}
		back.says(voiceByte)
		time.Sleep(time.Second)
		if got := leg.stream.heard(); len(got) != 1 {
			t.Errorf("the customer got %d frames, the music goes on", len(got))
		}
		h.x.DetachAgent(h.agent, h.voice) // the old one's late end
		h.wantKinds(CallDialing, CallAnswered, CallBridged, CallAudioLost, CallAudioBack)
		leg.ends(LegEvent{Cause: EndRemoteBye})
		h.wantEnd(ResultAnswered, "customer")
	})
}

func TestTheAgentsAudioStaysAway(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		h.x.DetachAgent(h.agent, h.voice)
		time.Sleep(29 * time.Second)
		h.wantKinds(CallDialing, CallAnswered, CallBridged, CallAudioLost)
		time.Sleep(10 * time.Second)
		h.wantKinds(CallDialing, CallAnswered, CallBridged, CallAudioLost, CallAnnouncing, CallEnded)
		h.wantEnd(ResultAnswered, "system")
		h.gone()
	})
}

func TestAFixedAgentsAudioIsAwayWhenTheCustomerAnswers(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		leg := h.dial()
		leg.answers()
		time.Sleep(5 * time.Second)
		h.wantKinds(CallDialing, CallAnswered, CallAudioLost)
		if len(leg.stream.heard()) == 0 {
			t.Error("the customer hears nothing")
		}
		h.sits()
		h.wantKinds(CallDialing, CallAnswered, CallAudioLost, CallBridged)
		leg.ends(LegEvent{Cause: EndRemoteBye})
		h.wantEnd(ResultAnswered, "customer")
	})
}

func TestAnotherBrowserTakesTheCallOver(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.answers()
		synctest.Wait()
		newer := &fakeStream{}
		h.x.AttachAgent(h.agent, newer)
		h.x.DetachAgent(h.agent, h.voice)
		synctest.Wait()
		h.voice.heard()
		leg.stream.says(voiceByte)
		if len(newer.heard()) != 1 || len(h.voice.heard()) != 0 {
			t.Error("the customer is not heard in the new browser alone")
		}
		h.wantKinds(CallDialing, CallAnswered, CallBridged)
		if _, ok := h.x.AgentAudio(h.agent); !ok {
			t.Error("the newer audio was detached by the older one's end")
		}
	})
}

func TestEarlyMediaReachesTheRecogniserAndNobodyElse(t *testing.T) {
	ear := &powerOff{}
	inHouse(t, func(o *Options) { o.Announcements = ear }, func(t *testing.T, h *house) {
		h.spec.Agent = h.agent
		h.sits()
		leg := h.dial()
		leg.early()
		synctest.Wait()
		leg.stream.says(voiceByte)
		if ear.frames != 1 || len(h.voice.heard()) != 0 {
			t.Errorf("recogniser got %d frames", ear.frames)
		}
		leg.ends(LegEvent{Cause: EndRejected, Code: 480, Early: true})
		end := h.wantEnd(ResultPowerOff, "network")
		if end.Detail != "announcement" {
			t.Errorf("detail %q", end.Detail)
		}
	})
}

// powerOff hears 关机 in everything.
type powerOff struct {
	frames int
}

func (p *powerOff) Listen(uuid.UUID) Listener { return p }
func (p *powerOff) WriteFrame(media.Frame)    { p.frames++ }
func (p *powerOff) Heard() Announcement       { return HeardPowerOff }

func TestFailoverBeforeAnyRinging(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Routes = []Route{route("one"), route("two")}
		h.dial().refuses(503)
		synctest.Wait()
		if h.placer.count() != 2 {
			t.Fatalf("%d INVITEs, want the second trunk's", h.placer.count())
		}
		second := h.placer.leg(1)
		if second.spec.Address != "two:5060" || second.spec.CallID != h.spec.ID.String()+"-2" {
			t.Errorf("second INVITE %+v", second.spec)
		}
		second.rings()
		second.refuses(486)
		end := h.wantEnd(ResultBusy, "network")
		if end.Trunk != route("two").TrunkID {
			t.Errorf("trunk %s", end.Trunk)
		}
		h.wantKinds(CallDialing, CallRinging, CallEnded)
	})
}

func TestNoFailoverOnceItRangOrWasRefused(t *testing.T) {
	for name, play := range map[string]func(*fakeLeg){
		"503 after ringing": func(l *fakeLeg) { l.rings(); l.refuses(503) },
		"503 after early":   func(l *fakeLeg) { l.early(); l.ends(LegEvent{Cause: EndRejected, Code: 503, Early: true}) },
		"busy":              func(l *fakeLeg) { l.refuses(486) },
		"no such number":    func(l *fakeLeg) { l.refuses(404) },
		"declined":          func(l *fakeLeg) { l.refuses(603) },
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, h *house) {
				h.spec.Routes = []Route{route("one"), route("two")}
				play(h.dial())
				h.gone()
				if h.placer.count() != 1 {
					t.Errorf("%d INVITEs: a number may ring twice", h.placer.count())
				}
			})
		})
	}
}

// O-06: nothing at all from the first trunk for 4 s.
func TestASilentTrunkIsLeftForTheNext(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Routes = []Route{route("one"), route("two")}
		first := h.dial()
		first.setStubborn(true)
		time.Sleep(3900 * time.Millisecond)
		synctest.Wait()
		if h.placer.count() != 1 {
			t.Fatal("left too early")
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if h.placer.count() != 2 || first.hungUp() != 1 {
			t.Fatalf("%d INVITEs, first hung up %d times", h.placer.count(), first.hungUp())
		}
		first.rings() // too late: it is cancelled
		second := h.placer.leg(1)
		second.answers()
		h.wantKinds(CallDialing, CallAnswered)
	})
}

// The only trunk says nothing at all: that is its fault, told within seconds, and
// no "no answer" of the customer's.
func TestASilentLastTrunkIsTheTrunksFault(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		leg := h.dial()
		leg.setStubborn(true)
		time.Sleep(7900 * time.Millisecond)
		synctest.Wait()
		if leg.hungUp() != 0 {
			t.Fatal("given up too early")
		}
		time.Sleep(200 * time.Millisecond)
		h.wantEnd(ResultTrunkFault, "network")
		if leg.hungUp() == 0 {
			t.Error("the INVITE that may still ring is not taken back")
		}
		leg.rings() // too late
		leg.ends(LegEvent{Cause: EndCancelled})
		h.gone()
	})
}

func TestATrunkThatSaidTryingIsNotLeft(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Routes = []Route{route("one"), route("two")}
		leg := h.dial()
		leg.tries()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if h.placer.count() != 1 {
			t.Error("two INVITEs are out for one attempt")
		}
		leg.rings()
		leg.answers()
		h.wantKinds(CallDialing, CallRinging, CallAnswered)
	})
}

func TestWhenNoTrunkIsLeftTheCallEnds(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.spec.Routes = []Route{route("one"), route("two")}
		h.placer.err["two:5060"] = errors.New("no port")
		h.dial().refuses(503)
		h.wantEnd(ResultTrunkFault, "network")
		h.gone()
	})
}

func TestATrunkThatFailsThreeTimesIsAskedLast(t *testing.T) {
	trunks := trunkHealth{byID: map[uuid.UUID]*health{}}
	one, two := route("one"), route("two")
	now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	first := func(at time.Time) string { return trunks.order([]Route{one, two}, at)[0].Name }
	for range 2 {
		trunks.report(one.TrunkID, false, now)
	}
	if first(now) != "one" {
		t.Error("down after two failures")
	}
	trunks.report(one.TrunkID, true, now)
	for range 3 {
		trunks.report(one.TrunkID, false, now)
	}
	if first(now) != "two" {
		t.Error("not down after three failures in a row")
	}
	if first(now.Add(downFor)) != "one" {
		t.Error("down for ever")
	}
}
