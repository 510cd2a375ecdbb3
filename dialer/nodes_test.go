package dialer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/dialer"
	"ringback/telephony"
)

// Three nodes claim at once, and the database takes most of a second for some
// of their commits: no sliding second has more INVITEs than the trunk allows, and
// never more calls are up than it has channels. Every INVITE here is an attempt's
// first: the dialer gives one trunk a call, and answers to challenges belong to
// their call (telephony/sip, O-08).
func TestNodesShareATrunksCallsPerSecondAndChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.db.Exec(t, `UPDATE trunk SET max_cps = 1, max_channels = 2`)
	first, leader := w.dialer()
	w.slowCommits(leader)
	const calls = 8
	var users []uuid.UUID
	for n := range calls {
		w.task(number(n + 1))
		users = append(users, w.agent("座席"))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: 1500 * time.Millisecond, result: telephony.ResultBusy} }
	w.campaign(first, dialer.Progressive, users...)
	w.run(first)
	for range 2 {
		other, _ := w.dialer()
		w.run(other)
	}
	w.until("all to be called", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == calls })
	at := w.exchange.times()
	if len(at) != calls || w.exchange.peak() > 2 || len(w.exchange.wrongs) > 0 {
		t.Errorf("%d INVITEs, %d calls at once, %v", len(at), w.exchange.peak(), w.exchange.wrongs)
	}
	for i := 1; i < len(at); i++ {
		if gap := at[i].Sub(at[i-1]); gap < time.Second {
			t.Errorf("calls %d and %d within %s: more than one in a second", i, i+1, gap)
		}
	}
	if n := w.count(`SELECT count(DISTINCT node_id) FROM attempt`); n < 2 {
		t.Errorf("%d nodes called", n)
	}
}

// slowCommits makes the commit of every other claim take a while, and of every claim
// of one node longer than others need to make theirs.
func (w *world) slowCommits(slowest uuid.UUID) {
	w.t.Helper()
	w.db.Exec(w.t, fmt.Sprintf(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF NEW.node_id = '%s' THEN PERFORM pg_sleep(1.8); ELSIF get_byte(uuid_send(NEW.id), 15) %% 2 = 0 THEN PERFORM pg_sleep(0.9); END IF; RETURN NULL; END $$`, slowest))
	w.db.Exec(w.t, `CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON attempt DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW WHEN (OLD.state = 'planned' AND NEW.state = 'dialing') EXECUTE FUNCTION dawdle()`)
}

func (x *fakeExchange) peak() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.most
}

// An agent's page and audio came to another node in the middle of a call: keys and
// the end of the call reach the customer from the node that has it, in order and once.
func TestAPageAtAnotherNodeThanItsCallSendsKeysAndHangsUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} }
	first, _ := w.dialer()
	agent := w.agent("李雷")
	w.task(number(1))
	w.campaign(first, dialer.Progressive, agent)
	w.run(first)
	w.until("the call", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`) == 1 })
	elsewhere := newExchange()
	second, _ := w.dialer(func(o *dialer.Options) { o.Exchange = elsewhere })
	for _, key := range []byte("10#") {
		if err := second.Press(t.Context(), w.scope(agent), agent, key); err != nil {
			t.Fatal(err)
		}
	}
	w.until("the keys to arrive", func() bool { return len(w.exchange.pressed()) >= 3 })
	if err := first.Press(t.Context(), w.scope(agent), agent, '5'); err != nil {
		t.Fatal(err)
	}
	if got := w.exchange.pressed(); got != "10#5" {
		t.Errorf("the customer got %q", got)
	}
	if err := second.Hangup(t.Context(), w.scope(agent), agent, ""); err != nil {
		t.Fatal(err)
	}
	w.until("the wrap-up", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'wrap' AND keys = ''`) == 1 })
	wantCode(t, second.Press(t.Context(), w.scope(agent), agent, '5'), "no_call")
	if got := w.exchange.pressed(); got != "10#5" || len(elsewhere.pressed()) > 0 {
		t.Errorf("the customer got %q", got)
	}
}
