package sip_test

import (
	"context"
	"net/netip"
	"slices"
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

// bubble is an endpoint and a scripted peer on a network in memory, in virtual time.
type bubble struct {
	*testing.T
	net   *siptest.Net
	e     *sip.Endpoint
	peer  *siptest.Peer
	audio *silentAudio // of the last leg placed
	start time.Time
}

const (
	ours   = "10.0.0.1:5060"
	theirs = "10.0.0.2:5060"
)

// inBubble runs a dialog test.
func inBubble(t *testing.T, change func(*sip.Options), test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, net: siptest.NewNet(), start: time.Now()}
		o := sip.Options{PacketConn: b.net.Listen(ours), OpenAudio: b.open}
		if change != nil {
			change(&o)
		}
		e, err := sip.New(o)
		if err != nil {
			t.Fatal(err)
		}
		b.e, b.peer = e, siptest.NewPeer(t, b.net.Listen(theirs))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- e.Run(ctx) }()
		defer func() {
			stop()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
			b.peer.Close()
		}()
		test(b)
	})
}

func (b *bubble) open() (sip.Audio, error) {
	b.audio = &silentAudio{}
	return b.audio, nil
}

// place calls the peer.
func (b *bubble) place(change func(*telephony.LegSpec)) (telephony.Leg, *story) {
	b.Helper()
	spec := telephony.LegSpec{CallID: "call-1", Address: theirs, To: "15400001234", From: "02150000000", RingTimeout: 30 * time.Second}
	if change != nil {
		change(&spec)
	}
	s := newStory()
	leg, err := b.e.Place(b.Context(), spec, s.on)
	if err != nil {
		b.Fatal(err)
	}
	return leg, s
}

// answered is a call the peer has answered with tag "a".
func (b *bubble) answered() (telephony.Leg, *story, *sipgo.Request) {
	b.Helper()
	leg, s := b.place(nil)
	inv := b.peer.Expect(sipgo.INVITE, 0)
	b.peer.Reply(inv, siptest.Reply{Code: 200, Reason: "OK", Tag: "a", Body: answer})
	b.peer.Expect(sipgo.ACK, 0)
	synctest.Wait()
	return leg, s, inv
}

// answer is the peer's usual SDP.
var answer = siptest.SDP("10.0.0.2", "m=audio 4000 RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000")

// since is the virtual time since the test began.
func (b *bubble) since() time.Duration { return time.Since(b.start) }

// told checks a leg's events.
func (b *bubble) told(s *story, want ...telephony.LegEventKind) {
	b.Helper()
	synctest.Wait()
	if got := s.kinds(); !slices.Equal(got, want) {
		b.Errorf("told %v, want %v", got, want)
	}
}

// end is how a leg ended; it fails when it has not, or twice.
func (b *bubble) end(s *story) telephony.LegEvent {
	b.Helper()
	synctest.Wait()
	all := s.all()
	if n := len(all); n == 0 || all[n-1].Kind != telephony.LegEnded {
		b.Fatalf("the leg has not ended: %v", all)
	}
	if _, twice := (&story{events: all[:len(all)-1]}).find(telephony.LegEnded); twice {
		b.Fatalf("ended twice: %v", all)
	}
	return all[len(all)-1]
}

// nothingLeft checks that a call has left nothing behind.
func (b *bubble) nothingLeft() {
	b.Helper()
	synctest.Wait()
	if n := b.e.Legs(); n != 0 {
		b.Errorf("%d legs left", n)
	}
	if !b.audio.isClosed() {
		b.Error("the RTP port was not freed")
	}
}

// silentAudio is an Audio without sockets.
type silentAudio struct {
	media.Stream
	mu     sync.Mutex
	remote netip.AddrPort
	codec  media.Codec
	dtmf   uint8
	frames int
	closed bool
}

func (a *silentAudio) LocalAddr() netip.AddrPort { return netip.MustParseAddrPort("10.0.0.1:20000") }

func (a *silentAudio) SetRemote(addr netip.AddrPort, codec media.Codec, dtmf uint8) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remote, a.codec, a.dtmf = addr, codec, dtmf
}

func (a *silentAudio) WriteFrame(media.Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.frames++
}

func (a *silentAudio) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	return nil
}

func (a *silentAudio) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

func (a *silentAudio) sent() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.frames
}

func (a *silentAudio) heading() (netip.AddrPort, media.Codec, uint8) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.remote, a.codec, a.dtmf
}
