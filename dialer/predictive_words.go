package dialer

import (
	"fmt"

	"ringback/dialer/pacing"
)

// predictiveWords is a decision of predictive mode in a sentence: who is free, what
// is on its way, what the model expects, what it was worth, and what limited it.
func predictiveWords(l load, m pacing.Decision, s situation) (zh, en string) {
	zh = fmt.Sprintf("%d 位座席空闲，%d 条线路在途", m.Ready, m.Lines)
	en = fmt.Sprintf("%d agents ready, %d lines on their way", m.Ready, m.Lines)
	if !l.predictive() {
		zh += fmt.Sprintf("；签入的座席不足 %d 位，按渐进方式拨号", fewestAgents)
		en += fmt.Sprintf("; fewer than %d agents are on duty, so it dials progressively", fewestAgents)
	} else {
		zh += fmt.Sprintf("；%.0f 秒内预计 %.1f 位座席可接、%.1f 位客户接起，再多一条没人接的可能是 %s（上限 %s）", m.Ahead, m.Free, m.Live, share(m.ChanceOne), share(m.Price))
		en += fmt.Sprintf("; in %.0f s %.1f agents are expected free and %.1f customers to answer, one more line would find nobody with chance %s (limit %s)",
			m.Ahead, m.Free, m.Live, share(m.ChanceOne), share(m.Price))
	}
	switch {
	case s.opened > 0:
		return zh + fmt.Sprintf("。再拨 %d 条。", s.opened), en + fmt.Sprintf(". Opened %d more.", s.opened)
	case l.account.closing:
		return zh + "。本周期快结束，每位空闲座席只留一条线路。", en + ". The window is about to end: one line per ready agent."
	case !l.proof().Holds():
		return zh + "。有座席突然离开或上限刚调低，先不再拨。", en + ". An agent vanished or the cap was lowered: no new line for now."
	}
	words := map[pacing.Limit][2]string{
		pacing.ByNobody: {"没有座席可接，等待。", "Nobody to take a call, waiting."},
		pacing.ByModel:  {"现在的线路刚好。", "The lines are just enough."},
		pacing.ByLedger: {"再拨可能超过放弃率上限，不拨。", "One more could break the abandon cap, so none."},
		pacing.ByTrunk:  {"线路的通道或每秒呼叫数已满。", "The trunk has no free channel or call per second."},
		pacing.ByHopper: {"现在没有可拨的任务。", "No task can be called now."},
	}[m.LimitedBy]
	return zh + "。" + words[0], en + ". " + words[1]
}

// share writes a chance in percent.
func share(chance float64) string { return fmt.Sprintf("%.1f %%", 100*max(0, chance)) }
