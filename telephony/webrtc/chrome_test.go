package webrtc_test

import (
	"strings"
	"testing"

	"ringback/telephony/webrtc"
)

// chromeOffer is what Chromium sends for one microphone track, shortened only by
// codec parameters: many codecs, hidden candidates, header extensions.
const chromeOffer = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS 0b9c1f4e
m=audio 51472 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:2745136521 1 udp 2113937151 6bd2a7a2-6b4c-4b0f-9a38-0a2f52f1c9d1.local 51472 typ host generation 0 network-cost 999
a=ice-ufrag:Xq3B
a=ice-pwd:q0Zs8m0pG8b1v3o0n1JtS0fC
a=ice-options:trickle
a=fingerprint:sha-256 32:BA:71:F6:DE:64:D3:36:CB:45:0D:BF:F9:68:0A:4E:70:F1:F3:22:79:C6:D2:23:57:0E:FA:90:95:6D:F3:52
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:0b9c1f4e 7d5c2a10
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:3735928559 cname:k1C0pQmB
a=ssrc:3735928559 msid:0b9c1f4e 7d5c2a10
`

func TestChromesOfferIsAnsweredWithALawFirst(t *testing.T) {
	s := newServer(t, webrtc.Options{})
	_, answer, err := s.Accept(strings.ReplaceAll(chromeOffer, "\n", "\r\n"), nil)
	must(t, err)
	for _, want := range []string{"m=audio 9 UDP/TLS/RTP/SAVPF 8 0 126\r\n", "a=ice-lite\r\n", "a=sendrecv\r\n", "a=rtcp-mux\r\n", "a=mid:0\r\n"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer lacks %q:\n%s", want, answer)
		}
	}
}
