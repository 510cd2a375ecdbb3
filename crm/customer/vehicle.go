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

// Codes this package adds to a row (spec 7.4).
const (
	WSamePlate cn.Code = "W-SAME-PLATE"
	WStaff     cn.Code = "W-STAFF"
	WShared    cn.Code = "W-SHARED"
)

// VehicleSeen is a vehicle as a file's row shows it.
type VehicleSeen struct {
	No        cn.VehicleNo
	Plate     string
	Brand     string
	Series    string
	Model     string
	On        time.Time // day the plate was seen on the vehicle; zero: unknown
	Synthetic bool
}

// Known tells whether there is anything a vehicle could be found or made by.
func (v VehicleSeen) Known() bool {
	return v.No.VIN != "" || v.No.Frame != "" || v.No.Last8 != "" || v.Plate != ""
}

func (v VehicleSeen) kind() string {
	if v.No.Frame != "" {
		return "ebike"
	}
	return "car"
}

type vehicleRow struct {
	ID    uuid.UUID
	VIN   *string `db:"vin"`
	Frame *string `db:"frame_no"`
	Plate string
	Model string
}

// seeVehicle finds the vehicle in the order VIN, frame, last 8 with model, plate
// (spec 7.5) or makes it, and moves the plate to it.
func (f *Files) seeVehicle(ctx context.Context, db postgres.DB, by By, v VehicleSeen) (uuid.UUID, []cn.Code, error) {
	found, err := matchVehicle(ctx, db, by.Store, v)
	if err != nil {
		return uuid.Nil, nil, err
	}
	if found == nil {
		return f.newVehicle(ctx, db, by, v)
	}
	codes, err := f.movePlate(ctx, db, by, found.ID, found.Plate, v)
	if err != nil {
		return uuid.Nil, nil, err
	}
	return found.ID, codes, fillVehicle(ctx, db, by, found.ID, v)
}

func matchVehicle(ctx context.Context, db postgres.DB, store uuid.UUID, v VehicleSeen) (*vehicleRow, error) {
	switch {
	case v.No.VIN != "" && v.No.Matches:
		r, err := oneVehicle(ctx, db, `SELECT id, vin, frame_no, plate, model FROM vehicle WHERE store_id = $1 AND vin = $2`, store, v.No.VIN)
		if r != nil || err != nil {
			return r, err
		}
		// a vehicle known by its plate only now tells its VIN
		return oneVehicle(ctx, db, `SELECT id, vin, frame_no, plate, model FROM vehicle
			WHERE store_id = $1 AND plate = $2 AND plate <> '' AND vin IS NULL AND frame_no IS NULL`, store, v.Plate)
	case v.No.Frame != "":
		return oneVehicle(ctx, db, `SELECT id, vin, frame_no, plate, model FROM vehicle WHERE store_id = $1 AND frame_no = $2`, store, v.No.Frame)
	case v.No.Last8 != "":
		r, err := oneVehicle(ctx, db, `SELECT id, vin, frame_no, plate, model FROM vehicle
			WHERE store_id = $1 AND vin IS NOT NULL AND right(vin, 8) = $2 AND (model = $3 OR model = '' OR $3 = '')`, store, v.No.Last8, v.Model)
		if r != nil || err != nil {
			return r, err
		}
	}
	if v.Plate == "" {
		return nil, nil
	}
	return oneVehicle(ctx, db, `SELECT id, vin, frame_no, plate, model FROM vehicle WHERE store_id = $1 AND plate = $2 AND plate <> ''`, store, v.Plate)
}

