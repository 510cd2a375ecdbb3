package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/dialer"
	"ringback/telephony"
)

// The campaign's caller number is on a real trunk and the customers are
// synthetic: nothing is dialed, nothing is lost, and once a number on the
// simulated trunk is chosen the tasks are called.
func TestATaskThatOnlyTheLineWasWrongForIsCalledOnceTheLineIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trunk, wrong := id(), id()
	w.db.Exec(t, `INSERT INTO trunk (id, group_id, name, address) VALUES ($1, $2, '真实线路', '192.0.2.1:5060')`, trunk, w.group)
	w.db.Exec(t, `INSERT INTO caller_number (id, group_id, store_id, trunk_id, number) VALUES ($1, $2, $3, $4, '057188889999')`, wrong, w.group, w.store, trunk)
	taskID := w.task(number(1))
	w.exchange.answers = func(string) behaviour { return behaviour{result: telephony.ResultBusy} }
	d, _ := w.dialer()
	right := w.number
	w.number = wrong
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the refusal", func() bool {
		return w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-01' AND cause = 'house' AND ended_at IS NULL`, taskID) == 1
	})
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := d.Update(ctx, tx, w.scope(uuid.Nil), c.ID, dialer.CampaignChange{CallerNumberID: &right, Version: w.count(`SELECT version FROM campaign`)})
		return err
	})
	d.LookAgain(w.store)
	w.until("the call", func() bool { return w.exchange.placed() == 1 })
	if n := w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND ended_at IS NOT NULL`, taskID); n != 1 {
		t.Error("the refusal does not say that it has ended")
	}
}

func TestATaskHeldForConsentIsCalledOnceTheCustomerGivesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	w.db.Exec(t, `UPDATE customer SET source = 'import'`)
	w.exchange.answers = func(string) behaviour { return behaviour{result: telephony.ResultBusy} }
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the refusal", func() bool {
		return w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-06'`, taskID) == 1
	})
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		return customer.NewFiles(w.box, w.bus).RecordConsent(ctx, tx, customer.By{Group: w.group, Store: w.store, At: w.clock.Now()},
			customer.Consent{Customer: w.one(`SELECT customer_id FROM task`), Purpose: customer.PurposeService, State: "given", Channel: "paper"})
	})
	d.LookAgain(w.store)
	w.until("the call", func() bool { return w.exchange.placed() == 1 })
}

func TestAHeldTaskStaysHeldWhileItsCauseLasts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	w.db.Exec(t, `UPDATE customer SET legal_hold = '律师函'`)
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the refusal", func() bool {
		return w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-07'`, taskID) == 1
	})
	held := w.text(`SELECT version || state FROM task`)
	second := w.task(number(2))
	w.db.Exec(t, `UPDATE customer SET legal_hold = '' WHERE id = (SELECT customer_id FROM task WHERE id = $1)`, second)
	w.db.Exec(t, `UPDATE task SET next_attempt_at = $2 WHERE id = $1`, second, w.clock.Now().Add(time.Hour))
	w.db.Exec(t, `INSERT INTO refusal (task_id, rule, group_id, store_id, outcome, cause, reason_zh, reason_en, first_at, last_at)
		VALUES ($1, 'CG-07', $2, $3, 'stop', 'file', '-', '-', $4, $4)`, second, w.group, w.store, w.clock.Now())
	d.LookAgain(w.store)
	w.until("another task, looked at after it, to be freed", func() bool { return w.exchange.placed() == 1 })
	if now := w.text(`SELECT version || state FROM task WHERE id = $1`, taskID); now != held {
		t.Errorf("the task moved from %s to %s", held, now)
	}
	if n := w.count(`SELECT times FROM refusal WHERE task_id = $1`, taskID); n != 1 {
		t.Errorf("refused %d times by looking", n)
	}
}

// A survey given in one store counts in the others of the group (D-24).
func TestASurveyGivenInOneStoreSparesTheCustomerInAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.task(number(1))
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.console(d)
	w.run(d)
	w.until("the survey", func() bool { return w.text(`SELECT state FROM task WHERE id = $1`, first) == "completed" })
	other := w.otherStore()
	second := other.task(number(1))
	other.in(func(ctx context.Context, tx pgx.Tx) error {
		checks, v, err := d.Check(ctx, tx, dialer.CheckInput{Task: second})
		if v.Outcome != dialer.OutcomeStop || v.Rule != "CG-09" {
			t.Errorf("the other store may call: %+v, %+v", v, checks)
		}
		return err
	})
}
