package sim

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"
)

func play(t testing.TB, s Scenario, m Mode, seed uint64) Result {
	t.Helper()
	r, err := Run(context.Background(), s, m, seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// short is a scenario of some days.
func short(agents, days int, shocks ...Shock) Scenario {
	s := Default()
	s.Agents, s.Days, s.Shocks = agents, days, shocks
	return s
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	s := short(6, 1, Drift, AgentsPause)
	bytes := func(seed uint64) string {
		raw, err := json.Marshal(play(t, s, Predictive(), seed))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if a, b := bytes(4), bytes(4); a != b {
		t.Errorf("one seed, two results:\n%s\n%s", a, b)
	}
	if bytes(4) == bytes(5) {
		t.Error("two seeds, one result")
	}
}

// Every shock and several at once: not one moment above the cap.
func TestNoShockBreaksTheCap(t *testing.T) {
	cases := [][]Shock{{AnswersDouble}, {AnswersHalve}, {TalkDoubles}, {AgentsLeave}, {AgentsPause}, {Drift}, Shocks()}
	for _, shocks := range cases {
		for _, agents := range []int{4, 15} {
			r := play(t, short(agents, 1, shocks...), Predictive(), 3)
			if r.MomentsAboveCap > 0 || r.MinMargin < 0 {
				t.Errorf("%d agents, %v: %d moments above the cap, smallest margin %.2f", agents, shocks, r.MomentsAboveCap, r.MinMargin)
			}
			if r.Connected == 0 {
				t.Errorf("%d agents, %v: nobody was connected", agents, shocks)
			}
		}
	}
}

// With the price switched off the model dials as if every credit were free. The
// ledger alone still holds the cap; without it there is no holding.
func TestTheLedgerAloneHoldsTheCap(t *testing.T) {
	for _, agents := range []int{5, 20} {
		with := play(t, short(agents, 2), WithoutPrice(true), 1)
		if with.MomentsAboveCap > 0 {
			t.Errorf("%d agents, no price, with the ledger: %d moments above the cap", agents, with.MomentsAboveCap)
		}
		if with.LimitedBy["ledger"] == 0 {
			t.Errorf("%d agents: the ledger never had to say no", agents)
		}
		without := play(t, short(agents, 2), WithoutPrice(false), 1)
		if without.MomentsAboveCap < 50 || without.AbandonRate < 0.1 {
			t.Errorf("%d agents, no price, no ledger: %d moments above the cap, %.3f abandoned", agents, without.MomentsAboveCap, without.AbandonRate)
		}
	}
}

func TestProgressiveAbandonsNobody(t *testing.T) {
	zero := short(7, 1, Shocks()...)
	zero.Cap = 0
	for name, r := range map[string]Result{
		"progressive":                  play(t, short(7, 1, Shocks()...), Progressive(), 2),
		"predictive with a cap of 0 %": play(t, zero, Predictive(), 2),
	} {
		if r.Abandoned != 0 || r.MomentsAboveCap != 0 || r.Connected == 0 {
			t.Errorf("%s: %d abandoned, %d connected", name, r.Abandoned, r.Connected)
		}
	}
}

func TestPredictiveGainsOverProgressive(t *testing.T) {
	s := short(8, 2)
	if p, q := play(t, s, Predictive(), 1), play(t, s, Progressive(), 1); p.TalkShare < q.TalkShare+0.08 {
		t.Errorf("predictive %.3f, progressive %.3f", p.TalkShare, q.TalkShare)
	}
}

func TestEveryPersonIsAccountedFor(t *testing.T) {
	for _, m := range []Mode{Predictive(), Progressive(), {name: "ratio", ratio: 3}} {
		r := play(t, short(6, 1, Drift), m, 9)
		if open := r.Answered - r.Connected - r.Abandoned - r.HungUpInDetection; open < 0 || open > 6 {
			t.Errorf("%s: %d answered, %d connected, %d abandoned, %d hung up", m, r.Answered, r.Connected, r.Abandoned, r.HungUpInDetection)
		}
	}
}

// One agent, one talk of ten seconds, one wrap-up of five, nobody else: what the
// share must be can be worked out.
func TestTalkShareIsWhatItSays(t *testing.T) {
	s := short(1, 1)
	s.AnswerRate, s.Talk, s.Wrap = 1, Spread{Mean: 60}, Spread{Mean: 20}
	s.Ring = Ring{Least: 10, Then: Spread{Mean: 0.1}, Limit: 25}
	s.Detection.On = false
	r := play(t, s, Progressive(), 1)
	if want := 80.0 / 90.1; math.Abs(r.TalkShare-want) > 0.005 {
		t.Errorf("talk share %.4f, want %.4f", r.TalkShare, want)
	}
}

func TestAnswerRateFollowsTheHour(t *testing.T) {
	s := short(5, 1)
	s.HoursPerDay, s.AnswerByHour = 2, []float64{0, 0.9}
	w := &world{s: &s}
	for now, want := range map[float64]float64{10: 0, 3599: 0, 3601: 0.9, 7201: 0, 10900: 0.9} {
		if w.now = now; w.answerRate() != want {
			t.Errorf("answer rate at %v s is %v, want %v", now, w.answerRate(), want)
		}
	}
}

func TestARunCanBeStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	told := 0
	_, err := Run(ctx, short(20, 300), Predictive(), 1, func(float64) {
		if told++; told == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestModes(t *testing.T) {
	for _, word := range []string{"predictive", "progressive", "ratio:2", "ratio:1.5"} {
		if m, err := ParseMode(word); err != nil || m.String() != word {
			t.Errorf("%s: got %s, %v", word, m, err)
		}
	}
	for _, word := range []string{"", "magic", "ratio", "ratio:", "ratio:0", "ratio:-1", "ratio:NaN", "ratio:1000"} {
		if m, err := ParseMode(word); err == nil {
			t.Errorf("%q is taken as %s", word, m)
		}
	}
}

// A day of twenty agents.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		play(b, short(20, 1), Predictive(), 1)
	}
}
