package pacing

// State is a campaign at one moment. The ages' slices are only read.
type State struct {
	At       float64   `json:"at"` // seconds on the campaign's own axis; never falls
	Ledger   Ledger    `json:"ledger"`
	Ringing  []float64 `json:"ringing"`  // ages since dialed, of planned and ringing lines
	Checking []float64 `json:"checking"` // ages since answered, of lines in detection
	Talking  []float64 `json:"talking"`  // ages of the talks of agents who stay
	Wrapping []float64 `json:"wrapping"` // ages of the wrap-ups of agents who stay
	Trunk    int       `json:"trunk"`    // lines the trunk could still take; below 0 is 0
	Hopper   int       `json:"hopper"`   // tasks that could be dialed
}

// onDuty is how many agents can be counted on at a horizon.
func (s State) onDuty() int {
	return s.Ledger.Ready - s.Ledger.Leaving + len(s.Talking) + len(s.Wrapping)
}

// Decision is how many lines to open, and why not more.
type Decision struct {
	Open      int     `json:"open"`
	LimitedBy Limit   `json:"limited_by"`
	Wish      int     `json:"wish"`    // lines the model would open, before ledger, trunk and hopper
	Ready     int     `json:"ready"`   // agents, without those who asked to leave
	OnDuty    int     `json:"on_duty"` // agents, the busy ones included
	Lines     int     `json:"lines"`   // before this decision
	Ahead     float64 `json:"ahead"`   // seconds until half of a new line's answers have come
	Free      float64 `json:"free"`    // agents expected free by then, the ready ones included
	Live      float64 `json:"live"`    // answers expected by then, of the lines there are and of the wish
	Chance    float64 `json:"chance"`  // that the last line wished for finds nobody
	ChanceOne float64 `json:"next"`    // that one more would
	Price     float64 `json:"price"`   // θ, the highest chance worth a line
	Margin    float64 `json:"margin"`  // cap × A − B, calls
	Stock     float64 `json:"stock"`   // margin held for lines on their way, calls
	Missed    float64 `json:"missed"`  // abandoned over expected; above 1 the model is too bold
	Answer    float64 `json:"answer"`  // share of new lines that will be answered by a person
}

// Decide says how many lines to open now. It opens one after the other while the
// chance that one more finds nobody is worth its price, never fewer than one for
// each ready agent; then the ledger, the trunk and the hopper cut it.
func (m *Model) Decide(s State) Decision {
	m.refresh(s)
	l := s.Ledger
	floor := max(0, l.free()-l.Lines)
	sums := m.sums(s)
	if m.price.watched == 0 {
		m.price.begin(m.usual(s, &sums, floor))
	}
	theta := m.price.theta(l)
	if m.opts.Fixed > 0 {
		theta = m.opts.Fixed
	}
	d := Decision{
		Ready: l.Ready - l.Leaving, OnDuty: s.onDuty(), Lines: l.Lines, Price: theta, Margin: l.Margin(), Stock: m.price.stock(),
		Missed: m.price.calibration(), Answer: m.table.answer, Ahead: m.horizons[1].ahead,
	}
	d.Wish, d.Chance, d.ChanceOne = floor, -1, -1
	if theta > 0 && d.OnDuty > 0 {
		m.wish(&d, &sums, m.most(d.OnDuty)-l.Lines-l.Waiting)
	}
	m.price.wished(l.Lines+d.Wish-l.Ready, s.At-m.decided)
	m.decided = s.At
	d.explain(m, &sums)

	d.Open, d.LimitedBy = d.Wish, ByModel
	if d.OnDuty <= 0 || theta == 0 && l.free() <= 0 {
		d.LimitedBy = ByNobody
	}
	if room := l.Room(); room < d.Open {
		d.Open, d.LimitedBy = room, ByLedger
	}
	d.Open, d.LimitedBy = within(d.Open, d.LimitedBy, s.Trunk, s.Hopper)
	return d
}

