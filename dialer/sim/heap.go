package sim

// eventKind is what is foreseen.
type eventKind uint8

const (
	evRung    eventKind = iota // ringing ends: answered, or not
	evChecked                  // detection ends
	evGrace                    // a waiting call's patience with us ends
	evTalked
	evWrapped
	evBack // from a pause
	evShock
	evMinute
	evTick
)

type event struct {
	at   float64
	seq  uint64
	kind eventKind
	l    *line
	life uint32 // of l: lines are used again
	a    *agent
}

func (e *event) before(o *event) bool { return e.at < o.at || e.at == o.at && e.seq < o.seq }

// heap holds the events foreseen, the next one first.
type heap struct {
	events []event
	seq    uint64
}

func (h *heap) push(e event) {
	h.seq++
	e.seq = h.seq
	h.events = append(h.events, e)
	i := len(h.events) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h.events[up].before(&h.events[i]) {
			break
		}
		h.events[up], h.events[i] = h.events[i], h.events[up]
		i = up
	}
}

func (h *heap) pop() event {
	first := h.events[0]
	n := len(h.events) - 1
	h.events[0] = h.events[n]
	h.events[n] = event{}
	h.events = h.events[:n]
	for i := 0; ; {
		down := 2*i + 1
		if down >= n {
			return first
		}
		if r := down + 1; r < n && h.events[r].before(&h.events[down]) {
			down = r
		}
		if h.events[i].before(&h.events[down]) {
			return first
		}
		h.events[i], h.events[down] = h.events[down], h.events[i]
		i = down
	}
}
