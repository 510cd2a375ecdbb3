package dealer_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/postgres/pgtest"
)

func TestAStoreSetsItsCallWindowsInsideTheWall(t *testing.T) { // D-04, CG-02, L-11
	t.Parallel()
	db := pgtest.New(t)
	_, store := pgtest.Store(t, db)
	spans := func(times ...string) (out []dealer.Window) {
		for i := 0; i < len(times); i += 2 {
			out = append(out, dealer.Window{From: times[i], To: times[i+1]})
		}
		return out
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		for name, list := range map[string][]dealer.Window{
			"before the wall": spans("07:59", "12:00"), "after the wall": spans("15:00", "21:01"), "backwards": spans("12:00", "10:00"),
			"empty": spans("12:00", "12:00"), "overlapping": spans("10:00", "12:00", "11:59", "18:00"), "out of order": spans("15:00", "18:00", "10:00", "12:00"),
			"no time": spans("10:00", "noon"), "no such hour": spans("10:00", "24:30"), "none": nil,
			"five": spans("08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00"),
		} {
			if _, err := dealer.SetWindows(ctx, tx, store, list); !errors.Is(err, errs.New(errs.Invalid, "call_windows", "", "")) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got, err := dealer.GetStore(ctx, tx, store); err != nil || !slices.Equal(got.CallWindows, spans("10:00", "12:00", "15:00", "18:00")) {
			t.Errorf("what was refused changed the store: %+v, %v", got.CallWindows, err)
		}
		want := spans("08:00", "09:30", "09:30", "12:00", "14:00", "17:00", "19:00", "21:00")
		kept, err := dealer.SetWindows(ctx, tx, store, spans("8:00", "9:30", "０９：３０", " 12:00", "14:00", "17:00", "19:00", "21:00"))
		if err != nil || !slices.Equal(kept, want) {
			t.Errorf("four spans up to the wall: %v, %v", kept, err)
		}
		s, err := dealer.LoadSchedule(ctx, tx, store)
		if err != nil || !s.InWindow(at("2026-11-20 20:59"), false) || s.InWindow(at("2026-11-20 12:30"), false) {
			t.Errorf("the schedule does not follow: %v", err)
		}
		if _, err := dealer.SetWindows(ctx, tx, uuid.New(), want); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a store that does not exist: %v", err)
		}
		return nil
	})
}
