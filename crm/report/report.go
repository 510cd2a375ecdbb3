// Package report reads figures and lists over all tables. It writes nothing but the
// views that people keep of its lists.
//
// A figure and the list behind it are made from one condition, so that opening a
// number always shows exactly the calls that were counted. Days are the store's
// business days in Asia/Shanghai; waiting and talking times are real time.
package report

import (
	"time"

	"github.com/google/uuid"

	"ringback/internal/clock"
)

// Report reads one store's figures.
type Report struct {
	zone *time.Location
}

// New makes a reader of figures.
func New() *Report { return &Report{zone: clock.Shanghai()} }

// Day is the business day that holds t.
func (r *Report) Day(t time.Time) (from, to time.Time) {
	l := t.In(r.zone)
	from = time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, r.zone)
	return from.UTC(), from.AddDate(0, 0, 1).UTC()
}

// Fraction is a percentage as it is stored: numerator and denominator.
type Fraction struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// Word is a code with its label in both languages.
type Word struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Ref names a row.
type Ref struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}
