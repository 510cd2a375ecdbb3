package task_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/errs"
)

func TestABlockedTaskComesBackWhenItsCauseEnds(t *testing.T) { // spec 2.5.1
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-19 16:00")
		say := func(state string) {
			h.must(h.files.RecordConsent(h.ctx, h.tx, h.by, customer.Consent{Customer: c.Customer, Purpose: customer.PurposeService, State: state, Channel: "call"}))
		}
		say("withdrawn")
		if k := h.only(c); k.State != task.Blocked || k.BlockedReason != task.ReasonNoConsent {
			t.Fatalf("consent taken back: %s %s", k.State, k.BlockedReason)
		}
		h.by.At = h.by.At.Add(time.Minute)
		say("given")
		if k := h.only(c); k.State != task.Queued || k.BlockedReason != "" {
			t.Fatalf("consent given again: %s %s", k.State, k.BlockedReason)
		}
		k := h.only(c)
		h.must(h.tasks.Block(h.ctx, h.tx, k.ID, task.ReasonFrozen, h.by.At.Add(48*time.Hour), h.by))
		h.pass()
		if k := h.only(c); k.State != task.Blocked {
			t.Fatalf("a freeze holds until its moment: %s", k.State)
		}
		h.by.At = h.by.At.Add(49 * time.Hour)
		h.pass()
		if k := h.only(c); k.State != task.Queued {
			t.Errorf("then it comes back: %s", k.State)
		}
	})
}

func TestABlockThatDoesNotHealEnds(t *testing.T) { // blocked, due + 14 days → excluded
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-19 16:00")
		k := h.only(c)
		h.must(h.tasks.Block(h.ctx, h.tx, k.ID, task.ReasonNoConsent, h.by.At.AddDate(1, 0, 0), h.by))
		h.by.At = k.DueAt.AddDate(0, 0, 14).Add(time.Hour)
		h.pass()
		if k := h.only(c); k.State != task.Excluded {
			t.Errorf("%s", k.State)
		}
	})
}

func TestATaskInHandIsNotBlocked(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00")
		k := h.taken(c)
		if err := h.tasks.Block(h.ctx, h.tx, k.ID, task.ReasonNoConsent, time.Time{}, h.by); errs.KindOf(err) != errs.Conflict {
			t.Errorf("%v", err)
		}
	})
}

func TestOneCallServesSeveralReasons(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00") // TR-01 is overdue, TR-02 is due on D+7
		h.by.At = at("2026-11-20 10:10")
		k := h.taken(c)
		others, err := task.Together(h.ctx, h.tx, k, h.by)
		h.must(err)
		if len(others) != 1 || others[0].Kind != task.Followup7D {
			t.Fatalf("the 7-day call is spoken about too: %+v", others)
		}
		if due, err := task.Due(h.ctx, h.tx, h.by.Store, task.Followup7D, h.by.At, 10); err != nil || len(due) != 0 {
			t.Errorf("who is on the line is not rung again: %+v %v", due, err)
		}
		if _, err := h.tasks.Settle(h.ctx, h.tx, k, others[0].ID, "C01", h.by); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a result that closes nothing: %v", err)
		}
		done, err := h.tasks.Settle(h.ctx, h.tx, k, others[0].ID, "C00", h.by)
		h.must(err)
		if done.State != task.Completed || done.Attempts != 1 {
			t.Errorf("%+v", done)
		}
	})
}

func TestAFailedTryCountsForAllReasons(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00")
		h.by.At = at("2026-11-20 10:10")
		k := h.taken(c)
		_, err := h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{LineResult: "no_answer"}, h.by)
		h.must(err)
		if o := h.onlyOf(c, task.Followup7D); o.NextAttemptAt == nil || !o.NextAttemptAt.Equal(at("2026-11-20 15:00")) {
			t.Errorf("the other reason rests as long: %v", o.NextAttemptAt)
		}
	})
}

