package sip

import (
	"math/rand/v2"
	"net/netip"

	"ringback/telephony/media"
)

// session is what both sides have agreed about a leg's audio.
type session struct {
	ours   description
	codecs []media.Codec // what we can carry, in order of preference
	agreed bool
}

func newSession(local netip.AddrPort, codecs []media.Codec) session {
	return session{codecs: codecs, ours: description{
		addr: local, session: uint64(rand.Int64N(1 << 62)), version: 1,
		codecs: codecs, dtmf: dtmfPT, dir: sendRecv,
	}}
}

// rtpAddr is a session's RTP address as others reach it.
func (e *Endpoint) rtpAddr(rtp Audio) netip.AddrPort {
	addr := rtp.LocalAddr()
	if ip, err := netip.ParseAddr(e.host); err == nil && (addr.Addr().IsUnspecified() || e.o.Advertise.IsValid()) {
		return netip.AddrPortFrom(ip, addr.Port())
	}
	return addr
}

func (s *session) offer() []byte { return s.ours.bytes() }

// answered takes the far end's answer to our offer. errNoAudio: nothing in common.
func (s *session) answered(body []byte, rtp *line) error {
	theirs, codec, err := s.match(body)
	if err != nil {
		return err
	}
	s.apply(theirs, codec, rtp)
	return nil
}

// offered takes the far end's offer inside the dialog and returns our answer
// (RFC 3264 §6, §8). A refused offer leaves the session as it was.
func (s *session) offered(body []byte, rtp *line) ([]byte, error) {
	theirs, codec, err := s.match(body)
	if err != nil {
		return nil, err
	}
	before := s.ours.bytes()
	s.ours.codecs = []media.Codec{codec}
	s.ours.dtmf = theirs.dtmf
	s.ours.dir = theirs.dir.reverse()
	if string(before) != string(s.ours.bytes()) {
		s.ours.version++
	}
	s.apply(theirs, codec, rtp)
	return s.ours.bytes(), nil
}

// reoffer is our offer for a re-INVITE that came without one.
func (s *session) reoffer() []byte {
	s.ours.codecs, s.ours.dtmf, s.ours.dir = s.codecs, dtmfPT, sendRecv
	s.ours.version++
	return s.ours.bytes()
}

func (s *session) match(body []byte) (audio, media.Codec, error) {
	theirs, err := parseSDP(body)
	if err != nil {
		return audio{}, 0, err
	}
	codec, ok := common(theirs.codecs, s.codecs)
	if !ok {
		return audio{}, 0, errNoAudio
	}
	return theirs, codec, nil
}

// apply makes the audio follow: where to send, how, and whether at all.
func (s *session) apply(theirs audio, codec media.Codec, rtp *line) {
	rtp.SetRemote(theirs.addr, codec, theirs.dtmf)
	rtp.held.Store(theirs.dir == sendOnly || theirs.dir == inactive)
	s.agreed = true
}
