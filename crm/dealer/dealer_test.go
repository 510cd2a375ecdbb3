package dealer_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/errs"
)

func shipped(t *testing.T) dealer.Calendar {
	t.Helper()
	notices, err := dealer.ShippedNotices()
	if err != nil {
		t.Fatal(err)
	}
	var years []int
	var days []dealer.Day
	for _, n := range notices {
		years, days = append(years, n.Year), append(days, n.Days...)
	}
	return dealer.NewCalendar(years, days)
}

func schedule(t *testing.T, s dealer.Store) dealer.Schedule {
	t.Helper()
	out, err := dealer.NewSchedule(s, shipped(t), clock.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func TestFollowUpIsDueOnTheThirdWorkingDay(t *testing.T) { // T-C1, T-C2, T-C3
	s := schedule(t, dealer.Store{})
	for delivered, want := range map[string]string{
		"2026-03-06 16:00": "2026-03-11 18:00",
		"2026-02-13 09:00": "2026-02-25 18:00",
		"2026-09-18 12:00": "2026-09-22 18:00",
		"2026-09-30 23:59": "2026-10-10 18:00",
		"2026-04-30 00:00": "2026-05-08 18:00",
		"2026-11-21 10:00": "2026-11-25 18:00",
	} {
		due, known := s.DueAfter(at(delivered), 3)
		if !due.Equal(at(want)) || !known {
			t.Errorf("delivered %s: due %s (known %v), want %s", delivered, due, known, want)
		}
	}
	natural := schedule(t, dealer.Store{DayMode: "natural"})
	if due, _ := natural.DueAfter(at("2026-03-06 16:00"), 3); !due.Equal(at("2026-03-09 18:00")) {
		t.Errorf("natural days: due %s", due)
	}
}

func TestAMissingYearIsAPlainWeekWithAWarning(t *testing.T) { // T-C13
	s := schedule(t, dealer.Store{})
	due, known := s.DueAfter(at("2026-12-31 10:00"), 1)
	if !due.Equal(at("2027-01-04 18:00")) || known {
		t.Errorf("due %s, known %v; 1 January is a holiday, 2 and 3 a weekend", due, known)
	}
	if !s.Calendar.Knows(2026) || s.Calendar.Knows(2027) {
		t.Error("2026 is loaded, 2027 is not")
	}
}

func TestNextWindow(t *testing.T) {
	s := schedule(t, dealer.Store{})
	for now, want := range map[string]string{
		"2026-11-20 08:00": "2026-11-20 10:00",
		"2026-11-20 10:00": "2026-11-20 10:00",
		"2026-11-20 11:59": "2026-11-20 11:59",
		"2026-11-20 12:00": "2026-11-20 15:00",
		"2026-11-20 14:10": "2026-11-20 15:00", // T-C6
		"2026-11-20 18:00": "2026-11-21 10:00",
		"2026-02-15 19:00": "2026-02-20 10:00", // 除夕至初三 are quiet
	} {
		if got := s.NextWindow(at(now), false); !got.Equal(at(want)) {
			t.Errorf("%s: next window %s, want %s", now, got, want)
		}
	}
	if got := s.NextWindow(at("2026-02-15 19:00"), true); !got.Equal(at("2026-02-24 10:00")) {
		t.Errorf("commercial calls rest on legal holidays: %s", got)
	}
	weekdays := schedule(t, dealer.Store{CallDays: []int32{1, 2, 3, 4, 5}})
	if got := weekdays.NextWindow(at("2026-11-20 18:00"), false); !got.Equal(at("2026-11-23 10:00")) {
		t.Errorf("a store that rests at the weekend: %s", got)
	}
	if !s.InWindow(at("2026-11-20 15:00"), false) || s.InWindow(at("2026-11-20 14:59"), false) {
		t.Error("15:00 is in the window, 14:59 is not")
	}
	if got := s.WindowEnd(at("2026-11-20 11:00")); !got.Equal(at("2026-11-20 12:00")) {
		t.Errorf("window end %s", got)
	}
}

func TestTheHardWallHoldsForEveryStore(t *testing.T) {
	s := schedule(t, dealer.Store{})
	if ok, opens := s.InWall(at("2026-11-20 07:59")); ok || !opens.Equal(at("2026-11-20 08:00")) {
		t.Errorf("07:59: %v %s", ok, opens)
	}
	if ok, opens := s.InWall(at("2026-11-20 21:00")); ok || !opens.Equal(at("2026-11-21 08:00")) {
		t.Errorf("21:00: %v %s", ok, opens)
	}
	if ok, _ := s.InWall(at("2026-11-20 20:59")); !ok {
		t.Error("20:59 is inside")
	}
	_, err := dealer.NewSchedule(dealer.Store{CallWindows: []dealer.Window{{From: "07:30", To: "12:00"}}}, dealer.Calendar{}, clock.Shanghai())
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("a window before 08:00 must be refused: %v", err)
	}
}

func TestOtherWindowsAndDays(t *testing.T) {
	s := schedule(t, dealer.Store{})
	for name, c := range map[string]struct{ got, want time.Time }{
		"another day part the same day":  {s.NextOtherWindow(at("2026-11-20 10:40"), at("2026-11-20 10:10"), false), at("2026-11-20 15:00")},
		"the last day part: tomorrow":    {s.NextOtherWindow(at("2026-11-20 17:30"), at("2026-11-20 15:30"), false), at("2026-11-21 10:00")},
		"rejected in the morning":        {s.NextDayOther(at("2026-11-20 10:10"), false), at("2026-11-21 15:00")},
		"rejected in the afternoon":      {s.NextDayOther(at("2026-11-20 16:10"), false), at("2026-11-21 10:00")},
		"three call days later":          {s.DaysLater(at("2026-11-20 16:10"), 3, false), at("2026-11-23 10:00")},
		"before the window has opened":   {s.NextOtherWindow(at("2026-11-20 08:40"), at("2026-11-20 08:30"), false), at("2026-11-20 10:00")},
		"next call day after a holiday ": {s.NextDay(at("2026-09-30 16:10"), false), at("2026-10-02 10:00")},
	} {
		if !c.got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
}

func TestNextWindowIsAlwaysCallable(t *testing.T) {
	s := schedule(t, dealer.Store{})
	rapid.Check(t, func(t *rapid.T) {
		now := at("2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "minute")) * time.Minute)
		commercial := rapid.Bool().Draw(t, "commercial")
		next := s.NextWindow(now, commercial)
		wall, _ := s.InWall(next)
		if next.Before(now) || !wall || !s.InWindow(next, commercial) || !s.CallDay(next, commercial) {
			t.Fatalf("from %s: %s is not callable", now, next)
		}
	})
}
