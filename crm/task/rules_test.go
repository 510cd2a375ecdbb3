package task_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/satisfaction"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/events"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// sell hands a new vehicle over.
func (h *house) sell(c customer.Seen, day string) {
	h.t.Helper()
	h.n++
	_, _, err := h.book.SaveDelivery(h.ctx, h.tx, workorder.Delivery{
		GroupID: h.by.Group, StoreID: h.by.Store, VehicleID: c.Vehicle, CustomerID: c.Customer, DeliveredAt: at(day + " 16:00"), DeliveredDay: date(day),
		ContentHash: []byte{byte(h.n)},
	}, h.by.At, uuid.Nil)
	h.must(err)
}

func (h *house) insure(c customer.Seen, start, end, underwriting string) {
	h.t.Helper()
	h.n++
	_, _, err := h.policies.Save(h.ctx, h.tx, policy.Policy{
		GroupID: h.by.Group, StoreID: h.by.Store, PolicyNo: fmt.Sprintf("SY%d", h.n), Kind: policy.Commercial, Insurer: "甲财险", VehicleID: c.Vehicle,
		CustomerID: c.Customer, StartDay: date(start), EndDay: date(end), Underwriting: underwriting, Source: policy.Own, ContentHash: []byte{byte(h.n)},
	}, h.by.At, uuid.Nil)
	h.must(err)
}

// willing gives the consent that advertising needs.
func (h *house) willing(c customer.Seen) {
	h.t.Helper()
	h.must(h.files.RecordConsent(h.ctx, h.tx, h.by, customer.Consent{Customer: c.Customer, Purpose: customer.PurposeMarketing, State: "given", Channel: "paper"}))
}

// on moves to a moment and lets the rules look twice: the second look changes nothing.
func (h *house) on(when string) {
	h.t.Helper()
	h.by.At = at(when)
	h.pass()
	if created, ended, err := h.tasks.Nightly(h.ctx, h.tx, h.by); err != nil || created+ended != 0 {
		h.t.Errorf("%s: the second look made %d and ended %d, %v", when, created, ended, err)
	}
}

// touch is the customer's task of a kind whose key ends so.
func (h *house) touch(c customer.Seen, kind, touch string) task.Task {
	h.t.Helper()
	for _, k := range h.of(c, kind) {
		if strings.HasSuffix(k.SubjectKey, "/"+touch) {
			return k
		}
	}
	h.t.Fatalf("no %s %s among %d tasks", kind, touch, len(h.of(c, kind)))
	return task.Task{}
}

func (h *house) is(k task.Task, rule string, notBefore, due string, priority, most int) {
	h.t.Helper()
	if k.Reason != rule || !k.NotBefore.Equal(at(notBefore)) || !k.DueAt.Equal(at(due)) || k.Priority != priority || k.MaxAttempts != most {
		h.t.Errorf("%s from %s due %s prio %d max %d, want %s %s %s %d %d", k.Reason, local(k.NotBefore), local(k.DueAt), k.Priority, k.MaxAttempts,
			rule, notBefore, due, priority, most)
	}
}

func local(t time.Time) string { return t.In(at(now).Location()).Format("2006-01-02 15:04") }