// usual is how many lines beyond the ready agents the model would wish for at the
// price that is usual. A leader that begins in the middle of a day, with credit of
// weeks, so holds a stock at once instead of spending that credit for five minutes.
func (m *Model) usual(s State, sums *[3]sum, floor int) int {
	l := s.Ledger
	d := Decision{Wish: floor, OnDuty: s.onDuty(), Price: min(priceMax, m.price.level(l))}
	if d.Price > 0 && d.OnDuty > 0 {
		m.wish(&d, sums, m.most(d.OnDuty)-l.Lines-l.Waiting)
	}
	return l.Lines + d.Wish - l.Ready
}

// explain fills in what the search for the wish has not needed.
func (d *Decision) explain(m *Model, sums *[3]sum) {
	mid := &sums[1]
	d.Free = float64(max(d.Ready, 0)) + mid.free
	d.Live = mid.live + float64(d.Wish)*m.horizons[1].fresh
	if d.ChanceOne < 0 {
		d.ChanceOne = m.after(sums, d.Wish, d.OnDuty)
	}
	if d.Chance < 0 && d.Wish > 0 {
		d.Chance = m.after(sums, d.Wish-1, d.OnDuty)
	}
	d.Chance = max(d.Chance, 0)
}

// most is a number of lines that is too many for so many agents in any case.
func (m *Model) most(onDuty int) int { return 6 + int(float64(3*onDuty)/max(m.table.answer, 0.03)) }

// sums are the calls that want an agent at each horizon.
func (m *Model) sums(s State) (sums [3]sum) {
	for k := range sums {
		sums[k] = newSum(s.onDuty())
		sum, h := &sums[k], &m.horizons[k]
		sum.add(s.Ledger.Waiting, 1)
		for _, age := range s.Ringing {
			sum.lines(1, h.rings(age))
		}
		for _, age := range s.Checking {
			sum.lines(1, h.checks(age))
		}
	}
	for _, age := range s.Talking {
		i, part := busyCell(age)
		for k := range sums {
			sums[k].agent(between(m.horizons[k].talks, i, part))
		}
	}
	for _, age := range s.Wrapping {
		i, part := busyCell(age)
		for k := range sums {
			sums[k].agent(between(m.horizons[k].wraps, i, part))
		}
	}
	return sums
}

// chance is that the next line finds nobody, over the horizons.
func (m *Model) chance(sums *[3]sum, onDuty int) float64 {
	total := 0.0
	for k := range sums {
		s := &sums[k]
		doubt := s.live*s.live*m.live.doubt + s.free*s.free*m.talk.doubt
		total += s.atLeast(onDuty, doubt)
	}
	return total / float64(len(sums))
}

// grow counts n more new lines.
func (m *Model) grow(sums *[3]sum, n int) {
	for k := range sums {
		sums[k].lines(n, m.horizons[k].fresh)
	}
}

// after is the chance of a line opened after n others.
func (m *Model) after(sums *[3]sum, n, onDuty int) float64 {
	grown := *sums
	m.grow(&grown, n)
	return m.chance(&grown, onDuty)
}

// wish raises d.Wish to the smallest n at which one more line is not worth its
// price, at most most.
func (m *Model) wish(d *Decision, sums *[3]sum, most int) {
	if d.OnDuty > exactUpTo {
		d.Wish = max(d.Wish, m.leap(sums, d.OnDuty, d.Price, most))
		return
	}
	grown := *sums
	m.grow(&grown, d.Wish)
	last := -1.0
	for {
		next := m.chance(&grown, d.OnDuty)
		if d.Wish >= most || next > d.Price {
			d.Chance, d.ChanceOne = last, next
			return
		}
		m.grow(&grown, 1)
		last = next
		d.Wish++
	}
}

// leap is wish in doubling steps, then halved: the chance only grows with n.
func (m *Model) leap(sums *[3]sum, onDuty int, theta float64, most int) int {
	worth := func(n int) bool { return n < most && m.after(sums, n, onDuty) <= theta }
	if !worth(0) {
		return 0
	}
	lo, step := 0, 1 // worth(lo) holds
	for worth(lo + step) {
		lo += step
		step *= 2
	}
	hi := lo + step
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; worth(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
