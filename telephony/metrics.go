package telephony

import (
	"github.com/prometheus/client_golang/prometheus"
)

// metrics of an exchange.
type metrics struct {
	calls         *prometheus.GaugeVec
	results       *prometheus.CounterVec
	answerToAudio prometheus.Histogram
	dropped       prometheus.Counter
	waiting       prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		calls: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ringback_calls", Help: "Calls of this node by state.",
		}, []string{"state"}),
		results: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringback_line_results_total", Help: "Ended calls by line result (spec 2.4.1).",
		}, []string{"result"}),
		answerToAudio: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ringback_answer_to_audio_seconds", Help: "From the customer's 200 OK to their first frame in the agent's leg.",
			Buckets: []float64{.002, .005, .01, .015, .02, .025, .03, .04, .05, .075, .1, .15, .2, .5, 1, 2},
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ringback_call_events_dropped_total", Help: "Timeline rows given up because the database was away too long.",
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "ringback_call_events_waiting", Help: "Timeline rows not yet in the database.",
		}),
	}
	if r != nil {
		r.MustRegister(m.calls, m.results, m.answerToAudio, m.dropped, m.waiting)
	}
	return m
}

func (m metrics) enter(s callState) {
	if s != ended {
		m.calls.WithLabelValues(string(s)).Inc()
	}
}

func (m metrics) leave(s callState) {
	if s != ended {
		m.calls.WithLabelValues(string(s)).Dec()
	}
}