// sent is the customer's one message of a template.
func (h *house) sent(c customer.Seen, template string) message.SMS {
	h.t.Helper()
	var found []message.SMS
	for _, m := range h.sms(c) {
		if m.Template == template {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d messages %s, want one: %+v", len(found), template, h.sms(c))
	}
	return found[0]
}

func (h *house) letters(state string) []message.Letter {
	h.t.Helper()
	found, err := message.Letters(h.ctx, h.tx, state, 100, 0)
	h.must(err)
	return found
}

func TestTR02TheSevenDayCall(t *testing.T) { // D-02
	inHouse(t, func(h *house) {
		h.by.At = at("2026-11-13 18:00")
		repaired, washed := h.customer("王华磊", "15400000001"), h.customer("李四", "15400000002")
		h.deliver(repaired, "2026-11-13 16:00")
		h.deliver(washed, "2026-11-13 16:00", func(o *workorder.Order) { o.Kind = workorder.Accessory })
		if len(h.of(repaired, task.Followup7D)) != 0 {
			t.Error("before its day it is not written down")
		}
		h.on("2026-11-20 01:00")
		h.is(h.onlyOf(repaired, task.Followup7D), "TR-02", "2026-11-20 10:00", "2026-11-22 18:00", 45, 3)
		if len(h.of(washed, task.Followup7D)) != 0 {
			t.Error("accessories are out of scope")
		}
	})
}

func TestTR02MaintenanceIsSampled(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-11-20 01:00")
		n := 0
		for i := range 60 {
			c := h.customer(fmt.Sprintf("王%d", i), fmt.Sprintf("1540001%04d", i))
			h.deliver(c, "2026-11-13 16:00", func(o *workorder.Order) { o.Kind = workorder.Periodic })
			n += len(h.of(c, task.Followup7D))
		}
		if n < 6 || n > 34 {
			t.Errorf("%d of 60 are called, want about 30 %%", n)
		}
	})
}

func TestTR04ADissatisfiedAnswerWithoutAForm(t *testing.T) {
	inHouse(t, func(h *house) {
		c, agent := h.customer("王华磊", "15400000001"), uuid.New()
		h.deliver(c, "2026-11-18 16:00")
		finished := func(failing int) {
			e := events.Event{Kind: events.ResponseFinished, Group: h.by.Group, Store: h.by.Store, At: h.by.At, Subject: events.Subjects{"task": h.only(c).ID, "agent": agent, "customer": c.Customer}}
			h.must(h.bus.Publish(h.ctx, h.tx, e, map[string]any{"failing": failing}))
		}
		finished(0)
		if len(h.of(c, task.QuickForm)) != 0 {
			t.Error("nobody was dissatisfied")
		}
		finished(2)
		k := h.onlyOf(c, task.QuickForm)
		if k.Reason != "TR-04" || k.Channel != task.Form || k.Priority != 90 || k.AssigneeID == nil || *k.AssigneeID != agent {
			t.Errorf("%+v", k)
		}
		h.must(h.bus.Publish(h.ctx, h.tx, events.Event{Kind: events.QuickFormSaved, Group: h.by.Group, Store: h.by.Store, At: h.by.At, Subject: events.Subjects{"customer": c.Customer}}, nil))
		if k := h.onlyOf(c, task.QuickForm); k.State != task.Cancelled {
			t.Errorf("with the form written: %s", k.State)
		}
	})
}

func TestTR08NewFilesWithGaps(t *testing.T) { // T-A2
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-20 07:30")
		h.on("2026-11-20 16:59")
		if len(h.of(c, task.DataFix)) != 0 {
			t.Error("the audit is at 17:00")
		}
		h.on("2026-11-20 17:00")
		k := h.onlyOf(c, task.DataFix)
		if h.is(k, "TR-08", "2026-11-20 17:00", "2026-11-21 18:00", 35, 0); k.Channel != task.Data || !strings.Contains(k.Note, "VIN") || !strings.Contains(k.Note, "购车日期") || k.AssigneeID == nil || *k.AssigneeID != h.boss {
			t.Errorf("charged to the advisor, with what is missing: %+v", k)
		}
		if _, err := h.tasks.Done(h.ctx, h.tx, k.ID, "已补全", h.by); err != nil {
			t.Error(err)
		}
		h.on("2026-11-20 18:00")
	})
}

