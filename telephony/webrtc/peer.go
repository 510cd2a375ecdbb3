package webrtc

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"ringback/telephony/media"
)

// Peer is one browser's audio, a media.Stream. What is written before it is
// connected is dropped.
type Peer struct {
	server *Server
	pc     *webrtc.PeerConnection
	in     media.Incoming
	out    *media.Outgoing
	states states
	closed sync.Once
	heard  atomic.Bool // a track is being read

	writer atomic.Pointer[webrtc.TrackLocalWriter]
	header rtp.Header // of send, under out's lock
}

var _ media.Stream = (*Peer)(nil)

// gatherWithin is how long the answer may wait for our own candidates, which are
// the shared port's and known at once.
const gatherWithin = 5 * time.Second

// Accept answers a browser's offer, which must hold all its candidates that
// matter (an ICE-lite server needs none). on, which may be nil, is told of every
// state after connecting, one at a time, in order; it may call Close.
//
// Errors for people are ErrBadOffer, ErrNoAudio and ErrNoCodec.
func (s *Server) Accept(offerSDP string, on func(State)) (*Peer, string, error) {
	if err := checkOffer(offerSDP); err != nil {
		return nil, "", err
	}
	pc, err := s.api.NewPeerConnection(s.config)
	if err != nil {
		return nil, "", fmt.Errorf("opening a peer connection: %w", err)
	}
	p := &Peer{server: s, pc: pc}
	p.states.start(on)
	p.out = media.NewOutgoing(media.PCMA, 0, p.send)
	if err := s.keep(p); err != nil {
		return nil, "", errors.Join(err, pc.Close())
	}
	answer, err := p.answer(offerSDP)
	if err != nil {
		_ = p.Close()
		return nil, "", err
	}
	return p, answer, nil
}

func (p *Peer) answer(offer string) (string, error) {
	p.pc.OnConnectionStateChange(p.connectionChanged)
	p.pc.OnTrack(p.read)
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer})
	if err != nil {
		return "", ErrBadOffer.Because(err)
	}
	if err := p.addTrack(offer); err != nil {
		return "", err
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("making an answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("applying an answer: %w", err)
	}
	select {
	case <-gathered:
	case <-time.After(gatherWithin):
		return "", errors.New("gathering our own candidates took too long")
	}
	return p.finished(p.pc.LocalDescription().SDP), nil
}

// finished puts the advertised address into an answer.
func (p *Peer) finished(answer string) string {
	if p.server.advertise.IsValid() {
		return advertised(answer, p.server.advertise)
	}
	return answer
}

// addTrack attaches our track to the offer's audio, A-law first.
func (p *Peer) addTrack(offer string) error {
	sender, err := p.pc.AddTrack((*track)(p))
	if err != nil {
		return fmt.Errorf("adding the audio track: %w", err)
	}
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() != sender {
			continue
		}
		if err := t.SetCodecPreferences(offered(offer)); err != nil {
			return fmt.Errorf("preferring A-law: %w", err)
		}
	}
	go drain(sender.Read)
	return nil
}

// read hands the browser's packets on until the connection ends. Only one track
// is the agent's microphone; any further is ignored.
func (p *Peer) read(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	if t.Kind() != webrtc.RTPCodecTypeAudio || p.heard.Swap(true) {
		return
	}
	go drain(r.Read)
	buf := make([]byte, 1600)
	for {
		n, _, err := t.Read(buf)
		switch {
		case errors.Is(err, webrtc.ErrCodecNotFound):
			p.in.Reject()
		case err != nil:
			return
		default:
			p.receive(buf[:n])
		}
	}
}

func (p *Peer) receive(b []byte) {
	packet, err := media.ParsePacket(b)
	if err != nil {
		p.in.Reject()
		return
	}
	p.in.Receive(&packet, time.Now())
}

