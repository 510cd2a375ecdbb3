package task_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/policy"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// house is one store with the rules of this room registered.
type house struct {
	t        *testing.T
	ctx      context.Context
	tx       pgx.Tx
	by       customer.By
	files    *customer.Files
	book     *workorder.Book
	tasks    *task.Tasks
	bus      *events.Bus
	policies *policy.Book
	renewals *policy.Renewals
	visits   *appointment.Book
	boss     uuid.UUID // the user of advisor 江芳玲
	n        int
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

// now is the moment of the tests: a Friday morning.
const now = "2026-11-20 08:00"

func inHouse(t *testing.T, fn func(h *house)) {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus := events.NewBus()
	h := &house{t: t, by: customer.By{Group: group, Store: store, At: at(now)}, files: customer.NewFiles(box, bus), book: workorder.NewBook(bus), boss: uuid.New()}
	h.tasks = task.New(h.files, bus, func(_ context.Context, _ postgres.DB, _ uuid.UUID, name string) ([]uuid.UUID, error) {
		if name == "江芳玲" {
			return []uuid.UUID{h.boss}, nil
		}
		return nil, nil
	})
	h.bus, h.policies, h.visits = bus, policy.NewBook(bus), appointment.NewBook(bus)
	h.renewals = policy.NewRenewals(bus, nil)
	h.renewals.Register()
	h.visits.Register()
	h.tasks.Register()
	err = db.Pool.Scoped(t.Context(), postgres.Scope{Group: group, Stores: []uuid.UUID{store}}, func(ctx context.Context, tx pgx.Tx) error {
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		h.ctx, h.tx = ctx, tx
		fn(h)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// customer opens a file with a vehicle of its own.
func (h *house) customer(name, phones string) customer.Seen {
	h.t.Helper()
	h.n++
	seen, err := h.files.See(h.ctx, h.tx, h.by, customer.Sighting{
		Name: cn.ParseName(name), Phones: cn.ParsePhones(phones, cn.PhoneOptions{AreaCode: "0510"}).Valid,
		Vehicle: customer.VehicleSeen{Plate: fmt.Sprintf("宁Z%05d", h.n)},
	})
	h.must(err)
	return seen
}

type change func(*workorder.Order)

func (h *house) deliver(c customer.Seen, when string, changes ...change) uuid.UUID {
	h.t.Helper()
	h.n++
	d := at(when)
	o := workorder.Order{
		GroupID: h.by.Group, StoreID: h.by.Store, RoNo: fmt.Sprintf("WT%d", h.n), Kind: workorder.Repair, State: workorder.Delivered,
		CustomerID: c.Customer, VehicleID: c.Vehicle, OpenedAt: &d, DeliveredAt: &d, AdvisorName: "江芳玲", ContentHash: []byte{byte(h.n)},
	}
	for _, do := range changes {
		do(&o)
	}
	id, _, err := h.book.Upsert(h.ctx, h.tx, o, h.by.At, uuid.Nil)
	h.must(err)
	return id
}

func (h *house) tasksOf(c customer.Seen) []task.Task {
	h.t.Helper()
	ks, err := task.OfCustomer(h.ctx, h.tx, c.Customer, 100)
	h.must(err)
	return ks
}

// only is the customer's one follow-up.
func (h *house) only(c customer.Seen) task.Task {
	h.t.Helper()
	return h.onlyOf(c, task.Followup3D)
}

func (h *house) onlyOf(c customer.Seen, kind string) task.Task {
	h.t.Helper()
	ks := h.of(c, kind)
	if len(ks) != 1 {
		h.t.Fatalf("%d %s tasks, want one: %+v", len(ks), kind, ks)
	}
	return ks[0]
}

// of are the customer's tasks of a kind, newest first.
func (h *house) of(c customer.Seen, kind string) (out []task.Task) {
	h.t.Helper()
	for _, k := range h.tasksOf(c) {
		if k.Kind == kind {
			out = append(out, k)
		}
	}
	return out
}

func (h *house) taken(c customer.Seen) task.Task {
	h.t.Helper()
	k, err := h.tasks.Take(h.ctx, h.tx, h.only(c).ID, uuid.Nil, h.by)
	h.must(err)
	return k
}

func TestTR01ADeliveryMakesAFollowUp(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		order := h.deliver(c, "2026-11-19 16:00", func(o *workorder.Order) { o.Kind = workorder.First })
		k := h.only(c)
		if k.State != task.Pending || k.Kind != task.Followup3D || k.Class != "service" || k.Reason != "TR-01" || k.ScriptID != "csi_followup_3d" || k.ScriptVersion != 1 {
			t.Errorf("%+v", k)
		}
		if !k.NotBefore.Equal(at("2026-11-20 10:00")) || !k.DueAt.Equal(at("2026-11-24 18:00")) {
			t.Errorf("not before %s, due %s", k.NotBefore, k.DueAt)
		}
		if k.Priority != 90 || k.MaxAttempts != 4 || k.PhoneID == nil || !slices.Equal(k.NotUserIDs, []uuid.UUID{h.boss}) || !slices.Equal(k.WorkOrderIDs, []uuid.UUID{order}) {
			t.Errorf("60 + 20 private + 10 first; the advisor may not call: %+v", k)
		}
	})
}

func TestOrdersOfOneDayShareATask(t *testing.T) { // T-C4, T-B5
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		a, b := h.deliver(c, "2026-11-19 10:00"), h.deliver(c, "2026-11-19 16:00")
		if k := h.only(c); !slices.Equal(k.WorkOrderIDs, []uuid.UUID{a, b}) {
			t.Errorf("one task for both orders: %v", k.WorkOrderIDs)
		}
	})
}

