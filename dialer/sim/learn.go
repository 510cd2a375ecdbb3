package sim

import (
	"math"
	"slices"
)

// learned is a scenario on its way from traces.
type learned struct {
	Traces
	s       Scenario
	sources []Source
}

func (l *learned) tell(s Source) { l.sources = append(l.sources, s) }

// set tells a figure that a person has chosen.
func (l *learned) set(figure string, value float64) {
	l.tell(Source{Figure: figure, From: FromSetting, Value: value})
}

func (l *learned) agents() {
	switch n := l.Team.Agents(); {
	case n > 0:
		l.s.Agents = max(1, int(math.Round(n)))
		l.tell(Source{Figure: FigureAgents, From: FromCampaign, Calls: len(l.Own), Value: n})
	case l.Listed > 0:
		l.s.Agents = l.Listed
		l.set(FigureAgents, float64(l.Listed))
	default:
		l.tell(Source{Figure: FigureAgents, From: FromDefault, Value: float64(l.s.Agents)})
	}
}

// enough are the calls to count a share of dials over.
func (l *learned) enough() ([]Call, Origin) {
	switch {
	case len(l.Own) >= fewestDials:
		return l.Own, FromCampaign
	case len(l.Kind) >= fewestDials:
		return l.Kind, FromKind
	}
	return nil, FromDefault
}

func (l *learned) answers() {
	calls, from := l.enough()
	if from == FromDefault {
		l.tell(Source{Figure: FigureAnswer, From: from, Value: l.s.AnswerRate})
		return
	}
	l.s.AnswerRate = shareOf(calls, person)
	l.tell(Source{Figure: FigureAnswer, From: from, Calls: len(calls), Value: l.s.AnswerRate})
	l.hours(calls, from)
}

// hours gives each hour of the day its own answer rate when it was called often
// enough; the others keep that of the whole day.
func (l *learned) hours(calls []Call, from Origin) {
	hours := make([][]Call, int(math.Ceil(l.Day.Hours())))
	for _, c := range calls {
		if h, ok := l.Day.hour(c.Minute); ok {
			hours[h] = append(hours[h], c)
		}
	}
	rates, own, counted := make([]float64, len(hours)), 0, 0
	for h, in := range hours {
		rates[h] = l.s.AnswerRate
		if len(in) >= fewestHour {
			rates[h] = shareOf(in, person)
			own, counted = own+1, counted+len(in)
		}
	}
	if own > 0 {
		l.s.AnswerByHour = rates
		l.tell(Source{Figure: FigureHours, From: from, Calls: counted, Value: float64(own)})
	}
}

// rings takes the times as they were observed: how long persons let it ring, and
// when a dial ended that nobody answered.
func (l *learned) rings() {
	l.observed(FigureRing, &l.s.Ring.Observed, float64(l.s.Ring.Least+l.s.Ring.Then.Mean), func(c Call) (float64, bool) { return c.Ring, c.Person })
	l.observed(FigureUnheard, &l.s.Others.Observed, float64(l.s.Ring.Limit), func(c Call) (float64, bool) { return c.Ring, !c.Person && !c.Machine })
	if l.s.Others.Observed != nil {
		l.s.Others.Busy = 0 // they are among the observed
	}
}

func (l *learned) machines() {
	o := &l.s.Others
	calls, from := l.enough()
	if from != FromDefault {
		others := slices.DeleteFunc(slices.Clone(calls), person)
		o.Machine, o.MachineSoon = shareOf(others, machine), 0
		if times := timesOf(others, func(c Call) (float64, bool) { return c.Ring, c.Machine }); len(times) > 0 {
			o.MachineAfter = Range{Seconds(quantile(times, 0.05)), Seconds(quantile(times, 0.95))}
		}
		o.Busy = min(o.Busy, 1-o.Machine)
	}
	l.tell(Source{Figure: FigureMachine, From: from, Calls: len(calls), Value: o.Machine})
	spend(calls, talkOf(machine), &l.s.Detection.Talk)
	spend(calls, wrapOf(machine), &l.s.Detection.Wrap)
}

// spend is what agents spend with machines, when enough of them did.
func spend(calls []Call, of func(Call) (float64, bool), to *Spread) {
	if times := timesOf(calls, of); len(times) >= fewestTimes {
		*to = spreadOf(times)
	}
}

// measured are the times of enough calls, and whose calls those are.
func (l *learned) measured(of func(Call) (float64, bool)) ([]float64, Origin) {
	if times := timesOf(l.Own, of); len(times) >= fewestTimes {
		return times, FromCampaign
	}
	if times := timesOf(l.Kind, of); len(times) >= fewestTimes {
		return times, FromKind
	}
	return nil, FromDefault
}

func (l *learned) time(figure string, to *Spread, of func(Call) (float64, bool)) {
	times, from := l.measured(of)
	if from != FromDefault {
		*to = spreadOf(times)
	}
	l.tell(Source{Figure: figure, From: from, Calls: len(times), Value: float64(to.Mean), CV: to.CV})
}

func (l *learned) observed(figure string, to *[]Seconds, usual float64, of func(Call) (float64, bool)) {
	times, from := l.measured(of)
	out := Source{Figure: figure, From: from, Calls: len(times), Value: usual}
	if from != FromDefault {
		s := spreadOf(times)
		out.Value, out.CV, *to = float64(s.Mean), s.CV, sample(times, float64(l.s.Ring.Limit))
	}
	l.tell(out)
}
