package webrtc_test

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"ringback/telephony/media"
	"ringback/telephony/webrtc"
)

// browser stands for an agent's browser: a full ICE agent that offers audio and
// sends what it is told.
type browser struct {
	t     *testing.T
	pc    *pion.PeerConnection
	track *pion.TrackLocalStaticRTP
	up    chan struct{}
	seq   uint16
	got   chan rtp.Packet
	count atomic.Int64
}

type browserCodec struct {
	mime        string
	payloadType pion.PayloadType
}

func chromeCodecs() []browserCodec {
	return []browserCodec{
		{pion.MimeTypePCMU, 0}, {pion.MimeTypePCMA, 8}, {"audio/telephone-event", 126},
	}
}

func newBrowser(t *testing.T, codecs ...browserCodec) *browser {
	t.Helper()
	var engine pion.MediaEngine
	for _, c := range codecs {
		must(t, engine.RegisterCodec(pion.RTPCodecParameters{
			RTPCodecCapability: pion.RTPCodecCapability{MimeType: c.mime, ClockRate: 8000}, PayloadType: c.payloadType,
		}, pion.RTPCodecTypeAudio))
	}
	var se pion.SettingEngine
	se.SetIncludeLoopbackCandidate(true)
	se.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	se.SetICEMulticastDNSMode(1)
	api := pion.NewAPI(pion.WithMediaEngine(&engine), pion.WithSettingEngine(se))
	pc, err := api.NewPeerConnection(pion.Configuration{})
	must(t, err)
	b := &browser{t: t, pc: pc, up: make(chan struct{}), got: make(chan rtp.Packet, 1000)}
	b.track, err = pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: codecs[0].mime, ClockRate: 8000}, "mic", "browser")
	must(t, err)
	pc.OnTrack(b.listen)
	pc.OnConnectionStateChange(func(s pion.PeerConnectionState) {
		if s == pion.PeerConnectionStateConnected {
			close(b.up)
		}
	})
	t.Cleanup(func() { _ = pc.Close() })
	return b
}

func (b *browser) listen(t *pion.TrackRemote, _ *pion.RTPReceiver) {
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		b.count.Add(1)
		select {
		case b.got <- *p:
		default:
		}
	}
}

// offer is the browser's SDP with all its candidates.
func (b *browser) offer() string {
	b.t.Helper()
	_, err := b.pc.AddTrack(b.track)
	must(b.t, err)
	offer, err := b.pc.CreateOffer(nil)
	must(b.t, err)
	gathered := pion.GatheringCompletePromise(b.pc)
	must(b.t, b.pc.SetLocalDescription(offer))
	<-gathered
	return b.pc.LocalDescription().SDP
}

func (b *browser) take(answer string) {
	b.t.Helper()
	must(b.t, b.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}))
}

// next is the next packet heard.
func (b *browser) next() rtp.Packet {
	b.t.Helper()
	select {
	case p := <-b.got:
		return p
	case <-time.After(10 * time.Second):
		b.t.Fatal("the browser hears nothing")
		return rtp.Packet{}
	}
}

// waitUp waits until ICE and DTLS are done.
func (b *browser) waitUp() {
	b.t.Helper()
	select {
	case <-b.up:
	case <-time.After(10 * time.Second):
		b.t.Fatal("the browser did not connect")
	}
}

// say sends one 20 ms frame.
func (b *browser) say(payload []byte) {
	b.t.Helper()
	b.seq++
	must(b.t, b.track.WriteRTP(&rtp.Packet{
		Header: rtp.Header{Version: 2, SequenceNumber: b.seq, Timestamp: uint32(b.seq) * 160}, Payload: payload,
	}))
}

// connect signs the browser on.
func (b *browser) connect(s *webrtc.Server, on func(webrtc.State)) *webrtc.Peer {
	b.t.Helper()
	p, answer, err := s.Accept(b.offer(), on)
	must(b.t, err)
	b.take(answer)
	b.waitUp()
	waitFor(b.t, "the peer to connect", func() bool { return p.State() == webrtc.StateConnected })
	return p
}

func newServer(t *testing.T, o webrtc.Options) *webrtc.Server {
	t.Helper()
	if o.ListenAddr == "" {
		o.ListenAddr = "127.0.0.1:0"
	}
	s, err := webrtc.NewServer(o)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor looks every few milliseconds until ok, for 10 s at most.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// every20ms calls send n times, at the pace of speech.
func every20ms(n int, send func(i int)) {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	for i := range n {
		send(i)
		<-tick.C
	}
}