func TestTD1TR10TR11TR12TheTouchesOfAFirstService(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.sell(c, "2026-08-20")
		h.on("2026-10-22 02:00")
		if len(h.tasksOf(c))+len(h.sms(c)) != 0 {
			t.Fatalf("nothing yet: %+v", h.tasksOf(c))
		}
		h.on("2026-10-30 02:00")
		m := h.sent(c, "first_service_invite")
		if m.Rule != "TR-10" || !m.NotBefore.Equal(at("2026-10-30 10:00")) || !strings.Contains(m.TextZH, "11月20日或5000公里") || len(h.letters("dropped")) != 1 {
			t.Errorf("T-21: no address, so the message instead of the letter (T-D7): %+v", m)
		}
		h.is(h.touch(c, task.FirstService, "T-14"), "TR-11", "2026-11-06 10:00", "2026-11-10 18:00", 50, 4)
		h.on("2026-11-03 02:00")
		h.is(h.touch(c, task.FirstService, "T-3"), "TR-12", "2026-11-17 10:00", "2026-11-20 18:00", 55, 2)
		h.on("2026-11-17 10:00")
		if k := h.touch(c, task.FirstService, "T-14"); k.State != task.Cancelled || k.BlockedReason != task.ReasonSuperseded {
			t.Errorf("the later touch took over: %s %s", k.State, k.BlockedReason)
		}
	})
}

func TestTR13AnOverdueFirstService(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.sell(c, "2026-08-20")
		h.on("2026-12-20 02:00")
		h.is(h.touch(c, task.FirstService, "T+30"), "TR-13", "2026-12-20 10:00", "2027-01-18 18:00", 40, 2)
		h.on("2027-01-19 02:00")
		h.is(h.touch(c, task.FirstService, "T+60"), "TR-13", "2027-01-19 10:00", "2027-02-17 18:00", 40, 2)
		if k := h.touch(c, task.FirstService, "T+30"); k.State.Open() {
			t.Errorf("%s", k.State)
		}
		h.on("2027-08-21 02:00")
		if k := h.touch(c, task.FirstService, "T+60"); k.State.Open() {
			t.Errorf("12 months after the sale nobody is reminded any more: %s", k.State)
		}
	})
}

func TestTD2TR50ABookingEndsTheReminders(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.sell(c, "2026-08-20")
		h.on("2026-11-06 10:10")
		k, err := h.tasks.Take(h.ctx, h.tx, h.touch(c, task.FirstService, "T-14").ID, uuid.Nil, h.by)
		h.must(err)
		a := h.book2(c, "2026-11-12 09:30")
		_, err = h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{Disposition: "M01"}, h.by)
		h.must(err)
		if k := h.touch(c, task.FirstService, "T-3"); k.State != task.Cancelled || k.BlockedReason != task.ReasonAppointment {
			t.Errorf("the call of 11-17: %s %s", k.State, k.BlockedReason)
		}
		confirm := h.onlyOf(c, task.ApptConfirm)
		if h.is(confirm, "TR-50", "2026-11-11 15:00", "2026-11-11 18:00", 78, 2); confirm.AppointmentID == nil || *confirm.AppointmentID != a.ID {
			t.Errorf("%+v", confirm)
		}
		h.on("2026-11-09 02:00")
	})
}

// book2 books a fast bay.
func (h *house) book2(c customer.Seen, when string) appointment.Appointment {
	h.t.Helper()
	a, err := h.visits.Make(h.ctx, h.tx, h.by, appointment.New{Customer: c.Customer, Vehicle: c.Vehicle, At: at(when), Reason: "first", Source: "out", Items: "首保"})
	h.must(err)
	return a
}

func TestTD3TR16AVisitEndsTheReminders(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		_, err := h.tx.Exec(h.ctx, `UPDATE customer SET address_zh = '示例路1号', postcode = '999000' WHERE id = $1`, c.Customer)
		h.must(err)
		h.sell(c, "2026-08-20")
		h.on("2026-11-07 02:00")
		h.by.At = at("2026-11-10 18:00")
		km := 4200
		h.deliver(c, "2026-11-10 17:00", func(o *workorder.Order) { o.Kind, o.MileageIn = workorder.First, &km })
		for _, k := range h.of(c, task.FirstService) {
			if k.State != task.Cancelled || k.BlockedReason != task.ReasonVisited {
				t.Errorf("%s: %s %s", k.SubjectKey, k.State, k.BlockedReason)
			}
		}
		thanks := h.letters("waiting")
		if len(thanks) != 1 || thanks[0].Template != "first_service_thanks" || thanks[0].Rule != "TR-16" || thanks[0].Postcode != "999000" {
			t.Errorf("%+v", thanks)
		}
		h.on("2027-04-26 02:00")
		h.is(h.touch(c, task.PeriodicService, "T-14"), "TR-14", "2027-04-26 10:00", "2027-04-30 18:00", 50, 4)
	})
}

