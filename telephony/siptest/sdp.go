package siptest

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/pion/sdp/v3"

	"ringback/telephony/media"
)

// Audio is the RTP side of a simulated call; *media.Session is one.
type Audio interface {
	media.Stream
	LocalAddr() netip.AddrPort
	SetRemote(addr netip.AddrPort, codec media.Codec, dtmfPT uint8)
}

// heard is what the caller's session description says.
type heard struct {
	addr  netip.AddrPort
	codec media.Codec
	dtmf  uint8
	dir   string
}

// readOffer takes the first audio stream with A-law or µ-law.
func readOffer(body []byte) (heard, error) {
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return heard{}, fmt.Errorf("reading the offer: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media == "audio" {
			return readAudio(&d, m)
		}
	}
	return heard{}, fmt.Errorf("the offer has no audio")
}

func readAudio(d *sdp.SessionDescription, m *sdp.MediaDescription) (heard, error) {
	h := heard{dir: "sendrecv"}
	c := m.ConnectionInformation
	if c == nil {
		c = d.ConnectionInformation
	}
	if c != nil && c.Address != nil {
		if ip, err := netip.ParseAddr(c.Address.Address); err == nil {
			h.addr = netip.AddrPortFrom(ip, uint16(m.MediaName.Port.Value))
		}
	}
	for _, a := range m.Attributes {
		switch a.Key {
		case "sendonly", "recvonly", "inactive", "sendrecv":
			h.dir = a.Key
		case "rtpmap":
			var pt uint8
			var name string
			if n, _ := fmt.Sscanf(a.Value, "%d %s", &pt, &name); n == 2 && name == "telephone-event/8000" {
				h.dtmf = pt
			}
		}
	}
	for _, f := range m.MediaName.Formats {
		if f == "8" || f == "0" {
			n, _ := strconv.Atoi(f)
			h.codec = media.Codec(n)
			return h, nil
		}
	}
	return h, fmt.Errorf("the offer has neither PCMA nor PCMU")
}

// answer is our session description for what was offered.
func (h heard) answer(at netip.AddrPort) []byte {
	name := map[media.Codec]string{media.PCMA: "PCMA", media.PCMU: "PCMU"}[h.codec]
	dir := map[string]string{"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}[h.dir]
	if dir == "" {
		dir = "sendrecv"
	}
	s := fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %d", at.Addr(), at.Addr(), at.Port(), h.codec)
	if h.dtmf != 0 {
		s += fmt.Sprintf(" %d", h.dtmf)
	}
	s += fmt.Sprintf("\r\na=rtpmap:%d %s/8000\r\n", h.codec, name)
	if h.dtmf != 0 {
		s += fmt.Sprintf("a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", h.dtmf, h.dtmf)
	}
	return []byte(s + "a=ptime:20\r\na=" + dir + "\r\n")
}
