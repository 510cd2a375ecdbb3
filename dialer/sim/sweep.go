package sim

import (
	"context"
	"math"
	"slices"
)

// Setting is one way in which a campaign may dial.
type Setting struct {
	Mode  string `json:"mode" doc:"predictive, progressive, or ratio:N lines for each ready agent"`
	CapBP int    `json:"capBp" doc:"the abandon cap of predictive mode, basis points; 0 in others"`
}

// Point is what one setting comes to. Shares are 0 to 1.
type Point struct {
	Setting
	Share           float64 `json:"share" doc:"talk and wrap-up with customers over signed-in time"`
	Low             float64 `json:"low" doc:"95 % of the simulated days lie between low and high"`
	High            float64 `json:"high"`
	AbandonRate     float64 `json:"abandonRate" doc:"abandoned persons over persons who answered"`
	TalksPerDay     float64 `json:"talksPerDay"`
	TalksPerHour    float64 `json:"talksPerHour" doc:"of one agent"`
	AbandonedPerDay float64 `json:"abandonedPerDay"`
	AboveCap        int     `json:"aboveCap" doc:"moments above the cap; of a fixed ratio: above the highest the rule pack allows"`
}

// SweepDays are simulated for each point: one window of the cap.
const SweepDays = 20

// Settings are those a campaign is compared over: progressive, predictive at the
// usual caps and those named, and what dialers without a ledger do. With fewer
// agents than predictive dialing needs it is left out.
func Settings(agents, mostBP int, named ...int) []Setting {
	out := []Setting{{Mode: "progressive"}}
	if agents >= fewestAgents {
		for _, bp := range caps(agents, mostBP, named) {
			out = append(out, Setting{"predictive", bp})
		}
	}
	return append(out, Setting{Mode: "ratio:1.5"}, Setting{Mode: "ratio:2"})
}

// fewestAgents is how many predictive dialing needs (PACING.md §5).
const fewestAgents = 2

// caps are fewer for a large team, which takes longer to play.
func caps(agents, most int, named []int) []int {
	usual := []int{25, 50, 100, 150, 300}
	if agents > smallTeam {
		usual = []int{50, 150, 300}
	}
	out := slices.DeleteFunc(append(append(usual, most), named...), func(bp int) bool { return bp <= 0 || bp > most })
	slices.Sort(out)
	return slices.Compact(out)
}

// Sweep plays SweepDays of a scenario in each setting, with one seed. progress, if
// not nil, is told the share that is done. The error is the context's, or one
// about the scenario.
func Sweep(ctx context.Context, s Scenario, settings []Setting, seed uint64, progress func(done float64)) ([]Point, error) {
	var all, before float64
	for _, x := range settings {
		all += x.weight()
	}
	out := make([]Point, len(settings))
	for i, x := range settings {
		p, err := x.play(ctx, s, seed, func(done float64) {
			if progress != nil {
				progress((before + done*x.weight()) / all)
			}
		})
		if err != nil {
			return nil, err
		}
		out[i], before = p, before+x.weight()
	}
	return out, nil
}

const smallTeam = 10 // agents

// coarse is the time between two decisions of a sweep: agents who become free are
// seen at once anyway, so that a share moves by less than half a point while the
// sweep takes a half to a quarter of the time.
func coarse(agents int) Seconds {
	if agents <= smallTeam {
		return 1
	}
	return 2
}

// stale is how old the model's tables may get in a sweep: they say what many calls
// before have taught, so that a share moves by less than two seeds differ (0.2 points)
// while the sweep takes two thirds of the time.
const stale Seconds = 30

// weight is what it costs to play beside the others.
func (x Setting) weight() float64 {
	if x.Mode == "predictive" {
		return 8
	}
	return 1
}

func (x Setting) play(ctx context.Context, s Scenario, seed uint64, progress func(float64)) (Point, error) {
	mode, err := ParseMode(x.Mode)
	if err != nil {
		return Point{}, err
	}
	s.Days, s.Shocks, s.Cap, s.Tick, s.Stale = SweepDays, nil, s.PackLimit, coarse(s.Agents), stale
	if x.Mode == "predictive" {
		s.Cap = float64(x.CapBP) / 10_000
	}
	r, err := Run(ctx, s, mode, seed, progress)
	if err != nil {
		return Point{}, err
	}
	return r.point(x, s), nil
}

func (r Result) point(x Setting, s Scenario) Point {
	days := slices.Sorted(slices.Values(r.TalkShareByDay))
	perDay := float64(r.Connected) / float64(r.Days)
	return Point{
		Setting: x, Share: rounded(r.TalkShare), Low: rounded(quantile(days, 0.025)), High: rounded(quantile(days, 0.975)),
		AbandonRate: rounded(r.AbandonRate), TalksPerDay: rounded(perDay), TalksPerHour: rounded(perDay / s.HoursPerDay / float64(r.Agents)),
		AbandonedPerDay: rounded(float64(r.Abandoned) / float64(r.Days)), AboveCap: r.MomentsAboveCap,
	}
}

// rounded keeps six digits behind the point: a figure looks the same however it travelled.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
