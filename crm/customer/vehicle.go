package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

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
