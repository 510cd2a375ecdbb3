package dealer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// windowsMost is how many spans of a day a store may call in.
const windowsMost = 4

// ShippedWindows are the rule pack's call windows, for a store that names none (D-04),
// and the hard wall that every window lies in (CG-02, L-11).
func ShippedWindows() (windows []Window, wall Window, err error) {
	rules, err := Rules(Home)
	if err != nil {
		return nil, Window{}, err
	}
	return rules.Hours.Windows, rules.Hours.Wall, nil
}

// SetWindows changes when a store's automatic calls are made, and returns the windows
// as they are kept ("09:30", from full-width or one-digit hours too). The dialer reads
// them with its next look at a campaign. errs.Invalid "call_windows" unless they are
// one to four spans in order, apart from each other and inside the wall;
// errs.NotFound "store_not_found".
func SetWindows(ctx context.Context, db postgres.DB, store uuid.UUID, windows []Window) ([]Window, error) {
	_, wall, err := ShippedWindows()
	if err != nil {
		return nil, err
	}
	kept := make([]Window, len(windows))
	for i, w := range windows {
		if kept[i], err = tidy(w); err != nil {
			return nil, errs.New(errs.Invalid, "call_windows", "第 "+fmt.Sprint(i+1)+" 段的时间不对，请写成 09:30 这样的时刻。",
				"The times of span "+fmt.Sprint(i+1)+" are not times of day; write them like 09:30.").At("/call_windows").Because(err)
		}
	}
	if len(kept) == 0 || len(kept) > windowsMost {
		return nil, errs.New(errs.Invalid, "call_windows", fmt.Sprintf("请设 1 到 %d 段外呼时段。", windowsMost),
			fmt.Sprintf("Name 1 to %d call windows.", windowsMost)).At("/call_windows")
	}
	if !windowsFit(kept, wall) {
		return nil, unfit(wall)
	}
	raw, err := windowsJSON(kept)
	if err != nil {
		return nil, err
	}
	tag, err := db.Exec(ctx, `UPDATE store SET call_windows = $2 WHERE id = $1`, store, raw)
	if err != nil {
		return nil, fmt.Errorf("changing the call windows of store %s: %w", store, err)
	}
	if tag.RowsAffected() == 0 {
		return nil, noStore()
	}
	return kept, nil
}

// tidy makes one spelling of a window's times.
func tidy(w Window) (Window, error) {
	from, to, err := Window{From: cn.Fold(w.From), To: cn.Fold(w.To)}.minutes()
	return Window{From: ClockOf(from), To: ClockOf(to)}, err
}

// ClockOf writes a minute of the day as a time of it: 08:30.
func ClockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func noStore() error {
	return errs.New(errs.NotFound, "store_not_found", "没有这家门店。", "There is no such store.")
}

func unfit(wall Window) error {
	return errs.New(errs.Invalid, "call_windows",
		"外呼时段须在 "+wall.From+"–"+wall.To+" 之内，依次排列且不重叠。请修改后再保存。",
		"Call windows must lie between "+wall.From+" and "+wall.To+", in order and without overlap. Correct them and save again.").At("/call_windows")
}