func TestAnAgreedCallbackIsForTheAgentWhoAgreed(t *testing.T) { // RP-CALLBACK
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00")
		h.by.At = at("2026-11-20 10:10")
		k, agent, when := h.taken(c), uuid.New(), at("2026-11-20 19:00")
		by := h.by
		by.Actor = agent
		k, err := h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{Disposition: "C02", CallbackAt: &when}, by)
		h.must(err)
		if user, ok := k.For(when.Add(14 * time.Minute)); !ok || user != agent {
			t.Errorf("within 15 minutes it is theirs: %v %v", user, ok)
		}
		if _, ok := k.For(when.Add(15 * time.Minute)); ok {
			t.Error("after 15 minutes anybody may call")
		}
		if due, err := task.Due(h.ctx, h.tx, h.by.Store, task.Followup3D, when, 10); err != nil || len(due) != 1 {
			t.Errorf("due at its minute: %+v %v", due, err)
		}
	})
}

func TestTheCustomersOwnHoursAreAWindow(t *testing.T) { // D-04, W2
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-18 16:00", func(o *workorder.Order) { o.PreferredCallTime = "晚上" })
		other := h.customer("李四", "15400000002")
		h.deliver(other, "2026-11-18 16:00")
		h.must(h.files.SetPreferredTime(h.ctx, h.tx, h.by, other.Customer, "中午", "12:30", "13:30"))
		for when, want := range map[string]map[uuid.UUID]bool{
			"2026-11-20 11:00": {other.Customer: false},
			"2026-11-20 12:45": {other.Customer: true},
			"2026-11-20 19:00": {c.Customer: true, other.Customer: false},
		} {
			due, err := task.Due(h.ctx, h.tx, h.by.Store, task.Followup3D, at(when), 10)
			h.must(err)
			if len(due) != len(want) {
				t.Errorf("%s: %d due, want %d", when, len(due), len(want))
			}
			for _, k := range due {
				if k.OwnHours != want[k.CustomerID] {
					t.Errorf("%s: own hours %v, want %v", when, k.OwnHours, want[k.CustomerID])
				}
			}
		}
	})
}

func TestTR05AnExhaustedFollowUpLeavesAMessage(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-18 16:00")
		h.by.At = at("2026-11-20 10:10")
		k, err := h.tasks.Wrap(h.ctx, h.tx, h.taken(c).ID, task.WrapInput{LineResult: "rejected", Earlier: []string{"rejected"}}, h.by)
		h.must(err)
		sent := h.sms(c)
		if k.State != task.Exhausted || len(sent) != 1 || sent[0].Template != "missed_followup" || sent[0].Rule != "TR-05" || sent[0].State != "queued" {
			t.Errorf("%s, %+v", k.State, sent)
		}
	})
}

func TestTR80ABadNumberIsATaskToCorrectIt(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		phones, err := h.files.Phones(h.ctx, h.tx, c.Customer)
		h.must(err)
		for range 2 {
			h.must(h.files.MarkPhone(h.ctx, h.tx, h.by, phones[0].ID, customer.Wrong))
		}
		k := h.onlyOf(c, task.DataFix)
		if k.Reason != "TR-80" || k.Channel != task.Data || k.Pool != task.InfoClerk || k.Priority != 35 || *k.PhoneFixID != phones[0].ID || !k.DueAt.Equal(at("2026-11-27 18:00")) {
			t.Errorf("%+v", k)
		}
	})
}

func TestTR03AKeyOrderIsReadFirst(t *testing.T) { // D-19
	inHouse(t, func(h *house) {
		c := h.customer("示例甲有限公司", "15400000001")
		h.deliver(c, "2026-11-19 16:00", func(o *workorder.Order) { o.TotalFen = new(int64(1_000_000)) })
		if k := h.only(c); k.Reason != "TR-03" || k.DialMode != "preview" || k.Priority != 75 || k.Pool != task.SeniorCS {
			t.Errorf("%+v", k)
		}
	})
}

// pass is the nightly pass at the house's moment.
func (h *house) pass() {
	h.t.Helper()
	_, _, err := h.tasks.Nightly(h.ctx, h.tx, h.by)
	h.must(err)
}

func (h *house) sms(c customer.Seen) []message.SMS {
	h.t.Helper()
	found, err := message.OfCustomer(h.ctx, h.tx, c.Customer, 100)
	h.must(err)
	return found
}