func TestWhoIsNotCalled(t *testing.T) {
	inHouse(t, func(h *house) {
		dnc := h.customer("拒访", "15400000002")
		_, err := h.files.AddDNC(h.ctx, h.tx, h.by, customer.DNC{Digits: "15400000002", Scope: customer.ScopeSurvey, Source: "customer", From: at("2026-01-01 00:00")})
		h.must(err)
		commercial := h.customer("营销", "15400000003")
		_, err = h.files.AddDNC(h.ctx, h.tx, h.by, customer.DNC{Digits: "15400000003", Scope: customer.ScopeCommercial, Source: "customer", From: at("2026-01-01 00:00")})
		h.must(err)
		for _, c := range []struct {
			name   string
			who    customer.Seen
			when   string
			state  task.State
			reason string
		}{
			{"no number", h.customer("无号", ""), "2026-11-19 16:00", task.Excluded, task.ReasonNoPhone},
			{"do not call, survey", dnc, "2026-11-19 16:00", task.Excluded, task.ReasonDNC},
			{"do not call, commercial only", commercial, "2026-11-19 16:00", task.Pending, ""},
			{"later than due + 4 days", h.customer("太晚", "15400000004"), "2026-11-01 16:00", task.Excluded, task.ReasonTooLate},
			{"overdue, within 4 days", h.customer("逾期", "15400000005"), "2026-11-13 16:00", task.Queued, ""},
			{"landline only", h.customer("座机", "0510-00001234"), "2026-11-19 16:00", task.Pending, ""},
		} {
			h.deliver(c.who, c.when)
			if k := h.only(c.who); k.State != c.state || k.BlockedReason != c.reason {
				t.Errorf("%s: %s %q, want %s %q", c.name, k.State, k.BlockedReason, c.state, c.reason)
			}
		}
		washed := h.customer("洗车", "15400000006")
		h.deliver(washed, "2026-11-19 16:00", func(o *workorder.Order) { o.Kind = workorder.Wash })
		void := h.customer("作废", "15400000007")
		h.deliver(void, "2026-11-19 16:00", func(o *workorder.Order) { o.State = workorder.Voided })
		for _, c := range []customer.Seen{washed, void} {
			if ks := h.tasksOf(c); len(ks) != 0 {
				t.Errorf("no task at all: %+v", ks)
			}
		}
	})
}

