package media

import (
	"sync/atomic"
	"time"
)

// meterHalf is half of the time a peak is remembered.
const meterHalf = 100 * time.Millisecond

// meter remembers the loudest sample of the last 100–200 ms. One goroutine
// writes, any may read.
type meter struct {
	since     atomic.Int64 // unix nanoseconds of the current half's start
	now, last atomic.Uint32
}

func (m *meter) add(level uint8, now time.Time) {
	at := now.UnixNano()
	switch age := time.Duration(at - m.since.Load()); {
	case age >= 2*meterHalf:
		m.last.Store(0)
		m.now.Store(0)
		m.since.Store(at)
	case age >= meterHalf:
		m.last.Store(m.now.Load())
		m.now.Store(0)
		m.since.Store(at)
	}
	if uint32(level) > m.now.Load() {
		m.now.Store(uint32(level))
	}
}

func (m *meter) level(now time.Time) uint8 {
	switch age := time.Duration(now.UnixNano() - m.since.Load()); {
	case age >= 2*meterHalf:
		return 0
	case age >= meterHalf:
		return uint8(m.now.Load())
	}
	return uint8(max(m.now.Load(), m.last.Load()))
}
