package pacing

// one is a whole in basis points.
const one = 10_000

// Ledger is what the proof needs to know of one campaign, counted together under
// its lease row (PACING.md §2). With r lines, w waiting and i ready agents it
// keeps
//
//	B + w + max(0, r − i) ≤ cap × A
//
// Only two acts can break it, and both ask first: opening a line (MayOpen, Room)
// and an agent leaving ready (MayLeave). An agent who vanishes cannot be asked:
// Excess says what to take back, and the bound becomes cap × A + V.
type Ledger struct {
	CapBP     int  `json:"cap_bp"`    // limit on B/A in basis points; 0 is progressive
	Answered  int  `json:"answered"`  // A: persons, certain to be one, answered in this window
	Abandoned int  `json:"abandoned"` // B: live calls let go without an agent, by the window of their answer
	Lines     int  `json:"lines"`     // r: from planned until resolved; a cancelled one until its final response
	Waiting   int  `json:"waiting"`   // w: live, no agent yet
	Ready     int  `json:"ready"`     // i: idle and pledged to this campaign
	Leaving   int  `json:"leaving"`   // of Ready, who asked to leave and still count
	Closing   bool `json:"closing"`   // the window ends before a line opened now surely would
}

// Credit is how many more live calls may be left without an agent: the integer
// part of cap × A, less those that were and those that may be already.
func (l Ledger) Credit() int { return floorDiv(l.CapBP*l.Answered, one) - l.Abandoned - l.Waiting }

// Holds tells whether the inequality holds now. It does not after an agent
// vanished or the cap was lowered, until enough lines are resolved.
func (l Ledger) Holds() bool { return max(0, l.Lines-l.Ready) <= l.Credit() }

// Room is how many lines may be opened now, each as if it were asked for alone:
// r + 1 ≤ i, or the inequality with r + 1, where i is without those who asked to
// leave. Before a window's end only the first counts, and without the agents
// whom waiting calls will take: nothing may reach over the end.
func (l Ledger) Room() int {
	room := l.free() - l.Lines
	if credit := l.Credit(); credit >= 0 && !l.Closing {
		room = max(room, credit+l.Ready-l.Leaving-l.Lines)
	}
	return max(room, 0)
}

// MayOpen tells whether one line may be opened.
func (l Ledger) MayOpen() bool { return l.Room() > 0 }

// MayTake tells whether a ready agent who did not ask to leave may be taken: by
// another campaign, an inbound or a manual call. Those who asked come first.
func (l Ledger) MayTake() bool {
	l.Ready -= l.Leaving
	return l.Ready > 0 && l.MayLeave()
}

// MayLeave tells whether one ready agent who asked to leave may do so: pause, sign
// off, or work elsewhere (PACING.md §2.1).
func (l Ledger) MayLeave() bool {
	left := l.Ready - 1
	if l.Lines <= left-l.Waiting || l.Lines == 0 {
		return true
	}
	return !l.Closing && l.Lines-left <= l.Credit()
}

// Excess is how many lines must go until the inequality holds: those beyond the
// ready agents that no credit pays for. Cancelled lines still count in Lines; who
// cancels takes off those on their way out.
func (l Ledger) Excess() int {
	over := l.Lines - l.Ready
	return max(0, min(over, over-l.Credit()))
}

// free is how many ready agents stay and are not about to get a waiting call.
func (l Ledger) free() int { return l.Ready - l.Leaving - l.Waiting }

func floorDiv[N int | int64](a, b N) N {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Margin is cap × A − B in calls.
func (l Ledger) Margin() float64 { return float64(l.CapBP*l.Answered)/one - float64(l.Abandoned) }