func TestASurveyIn30DaysIsEnough(t *testing.T) { // T-C5, D-24
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00")
		first := h.taken(c)
		_, err := h.tasks.Wrap(h.ctx, h.tx, first.ID, task.WrapInput{Disposition: "C00", LineResult: "answered_human"}, h.by)
		h.must(err)
		h.deliver(c, "2026-11-19 16:00")
		ks := h.of(c, task.Followup3D)
		if len(ks) != 2 || !slices.ContainsFunc(ks, func(k task.Task) bool { return k.State == task.Excluded && k.BlockedReason == task.ReasonFatigue }) {
			t.Errorf("%+v", ks)
		}
	})
}

func TestADeliveryAheadWaitsForItsDay(t *testing.T) { // W-FUTURE
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-21 17:00")
		if ks := h.tasksOf(c); len(ks) != 0 {
			t.Fatalf("not created yet: %+v", ks)
		}
		night := h.by
		night.At = at("2026-11-22 02:00")
		for _, want := range []int{1, 0} {
			created, _, err := h.tasks.Nightly(h.ctx, h.tx, night)
			h.must(err)
			if created != want {
				t.Errorf("the nightly pass found %d, want %d", created, want)
			}
		}
		if k := h.only(c); !k.DueAt.Equal(at("2026-11-25 18:00")) {
			t.Errorf("due %s", k.DueAt)
		}
	})
}

func TestAVoidOrderTakesItsTaskAlong(t *testing.T) { // T-B6
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-19 16:00", func(o *workorder.Order) { o.RoNo = "A" })
		kept := h.deliver(c, "2026-11-19 17:00", func(o *workorder.Order) { o.RoNo = "B" })
		h.deliver(c, "2026-11-19 16:00", func(o *workorder.Order) { o.RoNo, o.State = "A", workorder.Voided })
		if k := h.only(c); !k.State.Open() || !slices.Equal(k.WorkOrderIDs, []uuid.UUID{kept}) {
			t.Errorf("the other order is still to be followed up: %+v", k)
		}
		h.deliver(c, "2026-11-19 17:00", func(o *workorder.Order) { o.RoNo, o.State = "B", workorder.Voided })
		if k := h.only(c); k.State != task.Cancelled || k.BlockedReason != task.ReasonOrderVoid {
			t.Errorf("%s %s", k.State, k.BlockedReason)
		}
	})
}

func TestAnOrderBackInWorkHasNoFollowUpUntilItIsHandedOverAgain(t *testing.T) { // 2.5.7
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		later := func(when string, do change) {
			h.by.At = h.by.At.Add(time.Minute)
			h.deliver(c, when, func(o *workorder.Order) { o.RoNo = "A" }, do)
		}
		open := func() (out []task.Task) {
			for _, k := range h.of(c, task.Followup3D) {
				if k.State.Open() {
					out = append(out, k)
				}
			}
			return out
		}
		h.deliver(c, "2026-11-19 16:00", func(o *workorder.Order) { o.RoNo = "A" })
		later("2026-11-19 16:00", func(o *workorder.Order) { o.State = workorder.InWork })
		if k := h.only(c); k.State != task.Cancelled || k.BlockedReason != task.ReasonReopened {
			t.Errorf("back in work: %s %s", k.State, k.BlockedReason)
		}
		later("2026-11-19 18:00", func(*workorder.Order) {})
		if k := open(); len(k) != 1 || !k[0].DueAt.Equal(at("2026-11-24 18:00")) {
			t.Errorf("handed over again on its day: %+v", k)
		}
		later("2026-11-18 18:00", func(*workorder.Order) {})
		if k := open(); len(k) != 1 || !k[0].DueAt.Equal(at("2026-11-23 18:00")) {
			t.Errorf("the day was corrected: %+v", k)
		}
		later("2026-11-18 18:30", func(o *workorder.Order) { o.Note = "x" })
		later("2026-11-18 18:30", func(o *workorder.Order) { o.State = workorder.Voided })
		later("2026-11-18 18:30", func(*workorder.Order) {})
		if k := open(); len(k) != 1 {
			t.Errorf("void, and valid again: %+v", k)
		}
	})
}

