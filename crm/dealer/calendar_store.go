package dealer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/clock"
	"ringback/internal/postgres"
)

// SeedCalendar writes the shipped years that the database does not know yet. A
// year that is there, perhaps corrected by an admin, is left alone.
func SeedCalendar(ctx context.Context, db postgres.DB) error {
	notices, err := ShippedNotices()
	if err != nil {
		return err
	}
	for _, n := range notices {
		if err := SaveNotice(ctx, db, n); err != nil {
			return err
		}
	}
	return nil
}

// SaveNotice writes one year unless it is known already.
func SaveNotice(ctx context.Context, db postgres.DB, n Notice) error {
	tag, err := db.Exec(ctx, `INSERT INTO work_year (year) VALUES ($1) ON CONFLICT DO NOTHING`, n.Year)
	if err != nil {
		return fmt.Errorf("writing calendar year %d: %w", n.Year, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	for _, d := range n.Days {
		if _, err := db.Exec(ctx, `INSERT INTO work_day (day, is_workday, is_quiet, name) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day) DO NOTHING`, d.Date, d.Workday, d.Quiet, d.Name); err != nil {
			return fmt.Errorf("writing calendar day %s: %w", d.Date.Format(time.DateOnly), err)
		}
	}
	return nil
}

type dayRow struct {
	Day       time.Time
	IsWorkday *bool
	IsQuiet   bool
	Name      string
}

// LoadCalendar reads all years.
func LoadCalendar(ctx context.Context, db postgres.DB) (Calendar, error) {
	rows, err := db.Query(ctx, `SELECT year FROM work_year`)
	if err != nil {
		return Calendar{}, fmt.Errorf("reading calendar years: %w", err)
	}
	years, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return Calendar{}, fmt.Errorf("reading calendar years: %w", err)
	}
	rows, err = db.Query(ctx, `SELECT day, is_workday, is_quiet, name FROM work_day`)
	if err != nil {
		return Calendar{}, fmt.Errorf("reading calendar days: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[dayRow])
	if err != nil {
		return Calendar{}, fmt.Errorf("reading calendar days: %w", err)
	}
	days := make([]Day, len(found))
	for i, r := range found {
		days[i] = Day{Date: r.Day, Workday: r.IsWorkday, Quiet: r.IsQuiet, Name: r.Name}
	}
	return NewCalendar(years, days), nil
}

// LoadSchedule reads a store and the calendar, in the zone of all stores.
func LoadSchedule(ctx context.Context, db postgres.DB, store uuid.UUID) (Schedule, error) {
	s, err := GetStore(ctx, db, store)
	if err != nil {
		return Schedule{}, err
	}
	c, err := LoadCalendar(ctx, db)
	if err != nil {
		return Schedule{}, err
	}
	return NewSchedule(s, c, clock.Shanghai())
}
