package sim

import (
	"flag"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

var whole = flag.Bool("table", false, "play all of PACING.md §4 (make bench-pacing)")

// row is a line of PACING.md §4: what must be reached.
type row struct {
	agents int
	answer float64
	normal reference
	long   reference // calls of 180 s and 45 s
}

// reference shares, and the share of persons abandoned (0: not given).
type reference struct{ progressive, first, after, abandoned float64 }

func table() []row {
	return []row{
		{3, 0.15, reference{.473, .586, .636, .0238}, reference{.650, .713, .762, 0}},
		{3, 0.3, reference{.655, .710, .736, .0260}, reference{.797, .815, .839, 0}},
		{3, 0.5, reference{.772, .794, .806, .0272}, reference{.876, .875, .888, 0}},
		{5, 0.15, reference{.474, .656, .694, .0241}, reference{.649, .745, .785, 0}},
		{5, 0.3, reference{.652, .745, .762, .0267}, reference{.796, .837, .852, 0}},
		{5, 0.5, reference{.769, .805, .816, .0278}, reference{.876, .888, .893, 0}},
		{10, 0.15, reference{.473, .730, .769, .0248}, reference{.647, .803, .833, 0}},
		{10, 0.3, reference{.652, .795, .810, .0269}, reference{.793, .858, .871, 0}},
		{10, 0.5, reference{.774, .840, .843, .0280}, reference{.873, .897, .902, 0}},
		{20, 0.15, reference{.470, .798, .834, .0252}, reference{.645, .848, .875, 0}},
		{20, 0.3, reference{.653, .851, .863, .0272}, reference{.794, .888, .898, 0}},
		{20, 0.5, reference{.772, .875, .884, .0283}, reference{.875, .915, .916, 0}},
		{50, 0.15, reference{.470, .849, .898, .0259}, reference{.645, .893, .922, 0}},
		{50, 0.3, reference{.651, .903, .915, .0275}, reference{.793, .928, .935, 0}},
		{50, 0.5, reference{.770, .920, .926, .0283}, reference{.874, .940, .943, 0}},
		{100, 0.15, reference{.469, .875, .927, .0260}, reference{.644, .915, .945, 0}},
		{100, 0.3, reference{.651, .930, .943, .0275}, reference{.792, .947, .955, 0}},
		{100, 0.5, reference{.771, .946, .952, .0284}, reference{.873, .957, .960, 0}},
	}
}

// cell is one scenario, played with several seeds.
type cell struct {
	agents int
	answer float64
	long   bool
	want   reference
	shock  Shock

	progressive, first, after, abandoned float64
	runs, above                          int
	margin                               float64
}

func (c *cell) scenario(days int) Scenario {
	s := Default()
	s.Agents, s.AnswerRate, s.Days = c.agents, c.answer, days
	if c.long {
		s = s.LongCalls()
	}
	if c.shock != "" {
		s.Shocks = []Shock{c.shock}
	}
	return s
}

// play fills a cell: so many runs of ten days, or of three.
func (c *cell) play(t *testing.T, days, runs int) {
	c.runs, c.margin = runs, 1e9
	for seed := range runs {
		r := play(t, c.scenario(days), Predictive(), uint64(seed+1))
		c.first += r.Share(1, 1) / float64(runs)
		c.after += r.Share(days/2+1, days) / float64(runs)
		c.abandoned += r.AbandonRate / float64(runs)
		c.above += r.MomentsAboveCap
		c.margin = min(c.margin, r.MinMargin)
	}
	c.progressive = play(t, c.scenario(min(days, 3)), Progressive(), 1).TalkShare
}

// fill plays cells on all processors, the largest first.
func fill(t *testing.T, cells []*cell, days int, runs func(*cell) int) {
	var wg sync.WaitGroup
	next := make(chan *cell, len(cells))
	for i := len(cells) - 1; i >= 0; i-- {
		next <- cells[i]
	}
	close(next)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for c := range next {
				c.play(t, days, runs(c))
			}
		})
	}
	wg.Wait()
}

// TestTable plays two cells of PACING.md §4 for three days; with -table all of
// them for ten, and every shock, and prints them beside the reference.
func TestTable(t *testing.T) {
	if *whole {
		wholeTable(t)
		return
	}
	cells := []*cell{{agents: 5, answer: 0.3}, {agents: 20, answer: 0.3}}
	fill(t, cells, 3, func(*cell) int { return 1 })
	for _, c := range cells {
		t.Logf("%d agents: progressive %.3f, day 1 %.3f, days 2 and 3 %.3f, abandoned %.2f %%, smallest margin %.2f", c.agents, c.progressive, c.first, c.after, 100*c.abandoned, c.margin)
		if c.above > 0 {
			t.Errorf("%d agents: %d moments above the cap", c.agents, c.above)
		}
		if c.after < c.progressive+0.06 {
			t.Errorf("%d agents: %.3f, progressive %.3f", c.agents, c.after, c.progressive)
		}
	}
}

func wholeTable(t *testing.T) {
	var cells []*cell
	for _, r := range table() {
		cells = append(cells, &cell{agents: r.agents, answer: r.answer, want: r.normal}, &cell{agents: r.agents, answer: r.answer, long: true, want: r.long})
	}
	for _, s := range Shocks() {
		cells = append(cells, &cell{agents: 5, answer: 0.3, shock: s}, &cell{agents: 20, answer: 0.3, shock: s})
	}
	fill(t, cells, 10, func(c *cell) int { return max(1, min(8, 36/c.agents)) })
	fmt.Println("agents  p     calls   progressive    day 1        days 6-10            abandoned      above  margin")
	for _, c := range cells {
		if c.shock != "" {
			fmt.Printf("%6d  %.2f  %-7s %.3f          %.3f        %.3f                %.2f           %5d  %6.2f\n", c.agents, c.answer, c.shock, c.progressive, c.first, c.after, 100*c.abandoned, c.above, c.margin)
		} else {
			calls := map[bool]string{false: "normal", true: "long"}[c.long]
			fmt.Printf("%6d  %.2f  %-7s %.3f (%.3f)  %.3f (%.3f)  %.3f (%.3f) %5.1f %%  %.2f (%.2f)  %5d  %6.2f\n", c.agents, c.answer, calls, c.progressive, c.want.progressive, c.first, c.want.first,
				c.after, c.want.after, 100*c.after/c.want.after, 100*c.abandoned, 100*c.want.abandoned, c.above, c.margin)
			if c.after < 0.98*c.want.after {
				t.Errorf("%d agents, p %.2f, %s calls: %.3f is below 98 %% of %.3f", c.agents, c.answer, calls, c.after, c.want.after)
			}
		}
		if c.above > 0 {
			t.Errorf("%d agents, p %.2f %s: %d moments above the cap", c.agents, c.answer, c.shock, c.above)
		}
	}
}
