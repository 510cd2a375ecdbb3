package telephony

import "time"

// How nodes judge each other by the heartbeat in their row (real time). Dialer and
// acd go by the same figures: calls and agents of a node are given up together.
const (
	NodeGoneAfter   = 7 * time.Second // without a heartbeat a node is gone
	NodeJudgesAfter = 5 * time.Second // after a gap in its own heartbeats a node judges others: they were cut off, too

	// ClockAhead is how far the clocks of two nodes may differ. A moment that is
	// further ahead was written before the clock was set back, and tells nothing.
	ClockAhead = 15 * time.Second
)
