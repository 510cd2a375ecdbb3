package customer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// fixture is one store in a transaction that is rolled back with the database.
type fixture struct {
	files *customer.Files
	by    customer.By
	box   *seal.Box
	heard map[events.Kind]int
}

func inStore(t *testing.T, fn func(ctx context.Context, tx pgx.Tx, f fixture)) {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus, heard := events.NewBus(), map[events.Kind]int{}
	for _, k := range []events.Kind{events.CustomerCreated, events.DNCAdded, events.PhoneInvalidated, events.ConsentChanged, events.MileageChanged} {
		bus.On(k, func(_ context.Context, _ postgres.DB, e events.Event) error { heard[e.Kind]++; return nil })
	}
	f := fixture{
		files: customer.NewFiles(box, bus), box: box, heard: heard,
		by: customer.By{Group: group, Store: store, At: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
	}
	err = db.Pool.Scoped(t.Context(), postgres.Scope{Group: group, Stores: []uuid.UUID{store}}, func(ctx context.Context, tx pgx.Tx) error {
		fn(ctx, tx, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sighting(name, phone, vin, plate string) customer.Sighting {
	plate, _ = cn.ParsePlate(plate)
	return customer.Sighting{
		Name: cn.ParseName(name), Phones: cn.ParsePhones(phone, cn.PhoneOptions{AreaCode: "0510"}).Valid,
		Vehicle: customer.VehicleSeen{No: cn.ParseVehicleNo(vin), Plate: plate, Model: "示例品牌甲 A1", On: time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)},
	}
}

func (f fixture) see(ctx context.Context, t *testing.T, tx pgx.Tx, s customer.Sighting) customer.Seen {
	t.Helper()
	seen, err := f.files.See(ctx, tx, f.by, s)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

const (
	vin1 = "L00A1B2C3T0000001"
	vin2 = "L00C3D4E4S0001234"
)

func TestOnePersonIsOneFile(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		first := f.see(ctx, t, tx, sighting("王先生", "15400000001", vin1, "宁Z12345"))
		if !first.New {
			t.Error("nobody was there before")
		}
		for _, s := range []customer.Sighting{
			sighting("王华磊", "+86 154 0000 0001", vin1, "宁Z12345"),
			sighting("王华磊", "15400000002", "T0000001", "宁Z12345"), sighting("王华磊", "", "", "宁z·12345"),
		} {
			if got := f.see(ctx, t, tx, s); got.Customer != first.Customer || got.Vehicle != first.Vehicle {
				t.Errorf("%+v: got %+v, want the file of %s", s, got, first.Customer)
			}
		}
		card, err := f.files.Card(ctx, tx, first.Customer, f.by.At)
		if err != nil {
			t.Fatal(err)
		}
		if card.Customer.NameZH != "王华磊" || card.Customer.Honorific != "先生" || len(card.Phones) != 2 || len(card.Vehicles) != 1 {
			t.Errorf("card: %+v", card)
		}
		if card.Phones[0].Masked != "154****0001" || card.Phones[0].Priority != 1 || card.Phones[1].Priority != 2 {
			t.Errorf("numbers by priority, masked: %+v", card.Phones)
		}
		if v := card.Vehicles[0]; v.Plate != "宁Z12345" || v.VIN == nil || *v.VIN != vin1 || v.OwnerName != "王华磊" {
			t.Errorf("vehicle: %+v", v)
		}
	})
}

func TestABringerIsNotTheOwner(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		owner := f.see(ctx, t, tx, sighting("王华磊", "15400000001", vin1, "宁Z12345"))
		bringer := f.see(ctx, t, tx, sighting("李四", "15400000002", vin1, "宁Z12345"))
		if bringer.Customer == owner.Customer || bringer.Vehicle != owner.Vehicle {
			t.Fatalf("owner %+v, bringer %+v", owner, bringer)
		}
		card, err := f.files.Card(ctx, tx, bringer.Customer, f.by.At)
		if err != nil || !card.Customer.BringerOnly || card.Phones[0].Role != "bringer" || card.Vehicles[0].OwnerName != "王华磊" {
			t.Errorf("bringer's card: %+v, %v", card, err)
		}
		if again := f.see(ctx, t, tx, sighting("李四", "15400000002", vin1, "宁Z12345")); again.Customer != bringer.Customer {
			t.Error("the same bringer comes again")
		}
	})
}

func TestAPlateMovesToAnotherVehicle(t *testing.T) { // W-SAME-PLATE
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		old := f.see(ctx, t, tx, sighting("王华磊", "15400000001", vin1, "宁Z12345"))
		now := f.see(ctx, t, tx, sighting("李四", "15400000002", vin2, "宁Z12345"))
		if now.Vehicle == old.Vehicle || !slices.Contains(now.Codes, customer.WSamePlate) {
			t.Fatalf("a full VIN is a vehicle of its own: %+v", now)
		}
		v, err := customer.GetVehicle(ctx, tx, old.Vehicle)
		if err != nil || v.Plate != "" {
			t.Errorf("the old vehicle has no plate any more: %+v, %v", v, err)
		}
		var to time.Time
		if err := tx.QueryRow(ctx, `SELECT to_day FROM vehicle_plate_history WHERE vehicle_id = $1`, old.Vehicle).Scan(&to); err != nil || to.Format(time.DateOnly) != "2026-11-18" {
			t.Errorf("history closed the day before: %s, %v", to, err)
		}
	})
}

