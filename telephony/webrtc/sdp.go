package webrtc

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"ringback/internal/errs"
)

// What is wrong with an offer, in words for whoever sits at the browser.
var (
	ErrBadOffer = errs.New(errs.Invalid, "webrtc_bad_offer",
		"浏览器发来的语音连接请求无法识别，语音未接通。请刷新页面后重试。",
		"The browser's request for an audio connection could not be read, so there is no audio. Reload the page and try again.")
	ErrNoAudio = errs.New(errs.Invalid, "webrtc_no_audio",
		"浏览器没有提供麦克风语音，语音未接通。请允许使用麦克风后重试。",
		"The browser offered no audio, so there is no connection. Allow the microphone and try again.")
	ErrNoCodec = errs.New(errs.Invalid, "webrtc_no_codec",
		"浏览器不支持 PCMA 或 PCMU 语音编码，语音未接通。请换用新版 Chrome、Edge 或 Firefox。",
		"The browser offers neither PCMA nor PCMU, so there is no audio. Use a current Chrome, Edge or Firefox.")
)

// largestOffer is far more than a browser sends.
const largestOffer = 64 << 10

// checkOffer explains an offer that cannot become a call.
func checkOffer(offer string) error {
	if len(offer) > largestOffer {
		return ErrBadOffer.Because(fmt.Errorf("offer of %d bytes", len(offer)))
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return ErrBadOffer.Because(err)
	}
	if len(d.MediaDescriptions) == 0 && d.Origin.Username == "" {
		return ErrBadOffer.Because(errors.New("no session description"))
	}
	audio := audioSections(&d)
	if len(audio) == 0 {
		return ErrNoAudio
	}
	if !slices.ContainsFunc(audio, hasG711) {
		return ErrNoCodec
	}
	return checkTransport(&d, audio[0])
}

// checkTransport wants what ICE and DTLS cannot do without.
func checkTransport(d *sdp.SessionDescription, audio *sdp.MediaDescription) error {
	for _, name := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		_, inMedia := audio.Attribute(name)
		_, inSession := d.Attribute(name)
		if !inMedia && !inSession {
			return ErrBadOffer.Because(errors.New("offer without a=" + name))
		}
	}
	return nil
}

func audioSections(d *sdp.SessionDescription) []*sdp.MediaDescription {
	var out []*sdp.MediaDescription
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media == "audio" && m.MediaName.Port.Value != 0 {
			out = append(out, m)
		}
	}
	return out
}

func hasG711(m *sdp.MediaDescription) bool {
	return slices.Contains(m.MediaName.Formats, "8") || slices.Contains(m.MediaName.Formats, "0")
}

// codecs are what a browser may send and receive: A-law, µ-law and key presses,
// so that a call is relayed and never transcoded.
func codecs() (*webrtc.MediaEngine, error) {
	var m webrtc.MediaEngine
	for _, c := range codecParameters() {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("registering %s: %w", c.MimeType, err)
		}
	}
	return &m, nil
}

// codecParameters in our order of preference. The payload type of key presses is
// the browser's: the one here is only for offers of our own, which we never make.
func codecParameters() []webrtc.RTPCodecParameters {
	codec := func(mime string, payloadType webrtc.PayloadType) webrtc.RTPCodecParameters {
		return webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 8000},
			PayloadType:        payloadType,
		}
	}
	return []webrtc.RTPCodecParameters{
		codec(webrtc.MimeTypePCMA, 8), codec(webrtc.MimeTypePCMU, 0), codec(mimeTelephoneEvent, 101),
	}
}

// offered are the codecs of an offer that we take too, in our order and with the
// offer's payload types, which pion fills in where there is none.
func offered(offer string) []webrtc.RTPCodecParameters {
	var d sdp.SessionDescription
	if d.UnmarshalString(offer) != nil {
		return nil
	}
	var out []webrtc.RTPCodecParameters
	for _, c := range codecParameters() {
		if slices.ContainsFunc(audioSections(&d), func(m *sdp.MediaDescription) bool { return offers(m, c) }) {
			c.PayloadType = 0
			out = append(out, c)
		}
	}
	return out
}

func offers(m *sdp.MediaDescription, c webrtc.RTPCodecParameters) bool {
	if c.MimeType != mimeTelephoneEvent {
		return slices.Contains(m.MediaName.Formats, strconv.Itoa(int(c.PayloadType)))
	}
	return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
		return a.Key == "rtpmap" && strings.HasSuffix(strings.ToLower(a.Value), " telephone-event/8000")
	})
}

const mimeTelephoneEvent = "audio/telephone-event"

// advertised replaces the address of every candidate in an answer by addr.
func advertised(answer string, addr netip.AddrPort) string {
	lines := strings.SplitAfter(answer, "\r\n")
	seen := false
	lines = slices.DeleteFunc(lines, func(line string) bool {
		again := seen && strings.HasPrefix(line, "a=candidate:")
		seen = seen || strings.HasPrefix(line, "a=candidate:")
		return again
	})
	for i, line := range lines {
		// a=candidate:<foundation> <component> udp <priority> <address> <port> typ host
		fields := strings.Split(line, " ")
		if strings.HasPrefix(line, "a=candidate:") && len(fields) >= 8 {
			fields[4], fields[5] = addr.Addr().String(), strconv.Itoa(int(addr.Port()))
			lines[i] = strings.Join(fields, " ")
		}
	}
	return strings.Join(lines, "")
}
