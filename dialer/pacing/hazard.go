package pacing

import "math"

// hazard is the rate at which one kind of thing ends one kind of stage, by the
// stage's age: constant within a bin, learnt from events and exposure, with
// censoring for what still runs (PACING.md §3). The shape follows slowly; a fast
// level on top follows the hour, the list and the day.
type hazard struct {
	edges  []float64 // where bins begin; the last one is open
	prior  []float64 // λ0 by bin, per second
	weight float64   // κ: events that the prior is worth in each bin
	keep   float64   // events that the shape holds at most

	events   []float64
	exposure []float64 // seconds
	rate     []float64 // λ
	sum      []float64 // ∫λ up to each edge

	fast     bool // has a level
	memory   float64
	observed float64
	expected float64
	level    float64
	doubt    float64 // cv² of level
}

// anchor is what the fast level starts with: so many events, all as expected.
const anchor = 10

func newHazard(edges, prior []float64, weight, keep float64, fast bool) *hazard {
	n := len(edges)
	h := &hazard{
		edges: edges, prior: prior, weight: weight, keep: keep, fast: fast, memory: 80,
		events: make([]float64, n), exposure: make([]float64, n), rate: make([]float64, n), sum: make([]float64, n),
	}
	h.refresh()
	return h
}

func (h *hazard) bin(age float64) int {
	lo, hi := 0, len(h.edges)-1
	for lo < hi {
		if mid := (lo + hi + 1) / 2; h.edges[mid] <= age {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// run books that something was in its stage from one age to another.
func (h *hazard) run(from, to float64) {
	expected := 0.0
	for i := h.bin(from); from < to; i++ {
		end := to
		if i+1 < len(h.edges) {
			end = min(end, h.edges[i+1])
		}
		h.exposure[i] += end - from
		expected += (end - from) * h.rate[i]
		from = end
	}
	if !h.fast {
		return
	}
	h.expected += expected
	keep := math.Exp(-expected / h.memory)
	h.observed *= keep
	h.expected *= keep
}

// end books that it ended this way at an age.
func (h *hazard) end(age float64) {
	h.events[h.bin(age)]++
	if h.fast {
		h.observed++
	}
}

// refresh forgets what is too much and makes the rates new.
func (h *hazard) refresh() {
	total := 0.0
	for _, e := range h.events {
		total += e
	}
	if total > h.keep {
		for i := range h.events {
			h.events[i] *= h.keep / total
			h.exposure[i] *= h.keep / total
		}
	}
	for i := range h.rate {
		h.rate[i] = (h.weight + h.events[i]) / (h.weight/h.prior[i] + h.exposure[i])
		if i > 0 {
			h.sum[i] = h.sum[i-1] + h.rate[i-1]*(h.edges[i]-h.edges[i-1])
		}
	}
	h.level, h.doubt = 1, 0
	if h.fast {
		h.level = (anchor + h.observed) / (anchor + h.expected)
		h.doubt = 1 / (anchor + h.observed)
	}
}

// walk gives the rate at ages that only grow, the level included.
type walk struct {
	h   *hazard
	bin int
}

func (w *walk) at(age float64) float64 {
	for w.bin+1 < len(w.h.edges) && age >= w.h.edges[w.bin+1] {
		w.bin++
	}
	return w.h.level * w.h.rate[w.bin]
}

// race is two ways in which a stage ends, in even steps of its age.
type race struct {
	one, other walk
	step       float64

	a, b  float64 // rates
	ended float64 // share that ends within a step, either way
}

// at gives both rates at an age and the share of what reached it that ends within a
// step. Ages only grow; within a bin nothing is computed anew.
func (r *race) at(age float64) (a, b, ended float64) {
	a, b = r.one.at(age), r.other.at(age)
	if a != r.a || b != r.b {
		r.a, r.b, r.ended = a, b, 1-math.Exp(-(a+b)*r.step)
	}
	return a, b, r.ended
}

// survival is the chance to reach an age.
func (h *hazard) survival(age float64) float64 {
	i := h.bin(age)
	return math.Exp(-h.level * (h.sum[i] + h.rate[i]*(age-h.edges[i])))
}

// survivals fills dst with survival at 0, step, 2 × step and so on.
func (h *hazard) survivals(dst []float64, step float64) {
	dst[0] = 1
	for i, bin := 1, 0; i < len(dst); {
		factor := math.Exp(-h.level * h.rate[bin] * step)
		until := len(dst)
		if bin+1 < len(h.edges) {
			until = min(until, int(math.Ceil(h.edges[bin+1]/step)))
		}
		two := factor * factor
		for ; i+1 < until; i += 2 { // two at a time: each product waits for the one before it
			last := dst[i-1]
			dst[i], dst[i+1] = last*factor, last*two
		}
		if i < until {
			dst[i] = dst[i-1] * factor
			i++
		}
		if i == len(dst) {
			return
		}
		for age := float64(i) * step; bin+1 < len(h.edges) && age >= h.edges[bin+1]; {
			bin++
		}
		dst[i] = math.Exp(-h.level * (h.sum[bin] + h.rate[bin]*(float64(i)*step-h.edges[bin])))
		i++
	}
}
