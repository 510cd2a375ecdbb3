package pacing

// Grids of the tables: lines by ring age, lines in checking by checking age.
const (
	lineStep, lineCells   = 0.5, 125 // to 62 s
	checkStep, checkCells = 0.25, 33 // to 8 s
	checkReach            = 40       // cells beyond, for ages plus a horizon
)

// lineTable is what becomes of lines, by age.
type lineTable struct {
	lasts   [lineCells]float64               // S: chance to be unresolved at an age
	live    [lineCells]float64               // F: chance to be answered by a person by then, its detection left out
	checks  [checkCells + checkReach]float64 // chance to be in checking still
	person  [checkCells + checkReach]float64 // chance to be found a person by then
	answer  float64                          // F at the end
	checkIn float64                          // mean seconds of detection of a person; 0 without detection
}

// build makes the tables new from the hazards.
func (t *lineTable) build(live, other, person, machine *hazard, detects bool) {
	lasts, answered := 1.0, 0.0
	ends := race{one: walk{h: live}, other: walk{h: other}, step: lineStep}
	for i := range t.lasts {
		t.lasts[i], t.live[i] = lasts, answered
		l, o, ended := ends.at(float64(i) * lineStep)
		gone := lasts * ended
		answered += gone * l / (l + o)
		lasts -= gone
	}
	t.answer = answered
	lasts, answered = 1, 0
	mean := 0.0
	ends = race{one: walk{h: person}, other: walk{h: machine}, step: checkStep}
	for i := range t.checks {
		t.checks[i], t.person[i] = lasts, answered
		age := float64(i) * checkStep
		p, m, ended := ends.at(age)
		gone := lasts * ended
		answered += gone * p / (p + m)
		mean += gone * p / (p + m) * (age + checkStep/2)
		lasts -= gone
	}
	t.checkIn = 0
	if detects && answered > 0 {
		t.checkIn = mean / answered
	}
}

// liveBy is F at any age.
func (t *lineTable) liveBy(age float64) float64 {
	if age <= 0 {
		return 0
	}
	i := int(age / lineStep)
	if i >= lineCells-1 {
		return t.live[lineCells-1]
	}
	return t.live[i] + (age/lineStep-float64(i))*(t.live[i+1]-t.live[i])
}

// quantile is when the share q of a new line's answers has come, detection
// included.
func (t *lineTable) quantile(q float64) float64 {
	want := q * t.answer
	i := 0
	for i < lineCells-2 && t.live[i+1] < want {
		i++
	}
	x := float64(i)
	if step := t.live[i+1] - t.live[i]; step > 0 {
		x += (want - t.live[i]) / step
	}
	return x*lineStep + t.checkIn
}
