package sim

import (
	"fmt"
	"math"
	"slices"
)

// Advice is what to dial by, in a sentence, and why no looser and no stricter.
type Advice struct {
	Setting Setting `json:"setting"`
	Gain    float64 `json:"gain" doc:"talk share above progressive, 0 to 1"`
	ZH      string  `json:"zh"`
	EN      string  `json:"en"`
	WhyZH   string  `json:"whyZh"`
	WhyEN   string  `json:"whyEn"`
}

// Case is what advice is given on.
type Case struct {
	Points []Point // of one scenario
	Today  Setting
	Agents int
	// Ahead: customers may be dialed before an agent is free (spec D-21).
	Ahead bool
}

const (
	worthSwitching = 0.03 // predictive adding less is not worth it (PACING.md §5)
	worthOneLost   = 10   // conversations that a looser cap must win for each more customer who finds nobody
)

// Advise chooses: progressive, unless predictive adds at least three points; of
// the caps the strictest that does, and looser ones as long as each more customer
// who finds nobody wins ten more conversations. Pure.
func Advise(c Case) Advice {
	plain := c.Points[slices.IndexFunc(c.Points, func(p Point) bool { return p.Mode == "progressive" })]
	var ahead []Point
	for _, p := range c.Points {
		if p.Mode == "predictive" {
			ahead = append(ahead, p)
		}
	}
	slices.SortFunc(ahead, func(a, b Point) int { return a.CapBP - b.CapBP })
	switch {
	case !c.Ahead:
		return c.barred(plain)
	case len(ahead) == 0:
		return c.alone(plain)
	}
	at := slices.IndexFunc(ahead, func(p Point) bool { return p.Share-plain.Share >= worthSwitching })
	if at < 0 {
		return c.stay(plain, ahead[len(ahead)-1])
	}
	for at+1 < len(ahead) && worth(ahead[at], ahead[at+1]) {
		at++
	}
	return c.change(plain, ahead, at)
}

// worth tells whether a looser cap wins enough.
func worth(now, looser Point) bool {
	won, lost := looser.TalksPerDay-now.TalksPerDay, looser.AbandonedPerDay-now.AbandonedPerDay
	return won > 0 && won >= worthOneLost*lost
}

func (c Case) barred(plain Point) Advice {
	a := Advice{Setting: plain.Setting}
	a.ZH = "这类电话要先看资料再拨，不能用预测外呼：保持预览或渐进。"
	a.EN = "These calls are read before they are dialed, so predictive dialing is not allowed: keep preview or progressive."
	a.WhyZH = fmt.Sprintf("渐进方式下通话占比约 %s，每天约谈 %.0f 通。", points(plain.Share), plain.TalksPerDay)
	a.WhyEN = fmt.Sprintf("Progressive dialing gives a talk share of about %s and %.0f conversations a day.", points(plain.Share), plain.TalksPerDay)
	return a
}

func (c Case) alone(plain Point) Advice {
	a := Advice{Setting: plain.Setting}
	a.ZH = fmt.Sprintf("保持渐进：预测外呼至少要 %d 位座席在岗，现在按 %d 位计算。", fewestAgents, c.Agents)
	a.EN = fmt.Sprintf("Keep progressive: predictive dialing needs at least %d agents on duty, and this counts with %d.", fewestAgents, c.Agents)
	a.WhyZH = fmt.Sprintf("通话占比约 %s，每天约谈 %.0f 通；没有客户会接起后没人接。", points(plain.Share), plain.TalksPerDay)
	a.WhyEN = fmt.Sprintf("Talk share is about %s, %.0f conversations a day; no customer finds nobody.", points(plain.Share), plain.TalksPerDay)
	return a
}

func (c Case) stay(plain, most Point) Advice {
	gain := most.Share - plain.Share
	a := Advice{Setting: plain.Setting, Gain: gain}
	verb, does := c.verb(plain.Setting)
	a.ZH = fmt.Sprintf("%s渐进外呼：预测外呼放到上限 %s 也只多 %s 点，不到 3 点，不值得让客户接起后没人接。", verb, bp(most.CapBP), tenth(gain))
	a.EN = fmt.Sprintf("%s progressive: predictive dialing adds only %s points even at a cap of %s; below 3 points it is not worth customers who find nobody.", does, tenth(gain), bp(most.CapBP))
	a.WhyZH = fmt.Sprintf("通话占比渐进 %s，预测 %s；预测每天约 %s 位客户接起后没等到座席。", points(plain.Share), points(most.Share), few(most.AbandonedPerDay))
	a.WhyEN = fmt.Sprintf("Talk share is %s progressive and %s predictive; predictive would leave about %s customers a day without an agent.", points(plain.Share), points(most.Share), few(most.AbandonedPerDay))
	return a
}

func (c Case) change(plain Point, ahead []Point, at int) Advice {
	best := ahead[at]
	more := best.TalksPerDay - plain.TalksPerDay
	a := Advice{Setting: best.Setting, Gain: best.Share - plain.Share}
	verb, does := c.verb(best.Setting)
	a.ZH = fmt.Sprintf("%s预测外呼，上限 %s：%d 位座席每天比渐进多谈约 %.0f 通。", verb, bp(best.CapBP), c.Agents, more)
	a.EN = fmt.Sprintf("%s predictive with a cap of %s: %d agents have about %.0f more conversations a day than progressive.", does, bp(best.CapBP), c.Agents, more)
	a.WhyZH = fmt.Sprintf("通话占比由 %s 到 %s（95 %% 的模拟日在 %s–%s）；每天约 %s 位客户接起后没等到座席，会听到致歉录音。",
		points(plain.Share), points(best.Share), points(best.Low), points(best.High), few(best.AbandonedPerDay))
	a.WhyEN = fmt.Sprintf("Talk share goes from %s to %s (95 %% of simulated days between %s and %s); about %s customers a day find nobody and hear the apology.",
		points(plain.Share), points(best.Share), points(best.Low), points(best.High), few(best.AbandonedPerDay))
	if at+1 < len(ahead) {
		next := ahead[at+1]
		a.WhyZH += fmt.Sprintf("放宽到 %s 只再多 %s 点。", bp(next.CapBP), tenth(max(0, next.Share-best.Share)))
		a.WhyEN += fmt.Sprintf(" A cap of %s would add only %s points more.", bp(next.CapBP), tenth(max(0, next.Share-best.Share)))
	}
	return a
}

func (c Case) verb(to Setting) (zh, en string) {
	if c.Today == to {
		return "保持", "Keep"
	}
	return "改用", "Change to"
}

// points writes a share as 65.3 %.
func points(share float64) string { return tenth(share) + " %" }

func tenth(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

func bp(n int) string { return fmt.Sprintf("%.4g %%", float64(n)/100) }

// few writes a number of people a day: whole from one on.
func few(n float64) string {
	if n >= 0.95 {
		return fmt.Sprintf("%.0f", math.Round(n))
	}
	return fmt.Sprintf("%.1f", n)
}
