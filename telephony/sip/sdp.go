package sip

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"ringback/telephony/media"
)

// dtmfPT is the telephone-event payload type we offer (RFC 4733).
const dtmfPT = 101

// direction is who sends, seen from the side that writes the SDP (RFC 3264 §5.1).
type direction string

const (
	sendRecv direction = "sendrecv"
	sendOnly direction = "sendonly"
	recvOnly direction = "recvonly"
	inactive direction = "inactive"
)

// reverse is the answer to an offered direction, when we want both.
func (d direction) reverse() direction {
	switch d {
	case sendOnly:
		return recvOnly
	case recvOnly:
		return sendOnly
	case inactive:
		return inactive
	}
	return sendRecv
}

// audio is what one session description says about its audio stream.
type audio struct {
	addr   netip.AddrPort // invalid address when c= is a name or 0.0.0.0
	codecs []media.Codec  // in order, only those we carry
	dtmf   uint8          // payload type of telephone-event, 0 for none
	dir    direction      // hold by c=0.0.0.0 is turned into a direction
}

var errNoAudio = errors.New("no audio stream with PCMA or PCMU")

// parseSDP reads the first usable audio stream. Other streams are ignored.
func parseSDP(body []byte) (audio, error) {
	if !bytes.HasSuffix(body, []byte("\n")) {
		body = append(bytes.Clone(body), "\r\n"...)
	}
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return audio{}, fmt.Errorf("reading SDP: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		if a, ok := parseAudio(&d, m); ok {
			return a, nil
		}
	}
	return audio{}, errNoAudio
}

func parseAudio(d *sdp.SessionDescription, m *sdp.MediaDescription) (audio, bool) {
	if m.MediaName.Media != "audio" || m.MediaName.Port.Value == 0 ||
		strings.Join(m.MediaName.Protos, "/") != "RTP/AVP" {
		return audio{}, false
	}
	a := audio{dir: directionOf(d, m), dtmf: dtmfOf(m)}
	for _, f := range m.MediaName.Formats {
		if f == "8" || f == "0" {
			pt, _ := strconv.Atoi(f)
			a.codecs = append(a.codecs, media.Codec(pt))
		}
	}
	a.place(connection(d, m), m.MediaName.Port.Value)
	return a, len(a.codecs) > 0
}

// place sets the address; the old way to hold, c=0.0.0.0, becomes a direction.
func (a *audio) place(host string, port int) {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return
	}
	if !ip.IsUnspecified() {
		a.addr = netip.AddrPortFrom(ip.Unmap(), uint16(port))
		return
	}
	switch a.dir {
	case sendRecv:
		a.dir = sendOnly
	case recvOnly:
		a.dir = inactive
	}
}

func connection(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	c := m.ConnectionInformation
	if c == nil {
		c = d.ConnectionInformation
	}
	if c == nil || c.Address == nil {
		return ""
	}
	host, _, _ := strings.Cut(c.Address.Address, "/")
	return host
}

func directionOf(d *sdp.SessionDescription, m *sdp.MediaDescription) direction {
	for _, attrs := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attrs {
			switch dir := direction(a.Key); dir {
			case sendRecv, sendOnly, recvOnly, inactive:
				return dir
			}
		}
	}
	return sendRecv
}

func dtmfOf(m *sdp.MediaDescription) uint8 {
	for _, a := range m.Attributes {
		pt, name, ok := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" || !ok || !strings.HasPrefix(strings.ToLower(name), "telephone-event/8000") {
			continue
		}
		if n, err := strconv.Atoi(pt); err == nil && n >= 96 && n <= 127 {
			return uint8(n)
		}
	}
	return 0
}

// description is our own session description; version grows when it changes.
type description struct {
	addr    netip.AddrPort
	session uint64
	version uint64
	codecs  []media.Codec
	dtmf    uint8
	dir     direction
}

func (d description) bytes() []byte {
	ip := "IP4"
	if d.addr.Addr().Is6() {
		ip = "IP6"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\n", d.session, d.version, ip, d.addr.Addr())
	fmt.Fprintf(&b, "c=IN %s %s\r\nt=0 0\r\nm=audio %d RTP/AVP", ip, d.addr.Addr(), d.addr.Port())
	for _, c := range d.codecs {
		fmt.Fprintf(&b, " %d", c)
	}
	if d.dtmf != 0 {
		fmt.Fprintf(&b, " %d", d.dtmf)
	}
	b.WriteString("\r\n")
	for _, c := range d.codecs {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", c, codecName(c))
	}
	if d.dtmf != 0 {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", d.dtmf, d.dtmf)
	}
	fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", d.dir)
	return b.Bytes()
}

func codecName(c media.Codec) string {
	if c == media.PCMU {
		return "PCMU"
	}
	return "PCMA"
}

// common is the first of theirs that is also ours.
func common(theirs, ours []media.Codec) (media.Codec, bool) {
	for _, c := range theirs {
		for _, o := range ours {
			if c == o {
				return c, true
			}
		}
	}
	return 0, false
}
