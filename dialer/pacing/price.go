package pacing

import "math"

// Price of a chance that an answer finds nobody (PACING.md §3): high while credit
// lies idle, low when it runs out, nothing when there is none.
const (
	priceMax     = 0.25
	priceGain    = 0.1 // per call of margin above the stock
	stockBase    = 5.0 // calls
	stockPerLine = 1.5 // calls held for each line that the model wishes beyond ready agents
	wishTime     = 300 // seconds over which the wish is smoothed
	wishFirst    = 10  // seconds for which the first wish counts
	calBase      = 5.0 // abandoned calls that the calibration starts with, as expected
	calMemory    = 30  // expected abandoned calls after which it forgets
)

type price struct {
	wish      float64 // smoothed lines beyond ready agents
	watched   float64 // seconds that it is smoothed over so far, at most wishTime
	abandoned float64 // of the calls dialed at a price
	expected  float64 // sum of their prices
}

// stock is the margin, in calls, that is held for lines on their way.
func (p *price) stock() float64 { return stockBase + stockPerLine*p.wish }

// calibration is how much worse than expected it went: above 1 is worse.
func (p *price) calibration() float64 { return (calBase + p.abandoned) / (calBase + p.expected) }

// theta is the highest chance worth a line now. l's cap × A − B is the margin.
func (p *price) theta(l Ledger) float64 {
	return min(priceMax, p.level(l)*math.Exp(priceGain*(l.Margin()-p.stock())))
}

// level is the price once the margin is the stock: the cap, less when there is hardly
// a margin, nothing when there is none.
func (p *price) level(l Ledger) float64 {
	return float64(l.CapBP) / one * min(1, max(0, l.Margin()/2)) / p.calibration()
}

// live books that a call dialed at a price was answered by a person.
func (p *price) live(theta float64) {
	p.expected += theta
	keep := math.Exp(-theta / calMemory)
	p.expected *= keep
	p.abandoned *= keep
}

// lost books that a call dialed at a price found nobody.
func (p *price) lost(theta float64) {
	if theta > 0 {
		p.abandoned++
	}
}

// begin is the wish that smoothing begins with. It counts as watched for wishFirst.
func (p *price) begin(lines int) {
	p.wish, p.watched = float64(max(lines, 0)), wishFirst
}

// wished smooths what the model wanted beyond the ready agents. Until it has watched
// for wishTime it takes the mean of what it saw.
func (p *price) wished(lines int, elapsed float64) {
	p.watched = min(wishTime, p.watched+elapsed)
	p.wish += (float64(max(lines, 0)) - p.wish) * min(1, elapsed/p.watched)
}