// send puts one packet on the wire; out's lock is held.
func (p *Peer) send(packet *media.Packet) error {
	w := p.writer.Load()
	if w == nil {
		return io.ErrClosedPipe
	}
	p.header = rtp.Header{
		Version: 2, Marker: packet.Marker, PayloadType: packet.PayloadType,
		SequenceNumber: packet.Sequence, Timestamp: packet.Timestamp, SSRC: packet.SSRC,
	}
	n, err := (*w).WriteRTP(&p.header, packet.Payload)
	if err == nil && n == 0 {
		return io.ErrClosedPipe // not connected yet
	}
	return err
}

// WriteFrame sends one frame to the browser.
func (p *Peer) WriteFrame(f media.Frame) { p.out.WriteFrame(f) }

// Codec is the codec the browser is sent.
func (p *Peer) Codec() media.Codec { return p.out.Codec() }

// SetSink sets who gets the frames that arrive; nil drops them.
func (p *Peer) SetSink(s media.Sink) { p.in.SetSink(s) }

// OnDigit sets who is told of key presses the browser sends.
func (p *Peer) OnDigit(f func(media.Digit)) { p.in.OnDigit(f) }

// SendDigit queues one key press; see media.Outgoing.SendDigit.
func (p *Peer) SendDigit(key byte, d time.Duration) error { return p.out.SendDigit(key, d) }

// Stats are the counters so far.
func (p *Peer) Stats() media.Stats {
	var s media.Stats
	p.in.AddTo(&s)
	p.out.AddTo(&s)
	return s
}

// State is the peer's state now.
func (p *Peer) State() State { return p.states.current() }

// Close ends the connection; idempotent. The state becomes closed.
func (p *Peer) Close() error {
	var err error
	p.closed.Do(func() {
		p.server.forget(p)
		p.out.Close()
		err = p.pc.Close()
	})
	p.states.move(func() State { return StateClosed })
	return err
}

// connectionChanged comes on goroutines of their own, in any order, so it looks
// at what is, not at what it is told.
func (p *Peer) connectionChanged(webrtc.PeerConnectionState) {
	p.states.move(func() State { return stateOf(p.pc.ConnectionState()) })
	if now := p.State(); now == StateFailed || now == StateClosed {
		_ = p.Close()
	}
}

// drain reads RTCP so that it does not pile up; nothing in it is needed.
func drain[A any](read func([]byte) (int, A, error)) {
	buf := make([]byte, 1600)
	for {
		if _, _, err := read(buf); err != nil {
			return
		}
	}
}

// track is the peer as pion's outgoing track. pion's own would give key presses
// the payload type of the audio.
type track Peer

// Bind learns the negotiated payload types and where to write.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	var audio webrtc.RTPCodecParameters
	var dtmf uint8
	for _, p := range c.CodecParameters() {
		switch {
		case strings.EqualFold(p.MimeType, mimeTelephoneEvent):
			dtmf = uint8(p.PayloadType)
		case audio.MimeType == "" || strings.EqualFold(p.MimeType, webrtc.MimeTypePCMA):
			audio = p
		}
	}
	if audio.MimeType == "" {
		return audio, webrtc.ErrUnsupportedCodec
	}
	t.in.SetDTMF(dtmf)
	t.out.Set(media.Codec(audio.PayloadType), dtmf)
	t.out.SetSSRC(uint32(c.SSRC()))
	w := c.WriteStream()
	t.writer.Store(&w)
	return audio, nil
}

// Unbind stops writing.
func (t *track) Unbind(webrtc.TrackLocalContext) error {
	t.writer.Store(nil)
	return nil
}

// ID, RID, StreamID and Kind name the track in the answer.
func (t *track) ID() string { return "ringback" }

// RID is empty: there are no layers.
func (t *track) RID() string { return "" }

// StreamID names the browser's MediaStream.
func (t *track) StreamID() string { return "ringback" }

// Kind is audio.
func (t *track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
