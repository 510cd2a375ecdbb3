package appointment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

type workshop struct {
	t     *testing.T
	ctx   context.Context
	tx    pgx.Tx
	by    customer.By
	files *customer.Files
	book  *appointment.Book
	order *workorder.Book
	told  []string
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func inWorkshop(t *testing.T, fn func(w *workshop)) {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	key, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus := events.NewBus()
	w := &workshop{
		t: t, by: customer.By{Group: group, Store: store, At: at("2026-11-20 09:00")},
		files: customer.NewFiles(key, bus), book: appointment.NewBook(bus), order: workorder.NewBook(bus),
	}
	w.book.Register()
	bus.On(events.AppointmentChanged, func(_ context.Context, _ postgres.DB, e events.Event) error {
		w.told = append(w.told, string(e.Data))
		return nil
	})
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		w.ctx, w.tx = ctx, tx
		fn(w)
		return nil
	})
}

func (w *workshop) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *workshop) customer(plate string) customer.Seen {
	w.t.Helper()
	seen, err := w.files.See(w.ctx, w.tx, w.by, customer.Sighting{
		Name: cn.ParseName("王华磊"), Phones: cn.ParsePhones("154000"+plate[len(plate)-5:], cn.PhoneOptions{}).Valid, Vehicle: customer.VehicleSeen{Plate: plate},
	})
	w.must(err)
	return seen
}

func (w *workshop) make(c customer.Seen, when string) (appointment.Appointment, error) {
	return w.book.Make(w.ctx, w.tx, w.by, appointment.New{Customer: c.Customer, Vehicle: c.Vehicle, At: at(when), Reason: "periodic", Source: "out"})
}

func (w *workshop) get(id uuid.UUID) appointment.Appointment {
	w.t.Helper()
	a, err := appointment.Get(w.ctx, w.tx, id)
	w.must(err)
	return a
}

func TestTM1AFullSlotNamesTheNextThree(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		a, err := w.make(w.customer("宁Z00001"), "2026-11-21 09:42")
		w.must(err)
		if !a.StartsAt.Equal(at("2026-11-21 09:30")) || a.Kind != "fast" || a.State != appointment.Booked {
			t.Errorf("the slot that holds the time: %+v", a)
		}
		_, err = w.make(w.customer("宁Z00002"), "2026-11-21 09:30")
		w.must(err)
		_, err = w.make(w.customer("宁Z00003"), "2026-11-21 09:30")
		e, ok := errs.Of(err)
		if !ok || e.Code != "slot_full" || !strings.Contains(e.ZH, "11月21日 10:00、11月21日 10:30、11月21日 11:00") {
			t.Fatalf("%v", err)
		}
		w.must2(w.book.Cancel(w.ctx, w.tx, w.by, a.ID, "客户有事"))
		if _, err = w.make(w.customer("宁Z00003"), "2026-11-21 09:30"); err != nil {
			t.Errorf("a cancelled slot is free again: %v", err)
		}
	})
}

func (w *workshop) must2(_ appointment.Appointment, err error) {
	w.t.Helper()
	w.must(err)
}

func TestWhatCannotBeBooked(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		c := w.customer("宁Z00001")
		for when, code := range map[string]string{"2026-11-21 07:00": "slot_closed", "2026-11-21 17:30": "slot_closed", "2026-11-19 10:00": "appointment_past"} {
			_, err := w.make(c, when)
			if e, ok := errs.Of(err); !ok || e.Code != code {
				t.Errorf("%s: %v, want %s", when, err, code)
			}
		}
		_, err := w.make(c, "2026-11-21 10:00")
		w.must(err)
		if _, err = w.make(c, "2026-11-22 10:00"); err == nil || !strings.Contains(err.Error(), "booked already") {
			t.Errorf("twice for one reason: %v", err)
		}
	})
}

