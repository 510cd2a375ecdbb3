package pacing

// Options of a model.
type Options struct {
	Prior   Prior
	Grace   float64 // seconds that a live call may wait for an agent
	Detects bool    // machine detection is on
	Fixed   float64 // θ whatever the margin, to measure without a price; 0: none
	Stale   float64 // seconds after which the tables are made new; 0: 10
}

// Model estimates, for one campaign, how many agents will be free when a line
// opened now is answered. It is fed with events and asked for decisions by one
// goroutine; its zero value does not work.
type Model struct {
	opts Options

	live, other     *hazard // how ringing lines end
	person, machine *hazard // how detection ends
	talk, wrap      *hazard
	price           price

	table    lineTable
	lives    lifeTable
	horizons [3]horizon

	started bool
	decided float64 // when, for the smoothing of the wish
	booked  float64 // up to when running lines and agents are booked; tables are as old
}

// NewModel knows nothing but its prior.
func NewModel(o Options) *Model {
	if o.Stale == 0 {
		o.Stale = rebuildAfter
	}
	lines, checks := lineEdges(), checkEdges()
	live, other := linePrior(lines, o.Prior.Answer)
	half := flat(len(checks), 0.3)
	m := &Model{
		opts:    o,
		live:    newHazard(lines, live, 0.5, 3000, true),
		other:   newHazard(lines, other, 0.5, 6000, true),
		person:  newHazard(checks, half, 0.5, 3000, false),
		machine: newHazard(checks, half, 0.5, 6000, false),
		talk:    newHazard(talkEdges(), lognormalPrior(talkEdges(), o.Prior.Talk, priorTalkCV), 1, 1500, true),
		wrap:    newHazard(wrapEdges(), lognormalPrior(wrapEdges(), o.Prior.Wrap, priorWrapCV), 1, 1500, true),
	}
	ages := busyAges()
	for i := range m.horizons {
		m.horizons[i].table, m.horizons[i].lives, m.horizons[i].ages = &m.table, &m.lives, ages
	}
	return m
}

// quantiles of a new line's time to live at which the future is looked at.
func quantiles() [3]float64 { return [3]float64{1.0 / 6, 1.0 / 2, 5.0 / 6} }

// rebuildAfter is how old tables may get, in seconds.
const rebuildAfter = 10

// refresh books what runs and makes the tables new when they are old.
func (m *Model) refresh(s State) {
	if m.started && s.At-m.booked < m.opts.Stale {
		return
	}
	if !m.started {
		m.started, m.booked, m.decided = true, s.At, s.At
	}
	m.book(s)
	memory := max(80, float64(s.onDuty()))
	for _, h := range []*hazard{m.live, m.talk, m.wrap} {
		h.memory = memory
	}
	m.other.memory = 2 * memory
	for _, h := range []*hazard{m.live, m.other, m.person, m.machine, m.talk, m.wrap} {
		h.refresh()
	}
	m.table.build(m.live, m.other, m.person, m.machine, m.opts.Detects)
	m.lives.build(m.talk, m.wrap)
	for i, q := range quantiles() {
		m.horizons[i].look(q, m.opts.Grace)
	}
}
