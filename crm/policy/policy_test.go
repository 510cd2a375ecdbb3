package policy_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/policy"
	"ringback/internal/cn"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

func TestKindsAndUnderwritingAsFilesWriteThem(t *testing.T) {
	for text, want := range map[string]policy.Kind{
		"交强险": policy.Compulsory, "机动车交通事故责任强制保险": policy.Compulsory, "商业险": policy.Commercial, " 商 业险": policy.Commercial,
		"车损险": policy.Commercial, "第三者责任险": policy.Commercial, "第三者责任强制保险": policy.Compulsory, "意外险": "", "": "",
	} {
		if got, known := policy.ParseKind(text); got != want || known != (want != "") {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, c := range []struct{ text, insurer, previous, want string }{
		{"新保", "甲财险", "", policy.NewCar},
		{"续保", "甲财险", "", policy.RenewSame},
		{"续保", "甲财险", "甲财险", policy.RenewSame},
		{"续保", "甲财险", "乙财险", policy.RenewSwitch},
		{"续保(转公司)", "甲财险", "", policy.RenewSwitch},
		{"转保", "甲财险", "", policy.WinIn},
		{"他店转入", "甲财险", "", policy.WinIn},
		{"脱保再投", "甲财险", "", policy.LapsedBack},
		{"别的", "甲财险", "", ""},
	} {
		if got := policy.ParseUnderwriting(c.text, c.insurer, c.previous); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestAPolicyIsTheSameUntilItsContentChanges(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus := events.NewBus()
	var heard []events.Event
	bus.On(events.PolicySaved, func(_ context.Context, _ postgres.DB, e events.Event) error { heard = append(heard, e); return nil })
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	by := customer.By{Group: group, Store: store, At: at}
	err = db.Pool.Scoped(t.Context(), postgres.Scope{Group: group, Stores: []uuid.UUID{store}}, func(ctx context.Context, tx pgx.Tx) error {
		seen, err := customer.NewFiles(box, bus).See(ctx, tx, by, customer.Sighting{
			Name: cn.ParseName("王华磊"), Vehicle: customer.VehicleSeen{No: cn.ParseVehicleNo("L00A1B2C3T0000001")},
		})
		if err != nil {
			return err
		}
		p := policy.Policy{
			GroupID: group, StoreID: store, PolicyNo: "SY1", Kind: policy.Commercial, Insurer: "甲财险", VehicleID: seen.Vehicle, CustomerID: seen.Customer,
			StartDay: at.AddDate(-1, 0, 1), EndDay: at, PremiumFen: new(int64(290000)), Source: policy.Imported, ContentHash: []byte("a"),
		}
		book := policy.NewBook(bus)
		var first uuid.UUID
		for i, c := range []struct {
			hash string
			want dealer.Saved
		}{{"a", dealer.New}, {"a", dealer.Same}, {"b", dealer.Updated}, {"b", dealer.Same}} {
			p.ContentHash = []byte(c.hash)
			id, how, err := book.Save(ctx, tx, p, at, uuid.Nil)
			if i == 0 {
				first = id
			}
			if err != nil || how != c.want || id != first {
				t.Errorf("save %d: %s %s, %v", i, id, how, err)
			}
		}
		found, err := policy.OfVehicle(ctx, tx, seen.Vehicle)
		if err != nil || len(found) != 1 || found[0].ID != first || !found[0].EndDay.Equal(at) || *found[0].PremiumFen != 290000 {
			t.Errorf("the vehicle's policies: %+v, %v", found, err)
		}
		ending, err := policy.EndingBetween(ctx, tx, store, at, at)
		if err != nil || len(ending) != 1 {
			t.Errorf("ending today: %d, %v", len(ending), err)
		}
		if len(heard) != 2 || heard[0].Subject["policy"] != first || heard[0].Subject["vehicle"] != seen.Vehicle || heard[0].Subject["customer"] != seen.Customer {
			t.Errorf("heard %+v", heard)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
