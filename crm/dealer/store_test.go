package dealer_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

func TestStoresCalendarAndStaffAreKept(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	scope := postgres.Scope{Group: group}
	scope.Stores = append(scope.Stores, store)
	err = db.Pool.Scoped(t.Context(), scope, func(ctx context.Context, tx pgx.Tx) error {
		made, err := dealer.CreateStore(ctx, tx, dealer.Store{GroupID: group, Code: "S2", NameZH: "二店", ShortNameZH: "二店", Kind: "car_4s", Hotline: "051000008888"}, now)
		if err != nil {
			return err
		}
		got, err := dealer.GetStore(ctx, tx, made.ID)
		if err != nil || len(got.CallWindows) != 2 || got.DayMode != "workday" || len(got.CallDays) != 7 {
			t.Errorf("store read back: %+v, %v", got, err)
		}
		if _, err := dealer.GetStore(ctx, tx, group); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a store that does not exist: %v", err)
		}
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		if err := dealer.SeedCalendar(ctx, tx); err != nil { // twice is harmless
			return err
		}
		s, err := dealer.LoadSchedule(ctx, tx, store)
		if err != nil {
			return err
		}
		if due, known := s.DueAfter(at("2026-09-30 10:00"), 3); !known || !due.Equal(at("2026-10-10 18:00")) {
			t.Errorf("calendar from the database: due %s, known %v", due, known)
		}
		return staffIsKept(ctx, t, tx, box, scope, now)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func staffIsKept(ctx context.Context, t *testing.T, tx pgx.Tx, box *seal.Box, scope postgres.Scope, now time.Time) error {
	s := dealer.Staff{EmployeeNo: "E1", NameZH: "任承邦", Position: "总经理", Mobile: "19485499796"}
	for _, want := range []dealer.Saved{dealer.New, dealer.Same} {
		if _, saved, err := dealer.SaveStaff(ctx, tx, box, scope.Group, scope.Stores[0], s, now); err != nil || saved != want {
			t.Errorf("saved %s, %v; want %s", saved, err, want)
		}
	}
	s.Mobile = "19485499797"
	if _, saved, err := dealer.SaveStaff(ctx, tx, box, scope.Group, scope.Stores[0], s, now); err != nil || saved != dealer.Updated {
		t.Errorf("changed mobile: %s, %v", saved, err)
	}
	for _, digits := range []string{"19485499796", "19485499797"} { // the old one is kept too (5.3.7)
		if yes, err := dealer.IsStaffNumber(ctx, tx, scope.Group, box.Hash(seal.Phone, digits)); err != nil || !yes {
			t.Errorf("%s must be a staff number: %v", digits, err)
		}
	}
	return nil
}
