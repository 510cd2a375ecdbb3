package telephony

import (
	"fmt"
	"strings"
)

// Line results of spec 2.4.1 that a call itself can have.
const (
	ResultAnswered     = "answered_human"
	ResultAbandoned    = "abandoned"
	ResultNoAnswer     = "no_answer"
	ResultBusy         = "busy"
	ResultRejected     = "rejected"
	ResultBlocked      = "blocked"
	ResultPowerOff     = "power_off"
	ResultUnreachable  = "unreachable"
	ResultSuspended    = "suspended"
	ResultEmptyNumber  = "empty_number"
	ResultForwarded    = "forwarded"
	ResultTrunkFault   = "trunk_fault"
	ResultCallerCancel = "caller_cancel"
)

// Ending is all that is known of how a call ended.
type Ending struct {
	Cause     EndCause
	Code      int    // final SIP status, 0 when none
	Reason    string // its phrase
	Rang      bool   // 180–183 without media was seen
	Early     bool   // early media was heard
	Forwarded bool   // 181 or 3xx was seen
	Answered  bool
	Agent     bool         // an agent was assigned after the answer
	Heard     Announcement // what a network announcement said, when recognised
}

// LineResult maps an ending to a line result of spec 2.4.1 and a detail that
// tells apart what has one result there ("codec", "auth", "sip_503", …). Rows
// O-01 to O-05 of TELEPHONY.md §7.
//
// Two readings of the spec: 603 and 403 are the person's refusal after ringing
// and the network's before it; a 403 that speaks of credentials or registration
// is the trunk's fault.
func LineResult(e Ending) (result, detail string) {
	switch {
	case e.Cause == EndNoCodec:
		return ResultTrunkFault, "codec"
	case e.Answered && e.Agent:
		return ResultAnswered, mediaDetail(e)
	case e.Answered:
		return ResultAbandoned, mediaDetail(e)
	}
	result, detail = byCause(e)
	if result == ResultNoAnswer || result == ResultUnreachable {
		switch {
		case e.Heard != "":
			return string(e.Heard), "announcement"
		case e.Forwarded:
			return ResultForwarded, detail
		}
	}
	return result, detail
}

func mediaDetail(e Ending) string {
	if e.Cause == EndMediaLost {
		return "no_rtp"
	}
	return ""
}

func byCause(e Ending) (result, detail string) {
	switch e.Cause {
	case EndCancelled:
		return ResultCallerCancel, ""
	case EndRingTime:
		if !e.Rang && !e.Early {
			return ResultNoAnswer, "never_rang"
		}
		return ResultNoAnswer, ""
	case EndNoResponse:
		if e.Rang || e.Early { // it rang and then the carrier fell silent
			return ResultNoAnswer, "no_final_response"
		}
		return ResultTrunkFault, "no_response"
	case EndRejected:
		return byCode(e)
	}
	return ResultTrunkFault, string(e.Cause)
}

func byCode(e Ending) (result, detail string) {
	switch e.Code {
	case 486, 600:
		return ResultBusy, ""
	case 404, 410, 484, 604:
		return ResultEmptyNumber, ""
	case 408, 480, 487:
		return ringingOr(e, ResultNoAnswer, ResultUnreachable), ""
	case 401, 407:
		return ResultTrunkFault, "auth"
	case 403:
		if speaksOfCredentials(e.Reason) {
			return ResultTrunkFault, "auth"
		}
		return ringingOr(e, ResultRejected, ResultBlocked), ""
	case 603:
		return ringingOr(e, ResultRejected, ResultBlocked), ""
	case 607, 608:
		return ResultBlocked, ""
	case 415, 488, 606:
		return ResultTrunkFault, "codec"
	}
	if e.Code >= 300 && e.Code < 400 {
		return ResultForwarded, fmt.Sprintf("sip_%d", e.Code)
	}
	return ResultTrunkFault, fmt.Sprintf("sip_%d", e.Code)
}

func ringingOr(e Ending, rang, not string) string {
	if e.Rang {
		return rang
	}
	return not
}

func speaksOfCredentials(phrase string) bool {
	phrase = strings.ToLower(phrase)
	for _, word := range []string{"auth", "credential", "regist", "password"} {
		if strings.Contains(phrase, word) {
			return true
		}
	}
	return false
}

// hungUpBy says whose doing the end was, in the words of attempt.hangup_by. by is
// who asked us to hang up, empty when nobody did.
func hungUpBy(e Ending, by string) string {
	switch e.Cause {
	case EndRemoteBye:
		return "customer"
	case EndLocalBye, EndCancelled:
		if by != "" {
			return by
		}
		return "system"
	case EndRingTime:
		return "system"
	case EndRejected:
		if result, _ := byCode(e); result == ResultRejected {
			return "customer"
		}
	}
	return "network"
}
