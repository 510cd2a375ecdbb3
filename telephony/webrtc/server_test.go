package webrtc_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ringback/telephony/media"
	"ringback/telephony/webrtc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnOfferThatCannotBecomeACallIsExplained(t *testing.T) {
	s := newServer(t, webrtc.Options{})
	good := newBrowser(t, chromeCodecs()...).offer()
	for name, c := range map[string]struct {
		offer string
		want  error
	}{
		"empty":               {"", webrtc.ErrBadOffer},
		"no SDP":              {"{\"type\":\"offer\"}", webrtc.ErrBadOffer},
		"huge":                {good + strings.Repeat("a=x\r\n", 20000), webrtc.ErrBadOffer},
		"no audio":            {good[:strings.Index(good, "m=audio")], webrtc.ErrNoAudio},
		"audio refused":       {strings.Replace(good, "m=audio 9", "m=audio 0", 1), webrtc.ErrNoAudio},
		"only Opus":           {strings.Replace(good, "SAVPF 0 8 126", "SAVPF 111", 1), webrtc.ErrNoCodec},
		"no ICE password":     {strings.ReplaceAll(good, "a=ice-pwd", "a=x-pwd"), webrtc.ErrBadOffer},
		"no DTLS fingerprint": {strings.ReplaceAll(good, "a=fingerprint", "a=x-print"), webrtc.ErrBadOffer},
		"broken fingerprint":  {strings.ReplaceAll(good, "a=fingerprint:sha-256 ", "a=fingerprint:"), webrtc.ErrBadOffer},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := s.Accept(c.offer, nil); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	waitFor(t, "refused peers to be gone", func() bool { return s.Peers() == 0 })
}

func TestAnAnswerCarriesOneCandidateWithTheAdvertisedAddress(t *testing.T) {
	s := newServer(t, webrtc.Options{AdvertiseAddr: "192.0.2.7:4999"})
	_, answer, err := s.Accept(newBrowser(t, chromeCodecs()...).offer(), nil)
	must(t, err)
	if n := strings.Count(answer, "a=candidate:"); n != 1 || !strings.Contains(answer, " 192.0.2.7 4999 typ host") {
		t.Errorf("%d candidates in\n%s", n, answer)
	}
	if !strings.Contains(answer, "a=ice-lite") || strings.Contains(answer, "127.0.0.1") {
		t.Errorf("answer not ICE-lite or with an inner address:\n%s", answer)
	}
}

func TestAWrongAddressIsRefused(t *testing.T) {
	for _, o := range []webrtc.Options{
		{ListenAddr: "127.0.0.1:0", AdvertiseAddr: "no address"},
		{ListenAddr: "127.0.0.1:no port"},
	} {
		if s, err := webrtc.NewServer(o); err == nil {
			_ = s.Close()
			t.Errorf("%+v was accepted", o)
		}
	}
}

// log keeps the states a peer told of.
type log struct {
	mu     sync.Mutex
	states []webrtc.State
}

func (l *log) add(s webrtc.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states = append(l.states, s)
}

func (l *log) has(s webrtc.State) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.states, s)
}

func TestABrowserThatLeavesClosesItsPeer(t *testing.T) {
	var l log
	s := newServer(t, webrtc.Options{})
	b := newBrowser(t, chromeCodecs()...)
	b.connect(s, l.add)
	must(t, b.pc.Close())
	waitFor(t, "closed", func() bool { return l.has(webrtc.StateClosed) && s.Peers() == 0 })
}

func TestACutNetworkIsNoticedAndANewOfferIsAccepted(t *testing.T) {
	f := newForwarder(t)
	s := newServer(t, webrtc.Options{
		AdvertiseAddr: f.addr().String(), DisconnectedAfter: 300 * time.Millisecond, FailedAfter: 300 * time.Millisecond,
	})
	f.to(s.LocalAddr())
	var l log
	b := newBrowser(t, chromeCodecs()...)
	p := b.connect(s, l.add)

	f.cut()
	waitFor(t, "disconnected, failed, closed", func() bool { return l.has(webrtc.StateClosed) })
	l.mu.Lock()
	told := slices.Clone(l.states)
	l.mu.Unlock()
	want := []webrtc.State{webrtc.StateConnected, webrtc.StateDisconnected, webrtc.StateFailed, webrtc.StateClosed}
	if !slices.Equal(told, want) || p.State() != webrtc.StateClosed {
		t.Errorf("told %v, want %v", told, want)
	}

	f.mend()
	again := newBrowser(t, chromeCodecs()...)
	second := again.connect(s, nil)
	defer media.Echo(second)()
	every20ms(5, func(int) { again.say(make([]byte, 160)) })
	waitFor(t, "audio on the new peer", func() bool { return again.count.Load() == 5 })
}

func TestAShortCutHeals(t *testing.T) {
	f := newForwarder(t)
	s := newServer(t, webrtc.Options{
		AdvertiseAddr: f.addr().String(), DisconnectedAfter: 200 * time.Millisecond, FailedAfter: time.Minute,
	})
	f.to(s.LocalAddr())
	var l log
	b := newBrowser(t, chromeCodecs()...)
	p := b.connect(s, l.add)
	f.cut()
	waitFor(t, "disconnected", func() bool { return l.has(webrtc.StateDisconnected) })
	f.mend()
	waitFor(t, "connected again", func() bool {
		b.say(make([]byte, 160))
		return p.State() == webrtc.StateConnected
	})
}

func TestAcceptAfterCloseIsRefused(t *testing.T) {
	s := newServer(t, webrtc.Options{})
	must(t, s.Close())
	if _, _, err := s.Accept(newBrowser(t, chromeCodecs()...).offer(), nil); !errors.Is(err, webrtc.ErrServerClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAServerOnEveryAddressOffersEach(t *testing.T) {
	s := newServer(t, webrtc.Options{ListenAddr: "0.0.0.0:0"})
	b := newBrowser(t, chromeCodecs()...)
	b.connect(s, nil)
	if s.LocalAddr().Port() == 0 {
		t.Errorf("listens on %v", s.LocalAddr())
	}
}
