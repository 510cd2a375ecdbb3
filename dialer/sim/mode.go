package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ringback/dialer/pacing"
	"ringback/internal/errs"
)

// Mode is how lines are opened: predictive, progressive, or a fixed number of
// lines for each ready agent without any ledger (for comparison).
type Mode struct {
	name  string
	ratio float64
	// Experiments: a price that does not look at the margin, and no ledger.
	price    float64
	noLedger bool
}

// Predictive and Progressive are the product's modes.
func Predictive() Mode  { return Mode{name: "predictive"} }
func Progressive() Mode { return Mode{name: "progressive"} }

// WithoutPrice takes the largest price at every moment: what the ledger alone
// does, or, without the ledger, what nothing does. For measuring only.
func WithoutPrice(ledger bool) Mode {
	return Mode{name: "predictive", price: 0.25, noLedger: !ledger}
}

// ParseMode reads predictive, progressive or ratio:N.
func ParseMode(s string) (Mode, error) {
	switch s {
	case "predictive":
		return Predictive(), nil
	case "progressive":
		return Progressive(), nil
	}
	if n, ok := strings.CutPrefix(s, "ratio:"); ok {
		if r, err := strconv.ParseFloat(n, 64); err == nil && r > 0 && r <= 50 {
			return Mode{name: "ratio", ratio: r}, nil
		}
		return Mode{}, errs.New(errs.Invalid, "simulate_ratio", fmt.Sprintf("比例“%s”无效：请写 ratio:2 这样的形式，数值大于 0、不超过 50。", n),
			fmt.Sprintf("The ratio %q is not usable: write it as ratio:2, with a number above 0 and at most 50 lines for each ready agent.", n))
	}
	return Mode{}, errs.New(errs.Invalid, "simulate_mode", fmt.Sprintf("没有“%s”这种拨号方式：可用 predictive（预测）、progressive（渐进）或 ratio:2（固定比例）。", s),
		fmt.Sprintf("There is no mode %q: use predictive, progressive, or ratio:2 for a fixed number of lines for each ready agent.", s))
}

// String is the mode as ParseMode reads it.
func (m Mode) String() string {
	if m.name == "ratio" {
		return "ratio:" + strconv.FormatFloat(m.ratio, 'g', -1, 64)
	}
	return m.name
}

// pace is a mode at work.
type pace interface {
	// decide gives the lines to open now and the price at which they are dialed.
	decide(w *world, trunk int) (open int, price float64)
	tell(e pacing.Event)
	mayLeave(w *world) bool
	prompt(w *world) bool // decides after this event, not only by the tick
}

func (m Mode) pace(s *Scenario) pace {
	switch {
	case m.name == "ratio":
		return ratio(m.ratio)
	case m.name == "progressive" || s.capBP() == 0:
		return progressive{}
	}
	return &predictive{
		model:    pacing.NewModel(pacing.Options{Prior: pacing.DefaultPrior(), Grace: float64(s.Grace), Detects: s.Detection.On, Fixed: m.price, Stale: float64(s.Stale)}),
		noLedger: m.noLedger, limits: map[pacing.Limit]int{},
	}
}

type progressive struct{}

func (progressive) decide(w *world, trunk int) (int, float64) {
	in := pacing.Input{Ready: len(w.idle), Leaving: w.leaving, Lines: w.unresolved(), Waiting: len(w.waiting), Trunk: trunk, Hopper: endless}
	return pacing.Decide(in).Open, 0
}
func (progressive) tell(pacing.Event) {}
func (progressive) mayLeave(w *world) bool {
	return pacing.MayLeave(pacing.Input{Ready: len(w.idle), Leaving: w.leaving, Lines: w.unresolved(), Waiting: len(w.waiting)})
}
func (progressive) prompt(w *world) bool { return len(w.idle) > w.unresolved() }

// ratio opens so many lines for each idle agent, as simple dialers do.
type ratio float64

func (r ratio) decide(w *world, _ int) (int, float64) {
	return int(math.Ceil(float64(r)*float64(len(w.idle))-1e-9)) - len(w.lines), 0
}
func (ratio) tell(pacing.Event)    {}
func (ratio) mayLeave(*world) bool { return true }
func (ratio) prompt(*world) bool   { return true }

// endless is a hopper that never runs dry.
const endless = math.MaxInt32

// unresolved is r of PACING.md: lines that do not wait.
func (w *world) unresolved() int { return len(w.lines) - len(w.waiting) }
