// Package dealer owns groups, stores, staff and the working calendar.
//
// It says when a store may call: [Schedule] joins the store's call windows with
// the legal calendar, purely, on values loaded before. It owns the fact that a
// number belongs to an employee (number_staff, a group-wide table), and the rule
// packs: what a country's law allows a call ([RulePack]). It does not know users
// (package auth), customers or tasks.
package dealer

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Group is a dealer group: data of two groups never meet.
type Group struct {
	ID   uuid.UUID
	Name string
	Code string
}

// Store is one outlet (spec 2.2.2).
type Store struct {
	ID          uuid.UUID
	GroupID     uuid.UUID
	Code        string
	NameZH      string
	ShortNameZH string
	Kind        string // car_4s, ebike, repair_station
	Hotline     string // digits
	AreaCode    string
	City        string
	AddressZH   string
	CallWindows []Window // in the order of the day; empty: the rule pack's (D-04)
	CallDays    []int32  // weekdays, 0 = Sunday
	DayMode     string   // workday or natural (D-01)
	IsSynthetic bool
}

// Window is a span of a store's day in which automatic calls are made (D-04).
// From and To are "15:04" in the store's zone; To is not part of the window.
type Window struct {
	From string `json:"from" yaml:"from"`
	To   string `json:"to" yaml:"to"`
}

// Minutes gives the span in minutes of the day.
func (w Window) Minutes() (from, to int, err error) { return w.minutes() }

func (w Window) minutes() (from, to int, err error) {
	if from, err = minuteOfDay(w.From); err != nil {
		return 0, 0, err
	}
	if to, err = minuteOfDay(w.To); err != nil {
		return 0, 0, err
	}
	return from, to, nil
}

func minuteOfDay(s string) (int, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("reading the time of day %q: %w", s, err)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// check fills the rule pack's windows and other defaults, and refuses windows
// outside its hard wall, empty or overlapping ones.
func (s *Store) check() error {
	rules, err := Rules(Home)
	if err != nil {
		return err
	}
	if len(s.CallWindows) == 0 {
		s.CallWindows = rules.Hours.Windows
	}
	if len(s.CallDays) == 0 {
		s.CallDays = []int32{0, 1, 2, 3, 4, 5, 6}
	}
	if s.DayMode == "" {
		s.DayMode = "workday"
	}
	if wall := rules.Hours.Wall; !windowsFit(s.CallWindows, wall) {
		return unfit(wall)
	}
	return nil
}

// windowsFit: in order, without overlap, inside the wall.
func windowsFit(list []Window, wall Window) bool {
	end, shut, err := wall.minutes()
	if err != nil || len(list) == 0 || end >= shut {
		return false
	}
	for _, w := range list {
		from, to, err := w.minutes()
		if err != nil || from < end || to <= from || to > shut {
			return false
		}
		end = to
	}
	return true
}

func windowsJSON(ws []Window) ([]byte, error) {
	raw, err := json.Marshal(ws)
	if err != nil {
		return nil, fmt.Errorf("encoding call windows: %w", err)
	}
	return raw, nil
}
