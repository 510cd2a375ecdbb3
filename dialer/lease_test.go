package dialer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/telephony"
)

func TestLeadershipMovesOnWhenALeaderIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	d, node := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	dead := w.deadNode()
	w.db.Exec(t, `UPDATE campaign_lease SET node_id = $1, epoch = 7, expires_at = $2`, dead, time.Now().Add(-time.Millisecond))
	w.run(d)
	w.until("the call by the new leader", func() bool { return w.exchange.placed() == 1 })
	if n := w.count(`SELECT count(*) FROM campaign_lease WHERE campaign_id = $1 AND node_id = $2 AND epoch = 8`, camp.ID, node); n != 1 {
		t.Error("the lease did not move with a new epoch")
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE epoch = 8`); n != 1 {
		t.Error("the attempt was not planned in the new epoch")
	}
}

func TestALiveLeaderKeepsItsCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	other := id()
	w.db.Exec(t, `UPDATE campaign_lease SET node_id = $1, epoch = 7, expires_at = $2`, other, time.Now().Add(10*time.Second))
	stale := w.lostCall(camp, dialer.Ringing, w.deadNode(), 2, uuid.Nil) // its recovery shows that the node has worked
	w.run(d)
	w.until("the node to have worked", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, stale) == "unknown" })
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d calls by a node that does not lead", n)
	}
	if _, led := d.Decision(camp.ID); led {
		t.Error("it decides for a campaign that another node leads")
	}
}

// The database is restarted in the moment in which a server registers.
func TestANodeWaitsForADatabaseThatIsAwayWhenItBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	trouble := make(onLine, 1)
	d, _ := w.dialer(func(o *dialer.Options) { o.Logger = slog.New(slog.NewTextHandler(trouble, nil)) })
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	name := w.text(`SELECT quote_ident(current_database())`)
	w.db.Exec(t, `ALTER DATABASE `+name+` CONNECTION LIMIT 0`)
	w.db.Pool.Conns().Reset()
	w.run(d)
	<-trouble
	w.db.Exec(t, `ALTER DATABASE `+name+` CONNECTION LIMIT -1`)
	w.until("the call", func() bool { return w.exchange.placed() == 1 })
}

// onLine tells of each line that is written, if somebody waits.
type onLine chan struct{}

func (c onLine) Write(p []byte) (int, error) {
	select {
	case c <- struct{}{}:
	default:
	}
	return len(p), nil
}

// A leader that slept through its lease cannot plan another call.
func TestALeaderThatLostItsLeaseOpensNoLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, _ := w.dialer()
	w.task(number(1))
	agent := w.agent("李雷")
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Millisecond, result: telephony.ResultBusy} }
	camp := w.campaign(d, dialer.Progressive, agent)
	w.run(d)
	w.until("the first call", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == 1 })
	w.db.Exec(t, `UPDATE campaign_lease SET node_id = $1, epoch = epoch + 1, expires_at = $2`, id(), time.Now().Add(10*time.Second))
	w.task(number(2))
	w.until("leadership to be given up", func() bool { _, led := d.Decision(camp.ID); return !led })
	if n := w.count(`SELECT count(*) FROM attempt`); n != 1 {
		t.Errorf("%d attempts, want the first one only", n)
	}
}

func TestANodeThatWakesEndsTheCallsItLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	w.task(number(2))
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} }
	d, node := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.run(d)
	w.until("two conversations", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`) == 2 })
	lost := w.one(`SELECT id FROM attempt LIMIT 1`)
	w.db.Exec(t, `UPDATE attempt SET state = 'wrap' WHERE id = $1`, lost)
	w.db.Exec(t, `UPDATE node SET heartbeat_at = $2 WHERE id = $1`, node, time.Now().Add(-time.Minute))
	w.until("the lost call to be ended", func() bool { return len(w.exchange.Live()) == 1 })
	if live := w.exchange.Live(); len(live) != 1 || live[0] == lost {
		t.Errorf("live: %v, lost: %s", live, lost)
	}
}

func TestATaskThatNobodyHoldsGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	w.db.Exec(t, `UPDATE task SET state = 'in_progress' WHERE id = $1`, taskID)
	d, _ := w.dialer()
	w.run(d)
	w.until("the task to be free", func() bool { return w.text(`SELECT state FROM task`) == "queued" })
}

// The database's connections break again and again in the middle of a campaign.
func TestBrokenConnectionsRepeatNoCallAndLoseNoOutcome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 10 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: 30 * time.Millisecond, talk: 30 * time.Millisecond} }
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.console(d)
	w.run(d)
	for i := 1; i <= 4; i++ {
		w.until("more calls", func() bool { return w.exchange.placed() >= 2*i })
		w.db.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'ringback_app'`)
	}
	w.until("all to be written down", func() bool {
		return w.tryCount(`SELECT count(*) FROM attempt WHERE state IN ('done', 'abandoned', 'unknown', 'void')`) == w.tryCount(`SELECT count(*) FROM attempt`) &&
			w.tryCount(`SELECT count(*) FROM task WHERE state IN ('completed', 'retry_wait')`) == 10
	})
	if len(w.exchange.wrongs) > 0 {
		t.Error(w.exchange.wrongs)
	}
	seen := map[string]bool{}
	for _, n := range w.exchange.numbers() {
		if seen[n] {
			t.Errorf("%s was called twice", n)
		}
		seen[n] = true
	}
}

// tryCount is count that tells -1 while the connection is broken.
func (w *world) tryCount(sql string) int {
	n := -1
	err := w.db.Pool.Scoped(context.Background(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql).Scan(&n) })
	if err != nil {
		return -1
	}
	return n
}
