package sip

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"ringback/telephony/media"
)

type nobody struct{}

func (nobody) HA1(context.Context, string, string, string) (string, error) {
	return "", errors.New("no such extension")
}

const head = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\n"

func TestO18_SessionDescriptionsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		addr   string
		codecs []media.Codec
		dtmf   uint8
		dir    direction
	}{
		"telephone-event 96":  {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n", "10.0.0.2:4000", []media.Codec{media.PCMA}, 96, sendRecv},
		"PCMU only":           {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=ptime:30\r\n", "10.0.0.2:4000", []media.Codec{media.PCMU}, 0, sendRecv},
		"their order counts":  {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18 0 8\r\n", "10.0.0.2:4000", []media.Codec{media.PCMU, media.PCMA}, 0, sendRecv},
		"IPv6":                {head + "c=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n", "[2001:db8::1]:4000", []media.Codec{media.PCMA}, 0, sendRecv},
		"video first":         {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=video 5000 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 8\r\n", "10.0.0.2:4000", []media.Codec{media.PCMA}, 0, sendRecv},
		"a refused one first": {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\nm=audio 4000 RTP/AVP 8\r\n", "10.0.0.2:4000", []media.Codec{media.PCMA}, 0, sendRecv},
		"c= of the stream":    {head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\nc=IN IP4 10.0.0.3\r\na=sendonly\r\n", "10.0.0.3:4000", []media.Codec{media.PCMA}, 0, sendOnly},
		"hold by 0.0.0.0":     {head + "c=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n", "", []media.Codec{media.PCMA}, 0, sendOnly},
		"a name for address":  {head + "c=IN IP4 media.example.net\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n", "", []media.Codec{media.PCMA}, 0, sendRecv},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := parseSDP([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			var addr string
			if a.addr.IsValid() {
				addr = a.addr.String()
			}
			if addr != c.addr || !slices.Equal(a.codecs, c.codecs) || a.dtmf != c.dtmf || a.dir != c.dir {
				t.Errorf("read %+v", a)
			}
		})
	}
}

func TestO18_AudioThatWeCannotCarryIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"G.729 only": head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n",
		"SRTP":       head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8\r\n",
		"video only": head + "c=IN IP4 10.0.0.2\r\nt=0 0\r\nm=video 4000 RTP/AVP 96\r\n",
		"no SDP":     "hello",
	} {
		if a, err := parseSDP([]byte(body)); err == nil {
			t.Errorf("%s: read %+v", name, a)
		}
	}
}

func TestOurOfferCanBeReadBack(t *testing.T) {
	for _, addr := range []string{"10.0.0.1:20000", "[2001:db8::1]:20000"} {
		s := newSession(netip.MustParseAddrPort(addr), []media.Codec{media.PCMA, media.PCMU})
		a, err := parseSDP(s.offer())
		if err != nil || a.addr.String() != addr || len(a.codecs) != 2 || a.dtmf != dtmfPT || a.dir != sendRecv {
			t.Errorf("%s: %+v, %v", addr, a, err)
		}
	}
}
