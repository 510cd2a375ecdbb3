package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
	"time"
)

// What the measured shift is like. Its customers ring 1–3 s, answer, speak at once
// and hang up after 1–2 s; wrap-up is closed as soon as the desk shows it.
const (
	benchCalls  = 200 // measured
	benchAgents = 30  // each with a desk phone nailed up and a console
	benchCPS    = 6   // the trunk's cap: kept in windows of 1.1 s, it lets five calls a second through
)

// BenchmarkCalls measures the way of a call through the whole product: real
// database, Redis, dialer, SIP and RTP on loopback, and thirty agents with desk
// phones and consoles. Carrier, phones and consoles are another process, so that
// the CPU time of this one is the product's alone. It asserts no figure.
func BenchmarkCalls(b *testing.B) {
	for b.Loop() {
		h := newHouse(b)
		idle := h.rest(3 * time.Second)
		shift := h.work(benchCalls)
		r := h.outside.stop(b)
		h.stop()
		printCalls(os.Stdout, r, idle, shift)
		heard := spread(r.Calls, func(c seenCall) time.Duration { return c.since(c.Heard) })
		b.ReportMetric(float64(heard.p50.Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(heard.p99.Microseconds())/1000, "p99-ms")
		b.ReportMetric(shift.perCall(shift.cpu.product), "cpu-ms/call")
	}
}

// shift is what one stretch of time cost.
type shift struct {
	took   time.Duration
	done   int // calls answered and wrapped up meanwhile
	dialed int
	lost   int // answered, and no agent was there
	cpu    cost
	inside []insideCall
	redis  string
}

// insideCall is what the record says of one call.
type insideCall struct{ Answered, Bridged time.Time }

func (s shift) perCall(d time.Duration) float64 { return ms(d) / float64(max(1, s.done)) }

func (s shift) perSecond(d time.Duration) float64 { return ms(d) / s.took.Seconds() }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func printCalls(out io.Writer, r outsideReport, idle, s shift) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	row := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(w, "%v\t", c)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(out, "\n%d calls dialed, %d answered and wrapped up by %d agents in %.0f s: %.1f calls per second. Redis: %s.\n",
		s.dialed, s.done, benchAgents, s.took.Seconds(), float64(s.dialed)/s.took.Seconds(), s.redis)
	fmt.Fprintf(out, "Without an agent: %d. Customers never heard: %d.\n\n", s.lost, r.unheard())
	row("from the customer's 200 OK, ms", "p50", "p99", "max", "calls")
	times := func(name string, p percentiles) { row(name, p.ms(p.p50), p.ms(p.p99), p.ms(p.max), p.n) }
	times("to the bridge, as recorded", spread(s.inside, func(c insideCall) time.Duration { return c.Bridged.Sub(c.Answered) }))
	times("to the voice in the agent's phone", spread(r.Calls, func(c seenCall) time.Duration { return c.since(c.Heard) }))
	times("to the customer on the agent's page", spread(r.Calls, func(c seenCall) time.Duration { return c.since(c.Shown) }))
	_ = w.Flush()
	fmt.Fprintln(out)
	row("CPU", "ms per call", "idle, ms per second")
	row("ringback", one(s.perCall(s.cpu.product)), one(idle.perSecond(idle.cpu.product)))
	row("PostgreSQL", one(s.perCall(s.cpu.postgres)), one(idle.perSecond(idle.cpu.postgres)))
	row("Redis", one(s.perCall(s.cpu.redis)), one(idle.perSecond(idle.cpu.redis)))
	row("carrier, phones, consoles (not ours)", one(s.perCall(r.CPU)), "")
	_ = w.Flush()
	fmt.Fprintln(out)
	row("memory, MB", "idle", "working")
	row("ringback, resident", mb(idle.cpu.memory), mb(s.cpu.memory))
	row("PostgreSQL, its share (PSS)", mb(idle.cpu.postgresMemory), mb(s.cpu.postgresMemory))
	_ = w.Flush()
	fmt.Fprintln(out)
}

func one(v float64) string { return fmt.Sprintf("%.1f", v) }

func mb(bytes uint64) string { return fmt.Sprintf("%.0f", float64(bytes)/(1<<20)) }

// percentiles of a duration; n is how many there were.
type percentiles struct {
	p50, p99, max time.Duration
	n             int
}

// spread takes what was measured; a zero or negative value was not.
func spread[T any](all []T, of func(T) time.Duration) percentiles {
	var d []time.Duration
	for _, v := range all {
		if at := of(v); at > 0 {
			d = append(d, at)
		}
	}
	slices.Sort(d)
	if len(d) == 0 {
		return percentiles{}
	}
	return percentiles{p50: d[len(d)/2], p99: d[len(d)*99/100], max: d[len(d)-1], n: len(d)}
}

func (p percentiles) ms(d time.Duration) string { return one(ms(d)) }
