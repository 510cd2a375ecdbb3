package sim

import "ringback/dialer/pacing"

// stage of a line.
type stage uint8

const (
	ringing stage = iota
	checking
	waiting
)

// line is one call on its way. Its fate is drawn when it is dialed.
type line struct {
	stage    stage
	dialed   float64
	answerAt float64
	rings    float64 // seconds until the answer, or the end
	checks   float64 // seconds of detection
	person   bool
	machine  bool
	passes   bool    // detection will say person
	hangsUp  float64 // when a person gives up during detection
	price    float64 // θ when it was dialed
	index    int     // in world.lines
	life     uint32  // how often it was used before
}

func (l *line) answered() bool { return l.person || l.machine }

func (w *world) dial(price float64) {
	l := w.fresh()
	*l = line{dialed: w.now, price: price, index: len(w.lines), life: l.life + 1}
	w.fate(l)
	w.lines = append(w.lines, l)
	w.out.Dials++
	w.out.PeakLines = max(w.out.PeakLines, len(w.lines))
	w.after(l.rings, evRung, l, nil)
}

// fresh takes a line from those that are over: a run dials millions.
func (w *world) fresh() *line {
	if n := len(w.spare); n > 0 {
		l := w.spare[n-1]
		w.spare = w.spare[:n-1]
		return l
	}
	return new(line)
}

// gone takes a line out.
func (w *world) gone(l *line) {
	last := w.lines[len(w.lines)-1]
	w.lines[l.index], last.index = last, l.index
	w.lines = w.lines[:len(w.lines)-1]
	w.spare = append(w.spare, l)
}

func (w *world) rung(l *line) {
	switch {
	case !l.answered():
		w.tell(pacing.Event{Kind: pacing.LineOver, Age: l.rings})
		w.gone(l)
	case !w.s.Detection.On:
		w.live(l, pacing.Event{Kind: pacing.LineLive, Age: l.rings, Price: l.price})
	default:
		l.stage, l.answerAt, l.hangsUp = checking, w.now, w.s.end()+1
		if hang := float64(w.s.Detection.HangUp); l.person && hang > 0 {
			l.hangsUp = w.now + w.odd.ExpFloat64()*hang
		}
		w.tell(pacing.Event{Kind: pacing.LineAnswered, Age: l.rings})
		w.after(l.checks, evChecked, l, nil)
	}
}

func (w *world) checked(l *line) {
	if l.passes && l.hangsUp >= w.now {
		w.live(l, pacing.Event{Kind: pacing.CheckPerson, Ring: l.rings, Age: l.checks, Price: l.price})
		return
	}
	if l.person {
		w.out.Answered++
		w.out.HungUpInDetection++
	}
	w.tell(pacing.Event{Kind: pacing.CheckOther, Ring: l.rings, Age: l.checks})
	w.gone(l)
}

// live has an agent, or waits for one.
func (w *world) live(l *line, e pacing.Event) {
	if l.person {
		w.out.Answered++
		w.a++
	} else {
		w.out.MachinesPassed++
	}
	w.tell(e)
	if len(w.idle) > 0 {
		w.connect(l, w.longestIdle())
		return
	}
	l.stage = waiting
	w.waiting = append(w.waiting, l)
	w.after(float64(w.s.Grace), evGrace, l, nil)
}

// patience of ours with a waiting call ends: nobody came.
func (w *world) patience(l *line) {
	for i, x := range w.waiting {
		if x != l {
			continue
		}
		w.waiting = append(w.waiting[:i], w.waiting[i+1:]...)
		w.b++
		if l.person {
			w.out.Abandoned++
		}
		w.tell(pacing.Event{Kind: pacing.CallLost, Price: l.price})
		w.audit()
		w.gone(l)
		return
	}
}

// audit looks at the cap after a call was let go: nothing else can break it.
func (w *world) audit() {
	margin := float64(w.s.capBP()*w.a)/10_000 - float64(w.b)
	if w.b == 1 || margin < w.out.MinMargin {
		w.out.MinMargin = margin
	}
	if 10_000*w.b > w.s.capBP()*w.a {
		w.out.MomentsAboveCap++
	}
}
