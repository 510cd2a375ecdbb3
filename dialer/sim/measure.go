package sim

import (
	"math"
	"slices"
)

func person(c Call) bool  { return c.Person }
func machine(c Call) bool { return c.Machine }

func talkOf(who func(Call) bool) func(Call) (float64, bool) {
	return func(c Call) (float64, bool) { return c.Talk, who(c) && c.Talk > 0 && c.Talk <= longestTalk }
}

func wrapOf(who func(Call) bool) func(Call) (float64, bool) {
	return func(c Call) (float64, bool) { return c.Wrap, who(c) && c.Wrap > 0 && c.Wrap <= longestWrap }
}

func shareOf(calls []Call, is func(Call) bool) float64 {
	n := 0
	for _, c := range calls {
		if is(c) {
			n++
		}
	}
	return ratioOf(float64(n), float64(len(calls)))
}

// timesOf are the times that of gives, shortest first.
func timesOf(calls []Call, of func(Call) (float64, bool)) []float64 {
	var out []float64
	for _, c := range calls {
		if t, ok := of(c); ok {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

// spreadOf is mean and variation of times, within what a scenario may have.
func spreadOf(times []float64) Spread {
	n := float64(len(times))
	mean := total(times) / n
	var v float64
	for _, t := range times {
		v += (t - mean) * (t - mean)
	}
	return Spread{Mean: Seconds(max(1, mean)), CV: min(5, ratioOf(math.Sqrt(v/n), mean))}
}

const sampled = 200 // times kept of a distribution

// sample keeps the shape of a distribution in few times; sorted must be sorted.
func sample(sorted []float64, limit float64) []Seconds {
	n := min(sampled, len(sorted))
	out := make([]Seconds, n)
	for i := range out {
		out[i] = Seconds(min(limit, quantile(sorted, (float64(i)+0.5)/float64(n))))
	}
	return out
}

// quantile of sorted values, between its neighbours.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
