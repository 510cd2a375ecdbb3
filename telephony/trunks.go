package telephony

import (
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Route is one trunk a call may take.
type Route struct {
	TrunkID     uuid.UUID
	Name        string
	Address     string // host:port
	Transport   string // udp or tcp
	Username    string
	Password    string
	IsSimulator bool
}

// mayTryNext says whether a leg's end lets the next trunk try: the trunk failed
// before the customer's phone can have rung (O-05, O-06). What the customer or
// the number caused is never tried again.
func mayTryNext(ev LegEvent, rang bool) bool {
	if rang || ev.Early {
		return false
	}
	switch ev.Cause {
	case EndNoResponse:
		return true
	case EndRejected:
		return ev.Code >= 500 && ev.Code < 600 || ev.Code == 408
	}
	return false
}

// A trunk that failed this often in a row is asked last for a while (O-06).
const (
	failuresToDown = 3
	downFor        = 30 * time.Second
)

// trunkHealth remembers which trunks fail. It only changes the order of routes:
// a call with no other trunk still tries one that is down.
type trunkHealth struct {
	mu   sync.Mutex
	byID map[uuid.UUID]*health
}

type health struct {
	failed    int
	downUntil time.Time
}

// order is routes with those marked down at the end.
func (t *trunkHealth) order(routes []Route, now time.Time) []Route {
	t.mu.Lock()
	defer t.mu.Unlock()
	sorted := slices.Clone(routes)
	slices.SortStableFunc(sorted, func(a, b Route) int { return t.down(a, now) - t.down(b, now) })
	return sorted
}

func (t *trunkHealth) down(r Route, now time.Time) int {
	if h := t.byID[r.TrunkID]; h != nil && now.Before(h.downUntil) {
		return 1
	}
	return 0
}

// report counts how a try on a trunk went.
func (t *trunkHealth) report(trunk uuid.UUID, ok bool, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ok {
		delete(t.byID, trunk)
		return
	}
	h := t.byID[trunk]
	if h == nil {
		h = &health{}
		t.byID[trunk] = h
	}
	if h.failed++; h.failed >= failuresToDown {
		h.failed, h.downUntil = 0, now.Add(downFor)
	}
}

// Down lists the trunks marked down now, for the system page.
func (x *Exchange) Down() []uuid.UUID {
	x.trunks.mu.Lock()
	defer x.trunks.mu.Unlock()
	var down []uuid.UUID
	for id, h := range x.trunks.byID {
		if time.Now().Before(h.downUntil) {
			down = append(down, id)
		}
	}
	return down
}
