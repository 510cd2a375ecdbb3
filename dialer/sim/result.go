package sim

import "ringback/dialer/pacing"

// Result is what came of a run. Shares are 0 to 1.
type Result struct {
	Mode   string  `json:"mode"`
	Agents int     `json:"agents"`
	Cap    float64 `json:"cap"`
	Days   int     `json:"days"`
	Seed   uint64  `json:"seed"`
	Shocks []Shock `json:"shocks,omitempty"`

	// TalkShare is talk and wrap-up with customers over signed-in time; pauses and
	// time with machines taken for persons do not count as talk, pauses not as
	// signed in.
	TalkShare      float64   `json:"talk_share"`
	TalkShareByDay []float64 `json:"talk_share_by_day"`
	AbandonRate    float64   `json:"abandon_rate"` // abandoned persons over all persons who answered

	// MomentsAboveCap counts the moments at which abandoned calls, machines taken
	// for persons included, were above cap × persons. MinMargin is cap × persons
	// less abandoned calls at its lowest after one was abandoned, in calls.
	MomentsAboveCap int     `json:"moments_above_cap"`
	MinMargin       float64 `json:"min_margin"`

	Answered          int `json:"answered"`  // persons
	Connected         int `json:"connected"` // of those, with an agent
	Abandoned         int `json:"abandoned"` // of those
	HungUpInDetection int `json:"hung_up_in_detection"`
	MachinesPassed    int `json:"machines_passed"` // for persons
	Dials             int `json:"dials"`
	PeakLines         int `json:"peak_lines"`

	LimitedBy map[pacing.Limit]int `json:"limited_by,omitempty"` // decisions by what limited them
}

func (w *world) result(m Mode, seed uint64) Result {
	r := w.out
	r.Mode, r.Agents, r.Cap, r.Days, r.Seed, r.Shocks = m.String(), w.s.Agents, float64(w.s.capBP())/10_000, w.s.Days, seed, w.s.Shocks
	r.TalkShare = ratioOf(total(w.busy), total(w.signed))
	r.TalkShareByDay = make([]float64, w.s.Days)
	for d := range r.TalkShareByDay {
		r.TalkShareByDay[d] = ratioOf(w.busy[d], w.signed[d])
	}
	r.AbandonRate = ratioOf(float64(r.Abandoned), float64(r.Answered))
	if p, ok := w.pace.(*predictive); ok {
		r.LimitedBy = p.limits
	}
	return r
}

// Share is the talk share of days from to to, counted from 1.
func (r Result) Share(from, to int) float64 {
	return total(r.TalkShareByDay[from-1:to]) / float64(to-from+1)
}

func total(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

func ratioOf(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
