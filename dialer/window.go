package dialer

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// span is a part of a day in minutes from midnight, the end not included.
type span struct{ from, to int }

// hours are the spans in which calls may be made, on some days of the week.
type hours struct {
	spans []span
	days  []int32                  // 0 is Sunday; none means every day
	open  func(day time.Time) bool // days that are closed for another reason; nil: none
}

const hour = 60

// readHours reads store.call_windows.
func readHours(windows []byte, days []int32) (hours, error) {
	var raw []struct{ From, To string }
	if err := json.Unmarshal(windows, &raw); err != nil {
		return hours{}, fmt.Errorf("reading the store's call windows: %w", err)
	}
	h := hours{days: days}
	for _, w := range raw {
		from, err := minuteOf(w.From)
		if err != nil {
			return hours{}, err
		}
		to, err := minuteOf(w.To)
		if err != nil {
			return hours{}, err
		}
		h.spans = append(h.spans, span{from, to})
	}
	return h, nil
}

func minuteOf(clock string) (int, error) {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, fmt.Errorf("reading the hour %q: %w", clock, err)
	}
	return t.Hour()*hour + t.Minute(), nil
}

// inside cuts every span to the wall; what lies outside is dropped.
func (h hours) inside(wall span) hours {
	out := hours{days: h.days, open: h.open}
	for _, s := range h.spans {
		if cut := (span{max(s.from, wall.from), min(s.to, wall.to)}); cut.from < cut.to {
			out.spans = append(out.spans, cut)
		}
	}
	slices.SortFunc(out.spans, func(a, b span) int { return a.from - b.from })
	return out
}

// lookAhead is how many days a next opening is searched.
const lookAhead = 60

// next is the first moment not before now that lies inside: now itself when
// open. It is not ok when nothing opens within two months.
func (h hours) next(now time.Time, zone *time.Location) (time.Time, bool) {
	local := now.In(zone)
	for d := range lookAhead {
		day := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, zone)
		if len(h.days) > 0 && !slices.Contains(h.days, int32(day.Weekday())) {
			continue
		}
		if h.open != nil && !h.open(day) {
			continue
		}
		for _, s := range h.spans {
			from, to := at(day, s.from), at(day, s.to)
			switch {
			case now.Before(from):
				return from.UTC(), true
			case now.Before(to):
				return now, true
			}
		}
	}
	return time.Time{}, false
}

// after is when so much time inside has passed from now on; not ok when that takes
// more than two months.
func (h hours) after(now time.Time, work time.Duration, zone *time.Location) (time.Time, bool) {
	for t := now; t.Before(now.AddDate(0, 0, lookAhead)); {
		from, ok := h.next(t, zone)
		if !ok {
			return time.Time{}, false
		}
		to := h.closes(from, zone)
		if work <= to.Sub(from) {
			return from.Add(work), true
		}
		work -= to.Sub(from)
		t = to
	}
	return time.Time{}, false
}

// closes is the end of the span that is open at t.
func (h hours) closes(t time.Time, zone *time.Location) time.Time {
	day := midnight(t, 0, zone).In(zone)
	end := t
	for _, s := range h.spans {
		if from, to := at(day, s.from), at(day, s.to); !t.Before(from) && to.After(end) {
			end = to
		}
	}
	return end
}

func at(day time.Time, minutes int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, day.Location())
}

// midnight is the beginning of the day of t, so many days later.
func midnight(t time.Time, days int, zone *time.Location) time.Time {
	local := t.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, zone).UTC()
}

// whenZH tells a moment as a person says it: 15:00, 明天 10:00, 11月24日 10:00.
func whenZH(t, now time.Time, zone *time.Location) string {
	switch {
	case midnight(t, 0, zone).Equal(midnight(now, 0, zone)):
		return t.In(zone).Format("15:04")
	case midnight(t, 0, zone).Equal(midnight(now, 1, zone)):
		return t.In(zone).Format("明天 15:04")
	}
	return t.In(zone).Format("1月2日 15:04")
}

// whenEN is whenZH in English.
func whenEN(t, now time.Time, zone *time.Location) string {
	switch {
	case midnight(t, 0, zone).Equal(midnight(now, 0, zone)):
		return t.In(zone).Format("15:04")
	case midnight(t, 0, zone).Equal(midnight(now, 1, zone)):
		return t.In(zone).Format("15:04 tomorrow")
	}
	return t.In(zone).Format("15:04 on 2 January")
}
