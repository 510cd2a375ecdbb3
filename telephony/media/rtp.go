package media

import (
	"encoding/binary"
	"errors"
)

// ErrNotRTP is returned for a datagram that is no RTP packet.
var ErrNotRTP = errors.New("not an RTP packet")

const rtpHeader = 12

// maxPayload is the longest audio payload carried: 60 ms.
const maxPayload = 480

// maxPacket is the longest datagram built.
const maxPacket = rtpHeader + maxPayload

// Packet is one RTP packet (RFC 3550 §5.1). Contributing sources, header
// extensions and padding are skipped when read and never written.
type Packet struct {
	Marker      bool
	PayloadType uint8
	Sequence    uint16
	Timestamp   uint32
	SSRC        uint32
	Payload     []byte // a part of the datagram it was read from
}

// ParsePacket reads a datagram. The payload is not copied.
func ParsePacket(b []byte) (Packet, error) {
	if len(b) < rtpHeader || b[0]>>6 != 2 {
		return Packet{}, ErrNotRTP
	}
	payload, ok := rtpPayload(b)
	if !ok {
		return Packet{}, ErrNotRTP
	}
	return Packet{
		Marker:      b[1]&0x80 != 0,
		PayloadType: b[1] & 0x7F,
		Sequence:    binary.BigEndian.Uint16(b[2:]),
		Timestamp:   binary.BigEndian.Uint32(b[4:]),
		SSRC:        binary.BigEndian.Uint32(b[8:]),
		Payload:     payload,
	}, nil
}

func rtpPayload(b []byte) ([]byte, bool) {
	start := rtpHeader + 4*int(b[0]&0x0F)
	if b[0]&0x10 != 0 { // header extension
		if len(b) < start+4 {
			return nil, false
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // padding, its length in the last byte
		pad := int(b[len(b)-1])
		if pad == 0 {
			return nil, false
		}
		end -= pad
	}
	if start > end {
		return nil, false
	}
	return b[start:end], true
}

// MarshalTo writes the packet to b and returns its length; b must be long enough.
func (p *Packet) MarshalTo(b []byte) int {
	b[0] = 2 << 6
	b[1] = p.PayloadType & 0x7F
	if p.Marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], p.Sequence)
	binary.BigEndian.PutUint32(b[4:], p.Timestamp)
	binary.BigEndian.PutUint32(b[8:], p.SSRC)
	return rtpHeader + copy(b[rtpHeader:], p.Payload)
}
