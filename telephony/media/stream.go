// Package media carries audio: RTP sockets, G.711, DTMF, relaying, prompts and
// tones. It knows no SIP and no database.
//
// Audio everywhere is 8 kHz G.711 in 20 ms frames of 160 bytes. A two-party
// call is relayed frame by frame on the reader goroutine of the sending side:
// no decoding, no allocation, no hand-over to another goroutine.
package media

import "time"

// Codec is an RTP static payload type (RFC 3551 §6).
type Codec uint8

// The two codecs Ringback carries end to end.
const (
	PCMU Codec = 0
	PCMA Codec = 8
)

// FrameDuration is the packet time every stream sends with.
const FrameDuration = 20 * time.Millisecond

// FrameBytes is the payload of one frame: 20 ms at 8 kHz, one byte a sample.
const FrameBytes = 160

// Frame is one packet's worth of audio. Payload is only valid during the call
// it is passed to: whoever keeps it copies it. Usually 160 bytes, but a peer may
// send 10 or 30 ms packets.
type Frame struct {
	Payload   []byte
	Codec     Codec
	Timestamp uint32 // sender's RTP timestamp, 8 kHz; only differences mean something
	Marker    bool   // first frame after silence or of a new source
}

// Digit is one DTMF key press: '0'–'9', '*', '#', 'A'–'D'.
type Digit struct {
	Key      byte
	Duration time.Duration
}

// Sink receives the frames of a stream, in order, on the stream's reader
// goroutine. It must not block.
type Sink interface {
	WriteFrame(Frame)
}

// Stream is the audio of one far end, whatever carries it (RTP, WebRTC).
// Outgoing audio is one continuous RTP stream: own SSRC, sequence and timestamp,
// whoever feeds it.
type Stream interface {
	Sink // WriteFrame sends one frame to the far end; safe from any goroutine

	// Codec is the codec this stream sends. A frame in the other G.711 law
	// given to WriteFrame is converted by table.
	Codec() Codec
	// SetSink sets who gets the frames that arrive; nil drops them.
	SetSink(Sink)
	// OnDigit sets who is told of received DTMF (RFC 4733), once per key press.
	OnDigit(func(Digit))
	// SendDigit queues one RFC 4733 key press to the far end.
	SendDigit(key byte, d time.Duration) error
	// Stats are the stream's counters so far.
	Stats() Stats
	// Close frees sockets; idempotent.
	Close() error
}

// Stats counts what a stream carried.
type Stats struct {
	PacketsIn, PacketsOut uint64
	BytesIn, BytesOut     uint64
	Lost                  uint64    // by gaps in the received sequence
	Rejected              uint64    // from an address the stream is not locked to, or malformed
	LastIn                time.Time // zero when nothing arrived
	PeakIn                uint8     // loudest sample of the last ~200 ms in, 0–255, for a level meter
}
