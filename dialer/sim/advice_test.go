package sim

import (
	"strings"
	"testing"
)

// pointsOf makes points of talk shares by cap in per cent; 40 agent hours a day, 33
// conversations an hour of talk.
func pointsOf(plain float64, byCap map[int]float64) []Point {
	talks := func(share float64) float64 { return share * 40 * 33 }
	out := []Point{{Setting: Setting{Mode: "progressive"}, Share: plain, TalksPerDay: talks(plain)}, {Setting: Setting{Mode: "ratio:2"}, Share: 0.9, AboveCap: 7}}
	for bp, share := range byCap {
		n := talks(share)
		out = append(out, Point{Setting: Setting{"predictive", bp}, Share: share, Low: share - 0.01, High: share + 0.01, TalksPerDay: n, AbandonedPerDay: n * float64(bp) / 10_000})
	}
	return out
}

func TestAdvice(t *testing.T) {
	progressive := Setting{Mode: "progressive"}
	// PACING.md §4, five agents.
	five := map[int]float64{25: 0.686, 50: 0.701, 100: 0.723, 150: 0.735, 200: 0.745, 300: 0.759}
	for _, c := range []struct {
		name   string
		points []Point
		today  Setting
		agents int
		ahead  bool
		want   Setting
		zh, en string
	}{
		{"less than three points is not worth it", pointsOf(0.655, map[int]float64{25: 0.659, 150: 0.670, 300: 0.6849}), progressive, 2, true, progressive, "保持渐进", "Keep progressive: predictive dialing adds only 3.0 points"},
		{"who dials ahead for less than three points should stop", pointsOf(0.655, map[int]float64{50: 0.660, 300: 0.680}), Setting{"predictive", 300}, 2, true, progressive, "改用渐进", "Change to progressive"},
		{"three points are worth it, and the strictest cap that gives them", pointsOf(0.653, five), progressive, 5, true, Setting{"predictive", 25}, "改用预测外呼，上限 0.25 %：5 位座席每天比渐进多谈约 44 通。", "Change to predictive with a cap of 0.25 %"},
		{"a looser cap when ten conversations come for each customer lost", pointsOf(0.60, map[int]float64{25: 0.64, 50: 0.68, 100: 0.69}), progressive, 5, true, Setting{"predictive", 50}, "放宽到 1 % 只再多 1.0 点", "would add only 1.0 points more"},
		{"a looser cap that gives nothing is not taken", pointsOf(0.60, map[int]float64{25: 0.64, 50: 0.64}), Setting{"predictive", 25}, 5, true, Setting{"predictive", 25}, "保持预测外呼，上限 0.25 %", "Keep predictive"},
		{"calls to be read first are never dialed ahead", pointsOf(0.60, map[int]float64{300: 0.8}), progressive, 5, false, progressive, "先看资料再拨", "read before they are dialed"},
		{"one agent dials progressively", pointsOf(0.60, nil), progressive, 1, true, progressive, "至少要 2 位座席", "at least 2 agents"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Advise(Case{Points: c.points, Today: c.today, Agents: c.agents, Ahead: c.ahead})
			if a.Setting != c.want {
				t.Errorf("advised %+v, want %+v", a.Setting, c.want)
			}
			if !strings.Contains(a.ZH+a.WhyZH, c.zh) || !strings.Contains(a.EN+a.WhyEN, c.en) {
				t.Errorf("says %s %s\n%s %s", a.ZH, a.WhyZH, a.EN, a.WhyEN)
			}
		})
	}
}

func TestSettingsToCompare(t *testing.T) {
	var got []string
	for _, s := range Settings(5, 200, 150, 75, 300) {
		got = append(got, s.Mode+" "+bp(s.CapBP))
	}
	if want := "progressive 0 %|predictive 0.25 %|predictive 0.5 %|predictive 0.75 %|predictive 1 %|predictive 1.5 %|predictive 2 %|ratio:1.5 0 %|ratio:2 0 %"; strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
	for _, s := range Settings(1, 300) {
		if s.Mode == "predictive" {
			t.Error("one agent is shown predictive dialing")
		}
	}
}

func TestASweepComesOutTheSameAgain(t *testing.T) {
	s, _ := week().Scenario()
	s.Agents, s.HoursPerDay = 2, 2
	settings := []Setting{{Mode: "progressive"}, {"predictive", 300}, {Mode: "ratio:2"}}
	last, steps := 0.0, 0
	sweep := func() []Point {
		points, err := Sweep(t.Context(), s, settings, 7, func(done float64) {
			if done < last {
				t.Errorf("progress goes back from %v to %v", last, done)
			}
			last, steps = done, steps+1
		})
		if err != nil {
			t.Fatal(err)
		}
		last = 0
		return points
	}
	first := sweep()
	if steps == 0 {
		t.Error("nobody was told how far it is")
	}
	for i, p := range sweep() {
		if p != first[i] {
			t.Errorf("%+v, then %+v", first[i], p)
		}
		if !(p.Low <= p.Share && p.Share <= p.High && p.Low < p.High) {
			t.Errorf("%s: %.3f is not within its days, %.3f to %.3f", p.Mode, p.Share, p.Low, p.High)
		}
	}
	if first[0].AbandonedPerDay != 0 || first[1].AboveCap != 0 || first[2].AboveCap == 0 || first[2].AbandonRate < 0.03 {
		t.Errorf("progressive loses nobody, predictive keeps its cap, a fixed ratio does not: %+v", first)
	}
}
