package dialer_test

import (
	"testing"
	"time"

	"ringback/dialer"
)

// SIGTERM to one of two nodes, with a conversation and ringing lines on it: the
// other leads within five seconds, the conversation goes on to its end, and every
// customer is called once.
func TestADrainedNodeHandsItsCampaignsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const customers = 8
	for n := range customers {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: 50 * time.Millisecond} } // stays
	first, firstNode := w.dialer(func(o *dialer.Options) { o.Finish = 20 * time.Second })
	talking, next := w.agent("李雷"), w.agent("韩梅梅")
	camp := w.campaign(first, dialer.Progressive, talking, next)
	stop := w.run(first)
	w.until("two conversations on the first node", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged' AND node_id = $1`, firstNode) == 2
	})
	held := w.one(`SELECT attempt_id FROM agent_session WHERE user_id = $1`, talking)
	second, secondNode := w.dialer()
	w.run(second)
	w.console(second)

	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	<-first.HandedOver()
	handed := time.Now()
	w.until("the other node to lead", func() bool {
		return w.count(`SELECT count(*) FROM campaign_lease WHERE campaign_id = $1 AND node_id = $2`, camp.ID, secondNode) == 1
	})
	t.Logf("led by the other node %v after", time.Since(handed))
	w.exchange.behave(behaviour{after: 50 * time.Millisecond, talk: 20 * time.Millisecond})
	if err := second.Hangup(t.Context(), w.scope(next), next, ""); err != nil {
		t.Fatal(err)
	}
	w.until("the other node to have called the rest", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE state = 'done'`) == customers-1
	})
	if got := w.text(`SELECT state FROM attempt WHERE id = $1`, held); got != "bridged" {
		t.Errorf("the conversation on the draining node is %s", got)
	}
	if n := w.count(`SELECT count(*) FROM node WHERE id = $1 AND stopped_at IS NOT NULL`, firstNode); n != 0 {
		t.Error("the node has said goodbye with a conversation on it")
	}
	if err := second.Hangup(t.Context(), w.scope(talking), talking, ""); err != nil {
		t.Fatal(err)
	}
	<-stopped
	w.until("the last one to be written down", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'done'`) == customers })
	if n := w.exchange.placed(); n != customers || len(w.exchange.wrongs) > 0 {
		t.Errorf("%d INVITEs for %d customers, %v", n, customers, w.exchange.wrongs)
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE node_id = $1`, firstNode); n != 2 {
		t.Errorf("the drained node has %d attempts, want the two of before", n)
	}
}