func TestAnOlderFileDoesNotTakeAPlateBack(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		now := f.see(ctx, t, tx, sighting("李四", "15400000002", vin2, "宁Z12345"))
		past := sighting("王华磊", "15400000001", vin1, "宁Z12345")
		past.Vehicle.On = past.Vehicle.On.AddDate(0, -3, 0)
		old := f.see(ctx, t, tx, past)
		if again := f.see(ctx, t, tx, past); old.Vehicle == now.Vehicle || !slices.Contains(old.Codes, customer.WSamePlate) || len(again.Codes) > 0 {
			t.Fatalf("%+v, then %+v", old, again)
		}
		for id, plate := range map[uuid.UUID]string{now.Vehicle: "宁Z12345", old.Vehicle: ""} {
			if v, err := customer.GetVehicle(ctx, tx, id); err != nil || v.Plate != plate {
				t.Errorf("%+v, %v; want the plate %q", v, err, plate)
			}
		}
		var to time.Time
		if err := tx.QueryRow(ctx, `SELECT to_day FROM vehicle_plate_history WHERE vehicle_id = $1`, old.Vehicle).Scan(&to); err != nil || to.Format(time.DateOnly) != "2026-11-18" {
			t.Errorf("the old vehicle had it until the day before: %s, %v", to, err)
		}
	})
}

func TestSharedAndStaffNumbersAreNotDialled(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		if _, _, err := dealer.SaveStaff(ctx, tx, f.box, f.by.Group, f.by.Store, dealer.Staff{EmployeeNo: "E1", NameZH: "任", Mobile: "19400000001"}, f.by.At); err != nil {
			t.Fatal(err)
		}
		a := f.see(ctx, t, tx, sighting("甲一", "19400000001", "", ""))
		b := f.see(ctx, t, tx, sighting("甲一", "19400000001", "", ""))
		if a.Customer == b.Customer || !slices.Contains(a.Codes, customer.WStaff) {
			t.Errorf("a staff number joins nobody: %+v %+v", a, b)
		}
		var last customer.Seen
		for _, name := range []string{"甲甲", "乙乙", "丙丙", "丁丁", "戊戊"} {
			last = f.see(ctx, t, tx, sighting(name, "15400000009", "", ""))
		}
		if !slices.Contains(last.Codes, customer.WShared) {
			t.Errorf("the fifth customer makes a number shared: %+v", last)
		}
		for _, c := range []uuid.UUID{a.Customer, last.Customer} {
			phones, err := f.files.Phones(ctx, tx, c)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.files.Dialable(ctx, tx, phones[0].ID); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%+v must not be dialled: %v", phones[0], err)
			}
		}
		if f.heard[events.PhoneInvalidated] != 5 {
			t.Errorf("five files of the shared number were told: %d", f.heard[events.PhoneInvalidated])
		}
	})
}

