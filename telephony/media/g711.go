package media

import "math/bits"

// Samples a G.711 line is quiet with: the smallest positive level of each law.
const (
	ALawSilence byte = 0xD5
	ULawSilence byte = 0xFF
)

// SampleRate is the clock of every stream, in Hz.
const SampleRate = 8000

// ALawToLinear expands one A-law byte to a 16-bit sample (ITU-T G.711 §3).
func ALawToLinear(a byte) int16 {
	a ^= 0x55
	t := int16(a&0x0F)<<4 + 8
	if seg := a >> 4 & 7; seg > 0 {
		t = (t + 0x100) << (seg - 1)
	}
	if a&0x80 == 0 {
		return -t
	}
	return t
}

// LinearToALaw compresses one 16-bit sample to A-law.
func LinearToALaw(s int16) byte {
	v, mask := s>>3, byte(0xD5)
	if v < 0 {
		v, mask = -v-1, 0x55
	}
	seg := bits.Len16(uint16(v) >> 5)
	shift := max(seg, 1)
	return (byte(seg)<<4 | byte(v>>shift)&0x0F) ^ mask
}

const uLawBias = 0x84

// ULawToLinear expands one µ-law byte to a 16-bit sample (ITU-T G.711 §3).
func ULawToLinear(u byte) int16 {
	u = ^u
	t := (int16(u&0x0F)<<3+uLawBias)<<(u>>4&7) - uLawBias
	if u&0x80 != 0 {
		return -t
	}
	return t
}

// LinearToULaw compresses one 16-bit sample to µ-law.
func LinearToULaw(s int16) byte {
	v, sign := int32(s), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, 32635) + uLawBias
	seg := bits.Len32(uint32(v)>>7) - 1
	return ^(sign | byte(seg)<<4 | byte(v>>(seg+3))&0x0F)
}

// Silence is the byte a stream of this codec is quiet with.
func (c Codec) Silence() byte {
	if c == PCMU {
		return ULawSilence
	}
	return ALawSilence
}

// Name is the codec's name in SDP (RFC 3551 §6).
func (c Codec) Name() string {
	switch c {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	}
	return "unknown"
}

// Valid says whether c is one of the codecs Ringback carries.
func (c Codec) Valid() bool { return c == PCMU || c == PCMA }

// Convert writes src, coded by from, to dst, coded by to, and returns the part
// of dst written. dst must be at least as long as src; the two may be the same.
func Convert(dst, src []byte, from, to Codec) []byte {
	dst = dst[:len(src)]
	switch {
	case from == to:
		copy(dst, src)
	case from == PCMA:
		for i, b := range src {
			dst[i] = aLawToULaw[b]
		}
	default:
		for i, b := range src {
			dst[i] = uLawToALaw[b]
		}
	}
	return dst
}

// Decode appends the 16-bit samples of payload to pcm.
func Decode(pcm []int16, payload []byte, c Codec) []int16 {
	for _, b := range payload {
		if c == PCMU {
			pcm = append(pcm, ULawToLinear(b))
		} else {
			pcm = append(pcm, ALawToLinear(b))
		}
	}
	return pcm
}

// Encode appends the bytes of the samples in codec c to payload.
func Encode(payload []byte, pcm []int16, c Codec) []byte {
	for _, s := range pcm {
		if c == PCMU {
			payload = append(payload, LinearToULaw(s))
		} else {
			payload = append(payload, LinearToALaw(s))
		}
	}
	return payload
}

// peak is the loudest sample of payload as 0–255. Both laws order their bytes by
// magnitude once the sign and the line inversion are taken off, so only one
// sample is expanded.
func peak(payload []byte, c Codec) uint8 {
	flip := byte(0x55)
	if c == PCMU {
		flip = 0x7F
	}
	loudest := byte(0)
	for _, b := range payload {
		loudest = max(loudest, (b^flip)&0x7F)
	}
	if c == PCMU {
		return uint8(ULawToLinear(0x80|loudest^flip) >> 7)
	}
	return uint8(ALawToLinear((0x80|loudest)^flip) >> 7)
}