func TestTR14TheTouchesOfAPeriodicService(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-05-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-05-20 17:00", func(o *workorder.Order) { o.Kind = workorder.Periodic })
		h.on("2026-10-30 02:00")
		if m := h.sent(c, "periodic_invite"); m.Rule != "TR-14" || m.State != "queued" || !strings.HasSuffix(m.TextZH, "拒收请回复R") {
			t.Errorf("%+v", m)
		}
		h.on("2026-11-06 02:00")
		h.is(h.touch(c, task.PeriodicService, "T-14"), "TR-14", "2026-11-06 10:00", "2026-11-10 18:00", 50, 4)
		h.is(h.touch(c, task.PeriodicService, "T-3"), "TR-14", "2026-11-17 10:00", "2026-11-20 18:00", 50, 2)
		h.on("2027-02-19 02:00")
		for _, k := range h.of(c, task.PeriodicService) {
			if k.State.Open() {
				t.Errorf("90 days overdue it stops: %s %s", k.SubjectKey, k.State)
			}
		}
	})
}

func TestTD5AReportedMileageMovesTheNextTouch(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.sell(c, "2026-08-20")
		h.reading(c, 4100, "2026-10-20") // 5,000 km on 2026-11-12
		h.on("2026-10-30 02:00")
		h.is(h.touch(c, task.FirstService, "T-3"), "TR-12", "2026-11-09 10:00", "2026-11-12 18:00", 55, 2)
		h.by.At = at("2026-10-30 10:10")
		k, err := h.tasks.Take(h.ctx, h.tx, h.touch(c, task.FirstService, "T-14").ID, uuid.Nil, h.by)
		h.must(err)
		h.reading(c, 4150, "2026-10-30") // the customer says so: the date comes first now
		k, err = h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{Disposition: "M05"}, h.by)
		h.must(err)
		if k.State != task.Completed {
			t.Errorf("not counted as refused: %s", k.State)
		}
		h.is(h.touch(c, task.FirstService, "T-3"), "TR-12", "2026-11-17 10:00", "2026-11-20 18:00", 55, 2)
	})
}

// reading notes a mileage.
func (h *house) reading(c customer.Seen, km int, day string) {
	h.t.Helper()
	_, err := h.files.NoteReading(h.ctx, h.tx, h.by, c.Vehicle, customer.Reading{Km: &km, On: date(day)})
	h.must(err)
}

func TestTD6TwoRefusalsEndTheCycle(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.sell(c, "2026-08-20")
		for i, touch := range []string{"T-14", "T-3"} {
			h.on([]string{"2026-11-06 10:10", "2026-11-17 10:10"}[i])
			k, err := h.tasks.Take(h.ctx, h.tx, h.touch(c, task.FirstService, touch).ID, uuid.Nil, h.by)
			h.must(err)
			_, err = h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{Disposition: "M07"}, h.by)
			h.must(err)
			n, err := satisfaction.Signs(h.ctx, h.tx, c.Customer)
			h.must(err)
			if n != i {
				t.Errorf("after refusal %d: %d signs of churn", i+1, n)
			}
		}
		h.on("2026-12-20 02:00")
		if n := len(h.of(c, task.FirstService)); n != 2 {
			t.Errorf("no further call in this cycle: %d tasks", n)
		}
	})
}

func TestTR15MileageMakesItDueSoon(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-01 18:00")
		c := h.customer("王华磊", "15400000001")
		km := 15000
		h.deliver(c, "2026-08-01 17:00", func(o *workorder.Order) { o.Kind, o.MileageIn = workorder.Periodic, &km })
		h.on("2026-11-20 09:00")
		if len(h.of(c, task.PeriodicService)) != 0 {
			t.Fatalf("due in February: %+v", h.of(c, task.PeriodicService))
		}
		h.reading(c, 24700, "2026-11-20") // 87 km a day: 25,000 km in four days
		h.is(h.touch(c, task.PeriodicService, "km"), "TR-15", "2026-11-20 09:00", "2026-11-23 18:00", 55, 3)
		h.on("2026-11-20 09:30")
	})
}

