package dialer

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of the dialer; with a nil registerer they are counted and not shown.
type metrics struct {
	finished  *prometheus.CounterVec // by line result, or by state where there is none
	refusals  *prometheus.CounterVec
	lines     *prometheus.GaugeVec
	opened    *prometheus.CounterVec
	limits    *prometheus.CounterVec
	tick      prometheus.Histogram
	answering prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	return &metrics{
		finished: f.NewCounterVec(prometheus.CounterOpts{Name: "ringback_attempts_total", Help: "Ended attempts by result."}, []string{"result"}),
		refusals: f.NewCounterVec(prometheus.CounterOpts{Name: "ringback_gate_refusals_total", Help: "Tasks the compliance gate kept from being called."}, []string{"rule", "outcome"}),
		lines:    f.NewGaugeVec(prometheus.GaugeOpts{Name: "ringback_dialer_lines", Help: "Lines of the campaigns this node leads, by state."}, []string{"campaign", "state"}),
		opened:   f.NewCounterVec(prometheus.CounterOpts{Name: "ringback_dialer_opened_total", Help: "Lines opened, by campaign."}, []string{"campaign"}),
		limits:   f.NewCounterVec(prometheus.CounterOpts{Name: "ringback_dialer_decisions_total", Help: "Pacing decisions by what limited them."}, []string{"limit"}),
		tick: f.NewHistogram(prometheus.HistogramOpts{
			Name: "ringback_dialer_tick_seconds", Help: "Time of one planning tick of one campaign.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1},
		}),
		answering: f.NewHistogram(prometheus.HistogramOpts{
			Name: "ringback_answer_to_bridge_seconds", Help: "From the customer's answer to the agent's ear.",
			Buckets: []float64{.01, .025, .05, .1, .2, .4, .8, 1.2, 1.5, 2, 3},
		}),
	}
}
