package report_test

import (
	"math"
	"math/big"
	"testing"

	"ringback/crm/report"
)

// The worked examples of spec 4.1.1, by their names.
func TestWorkedExamples(t *testing.T) {
	tenths := func(n int64) report.Mean { return report.Mean{Sum: n, N: 10} }
	factors := func(facility bool) map[string]report.Mean {
		m := map[string]report.Mean{"quality": tenths(92), "pickup": tenths(88), "advisor": tenths(95), "initiation": tenths(80)}
		if facility {
			m["facility"] = tenths(85)
		}
		return m
	}
	for _, v := range []struct {
		name  string
		unit  report.Unit
		value *big.Rat
		want  string
	}{
		{"V-1 CSI", report.Index, report.CSI(factors(true)), "882.6"},
		{"V-2 CSI without facility", report.Index, report.CSI(factors(false)), "890.8"},
		{"V-3 NPS", report.Points, report.NPS(62, 13, 100), "+49.0"},
		{"V-4 K-06", report.Percent, report.Rate(31, 40), "77.5 %"},
		{"V-4 K-06 reached", report.Percent, report.Rate(31+3+2, 40), "90.0 %"},
		{"V-5 K-10 net", report.Percent, report.Rate(71, 120-6), "62.3 %"},
		{"V-5 K-10 gross", report.Percent, report.Rate(71, 120), "59.2 %"},
		{"V-6 K-11", report.Percent, report.Rate(24_850_000, 41_040_000), "60.6 %"},
		{"V-7 K-17", report.Percent, report.Complement(900, 1200), "25.0 %"},
		{"V-8 K-20 show", report.Percent, report.Rate(38+3, 50-4), "89.1 %"},
		{"V-8 K-20 punctual", report.Percent, report.Rate(38, 50-4), "82.6 %"},
		{"V-9 K-24", report.Percent, report.Rate(14, 1000), "1.4 %"},
		{"V-10 K-22", report.Seconds, report.Rate(100+140+60+20+40+30+20, 3), "136.7 s"},
		{"V-11 K-23", report.Percent, report.Rate(30+7+11, 30+7+11+22), "68.6 %"},
		{"V-12 K-02", report.Percent, report.Rate(30-3-2, 30), "83.3 %"},
		{"V-12 K-02c", report.Percent, report.Rate(9, 10), "90.0 %"},
		{"V-13 K-13", report.Percent, report.Rate(15, 20-1), "78.9 %"},
		{"V-14 K-26", report.Percent, report.Rate(80, 92+5), "82.5 %"},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got := v.unit.Show(v.value); got != v.want {
				t.Errorf("got %s, want %s", got, v.want)
			}
		})
	}
}

func TestValuesAreRoundedHalfUpOnlyWhenShown(t *testing.T) {
	for _, c := range []struct {
		unit     report.Unit
		num, den int64
		want     string
	}{
		{report.Percent, 1, 0, "—"},
		{report.Percent, 0, 7, "0.0 %"},
		{report.Percent, 12345, 100000, "12.3 %"},
		{report.Percent, 1235, 10000, "12.4 %"}, // 12.35: half up
		{report.Percent, 999999, 1000000, "100.0 %"},
		{report.Points, -4905, 10000, "-49.0"}, // −49.05: half up is towards zero here
		{report.Points, -49051, 100000, "-49.1"},
		{report.Points, 0, 5, "0.0"},
		{report.PerMille, 3, 800, "3.8 ‰"}, // 3.75
		{report.Yuan, 123456789, 1, "¥1,234,567.89"},
		{report.Yuan, -100000, 1, "-¥1,000.00"},
		{report.Count, 1234, 1, "1,234"},
		{report.Count, 999, 1, "999"},
	} {
		if got := c.unit.Show(report.Rate(c.num, c.den)); got != c.want {
			t.Errorf("%d/%d in %s: got %s, want %s", c.num, c.den, c.unit, got, c.want)
		}
	}
	if got := report.Percent.ShowChange(report.Rate(31, 40), report.Rate(3, 4)); got != "+2.5" {
		t.Errorf("change from 75 to 77.5 %%: %s", got)
	}
	if got := report.Percent.ShowChange(report.Rate(1, 2), nil); got != "" {
		t.Errorf("change from nothing: %s", got)
	}
}

func TestTheIndexOfNothingIsNothing(t *testing.T) {
	if v := report.CSI(map[string]report.Mean{"quality": {}}); v != nil {
		t.Errorf("got %v", v)
	}
	if v := report.CSI(map[string]report.Mean{"facility": {Sum: 17, N: 2}, "nps": {Sum: 1, N: 1}}); report.Index.Show(v) != "850.0" {
		t.Errorf("one factor: %s", report.Index.Show(v))
	}
}

