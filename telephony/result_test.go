package telephony

import "testing"

func TestLineResult(t *testing.T) {
	t.Parallel()
	rejected := func(code int, rang bool) Ending { return Ending{Cause: EndRejected, Code: code, Rang: rang} }
	for _, c := range []struct {
		name           string
		end            Ending
		result, detail string
	}{
		{"bridged", Ending{Cause: EndRemoteBye, Answered: true, Agent: true}, "answered_human", ""},
		{"bridged, then no audio", Ending{Cause: EndMediaLost, Answered: true, Agent: true}, "answered_human", "no_rtp"},
		{"nobody came", Ending{Cause: EndLocalBye, Answered: true}, "abandoned", ""},
		{"hung up before anybody came", Ending{Cause: EndRemoteBye, Answered: true}, "abandoned", ""},
		{"486", rejected(486, true), "busy", ""},
		{"600", rejected(600, false), "busy", ""},
		{"480 after ringing", rejected(480, true), "no_answer", ""},
		{"480 before ringing", rejected(480, false), "unreachable", ""},
		{"480 after an announcement only", Ending{Cause: EndRejected, Code: 480, Early: true}, "unreachable", ""},
		{"408 after ringing", rejected(408, true), "no_answer", ""},
		{"408 before ringing", rejected(408, false), "unreachable", ""},
		{"487 that we did not ask for", rejected(487, true), "no_answer", ""},
		{"ring time", Ending{Cause: EndRingTime, Rang: true}, "no_answer", ""},
		{"ring time with early media", Ending{Cause: EndRingTime, Early: true}, "no_answer", ""},
		{"ring time, never rang", Ending{Cause: EndRingTime}, "no_answer", "never_rang"},
		{"our cancel", Ending{Cause: EndCancelled, Rang: true}, "caller_cancel", ""},
		{"404", rejected(404, false), "empty_number", ""},
		{"410", rejected(410, false), "empty_number", ""},
		{"484", rejected(484, false), "empty_number", ""},
		{"604", rejected(604, true), "empty_number", ""},
		{"603 after ringing", rejected(603, true), "rejected", ""},
		{"603 before ringing", rejected(603, false), "blocked", ""},
		{"403 after ringing", rejected(403, true), "rejected", ""},
		{"403 before ringing", rejected(403, false), "blocked", ""},
		{"403 of the trunk", Ending{Cause: EndRejected, Code: 403, Reason: "Bad Auth"}, "trunk_fault", "auth"},
		{"607", rejected(607, true), "blocked", ""},
		{"608", rejected(608, false), "blocked", ""},
		{"401 again and again", rejected(401, false), "trunk_fault", "auth"},
		{"407 again and again", rejected(407, false), "trunk_fault", "auth"},
		{"488", rejected(488, false), "trunk_fault", "codec"},
		{"no codec in the answer", Ending{Cause: EndNoCodec, Answered: false, Code: 200}, "trunk_fault", "codec"},
		{"500", rejected(500, false), "trunk_fault", "sip_500"},
		{"503", rejected(503, false), "trunk_fault", "sip_503"},
		{"400", rejected(400, false), "trunk_fault", "sip_400"},
		{"no answer to the INVITE", Ending{Cause: EndNoResponse}, "trunk_fault", "no_response"},
		{"silence after ringing", Ending{Cause: EndNoResponse, Rang: true}, "no_answer", "no_final_response"},
		{"302", Ending{Cause: EndRejected, Code: 302, Forwarded: true}, "forwarded", "sip_302"},
		{"181, then nobody", Ending{Cause: EndRingTime, Rang: true, Forwarded: true}, "forwarded", ""},
		{"181, then a person", Ending{Cause: EndRemoteBye, Answered: true, Agent: true, Forwarded: true}, "answered_human", ""},
		{"181, then busy", Ending{Cause: EndRejected, Code: 486, Forwarded: true}, "busy", ""},
		{"关机", Ending{Cause: EndRejected, Code: 480, Early: true, Heard: HeardPowerOff}, "power_off", "announcement"},
		{"停机", Ending{Cause: EndRingTime, Early: true, Heard: HeardSuspended}, "suspended", "announcement"},
		{"busy whatever is said", Ending{Cause: EndRejected, Code: 486, Heard: HeardPowerOff}, "busy", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if result, detail := LineResult(c.end); result != c.result || detail != c.detail {
				t.Errorf("%s (%s), want %s (%s)", result, detail, c.result, c.detail)
			}
		})
	}
}

func TestWhoHungUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause    EndCause
		by, want string
	}{
		{EndRemoteBye, "agent", "customer"},
		{EndLocalBye, "agent", "agent"},
		{EndLocalBye, "", "system"},
		{EndCancelled, "agent", "agent"},
		{EndRingTime, "", "system"},
		{EndMediaLost, "", "network"},
		{EndNoResponse, "", "network"},
	} {
		if got := hungUpBy(Ending{Cause: c.cause}, c.by); got != c.want {
			t.Errorf("hungUpBy(%s, %q) = %q, want %q", c.cause, c.by, got, c.want)
		}
	}
}
