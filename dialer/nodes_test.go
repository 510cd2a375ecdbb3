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
