package workorder

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Plan is how often a model is maintained (spec 2.2.14): whichever of months and
// kilometres comes first.
type Plan struct {
	ID            uuid.UUID `json:"id"`
	VehicleKind   string    `json:"vehicle_kind"` // car, ebike
	Model         string    `json:"model"`        // part of the model's name; empty: every model
	FirstMonths   int       `json:"first_months"`
	FirstKm       int       `json:"first_km"`
	PeriodMonths  int       `json:"period_months"`
	PeriodKm      int       `json:"period_km"`
	StopAfterDays int       `json:"stop_after_days"` // overdue that long, nobody is reminded any more
}

// ShippedPlans are those of D-12, for stores that have none of their own.
func ShippedPlans() []Plan {
	return []Plan{
		{VehicleKind: "car", FirstMonths: 3, FirstKm: 5000, PeriodMonths: 6, PeriodKm: 10000, StopAfterDays: 90},
		{VehicleKind: "ebike", FirstMonths: 3, FirstKm: 1500, PeriodMonths: 6, PeriodKm: 1500, StopAfterDays: 90},
	}
}

// PlanFor is the plan of a model: the one that names the longest part of it.
func PlanFor(plans []Plan, kind, model string) Plan {
	best, found := Plan{}, false
	for _, p := range append(ShippedPlans(), plans...) {
		if p.VehicleKind == kind && strings.Contains(model, p.Model) && (!found || len(p.Model) >= len(best.Model)) {
			best, found = p, true
		}
	}
	if !found {
		return ShippedPlans()[0]
	}
	return best
}

// Plans lists a store's own plans.
func Plans(ctx context.Context, db postgres.DB, store uuid.UUID) ([]Plan, error) {
	rows, err := db.Query(ctx, `SELECT id, vehicle_kind, model, first_months, first_km, period_months, period_km, stop_after_days
		FROM maintenance_plan WHERE store_id = $1 ORDER BY vehicle_kind, model`, store)
	if err != nil {
		return nil, fmt.Errorf("reading maintenance plans: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Plan])
	if err != nil {
		return nil, fmt.Errorf("reading maintenance plans: %w", err)
	}
	return found, nil
}

// The most a plan may say.
const (
	planMonths = 60
	planKm     = 100_000
	planDays   = 730
	planModel  = 60 // characters
)

// SavePlan writes a plan by kind and model; the model is kept in NFKC without spaces
// around it. errs.Invalid "maintenance_plan" for figures that are no plan,
// "maintenance_model" for a model of more than 60 characters.
func SavePlan(ctx context.Context, db postgres.DB, store uuid.UUID, p Plan, now time.Time) error {
	if !p.fits() {
		return errs.New(errs.Invalid, "maintenance_plan",
			fmt.Sprintf("保养计划的月数要在 1–%d，公里数在 1–%d，停止天数在 1–%d 之间。请修改后再保存。", planMonths, planKm, planDays),
			fmt.Sprintf("Months must be 1 to %d, kilometres 1 to %d, the days to stop 1 to %d. Correct the plan and save again.", planMonths, planKm, planDays))
	}
	if p.Model = cn.Fold(p.Model); utf8.RuneCountInString(p.Model) > planModel {
		return errs.New(errs.Invalid, "maintenance_model", fmt.Sprintf("车型最多 %d 个字，填车型名称里的一段就可以。", planModel),
			fmt.Sprintf("The model may have %d characters; a part of its name is enough.", planModel)).At("model")
	}
	_, err := db.Exec(ctx, `
		INSERT INTO maintenance_plan (id, store_id, vehicle_kind, model, first_months, first_km, period_months, period_km, stop_after_days, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (store_id, vehicle_kind, model) DO UPDATE SET first_months = $5, first_km = $6, period_months = $7, period_km = $8,
			stop_after_days = $9, updated_at = $10`,
		uuid.Must(uuid.NewV7()), store, p.VehicleKind, p.Model, p.FirstMonths, p.FirstKm, p.PeriodMonths, p.PeriodKm, p.StopAfterDays, now)
	if err != nil {
		return fmt.Errorf("writing a maintenance plan: %w", err)
	}
	return nil
}

// DropPlan deletes a store's own plan and returns what it said; its vehicles follow a
// plan of a shorter name, in the end the shipped one. errs.NotFound
// "maintenance_plan_not_found".
func DropPlan(ctx context.Context, db postgres.DB, store, id uuid.UUID) (Plan, error) {
	rows, err := db.Query(ctx, `DELETE FROM maintenance_plan WHERE store_id = $1 AND id = $2
		RETURNING id, vehicle_kind, model, first_months, first_km, period_months, period_km, stop_after_days`, store, id)
	if err != nil {
		return Plan{}, fmt.Errorf("deleting a maintenance plan: %w", err)
	}
	gone, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Plan])
	if errors.Is(err, pgx.ErrNoRows) {
		return Plan{}, errs.New(errs.NotFound, "maintenance_plan_not_found", "没有这份保养计划，可能刚被别人删除。请刷新后再看。",
			"There is no such maintenance plan; somebody may just have deleted it. Reload and look again.")
	}
	if err != nil {
		return Plan{}, fmt.Errorf("deleting a maintenance plan: %w", err)
	}
	return gone, nil
}

