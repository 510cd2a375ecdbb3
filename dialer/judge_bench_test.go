package dialer

import (
	"testing"
	"time"
)

// BenchmarkJudge is the gate alone: fourteen rules over facts at hand.
func BenchmarkJudge(b *testing.B) {
	f := callable(b, day(0, 10, 30))
	for d := 9; d > 2; d -= 3 {
		f.Calls = append(f.Calls, contact{At: f.Now.AddDate(0, 0, -d), Own: true, Class: "service"})
	}
	f.DNC = []ban{{scope: "commercial", from: f.Now.Add(-time.Hour)}}
	f.Surveys = []time.Time{f.Now.AddDate(0, 0, -100)}
	gate := rules()
	for b.Loop() {
		if _, v := judge(f, gate); v.Outcome != OutcomeOK {
			b.Fatal(v)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
}
