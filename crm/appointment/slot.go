package appointment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/clock"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// slotLength is how finely a day is booked.
const slotLength = 30 * time.Minute

// Bay is how many vehicles one kind of bay takes at a time, and when.
type Bay struct {
	Kind     string `json:"kind"`   // fast, general, body
	Opens    int    `json:"opens"`  // minutes of the day
	Closes   int    `json:"closes"` // the last slot ends then
	Capacity int    `json:"capacity"`
}

// ShippedBays are those of a store that has set none.
func ShippedBays() []Bay {
	return []Bay{{"fast", 8*60 + 30, 17*60 + 30, 2}, {"general", 8*60 + 30, 17*60 + 30, 3}, {"body", 8*60 + 30, 17 * 60, 1}}
}

// Slot is half an hour of one kind of bay.
type Slot struct {
	Kind   string    `json:"kind"`
	FromAt time.Time `json:"from_at"`
	ToAt   time.Time `json:"to_at"`
	Free   int       `json:"free"`
}

// BayFor is the kind of bay a reason needs.
func BayFor(reason string) string {
	switch reason {
	case "first", "periodic":
		return "fast"
	case "accident", "paint":
		return "body"
	}
	return "general"
}

// ReasonZH is what a reason is called in messages and on the day's board.
func ReasonZH(reason string) string {
	switch reason {
	case "first":
		return "首次保养"
	case "periodic":
		return "定期保养"
	case "rework":
		return "返修检查"
	case "accident":
		return "事故维修"
	case "paint":
		return "钣金喷漆"
	case "diagnosis":
		return "故障诊断"
	}
	return "维修保养"
}

// Bays are a store's, by kind.
func Bays(ctx context.Context, db postgres.DB, store uuid.UUID) (map[string]Bay, error) {
	rows, err := db.Query(ctx, `SELECT kind, opens, closes, capacity FROM bay_plan WHERE store_id = $1`, store)
	if err != nil {
		return nil, fmt.Errorf("reading the bays of store %s: %w", store, err)
	}
	own, err := pgx.CollectRows(rows, pgx.RowToStructByName[Bay])
	if err != nil {
		return nil, fmt.Errorf("reading the bays of store %s: %w", store, err)
	}
	out := map[string]Bay{}
	for _, b := range append(ShippedBays(), own...) {
		out[b.Kind] = b
	}
	return out, nil
}

// bayMost is how many vehicles one kind of bay may take at a time.
const bayMost = 50

// SaveBay writes what one kind of bay takes; slots that hold bookings already keep
// at least those. errs.Invalid "bay_kind" for a kind there is none of, "bay_plan"
// unless the hours are whole half hours in order and the capacity is 0 to 50.
func SaveBay(ctx context.Context, db postgres.DB, store uuid.UUID, b Bay) error {
	if !slices.Contains(Kinds(), b.Kind) {
		return noBay(b.Kind)
	}
	if half := int(slotLength / time.Minute); b.Opens%half != 0 || b.Closes%half != 0 || b.Opens >= b.Closes || b.Capacity < 0 || b.Capacity > bayMost {
		return errs.New(errs.Invalid, "bay_plan", fmt.Sprintf("工位计划不正确：开始要早于结束，都在整点或半点，容量在 0–%d 之间。请修改后再保存。", bayMost),
			fmt.Sprintf("The bay plan is wrong: it must open before it closes, both on the hour or half hour, and take 0 to %d vehicles. Correct it and save again.", bayMost))
	}
	_, err := db.Exec(ctx, `INSERT INTO bay_plan (store_id, kind, opens, closes, capacity) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (store_id, kind) DO UPDATE SET opens = $3, closes = $4, capacity = $5`, store, b.Kind, b.Opens, b.Closes, b.Capacity)
	if err != nil {
		return fmt.Errorf("writing the bay plan of store %s: %w", store, err)
	}
	if _, err := db.Exec(ctx, `UPDATE appointment_slot SET capacity = greatest(used, $3) WHERE store_id = $1 AND kind = $2`, store, b.Kind, b.Capacity); err != nil {
		return fmt.Errorf("changing the slots of a bay: %w", err)
	}
	return nil
}

// lookAhead is how far free slots are searched.
const lookAhead = 30

