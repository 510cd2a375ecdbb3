package telephony

import "testing"

func TestALeaseTakesTheStepsOfItsTable(t *testing.T) {
	for name, c := range map[string]struct {
		from leaseState
		in   leaseInput
		to   leaseState
		do   leaseAction
		why  string
	}{
		"audio is there":          {leaseWaiting, audioCame, leaseAnswering, answerGuest, ""},
		"audio is awaited":        {leaseWaiting, audioGone, leaseWaiting, ringGuest, ""},
		"the guest is up":         {leaseAnswering, guestUp, leaseJoined, join, ""},
		"newer audio":             {leaseJoined, audioCame, leaseJoined, join, ""},
		"newer audio, too early":  {leaseAnswering, audioCame, leaseAnswering, "", ""},
		"lost before the answer":  {leaseAnswering, audioGone, leaseOver, dismiss, whyAudio},
		"lost in conversation":    {leaseJoined, audioGone, leaseOver, dismiss, whyAudio},
		"the agent hangs up":      {leaseJoined, agentLeaves, leaseOver, dismiss, whyAgent},
		"they hang up waiting":    {leaseWaiting, agentLeaves, leaseOver, dismiss, whyAgent},
		"the call comes again":    {leaseJoined, replaced, leaseOver, dismiss, whyReplaced},
		"the node stops":          {leaseJoined, nodeStops, leaseOver, dismiss, whyNode},
		"the customer has gone":   {leaseJoined, guestGone, leaseOver, letGo, ""},
		"cancelled while waiting": {leaseWaiting, guestGone, leaseOver, letGo, ""},
		"nothing after the end":   {leaseOver, audioCame, leaseOver, "", ""},
		"no end after the end":    {leaseOver, agentLeaves, leaseOver, "", ""},
		"not up before an answer": {leaseWaiting, guestUp, leaseWaiting, "", ""},
	} {
		if to, do, why := nextLease(c.from, c.in); to != c.to || do != c.do || why != c.why {
			t.Errorf("%s: %s + %s gives %s, %q, %q", name, c.from, c.in, to, do, why)
		}
	}
}