func TestAnAppointmentIsConfirmedByAllThree(t *testing.T) { // 2.5.6
	inWorkshop(t, func(w *workshop) {
		a, err := w.make(w.customer("宁Z00001"), "2026-11-21 10:00")
		w.must(err)
		for _, part := range []appointment.Part{appointment.Customer, appointment.Parts} {
			if a, err = w.book.Confirm(w.ctx, w.tx, w.by, a.ID, part); err != nil || a.State != appointment.Booked {
				t.Fatalf("%s alone: %s %v", part, a.State, err)
			}
		}
		if a, err = w.book.Confirm(w.ctx, w.tx, w.by, a.ID, appointment.Workshop); err != nil || a.State != appointment.Confirmed {
			t.Errorf("%s %v", a.State, err)
		}
	})
}

func TestAMoveKeepsBothAndFreesTheOldSlot(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		c := w.customer("宁Z00001")
		old, err := w.make(c, "2026-11-21 10:00")
		w.must(err)
		a, err := w.book.Move(w.ctx, w.tx, w.by, old.ID, at("2026-11-22 14:00"))
		w.must(err)
		if was := w.get(old.ID); was.State != appointment.Rescheduled || *a.ReplacesID != old.ID || a.State != appointment.Booked {
			t.Errorf("%+v then %+v", was, a)
		}
		free, err := appointment.Free(w.ctx, w.tx, w.by.Store, "fast", at("2026-11-21 10:00"), 1)
		w.must(err)
		if len(free) != 1 || free[0].Free != 2 || !free[0].FromAt.Equal(at("2026-11-21 10:00")) {
			t.Errorf("%+v", free)
		}
	})
}

func TestTM3WhoDoesNotComeIsANoShow(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		c := w.customer("宁Z00001")
		a, err := w.make(c, "2026-11-20 09:30")
		w.must(err)
		for when, want := range map[string]int{"2026-11-20 09:59": 0, "2026-11-20 10:00": 1} {
			w.by.At = at(when)
			if n, err := w.book.NoShows(w.ctx, w.tx, w.by); err != nil || when == "2026-11-20 10:00" && w.get(a.ID).State != appointment.NoShow || n > want {
				t.Errorf("%s: %d %v", when, n, err)
			}
		}
		late, err := w.book.Arrive(w.ctx, w.tx, w.by, a.ID, uuid.Nil, at("2026-11-20 11:00"))
		w.must(err)
		if late.State != appointment.Arrived || !late.Late {
			t.Errorf("later the same day: %+v", late)
		}
		b, err := w.make(w.customer("宁Z00002"), "2026-11-20 14:00")
		w.must(err)
		w.by.At = at("2026-11-21 09:00")
		w.must2(b, nothing(w.book.NoShows(w.ctx, w.tx, w.by)))
		if _, err := w.book.Arrive(w.ctx, w.tx, w.by, b.ID, uuid.Nil, w.by.At); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the next day it stays a no-show: %v", err)
		}
		if _, err := w.book.Move(w.ctx, w.tx, w.by, b.ID, at("2026-11-23 14:00")); err != nil {
			t.Errorf("within 7 days it is booked again (A04): %v", err)
		}
	})
}

func nothing(_ int, err error) error { return err }

func TestTM5AnOrderAroundTheSlotIsTheVisit(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		c := w.customer("宁Z00001")
		a, err := w.make(c, "2026-11-20 10:00")
		w.must(err)
		order := func(state workorder.State, delivered *time.Time, hash byte) {
			opened := at("2026-11-20 11:40")
			_, _, err := w.order.Upsert(w.ctx, w.tx, workorder.Order{
				GroupID: w.by.Group, StoreID: w.by.Store, RoNo: "WT1", Kind: workorder.Periodic, State: state, CustomerID: c.Customer,
				VehicleID: c.Vehicle, OpenedAt: &opened, DeliveredAt: delivered, ContentHash: []byte{hash},
			}, w.by.At, uuid.Nil)
			w.must(err)
		}
		order(workorder.Open, nil, 1)
		if got := w.get(a.ID); got.State != appointment.Arrived || got.WorkOrderID == nil || !got.ArrivedAt.Equal(at("2026-11-20 11:40")) {
			t.Fatalf("%+v", got)
		}
		w.by.At = at("2026-11-20 17:00")
		done := at("2026-11-20 16:30")
		order(workorder.Delivered, &done, 2)
		if got := w.get(a.ID); got.State != appointment.Completed {
			t.Errorf("%s", got.State)
		}
	})
}