func TestNumbersAreOpenedOnlyForDialling(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		seen := f.see(ctx, t, tx, sighting("王华磊", "15400000001/0510-00001234转8", vin1, "宁Z12345"))
		phones, err := f.files.Phones(ctx, tx, seen.Customer)
		if err != nil || len(phones) != 2 || phones[1].Kind != "landline" || phones[1].Ext != "8" {
			t.Fatalf("numbers: %+v, %v", phones, err)
		}
		d, err := f.files.Dialable(ctx, tx, phones[0].ID)
		if err != nil || d.Digits != "15400000001" || d.Last4 != "0001" {
			t.Errorf("dialable: %+v, %v", d, err)
		}
		if _, err := f.files.Dialable(ctx, tx, uuid.New()); errs.KindOf(err) != errs.NotFound {
			t.Errorf("unknown number: %v", err)
		}
		var sealed []byte
		if err := tx.QueryRow(ctx, `SELECT phone_enc FROM customer_phone WHERE id = $1`, phones[0].ID).Scan(&sealed); err != nil || slices.Contains([]string{"15400000001"}, string(sealed)) {
			t.Errorf("the number is sealed: %q, %v", sealed, err)
		}
	})
}

func TestDoNotCallConsentAndReviewsAreKeptOnce(t *testing.T) {
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		seen := f.see(ctx, t, tx, sighting("王华磊", "15400000001", vin1, "宁Z12345"))
		d := customer.DNC{Digits: "15400000001", Scope: customer.ScopeSurvey, Source: "customer", From: f.by.At}
		for _, want := range []bool{true, false} {
			if added, err := f.files.AddDNC(ctx, tx, f.by, d); err != nil || added != want {
				t.Errorf("added %v, %v; want %v", added, err, want)
			}
		}
		c := customer.Consent{Customer: seen.Customer, Purpose: customer.PurposeMarketing, State: "refused", Channel: "call"}
		for range 2 {
			if err := f.files.RecordConsent(ctx, tx, f.by, c); err != nil {
				t.Fatal(err)
			}
			if err := f.files.OpenReview(ctx, tx, f.by, customer.Review{Kind: "ownership", Customer: seen.Customer, Vehicle: seen.Vehicle}); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.files.SetPreferredTime(ctx, tx, f.by, seen.Customer, "周末下午", "15:00", "18:00"); err != nil {
			t.Fatal(err)
		}
		card, err := f.files.Card(ctx, tx, seen.Customer, f.by.At)
		if err != nil {
			t.Fatal(err)
		}
		if card.Reviews != 1 || card.Consents["marketing"] != "refused" || !slices.Equal(card.DNC, []customer.Scope{customer.ScopeSurvey}) || card.Customer.PreferredTime != "周末下午" {
			t.Errorf("card: %+v", card)
		}
		if f.heard[events.DNCAdded] != 1 || f.heard[events.ConsentChanged] != 1 || f.heard[events.CustomerCreated] != 1 {
			t.Errorf("each change is told once: %v", f.heard)
		}
	})
}

func TestMileageOnlyGrows(t *testing.T) { // W-KM
	inStore(t, func(ctx context.Context, tx pgx.Tx, f fixture) {
		v := f.see(ctx, t, tx, sighting("王华磊", "15400000001", vin1, "宁Z12345")).Vehicle
		day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			km   int
			on   time.Time
			code cn.Code
			want int
		}{{20000, day, "", 20000}, {19500, day.AddDate(0, 0, 1), "", 19500}, {5000, day.AddDate(0, 0, 2), "W-KM", 19500}, {30000, day.AddDate(0, 0, -9), "", 19500}} {
			code, err := f.files.NoteReading(ctx, tx, f.by, v, customer.Reading{Km: &c.km, On: c.on})
			if err != nil || code != c.code {
				t.Errorf("%d km: %s, %v", c.km, code, err)
			}
			if got, err := customer.GetVehicle(ctx, tx, v); err != nil || *got.MileageLast != c.want {
				t.Errorf("%d km on %s: kept %d, want %d (%v)", c.km, c.on.Format(time.DateOnly), *got.MileageLast, c.want, err)
			}
		}
		if n := f.heard[events.MileageChanged]; n != 2 {
			t.Errorf("%d events of a changed mileage, want 2: neither the fallen nor the old reading changes anything", n)
		}
	})
}
