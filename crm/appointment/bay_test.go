package appointment_test

import (
	"errors"
	"testing"

	"ringback/crm/appointment"
	"ringback/internal/errs"
)

func TestABayIsWholeHalfHoursInOrder(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		for name, c := range map[string]struct {
			bay  appointment.Bay
			code string
		}{
			"a kind there is none of": {appointment.Bay{Kind: "wash", Opens: 480, Closes: 600, Capacity: 1}, "bay_kind"},
			"closes before it opens":  {appointment.Bay{Kind: "fast", Opens: 600, Closes: 480, Capacity: 1}, "bay_plan"},
			"at a quarter":            {appointment.Bay{Kind: "fast", Opens: 495, Closes: 600, Capacity: 1}, "bay_plan"},
			"fewer than none":         {appointment.Bay{Kind: "fast", Opens: 480, Closes: 600, Capacity: -1}, "bay_plan"},
			"more than fifty":         {appointment.Bay{Kind: "fast", Opens: 480, Closes: 600, Capacity: 51}, "bay_plan"},
		} {
			if err := appointment.SaveBay(w.ctx, w.tx, w.by.Store, c.bay); !errors.Is(err, errs.New(errs.Invalid, c.code, "", "")) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestABookingStaysOnTheBoardWhenItsBayChanges(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		_, err := w.make(w.customer("宁Z00001"), "2026-11-21 17:00")
		w.must(err)
		_, err = w.make(w.customer("宁Z00002"), "2026-11-21 09:00")
		w.must(err)
		w.must(appointment.SaveBay(w.ctx, w.tx, w.by.Store, appointment.Bay{Kind: "fast", Opens: 9 * 60, Closes: 10 * 60, Capacity: 1}))
		day, err := appointment.DayOf(w.ctx, w.tx, w.by.Store, "fast", at("2026-11-21 12:00"))
		w.must(err)
		want := []appointment.Place{
			{At: at("2026-11-21 09:00").UTC(), Capacity: 1, Used: 1}, {At: at("2026-11-21 09:30").UTC(), Capacity: 1}, {At: at("2026-11-21 17:00").UTC(), Capacity: 1, Used: 1},
		}
		if len(day) != 3 || day[0] != want[0] || day[1] != want[1] || day[2] != want[2] {
			t.Errorf("the board shows %+v", day)
		}
		if _, err := w.make(w.customer("宁Z00003"), "2026-11-21 17:00"); !errors.Is(err, errs.New(errs.Invalid, "slot_closed", "", "")) {
			t.Errorf("a new booking outside the hours: %v", err)
		}
		w.must(appointment.SaveBay(w.ctx, w.tx, w.by.Store, appointment.Bay{Kind: "fast", Opens: 9 * 60, Closes: 10 * 60}))
		if day, err = appointment.DayOf(w.ctx, w.tx, w.by.Store, "fast", at("2026-11-21 12:00")); err != nil || len(day) != 2 || day[0].Free() != 0 || day[1].Used != 1 {
			t.Errorf("a bay that takes nobody shows %+v, %v", day, err)
		}
	})
}
