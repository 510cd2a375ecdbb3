package dialer

import (
	"fmt"
	"strings"
)

// answer tells in a sentence what the question changes. Pure.
func (p WhatIfPlan) answer(r *WhatIfResult) (zh, en string) {
	zh, en = p.asked()
	if zh == "" {
		return "", ""
	}
	for _, x := range r.Points {
		if x.Setting != p.Asked {
			continue
		}
		talks := x.TalksPerDay - r.Today.TalksPerDay
		zh += fmt.Sprintf("：通话占比由 %.1f %% 到 %.1f %%，每天%s约 %.0f 通。", 100*r.Today.Share, 100*x.Share, pickWord(talks, "多谈", "少谈"), abs(talks))
		en += fmt.Sprintf(": the talk share goes from %.1f %% to %.1f %%, with about %.0f %s conversations a day.", 100*r.Today.Share, 100*x.Share, abs(talks), pickWord(talks, "more", "fewer"))
	}
	return zh, en
}

// asked puts the question in words; empty when nothing was asked.
func (p WhatIfPlan) asked() (zh, en string) {
	var zhs, ens []string
	add := func(z, e string) { zhs, ens = append(zhs, z), append(ens, e) }
	q := p.Question
	if q.Agents != nil {
		n := *q.Agents - p.Now.Agents
		switch {
		case n > 0:
			add(fmt.Sprintf("加 %d 位座席", n), fmt.Sprintf("with %d more %s", n, agentsEN(n)))
		case n < 0:
			add(fmt.Sprintf("少 %d 位座席", -n), fmt.Sprintf("with %d fewer %s", -n, agentsEN(-n)))
		default:
			add(fmt.Sprintf("仍是 %d 位座席", *q.Agents), fmt.Sprintf("still with %d %s", *q.Agents, agentsEN(*q.Agents)))
		}
	}
	if q.From != nil {
		add(fmt.Sprintf("只在 %s 拨", p.Day), fmt.Sprintf("dialing only %s", p.Day))
	}
	if q.CapBP != nil {
		add(fmt.Sprintf("上限 %s", percent(*q.CapBP)), fmt.Sprintf("with a cap of %s", percent(*q.CapBP)))
	}
	if len(zhs) == 0 {
		return "", ""
	}
	en = strings.Join(ens, ", ")
	return strings.Join(zhs, "，"), strings.ToUpper(en[:1]) + en[1:]
}

func agentsEN(n int) string {
	if n == 1 {
		return "agent"
	}
	return "agents"
}

func pickWord(n float64, more, fewer string) string {
	if n < 0 {
		return fewer
	}
	return more
}

func abs(x float64) float64 { return max(x, -x) }