// Free lists the next n free slots of a bay at or after from.
func Free(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, from time.Time, n int) ([]Slot, error) {
	bays, err := Bays(ctx, db, store)
	if err != nil {
		return nil, err
	}
	bay, ok := bays[kind]
	if !ok {
		return nil, noBay(kind)
	}
	taken, err := usedSlots(ctx, db, store, kind, from, from.AddDate(0, 0, lookAhead+1))
	if err != nil {
		return nil, err
	}
	var out []Slot
	for _, at := range bay.grid(from) {
		free := bay.Capacity
		if t, known := taken[at.Unix()]; known {
			free = t
		}
		if free > 0 {
			out = append(out, Slot{Kind: kind, FromAt: at, ToAt: at.Add(slotLength), Free: free})
		}
		if len(out) == n {
			break
		}
	}
	return out, nil
}

func noBay(kind string) error {
	return errs.New(errs.Invalid, "bay_kind", "没有这种工位“"+kind+"”。", "There is no bay of the kind \""+kind+"\".")
}

// grid are the slots' starts at or after from, over the days that are searched.
func (b Bay) grid(from time.Time) (out []time.Time) {
	local := from.In(clock.Shanghai())
	for d := range lookAhead {
		for _, at := range b.day(time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, local.Location())) {
			if !at.Before(from) {
				out = append(out, at)
			}
		}
	}
	return out
}

func usedSlots(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, from, to time.Time) (map[int64]int, error) {
	type row struct {
		FromAt time.Time
		Free   int
	}
	rows, err := db.Query(ctx, `SELECT from_at, capacity - used AS free FROM appointment_slot
		WHERE store_id = $1 AND kind = $2 AND from_at >= $3 AND from_at < $4`, store, kind, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading slots: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("reading slots: %w", err)
	}
	out := map[int64]int{}
	for _, r := range found {
		out[r.FromAt.Unix()] = r.Free
	}
	return out, nil
}

// hold takes one place of the slot that at lies in. errs.Conflict "slot_full" names
// the next three free ones (T-M1); errs.Invalid "slot_closed" outside the bay's hours.
func hold(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, at time.Time) (id uuid.UUID, starts time.Time, err error) {
	bays, err := Bays(ctx, db, store)
	if err != nil {
		return uuid.Nil, starts, err
	}
	bay, local := bays[kind], at.In(clock.Shanghai())
	minute := local.Hour()*60 + local.Minute()
	minute -= (minute - bay.Opens) % int(slotLength/time.Minute)
	if bay.Capacity == 0 || minute < bay.Opens || minute+int(slotLength/time.Minute) > bay.Closes {
		return uuid.Nil, starts, errs.New(errs.Invalid, "slot_closed", "这个时间车间不接待，请另选时间。", "The workshop takes nobody at that time; choose another one.")
	}
	starts = time.Date(local.Year(), local.Month(), local.Day(), 0, minute, 0, 0, local.Location())
	err = db.QueryRow(ctx, `
		INSERT INTO appointment_slot AS s (id, store_id, kind, from_at, to_at, capacity, used) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (store_id, kind, from_at) DO UPDATE SET used = s.used + 1 WHERE s.used < s.capacity RETURNING id`,
		uuid.Must(uuid.NewV7()), store, kind, starts, starts.Add(slotLength), bay.Capacity).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, starts, full(ctx, db, store, kind, starts)
	}
	if err != nil {
		return uuid.Nil, starts, fmt.Errorf("holding a slot: %w", err)
	}
	return id, starts, nil
}

func full(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, at time.Time) error {
	free, err := Free(ctx, db, store, kind, at, 3)
	if err != nil {
		return err
	}
	zh, en := "这个时段已约满。", "This slot is full."
	for i, s := range free {
		when := s.FromAt.In(clock.Shanghai())
		if i == 0 {
			zh, en = zh+"可约：", en+" Free: "
		} else {
			zh, en = zh+"、", en+", "
		}
		zh, en = zh+when.Format("1月2日 15:04"), en+when.Format("2 Jan 15:04")
	}
	return errs.New(errs.Conflict, "slot_full", zh, en)
}

// release gives a place back.
func release(ctx context.Context, db postgres.DB, a Appointment) error {
	if a.SlotID == nil {
		return nil
	}
	if _, err := db.Exec(ctx, `UPDATE appointment_slot SET used = used - 1 WHERE id = $1 AND used > 0`, *a.SlotID); err != nil {
		return fmt.Errorf("giving a slot back: %w", err)
	}
	return nil
}