func TestTR17TheWarrantyEnds(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-08-20 18:00")
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-08-20 17:00", func(o *workorder.Order) { o.Kind = workorder.Periodic })
		_, err := h.tx.Exec(h.ctx, `UPDATE vehicle SET warranty_end_date = '2026-12-20' WHERE id = $1`, c.Vehicle)
		h.must(err)
		h.on("2026-11-20 02:00")
		h.is(h.onlyOf(c, task.WarrantyExpiry), "TR-17", "2026-11-20 10:00", "2026-12-13 18:00", 30, 2)
	})
}

func TestTR18ADeclinedSafetyItem(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-11-06 18:00")
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-06 17:00", func(o *workorder.Order) { o.AdviceText = "前制动片磨损，客户暂不更换" })
		h.on("2026-11-20 02:00")
		k := h.touch(c, task.PeriodicService, "safety")
		if h.is(k, "TR-18", "2026-11-20 10:00", "2026-11-27 18:00", 50, 2); k.AssigneeID == nil || *k.AssigneeID != h.boss {
			t.Errorf("it is the advisor's: %+v", k.AssigneeID)
		}
		h.by.At = at("2026-11-21 18:00")
		h.deliver(c, "2026-11-21 17:00")
		if k := h.touch(c, task.PeriodicService, "safety"); k.State != task.Cancelled || k.BlockedReason != task.ReasonVisited {
			t.Errorf("after another visit: %s %s", k.State, k.BlockedReason)
		}
	})
}

func TestTE1TR30TR31TR34TR35TR36TheStagesByExpiry(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-02-20 09:00")
		old, fresh := h.customer("王华磊", "15400000001"), h.customer("李四", "15400000002")
		for _, c := range []customer.Seen{old, fresh} {
			h.willing(c)
		}
		h.insure(old, "2025-05-01", "2026-04-30", "")
		h.insure(fresh, "2025-05-01", "2026-04-30", policy.NewCar)
		h.on("2026-02-27 23:00")
		if len(h.sms(old)) != 0 {
			t.Error("two months before is 02-28, the month's last day")
		}
		h.on("2026-02-28 02:00")
		for rule, c := range map[string]customer.Seen{"TR-30": old, "TR-36": fresh} {
			if m := h.sent(c, "renewal_intro"); m.Rule != rule || !m.NotBefore.Equal(at("2026-02-28 10:00")) || m.State != "queued" || !strings.Contains(m.TextZH, "4月30日到期") {
				t.Errorf("%s: %+v", rule, m)
			}
		}
		h.on("2026-03-16 02:00") // T-45
		h.is(h.onlyOf(old, task.RenewalFirst), "TR-31", "2026-03-16 10:00", "2026-03-31 18:00", 65, 5)
		h.on("2026-04-15 02:00") // T-15
		h.is(h.touch(old, task.RenewalFinal, "T-15"), "TR-34", "2026-04-15 10:00", "2026-04-15 18:00", 80, 2)
		if k := h.onlyOf(old, task.RenewalFirst); k.State != task.Cancelled || k.BlockedReason != task.ReasonSuperseded {
			t.Errorf("the first call gives way: %s %s", k.State, k.BlockedReason)
		}
		h.on("2026-04-23 02:00") // T-7
		h.is(h.touch(old, task.RenewalFinal, "T-7"), "TR-34", "2026-04-23 10:00", "2026-04-23 18:00", 88, 2)
		if k := h.touch(old, task.RenewalFinal, "T-15"); k.State.Open() {
			t.Errorf("one call per renewal: %s", k.State)
		}
		h.on("2026-04-27 02:00") // T-3
		if m := h.sent(old, "renewal_last"); m.Rule != "TR-34" || !m.NotBefore.Equal(at("2026-04-27 10:00")) || !strings.Contains(m.TextZH, "还有3天") {
			t.Errorf("%+v", m)
		}
		h.on("2026-04-29 02:00") // T-1
		h.is(h.touch(old, task.RenewalFinal, "T-1"), "TR-34", "2026-04-29 10:00", "2026-04-29 18:00", 95, 2)
		h.on("2026-05-01 02:00") // T+1
		h.is(h.touch(old, task.RenewalFinal, "T+1"), "TR-35", "2026-05-01 10:00", "2026-05-04 18:00", 90, 3)
		h.insure(old, "2026-05-03", "2027-05-02", "")
		if k := h.touch(old, task.RenewalFinal, "T+1"); k.State != task.Cancelled || k.BlockedReason != task.ReasonBound {
			t.Errorf("T-E8 bound: %s %s", k.State, k.BlockedReason)
		}
		if m := h.sent(old, "policy_issued"); m.State != "queued" {
			t.Errorf("%+v", m)
		}
	})
}

