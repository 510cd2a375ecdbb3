package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Reading is a mileage seen on a day, with what the workshop proposes next.
type Reading struct {
	Vehicle     uuid.UUID
	Km          *int
	On          time.Time
	NextDueDate *time.Time
	NextDueKm   *int
	Visit       *time.Time // when the vehicle was handed back, where that is known
}

// fallKm is how much lower a reading may be before it is not believed (W-KM).
const fallKm = 1000

type odometer struct {
	ID          uuid.UUID
	MileageLast *int
	MileageAt   *time.Time
	NextDueDate *time.Time
	NextDueKm   *int
	LastVisitAt *time.Time
}

// note takes a reading over unless a newer one is known. fell: it is more than 1,000
// km lower than the last and is not used.
func (o *odometer) note(r Reading) (changed, fell bool) {
	o.LastVisitAt = later(o.LastVisitAt, r.Visit)
	if o.MileageAt != nil && o.MileageAt.After(r.On) {
		return false, false
	}
	before := *o
	switch {
	case r.Km == nil:
	case o.MileageLast != nil && *r.Km < *o.MileageLast-fallKm:
		fell = true
	default:
		on := r.On
		o.MileageLast, o.MileageAt = r.Km, &on
	}
	if r.NextDueDate != nil {
		o.NextDueDate = r.NextDueDate
	}
	if r.NextDueKm != nil {
		o.NextDueKm = r.NextDueKm
	}
	return !sameInt(before.MileageLast, o.MileageLast) || !sameInt(before.NextDueKm, o.NextDueKm) || !sameDay(before.NextDueDate, o.NextDueDate), fell
}

