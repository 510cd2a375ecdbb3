package telephony

import (
	"context"
	"time"

	"ringback/telephony/media"
)

// LegEventKind is one step of a leg's life. The states are
//
//	new ─▶ dialing ─▶ ringing ─▶ early ─▶ answered ─▶ ended
//	         └──────────┴──────────┴── cancelled / rejected / failed ─▶ ended
type LegEventKind string

// Steps of a leg, in the order they may come; ended always comes last, once.
const (
	LegDialing  LegEventKind = "dialing"  // INVITE handed to the transport
	LegTrying   LegEventKind = "trying"   // 100
	LegRinging  LegEventKind = "ringing"  // 180, 181, 182, or 183 without SDP
	LegEarly    LegEventKind = "early"    // 183/180 with SDP: Media() is open
	LegAnswered LegEventKind = "answered" // 2xx, ACK sent: Media() is open
	LegEnded    LegEventKind = "ended"
)

// EndCause says who or what ended a leg.
type EndCause string

// Causes of LegEnded.
const (
	EndRemoteBye  EndCause = "remote_bye"  // far end hung up after answer
	EndLocalBye   EndCause = "local_bye"   // we hung up after answer
	EndRejected   EndCause = "rejected"    // final non-2xx response, Code tells which
	EndCancelled  EndCause = "cancelled"   // our CANCEL, by Hangup
	EndRingTime   EndCause = "ring_time"   // our CANCEL, ring time over
	EndNoResponse EndCause = "no_response" // no answer to INVITE at all, or transport error
	EndNoCodec    EndCause = "no_codec"    // answered, but no audio in common
	EndMediaLost  EndCause = "media_lost"  // nothing heard for LegSpec.Watch
)

// LegEvent is what a leg tells its call. Events of one leg come in order from
// one goroutine.
type LegEvent struct {
	Kind      LegEventKind
	At        time.Time // real time
	Code      int       // SIP status, 0 when none
	Reason    string    // SIP reason phrase
	Q850      int       // cause from a Reason header, 0 when none
	Cause     EndCause  // for ended
	Forwarded bool      // a 181 or 302 was seen
	Early     bool      // early media was heard before this
	Why       string    // what another node says of the end; empty from everybody else
}

// LegSpec says whom to call and how. Call-ID is "<call id>-<try>" so that an
// INVITE on the wire names its attempt.
type LegSpec struct {
	CallID      string
	Address     string // host:port of the gateway, or of a registered phone's contact
	Transport   string // udp (default) or tcp
	To          string // user part: the number as the trunk wants it
	From        string // caller number shown
	Domain      string // host part of From and To; empty: Address
	Username    string // digest, empty when the trunk is known by address
	Password    string
	Codecs      []media.Codec // in order of preference; empty: PCMA, PCMU
	RingTimeout time.Duration // CANCEL after this, counted from the INVITE
	Watch       time.Duration // end the leg when neither RTP nor RTCP came for so long; 0: never
	AutoAnswer  bool          // ask a desk phone to answer at once (Call-Info: answer-after=0)
	Headers     map[string]string
}

// Leg is one far end: a SIP dialog with its media, or a browser's peer connection.
type Leg interface {
	// Media is the leg's audio; nil before early or answered.
	Media() media.Stream
	// Hangup ends the leg: CANCEL before the answer, BYE after. Returns at once;
	// LegEnded follows. Calling it again changes nothing.
	Hangup()
}

// Placer places outbound legs; telephony/sip is the one that does it for real.
type Placer interface {
	// Place sends an INVITE and returns. All that follows comes to on, in order.
	// An error means that nothing was sent and on is never called.
	Place(ctx context.Context, spec LegSpec, on func(LegEvent)) (Leg, error)
}