func TestTE11WithoutConsentTheFirstCallWaits(t *testing.T) { // CG-06
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.insure(c, "2026-01-05", "2027-01-04", "") // T-45 today
		if k := h.onlyOf(c, task.RenewalFirst); k.State != task.Blocked || k.BlockedReason != task.ReasonNoConsent {
			t.Fatalf("unanswered counts as refused: %s %s", k.State, k.BlockedReason)
		}
		h.by.At = h.by.At.Add(time.Hour)
		h.willing(c)
		if k := h.onlyOf(c, task.RenewalFirst); k.State != task.Queued {
			t.Errorf("with consent: %s", k.State)
		}
		refused := h.customer("李四", "15400000002")
		_, err := h.files.AddDNC(h.ctx, h.tx, h.by, customer.DNC{Digits: "15400000002", Scope: customer.ScopeCommercial, Source: "customer", From: at("2026-01-01 00:00")})
		h.must(err)
		h.insure(refused, "2026-01-05", "2027-01-04", "")
		if k := h.onlyOf(refused, task.RenewalFirst); k.State != task.Excluded || k.BlockedReason != task.ReasonDNC {
			t.Errorf("opted out: %s %s", k.State, k.BlockedReason)
		}
	})
}

func TestTE4TR32AQuoteIsFollowedUpWithin72Hours(t *testing.T) { // D-06
	for sent, due := range map[string]string{"2026-11-20 16:30": "2026-11-23 16:30", "2026-11-18 13:30": "2026-11-21 12:00"} {
		inHouse(t, func(h *house) {
			h.by.At = at(sent)
			c := h.customer("王华磊", "15400000001")
			h.willing(c)
			h.insure(c, "2026-01-05", "2027-01-04", "")
			r, err := policy.RenewalsOf(h.ctx, h.tx, c.Vehicle)
			h.must(err)
			e := events.Event{Kind: events.SMSHanded, Group: h.by.Group, Store: h.by.Store, At: at(sent), Subject: events.Subjects{"renewal": r[0].ID, "quote": uuid.New(), "customer": c.Customer}}
			h.must(h.bus.Publish(h.ctx, h.tx, e, nil))
			k := h.onlyOf(c, task.RenewalQuote)
			if h.is(k, "TR-32", local(at(sent).Add(4*time.Hour)), due, 85, 4); k.RenewalID == nil || *k.RenewalID != r[0].ID || k.Skill != "renewal" {
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestTR33TheAgreedNextContact(t *testing.T) {
	inHouse(t, func(h *house) {
		c, agent := h.customer("王华磊", "15400000001"), h.user()
		h.willing(c)
		h.insure(c, "2026-01-05", "2027-01-04", "")
		r, err := policy.RenewalsOf(h.ctx, h.tx, c.Vehicle)
		h.must(err)
		by := h.by
		by.Actor = agent
		for _, when := range []string{"2026-11-24 14:30", "2026-11-25 19:00"} {
			next := at(when)
			_, err = h.renewals.SetStage(h.ctx, h.tx, by, r[0].ID, policy.Interested, policy.Contact{Next: &next, NextWay: "电话"})
			h.must(err)
			if len(h.of(c, task.RenewalNext)) == 0 {
				t.Fatal("no task for the next contact")
			}
		}
		ks := h.of(c, task.RenewalNext)
		if len(ks) != 2 || ks[1].State != task.Cancelled {
			t.Fatalf("an earlier agreement is void: %+v", ks)
		}
		k := ks[0]
		h.is(k, "TR-33", "2026-11-25 18:50", "2026-11-25 21:00", 88, 4)
		if user, ok := k.For(at("2026-11-25 19:00")); !ok || user != agent || k.CallbackAt == nil || !k.CallbackAt.Equal(at("2026-11-25 19:00")) {
			t.Errorf("the same specialist: %v %v", user, k.CallbackAt)
		}
	})
}

// user is somebody who may sign in.
func (h *house) user() uuid.UUID {
	h.t.Helper()
	id := uuid.Must(uuid.NewV7())
	_, err := h.tx.Exec(h.ctx, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, $3, '专员', '', $4)`, id, h.by.Group, id.String(), h.by.At)
	h.must(err)
	return id
}

func TestTR31TakingTheFirstCallMovesTheRenewal(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.willing(c)
		h.insure(c, "2026-01-05", "2027-01-04", "")
		h.by.At = at("2026-11-20 10:10")
		_, err := h.tasks.Take(h.ctx, h.tx, h.onlyOf(c, task.RenewalFirst).ID, uuid.Nil, h.by)
		h.must(err)
		r, err := policy.RenewalsOf(h.ctx, h.tx, c.Vehicle)
		h.must(err)
		if r[0].Stage != policy.Contacting {
			t.Errorf("%s", r[0].Stage)
		}
	})
}

func TestTR51TheHourBefore(t *testing.T) { // T-M2
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		a := h.book2(c, "2026-11-21 09:30")
		h.is(h.onlyOf(c, task.ApptConfirm), "TR-50", "2026-11-20 15:00", "2026-11-20 18:00", 78, 2)
		if m := h.sent(c, "appt_hour_before"); m.Rule != "TR-51" || !m.NotBefore.Equal(at("2026-11-21 08:30")) {
			t.Errorf("%+v", m)
		}
		_, err := h.visits.Cancel(h.ctx, h.tx, h.by, a.ID, "客户有事")
		h.must(err)
		if m := h.sent(c, "appt_hour_before"); m.State != "cancelled" || h.onlyOf(c, task.ApptConfirm).State != task.Cancelled {
			t.Errorf("with the appointment goes what was to be said: %+v", m)
		}
	})
}

func TestTR53ANoShowIsCalled(t *testing.T) { // T-M3
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		a := h.book2(c, "2026-11-20 09:30")
		h.on("2026-11-20 09:59")
		if len(h.of(c, task.ApptNoShow)) != 0 {
			t.Error("half an hour is granted")
		}
		h.on("2026-11-20 12:10")
		h.is(h.onlyOf(c, task.ApptNoShow), "TR-53", "2026-11-20 15:00", "2026-11-22 18:00", 70, 2)
		_, err := h.visits.Move(h.ctx, h.tx, h.by, a.ID, at("2026-11-23 09:30"))
		h.must(err)
		if k := h.onlyOf(c, task.ApptNoShow); k.State != task.Cancelled || len(h.of(c, task.ApptConfirm)) == 0 {
			t.Errorf("booked again: %s", k.State)
		}
	})
}

func TestTheTableHoldsEveryRule(t *testing.T) {
	want := "TR-01 TR-02 TR-03 TR-04 TR-05 TR-08 TR-10 TR-11 TR-12 TR-13 TR-14 TR-15 TR-16 TR-17 TR-18 TR-30 TR-31 TR-32 TR-33 TR-34 TR-35 TR-36 TR-50 TR-51 TR-53 TR-80"
	if got := strings.Join(slices.Compact(task.RuleIDs()), " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