func (p Plan) fits() bool {
	within := func(n, most int) bool { return n >= 1 && n <= most }
	return within(p.FirstMonths, planMonths) && within(p.PeriodMonths, planMonths) && within(p.FirstKm, planKm) && within(p.PeriodKm, planKm) &&
		within(p.StopAfterDays, planDays)
}

// Mileage is a reading of the odometer on a day.
type Mileage struct {
	Km int
	On time.Time
}

// Cycle is the maintenance a vehicle comes to next.
type Cycle struct {
	First    bool      // the first service, else a periodic one
	Anchor   uuid.UUID // the visit it counts from; zero: the sale
	From     time.Time // day of the anchor
	Due      time.Time // day
	DueKm    int       // 0: not known
	Forecast bool      // the kilometres are reached before the date
}

// Next is when the vehicle is due by its plan: the earlier of the date and the day
// on which the kilometres are reached at its present use (D-12, T-D4). What the
// workshop wrote at the last visit wins over the plan. Not ok when nothing is known
// to count from. Days are midnights in zone.
func (p Plan) Next(u Upkeep, zone *time.Location) (c Cycle, ok bool) {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, zone)
	}
	switch {
	case u.LastID != nil:
		c = Cycle{Anchor: *u.LastID, From: day(*u.LastOn), Due: dealer.AddMonths(day(*u.LastOn), p.PeriodMonths)}
		if u.LastKm != nil {
			c.DueKm = *u.LastKm + p.PeriodKm
		}
		if u.ProposedDate != nil {
			c.Due = day(*u.ProposedDate)
		}
		if u.ProposedKm != nil {
			c.DueKm = *u.ProposedKm
		}
	case u.SoldOn != nil:
		c = Cycle{First: true, From: day(*u.SoldOn), Due: dealer.AddMonths(day(*u.SoldOn), p.FirstMonths), DueKm: p.FirstKm}
	default:
		return Cycle{}, false
	}
	if reached, known := u.reaches(c, zone); known && reached.Before(c.Due) {
		c.Due, c.Forecast = reached, true
	}
	return c, true
}

// reaches is the day on which the vehicle has driven to the cycle's kilometres.
func (u Upkeep) reaches(c Cycle, zone *time.Location) (time.Time, bool) {
	if c.DueKm == 0 {
		return time.Time{}, false
	}
	at := Mileage{On: c.From}
	if u.LastKm != nil {
		at.Km = *u.LastKm
	} else if !c.First {
		return time.Time{}, false
	}
	if r, ok := u.newest(); ok && !r.On.Before(at.On.Add(-24*time.Hour)) {
		at = r
	}
	left := max(c.DueKm-at.Km, 0)
	days := (left*10 + u.tenthsPerDay() - 1) / u.tenthsPerDay()
	y, m, d := at.On.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, zone), true
}

func (u Upkeep) newest() (Mileage, bool) {
	r := u.readings()
	if len(r) == 0 {
		return Mileage{}, false
	}
	return r[len(r)-1], true
}

// tenthsPerDay is the vehicle's use in tenths of a kilometre a day: the slope of
// the last three readings, bounded by 5 and 300 km; without them 40, an e-bike 15
// (spec 2.2.9).
func (u Upkeep) tenthsPerDay() int {
	r := u.readings()
	if len(r) >= 2 {
		a, b := r[max(0, len(r)-3)], r[len(r)-1]
		if days := int(b.On.Sub(a.On).Hours() / 24); days > 0 {
			return min(max((b.Km-a.Km)*10/days, 50), 3000)
		}
	}
	if u.VehicleKind == "ebike" {
		return 150
	}
	return 400
}
