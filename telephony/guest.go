package telephony

import "net/netip"

// TokenHeader is the header of an INVITE that one node sends another.
const TokenHeader = "X-Ringback-Token"

// Invitation is an INVITE that somebody sent us to open a dialog.
type Invitation struct {
	Source netip.AddrPort // where it came from
	Token  string         // of another node's exchange (see Tokens); empty: a stranger's
}

// Guest is a leg that was called in. Before Answer its Hangup refuses the call.
type Guest interface {
	Leg
	// Ring sends 180: the call waits. Answer sends 200; LegAnswered follows.
	// Neither does anything once the leg is answered or over.
	Ring()
	Answer()
	// HangupFor is Hangup, and tells the far end why: LegEvent.Why.
	HangupFor(why string)
}

// Welcome takes a guest whose audio is reserved and returns who is told of its
// events: answered and ended. It is called once, before the first event.
type Welcome func(Guest) (on func(LegEvent))
