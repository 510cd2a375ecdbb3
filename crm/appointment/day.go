package appointment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/clock"
	"ringback/internal/postgres"
)

// Place is one slot of a day as a board shows it.
type Place struct {
	At       time.Time `json:"at"`
	Capacity int       `json:"capacity"`
	Used     int       `json:"used"`
}

// Free is how many vehicles more it takes.
func (p Place) Free() int { return max(0, p.Capacity-p.Used) }

// DayOf lists the slots of one kind of bay on the business day that at lies in: those
// of its hours, and full ones outside them that were booked before the hours changed.
func DayOf(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, at time.Time) ([]Place, error) {
	bays, err := Bays(ctx, db, store)
	if err != nil {
		return nil, err
	}
	bay, ok := bays[kind]
	if !ok {
		return nil, noBay(kind)
	}
	local := at.In(clock.Shanghai())
	from := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	taken, err := placesOf(ctx, db, store, kind, from, from.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	out := []Place{}
	for _, at := range bay.day(from) {
		p, known := taken[at.Unix()]
		if !known {
			p = Place{At: at, Capacity: bay.Capacity}
		}
		delete(taken, at.Unix())
		if p.Capacity > 0 {
			p.At = p.At.UTC()
			out = append(out, p)
		}
	}
	for _, p := range taken {
		if p.Used > 0 {
			out = append(out, Place{At: p.At.UTC(), Capacity: p.Used, Used: p.Used})
		}
	}
	slices.SortFunc(out, func(a, b Place) int { return a.At.Compare(b.At) })
	return out, nil
}

func placesOf(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, from, to time.Time) (map[int64]Place, error) {
	rows, err := db.Query(ctx, `SELECT from_at AS at, capacity, used FROM appointment_slot WHERE store_id = $1 AND kind = $2 AND from_at >= $3 AND from_at < $4`,
		store, kind, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading the slots of a day: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Place])
	if err != nil {
		return nil, fmt.Errorf("reading the slots of a day: %w", err)
	}
	out := map[int64]Place{}
	for _, p := range found {
		out[p.At.Unix()] = p
	}
	return out, nil
}

// day are the starts of a day's slots; midnight is the day's beginning.
func (b Bay) day(midnight time.Time) (out []time.Time) {
	for m := b.Opens; m+int(slotLength/time.Minute) <= b.Closes; m += int(slotLength / time.Minute) {
		out = append(out, midnight.Add(time.Duration(m)*time.Minute))
	}
	return out
}

// Kinds of bays, in the order of a board.
func Kinds() []string { return []string{"fast", "general", "body"} }