// oneVehicle gives the only match; two are as good as none.
func oneVehicle(ctx context.Context, db postgres.DB, sql string, args ...any) (*vehicleRow, error) {
	rows, err := db.Query(ctx, sql+` LIMIT 2`, args...)
	if err != nil {
		return nil, fmt.Errorf("finding a vehicle: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[vehicleRow])
	if err != nil {
		return nil, fmt.Errorf("finding a vehicle: %w", err)
	}
	if len(found) != 1 {
		return nil, nil
	}
	return &found[0], nil
}

func (f *Files) newVehicle(ctx context.Context, db postgres.DB, by By, v VehicleSeen) (uuid.UUID, []cn.Code, error) {
	id := uuid.Must(uuid.NewV7())
	_, err := db.Exec(ctx, `
		INSERT INTO vehicle (id, group_id, store_id, kind, vin, vin_valid, frame_no, plate, brand, series, model, is_synthetic, created_at, updated_at)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, NULLIF($7, ''), '', $8, $9, $10, $11, $12, $12)`,
		id, by.Group, by.Store, v.kind(), v.No.VIN, v.No.Valid, v.No.Frame, v.Brand, v.Series, v.Model, v.Synthetic, by.At)
	if err != nil {
		return uuid.Nil, nil, fmt.Errorf("writing a vehicle: %w", err)
	}
	codes, err := f.movePlate(ctx, db, by, id, "", v)
	return id, codes, err
}

func fillVehicle(ctx context.Context, db postgres.DB, by By, id uuid.UUID, v VehicleSeen) error {
	_, err := db.Exec(ctx, `
		UPDATE vehicle SET vin = coalesce(vin, NULLIF($2, '')), vin_valid = vin_valid OR (vin IS NULL AND $3),
			frame_no = coalesce(frame_no, NULLIF($4, '')),
			brand = CASE WHEN brand = '' THEN $5 ELSE brand END, series = CASE WHEN series = '' THEN $6 ELSE series END,
			model = CASE WHEN model = '' THEN $7 ELSE model END, updated_at = $8
		WHERE id = $1 AND (vin IS NULL OR model = '' OR brand = '' OR series = '')`,
		id, v.No.VIN, v.No.Valid, v.No.Frame, v.Brand, v.Series, v.Model, by.At)
	if err != nil {
		return fmt.Errorf("filling vehicle %s: %w", id, err)
	}
	return nil
}

// movePlate gives the vehicle its plate. When another vehicle has it, that one's
// plate history is closed the day before (W-SAME-PLATE).
func (f *Files) movePlate(ctx context.Context, db postgres.DB, by By, id uuid.UUID, had string, v VehicleSeen) ([]cn.Code, error) {
	if v.Plate == "" || v.Plate == had {
		return nil, nil
	}
	var from *time.Time
	if !v.On.IsZero() {
		from = &v.On
	}
	var taken int
	err := db.QueryRow(ctx, `
		WITH taken AS (UPDATE vehicle SET plate = '', updated_at = $4 WHERE store_id = $1 AND plate = $2 AND plate <> '' AND id <> $3 RETURNING id),
		given AS (UPDATE vehicle SET plate = $2, updated_at = $4 WHERE id = $3),
		opened AS (INSERT INTO vehicle_plate_history (id, store_id, vehicle_id, plate, from_day) VALUES ($6, $1, $3, $2, $5))
		SELECT count(*) FROM taken`, by.Store, v.Plate, id, by.At, from, uuid.Must(uuid.NewV7())).Scan(&taken)
	if err != nil {
		return nil, fmt.Errorf("moving a plate to vehicle %s: %w", id, err)
	}
	if taken == 0 && had == "" {
		return nil, nil
	}
	if err := closePlates(ctx, db, by, id, v.Plate, from); err != nil || taken == 0 {
		return nil, err
	}
	return []cn.Code{WSamePlate}, nil
}

// closePlates ends the vehicle's other plate and the plate's other vehicle, the day
// before.
func closePlates(ctx context.Context, db postgres.DB, by By, id uuid.UUID, plate string, from *time.Time) error {
	_, err := db.Exec(ctx, `UPDATE vehicle_plate_history SET to_day = $4::date - 1
		WHERE store_id = $1 AND to_day IS NULL AND (vehicle_id = $2) <> (plate = $3)`, by.Store, id, plate, from)
	if err != nil {
		return fmt.Errorf("closing the plate history of vehicle %s: %w", id, err)
	}
	return nil
}

// Reading is a mileage seen on a day, with what the workshop proposes next.
type Reading struct {
	Km          *int
	On          time.Time
	NextDueDate *time.Time
	NextDueKm   *int
}

// NoteReading keeps a vehicle's newest mileage and due figures and publishes
// vehicle.mileage_changed when one of them changed. It gives W-KM and keeps the old
// mileage when the new one is more than 1,000 km lower.
func (f *Files) NoteReading(ctx context.Context, db postgres.DB, by By, vehicle uuid.UUID, r Reading) (cn.Code, error) {
	if r.On.IsZero() {
		return "", nil
	}
	var fell, changed bool
	err := db.QueryRow(ctx, `
		WITH old AS (SELECT id, mileage_last, next_due_date, next_due_km, coalesce($2 < mileage_last - 1000, false) AS fell FROM vehicle
			WHERE id = $1 AND (mileage_at IS NULL OR mileage_at <= $3)),
		kept AS (UPDATE vehicle v SET
			mileage_last = CASE WHEN old.fell THEN v.mileage_last ELSE coalesce($2, v.mileage_last) END,
			mileage_at = CASE WHEN old.fell OR $2::integer IS NULL THEN v.mileage_at ELSE $3 END,
			next_due_date = coalesce($4, v.next_due_date), next_due_km = coalesce($5, v.next_due_km)
			FROM old WHERE v.id = $1 RETURNING v.mileage_last, v.next_due_date, v.next_due_km)
		SELECT coalesce((SELECT fell FROM old), false), EXISTS (SELECT 1 FROM old, kept
			WHERE (old.mileage_last, old.next_due_date, old.next_due_km) IS DISTINCT FROM (kept.mileage_last, kept.next_due_date, kept.next_due_km))`,
		vehicle, r.Km, r.On, r.NextDueDate, r.NextDueKm).Scan(&fell, &changed)
	if err != nil {
		return "", fmt.Errorf("noting the mileage of vehicle %s: %w", vehicle, err)
	}
	if changed {
		if err := f.publish(ctx, db, by, events.MileageChanged, events.Subjects{"vehicle": vehicle}, nil); err != nil {
			return "", err
		}
	}
	if fell {
		return "W-KM", nil
	}
	return "", nil
}

// NoteSale keeps the day a vehicle was handed over new, unless one is known.
func NoteSale(ctx context.Context, db postgres.DB, vehicle uuid.UUID, day, at time.Time) error {
	_, err := db.Exec(ctx, `UPDATE vehicle SET sale_date = $2, updated_at = $3 WHERE id = $1 AND sale_date IS NULL`, vehicle, day, at)
	if err != nil {
		return fmt.Errorf("noting the sale of vehicle %s: %w", vehicle, err)
	}
	return nil
}