// Expected bounds are worked by hand from the sources' formulas.
func TestIntervals(t *testing.T) {
	type bounds = report.Interval
	for _, c := range []struct {
		name string
		got  func() (bounds, bool)
		want bounds
	}{
		{"Wilson 31/40", func() (bounds, bool) { return report.Wilson(31, 40) }, bounds{0.6250, 0.8768}},
		{"Wilson 0/10 does not say zero for sure", func() (bounds, bool) { return report.Wilson(0, 10) }, bounds{0, 0.2775}},
		{"Wilson 10/10", func() (bounds, bool) { return report.Wilson(10, 10) }, bounds{0.7225, 1}},
		{"Wilson 1/1", func() (bounds, bool) { return report.Wilson(1, 1) }, bounds{0.2065, 1}},
		{"10 events of 1000", func() (bounds, bool) { return report.PerExposure(10, 1000) }, bounds{0.00479, 0.01839}},
		{"no event of 100", func() (bounds, bool) { return report.PerExposure(0, 100) }, bounds{0, 0.0366}},
		{"NPS of one promoter", func() (bounds, bool) { return report.NPSInterval(1, 0, 1) }, bounds{0.25 - 0.735, 0.25 + 0.735}}, // n 4, net 1/4, variance (2.5/4 − 1/16)/4
		{"NPS 62 to 13 of 100", func() (bounds, bool) { return report.NPSInterval(62, 13, 100) }, bounds{0.4757 - 0.1388, 0.4757 + 0.1388}},
	} {
		got, ok := c.got()
		if !ok || math.Abs(got.Low-c.want.Low) > 6e-4 || math.Abs(got.High-c.want.High) > 6e-4 {
			t.Errorf("%s: %v %v, want %v", c.name, got, ok, c.want)
		}
	}
	for name, bad := range map[string]func() (bounds, bool){
		"no cases":               func() (bounds, bool) { return report.Wilson(0, 0) },
		"more good than cases":   func() (bounds, bool) { return report.Wilson(3, 2) },
		"no exposure":            func() (bounds, bool) { return report.PerExposure(1, 0) },
		"no answers":             func() (bounds, bool) { return report.NPSInterval(0, 0, 0) },
		"one row has no spread":  func() (bounds, bool) { return report.RatioInterval(report.Sums{Num: 1, Den: 1}, 1) },
		"one survey, one index ": func() (bounds, bool) { return report.Around(900, 1, 1) },
	} {
		if _, ok := bad(); ok {
			t.Errorf("%s: there is an interval", name)
		}
	}
}

func TestARatioOfSumsHasTheIntervalOfAMeanWhenEachRowWeighsOne(t *testing.T) {
	// 8, 9, 10: mean 9, standard deviation 1, t(2) = 4.303.
	s := report.Sums{Num: 27, Den: 3, NN: 64 + 81 + 100, ND: 27, DD: 3}
	i, ok := report.RatioInterval(s, 3)
	half := 4.303 / math.Sqrt(3)
	if !ok || math.Abs(i.Low-(9-half)) > 1e-9 || math.Abs(i.High-(9+half)) > 1e-9 {
		t.Errorf("got %v %v, want 9 ± %.4f", i, ok, half)
	}
}

func TestTargets(t *testing.T) {
	atLeast, atMost := report.Target{Op: ">=", Tenths: 950}, report.Target{Op: "<=", Tenths: 15}
	for _, c := range []struct {
		target     report.Target
		num, best  int64
		den        int64
		want       report.Status
		targetText string
	}{
		{atLeast, 95, 95, 100, report.InTarget, "≥ 95 %"},
		{atLeast, 94, 94, 100, report.Near, "≥ 95 %"},
		{atLeast, 855, 855, 1000, report.Near, "≥ 95 %"}, // 90 % of the target exactly
		{atLeast, 854, 854, 1000, report.Missed, "≥ 95 %"},
		{atLeast, 50, 96, 100, report.Possible, "≥ 95 %"}, // not yet due
		{atLeast, 50, 94, 100, report.Missed, "≥ 95 %"},   // out of reach already
		{atMost, 15, 15, 1000, report.InTarget, "≤ 1.5 %"},
		{atMost, 10, 30, 1000, report.Possible, "≤ 1.5 %"}, // reports nobody confirmed yet
		{atMost, 16, 16, 1000, report.Near, "≤ 1.5 %"},
		{atMost, 20, 20, 1000, report.Missed, "≤ 1.5 %"},
		{report.Target{}, 1, 1, 2, report.Unjudged, ""},
		{atLeast, 0, 0, 0, report.Unjudged, "≥ 95 %"},
	} {
		got := c.target.Judge(report.Percent, report.Rate(c.num, c.den), report.Rate(c.best, c.den))
		if got != c.want || c.target.Show(report.Percent) != c.targetText {
			t.Errorf("%d (at best %d) of %d against %q: %s, want %s", c.num, c.best, c.den, c.target.Show(report.Percent), got, c.want)
		}
	}
	if better, ok := atMost.Better(report.Rate(2, 100), report.Rate(1, 100)); !ok || better {
		t.Error("more rework is not better")
	}
	if _, ok := atLeast.Better(report.Rate(1, 2), report.Rate(2, 4)); ok {
		t.Error("no change is neither better nor worse")
	}
}

func TestEachFigureOfTheTableSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range report.FigureTable() {
		for _, d := range g.Figures {
			if seen[d.ID] {
				t.Errorf("%s is there twice", d.ID)
			}
			seen[d.ID] = true
			for what, text := range map[string]string{
				"zh": d.ZH, "en": d.EN, "formula zh": d.FormulaZH, "formula en": d.FormulaEN,
				"key": d.Key.Code, "key zh": d.Key.ZH, "key en": d.Key.EN, "unit": string(d.Unit), "method": string(d.Method),
			} {
				if text == "" {
					t.Errorf("%s has no %s", d.ID, what)
				}
			}
			if d.Of != "" && !seen[d.Of] {
				t.Errorf("%s comes before %s, whose reading it is", d.ID, d.Of)
			}
		}
	}
}
