package sim

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// week is what a campaign left behind: 400 dials at ten and 100 at three in the
// afternoon, of which a quarter and a half were answered; the others rang for 25 s,
// one in five of those at ten until a machine took them.
func week() Traces {
	t := Traces{Day: Day{{9 * 60, 12 * 60}, {14 * 60, 18 * 60}}, Mode: "progressive", Cap: 0.015, PackLimit: 0.03, Ring: 30, Grace: 2, Listed: 9}
	add := func(n int, c Call) {
		for range n {
			t.Own = append(t.Own, c)
		}
	}
	const ten, three = 10 * 60, 15 * 60
	add(50, Call{Minute: ten, Ring: 6, Person: true, Talk: 60, Wrap: 10})
	add(50, Call{Minute: ten, Ring: 12, Person: true, Talk: 120, Wrap: 30})
	add(60, Call{Minute: ten, Ring: 20, Machine: true, Talk: 8, Wrap: 4})
	add(240, Call{Minute: ten, Ring: 25})
	add(50, Call{Minute: three, Ring: 9, Person: true, Talk: 90, Wrap: 20})
	add(50, Call{Minute: three, Ring: 25})
	t.Team = Team{Dialing: 4 * 3600, Signed: 13 * 3600, Busy: 6.5 * 3600}
	return t
}

func TestCallsBecomeTheirRates(t *testing.T) {
	s, sources := week().Scenario()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if s.AnswerRate != 0.3 || s.Talk.Mean != 90 || s.Wrap.Mean != 20 || s.Agents != 3 || s.HoursPerDay != 7 || s.Cap != 0.015 || s.Ring.Limit != 30 || s.Grace != 2 || s.Detection.On {
		t.Errorf("got %+v", s)
	}
	// Of 150 talks 50 are 30 s shorter, 50 are 30 s longer: sd is 30 × √(2/3).
	if want := 30 * math.Sqrt(2.0/3) / 90; math.Abs(s.Talk.CV-want) > 1e-9 {
		t.Errorf("talk varies by %v, want %v", s.Talk.CV, want)
	}
	// Ten o'clock is the second hour of dialing, three the fifth; the others were not called.
	if d := cmp.Diff([]float64{0.3, 0.25, 0.3, 0.3, 0.5, 0.3, 0.3}, s.AnswerByHour); d != "" {
		t.Error(d)
	}
	if math.Abs(s.Others.Machine-60.0/350) > 1e-9 || s.Others.Busy != 0 || s.Others.MachineAfter != (Range{20, 20}) || s.Detection.Talk != (Spread{8, 0}) {
		t.Errorf("unanswered: %+v, with machines %+v", s.Others, s.Detection.Talk)
	}
	if len(s.Ring.Observed) != 150 || s.Ring.Observed[0] != 6 || s.Ring.Observed[149] != 12 || len(s.Others.Observed) != sampled || s.Others.Observed[7] != 25 {
		t.Errorf("ringing: %v and %v", s.Ring.Observed, s.Others.Observed)
	}
	for figure, want := range map[string]Source{
		FigureAnswer: {From: FromCampaign, Calls: 500, Value: 0.3}, FigureHours: {From: FromCampaign, Calls: 500, Value: 2}, FigureTalk: {From: FromCampaign, Calls: 150, Value: 90, CV: s.Talk.CV},
		FigureRing: {From: FromCampaign, Calls: 150, Value: 9, CV: math.Sqrt(6) / 9}, FigureUnheard: {From: FromCampaign, Calls: 290, Value: 25}, FigureAgents: {From: FromCampaign, Calls: 500, Value: 3.25},
		FigureDay: {From: FromSetting, Value: 7}, FigureCap: {From: FromSetting, Value: 0.015},
	} {
		want.Figure = figure
		got := sourceOf(sources, figure)
		if math.Abs(got.CV-want.CV) < 1e-9 {
			got.CV = want.CV
		}
		if got != want {
			t.Errorf("%s comes from %+v, want %+v", figure, got, want)
		}
	}
	if share, known := week().Team.Share(); !known || share != 0.5 {
		t.Errorf("measured %v, %v", share, known)
	}
}

