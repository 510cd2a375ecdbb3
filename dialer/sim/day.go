package sim

import (
	"fmt"
	"strings"
)

// Span is a part of the day in minutes from midnight, the end not included.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Day is when a campaign dials: spans in order, without overlap.
type Day []Span

// Hours is how long that is.
func (d Day) Hours() float64 {
	minutes := 0
	for _, s := range d {
		minutes += s.To - s.From
	}
	return float64(minutes) / 60
}

// hour is the hour of dialing, from 0 on, in which a minute lies. The pauses
// between spans do not count: an hour may lie on both sides of one.
func (d Day) hour(minute int) (int, bool) {
	before := 0
	for _, s := range d {
		if minute >= s.From && minute < s.To {
			return (before + minute - s.From) / 60, true
		}
		before += s.To - s.From
	}
	return 0, false
}

// Within is what of the day lies between two minutes.
func (d Day) Within(from, to int) Day {
	var out Day
	for _, s := range d {
		if s.From, s.To = max(s.From, from), min(s.To, to); s.From < s.To {
			out = append(out, s)
		}
	}
	return out
}

// String writes the spans as 09:00–12:00, 14:00–18:00.
func (d Day) String() string {
	var out []string
	for _, s := range d {
		out = append(out, fmt.Sprintf("%02d:%02d–%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
	}
	return strings.Join(out, ", ")
}
