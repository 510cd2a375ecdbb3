package dialer_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/dialer"
	"ringback/telephony"
)

// callsBy adds finished calls of a task by its store's caller number.
func (w *world) callsBy(taskID uuid.UUID, caller string, n int, result string, at time.Time) {
	w.t.Helper()
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, trunk_id,
			caller_number, planned_at, business_at, ended_at, line_result)
		SELECT gen_random_uuid(), t.group_id, t.store_id, t.id, t.customer_id, p.id, p.phone_hash, p.last4, 'progressive', 'failed', $2,
			$3, $4, $4::timestamptz - (i || ' seconds')::interval, $4, $6
		FROM task t JOIN customer_phone p ON p.id = t.phone_id, generate_series(1, $5) i WHERE t.id = $1`, taskID, w.trunk, caller, at, n, result)
}

// secondNumber registers another caller number of the store.
func (w *world) secondNumber() (number string) {
	w.db.Exec(w.t, `INSERT INTO caller_number (id, group_id, store_id, trunk_id, number) VALUES ($1, $2, $3, $4, '057188880009')`, id(), w.group, w.store, w.trunk)
	return "057188880009"
}

// Spec 2.5.2: more than 15 % of the last 200 calls blocked.
func TestACallerNumberThatIsBlockedTooOftenRests(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		blocked, fine int
		rests         bool
	}{
		{"31 of 200", 30, 169, true},
		{"30 of 200", 29, 170, false},
		{"all of 199", 198, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			old, now := w.task(number(9)), w.clock.Now().Add(-48*time.Hour)
			w.db.Exec(t, `UPDATE task SET state = 'completed' WHERE id = $1`, old)
			w.callsBy(old, "057188880000", tc.blocked, "blocked", now)
			w.callsBy(old, "057188880000", tc.fine, "no_answer", now)
			w.task(number(1))
			w.exchange.answers = func(string) behaviour { return behaviour{result: telephony.ResultBlocked} }
			d, _ := w.dialer()
			w.campaign(d, dialer.Progressive, w.agent("李雷"))
			w.run(d)
			w.until("the call to be blocked", func() bool {
				return w.count(`SELECT count(*) FROM attempt WHERE line_result = 'blocked' AND business_at > $1`, w.clock.Now().Add(-time.Hour)) == 1
			})
			resting := w.count(`SELECT count(*) FROM caller_number WHERE state = 'cooling' AND cooling_until > $1`, w.clock.Now().Add(23*time.Hour)) == 1
			if resting != tc.rests {
				t.Errorf("the number rests: %v, want %v", resting, tc.rests)
			}
		})
	}
}

// RP-BLOCK: the next try goes out by the store's other number.
func TestATaskThatWasBlockedGoesOutByAnotherNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID, other := w.task(number(1)), w.secondNumber()
	w.callsBy(taskID, "057188880000", 1, "blocked", w.clock.Now().Add(-24*time.Hour))
	w.exchange.answers = func(string) behaviour { return behaviour{result: telephony.ResultBusy} }
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the call", func() bool { return w.exchange.placed() == 1 })
	if got := w.text(`SELECT caller_number FROM attempt WHERE state <> 'failed' OR line_result <> 'blocked'`); got != other {
		t.Errorf("called by %s, want %s", got, other)
	}
}

func TestATaskThatWasBlockedWaitsWhenTheStoreHasOneNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	taskID := w.task(number(1))
	w.callsBy(taskID, "057188880000", 1, "blocked", w.clock.Now().Add(-24*time.Hour))
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the refusal", func() bool {
		return w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-12' AND cause = 'house'`, taskID) == 1
	})
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d INVITEs", n)
	}
}

// A store may have many numbers: all are looked at.
func TestTheTenthNumberIsUsedWhenNineAreUsedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	w.db.Exec(t, `UPDATE caller_number SET daily_cap = 0`)
	w.db.Exec(t, `INSERT INTO caller_number (id, group_id, store_id, trunk_id, number, daily_cap)
		SELECT gen_random_uuid(), $1, $2, $3, '05718888000' || i, CASE WHEN i < 9 THEN 0 ELSE 300 END FROM generate_series(1, 9) i`, w.group, w.store, w.trunk)
	d, _ := w.dialer()
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the call", func() bool { return w.exchange.placed() == 1 })
	if got := w.text(`SELECT caller_number FROM attempt`); got != "057188880009" {
		t.Errorf("called by %s, want the tenth number", got)
	}
}
