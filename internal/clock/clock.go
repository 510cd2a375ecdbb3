// Package clock is the time of business rules: real time plus an offset.
//
// Due dates, call windows, retries and report periods use it, and their SQL gets
// it as a parameter. Leases, sessions, throttles, media and durations use real
// time (package time). The offset serves demos and tests; once it has been set it
// only grows, so that no rule ever sees time run backwards.
package clock

import (
	"errors"
	"sync"
	"time"
	_ "time/tzdata" // zone data is embedded: a bare container has none
)

// Shanghai is the zone of every store's business dates (spec 2.1).
func Shanghai() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic("clock: the embedded zone data has no Asia/Shanghai: " + err.Error())
	}
	return loc
}

// ErrBackwards is returned when a new offset would turn the clock back.
var ErrBackwards = errors.New("the business clock only moves forward")

// Clock tells business time. The zero value is real time.
type Clock struct {
	mu     sync.RWMutex
	offset time.Duration
	set    bool
}

// New makes a clock with an offset already in force.
func New(offset time.Duration) *Clock { return &Clock{offset: offset, set: offset != 0} }

// Now is business time, in UTC, to the microsecond the database keeps.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return time.Now().Add(c.offset).UTC().Truncate(time.Microsecond)
}

// Offset is the distance to real time.
func (c *Clock) Offset() time.Duration {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.offset
}

// Advance moves to a larger offset. The first offset may be negative; afterwards
// a smaller one is refused with ErrBackwards.
func (c *Clock) Advance(offset time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set && offset < c.offset {
		return ErrBackwards
	}
	c.offset, c.set = offset, true
	return nil
}
