package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/telephony"
)

func TestManyNodesSendOneInvitePerAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 12 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: 20 * time.Millisecond, result: telephony.ResultBusy} }
	first, _ := w.dialer()
	camp := w.campaign(first, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"), w.agent("王芳"))
	w.run(first)
	for range 2 {
		other, _ := w.dialer()
		w.run(other)
	}
	w.until("12 ended attempts", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == 12 })
	if n := w.exchange.placed(); n != 12 {
		t.Errorf("%d INVITEs for 12 attempts", n)
	}
	if len(w.exchange.wrongs) > 0 {
		t.Error(w.exchange.wrongs)
	}
	if n := w.count(`SELECT count(DISTINCT epoch) FROM attempt WHERE campaign_id = $1`, camp.ID); n != 1 {
		t.Errorf("%d leaders planned", n)
	}
}

// Two customers with one number (a family), two tasks: one call at a time.
func TestOneNumberIsNeverInTwoCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	w.task(number(1))
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} }
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.run(d)
	w.until("the first call to be up", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`) == 1 })
	decided := w.count(`SELECT count(*) FROM attempt`)
	w.until("the leader to look several times more", func() bool { _, ok := d.Decision(w.one(`SELECT id FROM campaign`)); return ok })
	if n := w.count(`SELECT count(*) FROM attempt`); n != decided || n != 1 {
		t.Errorf("%d attempts to one number at once", n)
	}
	if len(w.exchange.wrongs) > 0 {
		t.Error(w.exchange.wrongs)
	}
}

func (w *world) one(sql string, args ...any) (out uuid.UUID) {
	w.t.Helper()
	w.in(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&out) })
	return out
}

func TestTheDatabaseRefusesASecondLiveAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(99))
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	attempt := w.lostCall(camp, dialer.Ringing, w.deadNode(), 1, uuid.Nil)
	err := w.db.Pool.Scoped(context.Background(), w.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, planned_at, business_at)
			SELECT $1, group_id, store_id, task_id, customer_id, phone_id, $2, called_last4, mode, 'planned', planned_at, business_at FROM attempt WHERE id = $3`,
			id(), []byte("another number"), attempt)
		return err
	})
	if err == nil {
		t.Error("a second live attempt of one task was written")
	}
}

func TestCallsPerSecondAreKeptInEverySlidingSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.db.Exec(t, `UPDATE trunk SET max_cps = 3`)
	for n := range 10 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Millisecond, result: telephony.ResultBusy} }
	d, _ := w.dialer()
	var users []uuid.UUID
	for range 8 {
		users = append(users, w.agent("座席"))
	}
	w.campaign(d, dialer.Progressive, users...)
	w.run(d)
	w.until("10 INVITEs", func() bool { return w.exchange.placed() == 10 })
	at := w.exchange.times()
	for i := 3; i < len(at); i++ {
		if gap := at[i].Sub(at[i-3]); gap < time.Second {
			t.Errorf("calls %d to %d within %s: more than 3 in a second", i-2, i+1, gap)
		}
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'void'`); n > 0 {
		t.Errorf("%d attempts grew stale while they waited for the trunk", n)
	}
}

func TestWhoAsksNotToBeCalledAfterThePlanIsNotCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	w.db.Exec(t, `UPDATE trunk SET max_channels = 1`)
	w.task(number(2)) // its call holds the only channel
	w.db.Exec(t, `UPDATE task SET priority = 90 WHERE id <> $1`, taskID)
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	attempt := w.plannedBy(camp, taskID)
	w.db.Exec(t, `INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at)
		SELECT $1, p.group_id, p.phone_hash, '0001', 'all', 'customer', $2 FROM attempt p WHERE p.id = $3`, id(), w.clock.Now(), attempt)
	w.run(d)
	w.until("the attempt to be refused", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, attempt) == "refused" })
	if n := w.count(`SELECT count(*) FROM task WHERE id = $1 AND state = 'queued' AND next_attempt_at > $2`, taskID, w.clock.Now()); n != 1 {
		t.Errorf("the task is not held:\n%s", w.dump())
	}
	for _, n := range w.exchange.numbers() {
		if n == number(1) {
			t.Error("the customer was called")
		}
	}
}

// plannedBy writes a fresh planned attempt as the leader would.
func (w *world) plannedBy(c dialer.Campaign, taskID uuid.UUID) uuid.UUID {
	attempt := id()
	w.db.Exec(w.t, `UPDATE task SET state = 'in_progress' WHERE id = $1`, taskID)
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, trunk_id, planned_at, business_at)
		SELECT $1, t.group_id, t.store_id, $2, t.id, t.customer_id, p.id, p.phone_hash, p.last4, 'progressive', 'planned', $3, $4, $5
		FROM task t JOIN customer_phone p ON p.id = t.phone_id WHERE t.id = $6`, attempt, c.ID, w.trunk, time.Now(), w.clock.Now(), taskID)
	return attempt
}

func TestThePlannedCallsOfAPausedCampaignAreNotDialed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	attempt := w.plannedBy(camp, taskID)
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Pause(ctx, tx, w.scope(uuid.Nil), camp.ID)
		return err
	})
	w.run(d)
	w.until("the attempt to be void", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, attempt) == "void" })
	if got := w.text(`SELECT state FROM task WHERE id = $1`, taskID); got != "queued" {
		t.Errorf("task %s, want queued", got)
	}
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d INVITEs", n)
	}
}

func TestTheGateKeepsWhatItRefusedOncePerTaskAndRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	twice, never := w.task(number(1)), w.task(number(2))
	for n := range 2 {
		w.db.Exec(t, `INSERT INTO number_attempt (group_id, phone_hash, attempt_id, at)
			SELECT t.group_id, p.phone_hash, $2, $3 FROM task t JOIN customer_phone p ON p.id = t.phone_id WHERE t.id = $1`,
			twice, id(), w.clock.Now().Add(-time.Duration(n+10)*time.Minute))
	}
	w.db.Exec(t, `UPDATE customer_phone SET status = 'wrong' WHERE id = (SELECT phone_id FROM task WHERE id = $1)`, never)
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("both refusals", func() bool { return w.count(`SELECT count(*) FROM refusal`) == 2 })
	tomorrow := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	if n := w.count(`SELECT count(*) FROM refusal r JOIN task t ON t.id = r.task_id WHERE r.rule = 'CG-08' AND r.outcome = 'wait' AND r.times = 1
		AND t.id = $1 AND t.state = 'queued' AND t.next_attempt_at = $2`, twice, tomorrow); n != 1 {
		t.Errorf("the task that has to wait:\n%s", w.dump())
	}
	if n := w.count(`SELECT count(*) FROM refusal r JOIN task t ON t.id = r.task_id WHERE r.rule = 'CG-01' AND r.outcome = 'stop'
		AND r.cause = 'file' AND t.id = $1 AND t.state = 'queued' AND t.next_attempt_at > $2`, never, w.clock.Now()); n != 1 {
		t.Errorf("the task that is stopped:\n%s", w.dump())
	}
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		list, total, err := d.Refusals(ctx, tx, camp.ID, "", 10, 0)
		if err == nil && (total != 2 || len(list) != 2 || list[0].ReasonZH == "" || list[0].Customer.Name != "张三") {
			t.Errorf("%d refusals listed of %d: %+v", len(list), total, list)
		}
		return err
	})
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d INVITEs", n)
	}
}
