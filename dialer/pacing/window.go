package pacing

// Window is one of the fixed, successive stretches in which the cap must hold:
// 30 days from the campaign's start, or what the rule pack says (16 CFR
// 310.4(b)(4)). A call belongs to the window of its answer.
type Window struct {
	From, To int64 // Unix seconds; To is the first second of the next
}

// WindowAt is the window of now, for a campaign that began at start. Before the
// start, as a clock that was set back sees it, is a window like any other: no moment
// is outside of all.
func WindowAt(start, now, length int64) Window {
	n := floorDiv(now-start, length)
	return Window{From: start + n*length, To: start + (n+1)*length}
}

// Closing tells that a line opened now could be answered after the window's end:
// lead is how long a line may take to be resolved (PACING.md §2.3).
func (w Window) Closing(now, lead int64) bool { return w.To-now <= lead }