func sameInt(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func sameDay(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// NoteReadings keeps the newest mileage and due figures of vehicles, in the order of
// the readings, and publishes vehicle.mileage_changed once for each vehicle where one
// of them changed. For each reading it gives W-KM when it was not used.
func (f *Files) NoteReadings(ctx context.Context, db postgres.DB, by By, readings []Reading) ([]cn.Code, error) {
	codes := make([]cn.Code, len(readings))
	known, err := odometers(ctx, db, readings)
	if err != nil {
		return nil, err
	}
	var changed []*odometer
	told := map[uuid.UUID]bool{}
	for i, r := range readings {
		o := known[r.Vehicle]
		if o == nil || r.On.IsZero() {
			continue
		}
		moved, fell := o.note(r)
		if fell {
			codes[i] = "W-KM"
		}
		if moved && !told[o.ID] {
			told[o.ID] = true
			changed = append(changed, o)
		}
	}
	return codes, f.writeOdometers(ctx, db, by, changed)
}

// NoteReading is NoteReadings of one.
func (f *Files) NoteReading(ctx context.Context, db postgres.DB, by By, vehicle uuid.UUID, r Reading) (cn.Code, error) {
	r.Vehicle = vehicle
	codes, err := f.NoteReadings(ctx, db, by, []Reading{r})
	if err != nil {
		return "", err
	}
	return codes[0], nil
}

func odometers(ctx context.Context, db postgres.DB, readings []Reading) (map[uuid.UUID]*odometer, error) {
	ids := make([]uuid.UUID, len(readings))
	for i, r := range readings {
		ids[i] = r.Vehicle
	}
	rows, err := db.Query(ctx, `SELECT id, mileage_last, mileage_at, next_due_date, next_due_km, last_visit_at FROM vehicle WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading mileages: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[odometer])
	if err != nil {
		return nil, fmt.Errorf("reading mileages: %w", err)
	}
	out := make(map[uuid.UUID]*odometer, len(found))
	for i := range found {
		out[found[i].ID] = &found[i]
	}
	return out, nil
}

func (f *Files) writeOdometers(ctx context.Context, db postgres.DB, by By, changed []*odometer) error {
	if len(changed) == 0 {
		return nil
	}
	var ids []uuid.UUID
	var kms, dueKms []*int
	var ats, dues, visits []*time.Time
	es := make([]events.Event, 0, len(changed))
	for _, o := range changed {
		ids, kms, ats = append(ids, o.ID), append(kms, o.MileageLast), append(ats, o.MileageAt)
		dues, dueKms = append(dues, o.NextDueDate), append(dueKms, o.NextDueKm)
		visits = append(visits, o.LastVisitAt)
		es = append(es, by.event(events.MileageChanged, events.Subjects{"vehicle": o.ID}))
	}
	_, err := db.Exec(ctx, `
		UPDATE vehicle v SET mileage_last = r.km, mileage_at = r.seen, next_due_date = r.due, next_due_km = r.due_km, last_visit_at = r.visit
		FROM unnest($1::uuid[], $2::integer[], $3::date[], $4::date[], $5::integer[], $6::timestamptz[]) AS r (id, km, seen, due, due_km, visit)
		WHERE v.id = r.id`, ids, kms, ats, dues, dueKms, visits)
	if err != nil {
		return fmt.Errorf("noting mileages: %w", err)
	}
	return f.bus.PublishAll(ctx, db, es)
}

// VehicleFill completes blanks of a vehicle's file; nothing that is filled changes.
type VehicleFill struct {
	Vehicle     uuid.UUID
	EngineNo    string
	MotorNo     string
	Colour      string
	UseKind     string
	Energy      string
	SaleStore   string
	Card        string
	Sold        *time.Time
	Registered  *time.Time
	WarrantyEnd *time.Time
}

// FillVehicles completes several vehicles' files.
func FillVehicles(ctx context.Context, db postgres.DB, at time.Time, fills []VehicleFill) error {
	if len(fills) == 0 {
		return nil
	}
	var ids []uuid.UUID
	var engines, motors, colours, uses, energies, shops, cards []string
	var sold, registered, warranties []*time.Time
	seen := map[uuid.UUID]bool{}
	for _, v := range fills {
		if seen[v.Vehicle] { // an UPDATE takes one row of several: the first stays
			continue
		}
		seen[v.Vehicle] = true
		ids, engines, motors, colours = append(ids, v.Vehicle), append(engines, v.EngineNo), append(motors, v.MotorNo), append(colours, v.Colour)
		uses, energies, shops, cards = append(uses, v.UseKind), append(energies, v.Energy), append(shops, v.SaleStore), append(cards, v.Card)
		sold, registered, warranties = append(sold, v.Sold), append(registered, v.Registered), append(warranties, v.WarrantyEnd)
	}
	_, err := db.Exec(ctx, `
		UPDATE vehicle v SET engine_no = CASE WHEN v.engine_no = '' THEN r.engine ELSE v.engine_no END,
			motor_no = CASE WHEN v.motor_no = '' THEN r.motor ELSE v.motor_no END,
			colour = CASE WHEN v.colour = '' THEN r.colour ELSE v.colour END, use_kind = CASE WHEN v.use_kind = '' THEN r.use_kind ELSE v.use_kind END,
			energy = CASE WHEN v.energy = '' THEN r.energy ELSE v.energy END, sale_store = CASE WHEN v.sale_store = '' THEN r.shop ELSE v.sale_store END,
			purchase_card_no = CASE WHEN v.purchase_card_no = '' THEN r.card ELSE v.purchase_card_no END,
			sale_date = coalesce(v.sale_date, r.sold), first_reg_date = coalesce(v.first_reg_date, r.registered),
			warranty_end_date = coalesce(v.warranty_end_date, r.warranty), updated_at = $1
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::date[], $11::date[], $12::date[])
			AS r (id, engine, motor, colour, use_kind, energy, shop, card, sold, registered, warranty)
		WHERE v.id = r.id`, at, ids, engines, motors, colours, uses, energies, shops, cards, sold, registered, warranties)
	if err != nil {
		return fmt.Errorf("filling vehicles: %w", err)
	}
	return nil
}