func TestANewDoNotCallStopsWaitingTasks(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-19 16:00")
		_, err := h.files.AddDNC(h.ctx, h.tx, h.by, customer.DNC{Digits: "15400000001", Scope: customer.ScopeAll, Source: "sms_reply", From: h.by.At})
		h.must(err)
		if k := h.only(c); k.State != task.Excluded || k.BlockedReason != task.ReasonDNC {
			t.Errorf("%s %s", k.State, k.BlockedReason)
		}
	})
}

func TestTheNextNumberThenBlocked(t *testing.T) {
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001/15400000002")
		h.deliver(c, "2026-11-13 16:00")
		k := h.taken(c)
		first := *k.PhoneID
		k, err := h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{LineResult: "empty_number"}, h.by)
		h.must(err)
		if k.State != task.RetryWait || *k.PhoneID == first || k.Attempts != 1 {
			t.Fatalf("the second number is next: %+v", k)
		}
		h.must(h.files.MarkPhone(h.ctx, h.tx, h.by, *k.PhoneID, customer.Wrong))
		if k := h.only(c); k.State != task.Blocked || k.BlockedReason != task.ReasonBadPhone {
			t.Errorf("%s %s", k.State, k.BlockedReason)
		}
		phones, err := h.files.Phones(h.ctx, h.tx, c.Customer)
		h.must(err)
		if phones[0].Status != customer.Empty || phones[1].Status != customer.Wrong {
			t.Errorf("what the calls taught is kept: %+v", phones)
		}
	})
}

func TestWrapFollowsTheDispositionOrTheLine(t *testing.T) {
	inHouse(t, func(h *house) {
		h.by.At = at("2026-11-20 10:10")
		callback := at("2026-11-20 19:00")
		for i, c := range []struct {
			name  string
			in    task.WrapInput
			state task.State
			next  string
		}{
			{"completed", task.WrapInput{Disposition: "C00", LineResult: "answered_human"}, task.Completed, ""},
			{"complaint raised", task.WrapInput{Disposition: "C11"}, task.Completed, ""},
			{"refused", task.WrapInput{Disposition: "C04"}, task.Refused, ""},
			{"vehicle sold", task.WrapInput{Disposition: "C09"}, task.Excluded, ""},
			{"no answer", task.WrapInput{LineResult: "no_answer"}, task.RetryWait, "2026-11-20 15:00"},
			{"call-back", task.WrapInput{Disposition: "C02", CallbackAt: &callback}, task.RetryWait, "2026-11-20 19:00"},
			{"rejected for the second time", task.WrapInput{LineResult: "rejected", Earlier: []string{"no_answer", "rejected"}}, task.Exhausted, ""},
			{"wrong number, no other", task.WrapInput{Disposition: "C06"}, task.Blocked, ""},
		} {
			who := h.customer("王"+string(rune('一'+i)), fmt.Sprintf("1540000%04d", i+10))
			h.deliver(who, "2026-11-18 16:00")
			k, err := h.tasks.Wrap(h.ctx, h.tx, h.taken(who).ID, c.in, h.by)
			h.must(err)
			if k.State != c.state || (c.next != "" && (k.NextAttemptAt == nil || !k.NextAttemptAt.Equal(at(c.next)))) || (c.next == "" && k.NextAttemptAt != nil) {
				t.Errorf("%s: %s next %v, want %s %s", c.name, k.State, k.NextAttemptAt, c.state, c.next)
			}
			if _, err := h.tasks.Wrap(h.ctx, h.tx, k.ID, c.in, h.by); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: wrapped twice: %v", c.name, err)
			}
		}
		var scope string
		who := h.customer("勿扰", "15400000099")
		h.deliver(who, "2026-11-18 16:00")
		_, err := h.tasks.Wrap(h.ctx, h.tx, h.taken(who).ID, task.WrapInput{Disposition: "C05"}, h.by)
		h.must(err)
		h.must(h.tx.QueryRow(h.ctx, `SELECT scope FROM number_dnc WHERE phone_hash = $1`, h.files.Hash("15400000099")).Scan(&scope))
		if scope != "survey" {
			t.Errorf("C05 of a survey writes scope %s", scope)
		}
	})
}

