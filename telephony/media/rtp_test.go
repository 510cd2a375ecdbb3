package media

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func FuzzParsePacketAgreesWithPion(f *testing.F) {
	f.Add([]byte{0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 0xD5})
	f.Add([]byte{0x90, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 0xD5})
	f.Add([]byte{0xA1, 0x88, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 9, 9, 9, 9, 0xD5, 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParsePacket(b)
		if err != nil {
			return
		}
		var want rtp.Packet
		if want.Unmarshal(b) != nil {
			return // pion also reads the extensions we skip
		}
		if got.PayloadType != want.PayloadType || got.Marker != want.Marker || got.Sequence != want.SequenceNumber ||
			got.Timestamp != want.Timestamp || got.SSRC != want.SSRC || !bytes.Equal(got.Payload, want.Payload) {
			t.Errorf("read %+v, pion %+v", got, want)
		}
	})
}

func TestWhatIsWrittenIsReadBackAndPionReadsItToo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Packet{
			Marker: rapid.Bool().Draw(t, "marker"), PayloadType: rapid.Uint8Range(0, 127).Draw(t, "type"),
			Sequence: rapid.Uint16().Draw(t, "seq"), Timestamp: rapid.Uint32().Draw(t, "ts"),
			SSRC: rapid.Uint32().Draw(t, "ssrc"), Payload: rapid.SliceOfN(rapid.Byte(), 0, maxPayload).Draw(t, "payload"),
		}
		var b [maxPacket]byte
		n := p.MarshalTo(b[:])
		got, err := ParsePacket(b[:n])
		if err != nil || got.Marker != p.Marker || got.PayloadType != p.PayloadType || got.Sequence != p.Sequence ||
			got.Timestamp != p.Timestamp || got.SSRC != p.SSRC || !bytes.Equal(got.Payload, p.Payload) {
			t.Errorf("wrote %+v, read %+v (%v)", p, got, err)
		}
		var pion rtp.Packet
		if err := pion.Unmarshal(b[:n]); err != nil || !bytes.Equal(pion.Payload, p.Payload) || pion.SSRC != p.SSRC {
			t.Errorf("pion read %+v (%v)", pion, err)
		}
	})
}

func TestShortAndForeignDatagramsAreNoRTP(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty":                  nil,
		"short":                  make([]byte, 11),
		"STUN":                   append([]byte{0, 1}, make([]byte, 18)...),
		"extension past the end": {0x90, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9},
		"padding past the start": {0xA0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200},
		"padding of nothing":     {0xA0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParsePacket(b); err == nil {
				t.Error("it was read as RTP")
			}
		})
	}
}