func sourceOf(sources []Source, figure string) Source {
	for _, s := range sources {
		if s.Figure == figure {
			return s
		}
	}
	return Source{}
}

func TestTooFewCallsAreFilledUp(t *testing.T) {
	for _, c := range []struct {
		name string
		own  int
		kind int
		want map[string]Origin
		rate float64
	}{
		{"a handful: the store's of this kind", 20, 500, map[string]Origin{FigureAnswer: FromKind, FigureTalk: FromKind, FigureRing: FromKind, FigureAgents: FromSetting}, 0.3},
		{"a handful and no others: the default", 20, 20, map[string]Origin{FigureAnswer: FromDefault, FigureTalk: FromDefault, FigureRing: FromDefault, FigureMachine: FromDefault}, 0.3},
		{"enough talks, too few dials for nothing", 100, 500, map[string]Origin{FigureAnswer: FromCampaign, FigureTalk: FromCampaign, FigureUnheard: FromKind}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := week()
			tr.Kind, tr.Own, tr.Team = tr.Own[:c.kind], tr.Own[:c.own], Team{}
			s, sources := tr.Scenario()
			if s.AnswerRate != c.rate {
				t.Errorf("answer rate %v, want %v", s.AnswerRate, c.rate)
			}
			for figure, from := range c.want {
				if got := sourceOf(sources, figure); got.From != from || (got.Calls > 0) != (from == FromCampaign || from == FromKind) {
					t.Errorf("%s comes from %+v, want %s", figure, got, from)
				}
			}
		})
	}
}

func TestWhoWentAwayDoesNotCount(t *testing.T) {
	tr := week()
	for range 20 {
		tr.Own = append(tr.Own, Call{Minute: 600, Ring: 9, Person: true, Talk: 90, Wrap: 8 * 3600})
	}
	if s, _ := tr.Scenario(); s.Wrap.Mean != 20 {
		t.Errorf("a wrap-up left open overnight makes the mean %v", s.Wrap.Mean)
	}
}

func TestHoursOfADay(t *testing.T) {
	d := Day{{9*60 + 30, 12 * 60}, {14 * 60, 18 * 60}}
	if d.Hours() != 6.5 || d.String() != "09:30–12:00, 14:00–18:00" {
		t.Errorf("%v, %s", d.Hours(), d)
	}
	for minute, want := range map[int]int{9*60 + 30: 0, 10*60 + 29: 0, 10*60 + 30: 1, 11*60 + 59: 2, 14*60 + 29: 2, 14*60 + 30: 3, 17*60 + 59: 6, 9 * 60: -1, 12 * 60: -1, 18 * 60: -1} {
		if h, ok := d.hour(minute); ok != (want >= 0) || ok && h != want {
			t.Errorf("%d:%02d is in hour %d, %v; want %d", minute/60, minute%60, h, ok, want)
		}
	}
	if got := d.Within(13*60, 16*60); len(got) != 1 || got[0] != (Span{14 * 60, 16 * 60}) {
		t.Errorf("from one to four: %v", got)
	}
	if got := d.Within(12*60, 14*60); got != nil {
		t.Errorf("over lunch: %v", got)
	}
}

func TestObservedRingingIsPlayed(t *testing.T) {
	s, _ := week().Scenario()
	s.Days = 2
	r, err := Run(t.Context(), s, Progressive(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if rate := float64(r.Answered) / float64(r.Dials); math.Abs(rate-0.31) > 0.03 { // 6 hours at 0.3 or less, one at 0.5
		t.Errorf("%.3f of %d dials were answered", rate, r.Dials)
	}
	if r.MachinesPassed == 0 {
		t.Error("without detection no machine reached an agent")
	}
}