func TestFourAttemptsAreEnough(t *testing.T) { // CG-10
	inHouse(t, func(h *house) {
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-18 16:00")
		k := h.only(c)
		var earlier []string
		for i, result := range []string{"busy", "power_off", "no_answer", "busy"} {
			_, err := h.tasks.Take(h.ctx, h.tx, k.ID, uuid.Nil, h.by)
			h.must(err)
			k, err = h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{LineResult: result, Earlier: earlier}, h.by)
			h.must(err)
			if k.Attempts != i+1 {
				t.Errorf("attempt %d counted as %d", i+1, k.Attempts)
			}
			if k.NextAttemptAt != nil {
				h.by.At = *k.NextAttemptAt
			}
			earlier = append(earlier, result)
		}
		if k.State != task.Exhausted {
			t.Errorf("after four attempts: %s", k.State)
		}
		k, err := h.tasks.Reopen(h.ctx, h.tx, k.ID, h.by)
		if h.must(err); k.State != task.Queued || k.MaxAttempts != 5 {
			t.Errorf("reopened for one more: %+v", k)
		}
	})
}

func TestDueOrder(t *testing.T) { // spec 2.7
	inHouse(t, func(h *house) {
		company := h.customer("示例甲有限公司", "15400000001")
		h.deliver(company, "2026-11-18 16:00")
		person := h.customer("王华磊", "15400000002")
		h.deliver(person, "2026-11-18 16:00")
		agreed := h.customer("示例乙有限公司", "15400000003")
		h.deliver(agreed, "2026-11-18 16:00")
		tomorrow := h.customer("李四", "15400000004")
		h.deliver(tomorrow, "2026-11-20 07:00")
		h.by.At = at("2026-11-20 10:10")
		callback := at("2026-11-20 11:00")
		_, err := h.tasks.Wrap(h.ctx, h.tx, h.taken(agreed).ID, task.WrapInput{Disposition: "C02", CallbackAt: &callback}, h.by)
		h.must(err)
		due, err := task.Due(h.ctx, h.tx, h.by.Store, task.Followup3D, at("2026-11-20 11:00"), 10)
		h.must(err)
		var got []uuid.UUID
		for _, k := range due {
			got = append(got, k.CustomerID)
		}
		if want := []uuid.UUID{agreed.Customer, person.Customer, company.Customer}; !slices.Equal(got, want) {
			t.Errorf("agreed call-backs first, then private cars: %v, want %v", got, want)
		}
		if _, err := h.tasks.Take(h.ctx, h.tx, h.only(tomorrow).ID, uuid.Nil, h.by); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a task before its time cannot be taken: %v", err)
		}
		k := h.taken(person)
		if _, err := h.tasks.Take(h.ctx, h.tx, k.ID, uuid.Nil, h.by); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a task is taken once: %v", err)
		}
		if k, err = h.tasks.Release(h.ctx, h.tx, k.ID, at("2026-11-20 15:00"), h.by); err != nil || k.State != task.Queued || k.Attempts != 0 {
			t.Errorf("released: %+v, %v", k, err)
		}
	})
}
