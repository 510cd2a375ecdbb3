package dialer

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/dialer/pacing"
)

// Decision is the last one of a campaign in words.
type Decision struct {
	At        time.Time // real time
	ZH, EN    string
	LimitedBy string
	Lines     int
	Ready     int
	Opened    int
	Model     *pacing.Decision // of predictive mode
}

// situation is what the words need beyond the numbers.
type situation struct {
	model   *pacing.Decision // of predictive mode
	opened  int
	noLine  bool
	noRedis bool
	closed  bool // outside the store's windows
	next    time.Time
	now     time.Time
}

// Decision of a campaign that this node leads; ok is false when it leads it not.
func (d *Dialer) Decision(campaign uuid.UUID) (Decision, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	dec, ok := d.decisions[campaign]
	return dec, ok
}

func (d *Dialer) decided(l load, out pacing.Output, s situation) {
	d.metrics.limits.WithLabelValues(string(out.LimitedBy)).Inc()
	dec := Decision{At: time.Now(), LimitedBy: string(out.LimitedBy), Lines: l.Lines + s.opened, Ready: l.Ready, Opened: s.opened, Model: s.model}
	dec.ZH, dec.EN = d.words(l, out, s)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.decisions[l.ID] = dec
}

func (d *Dialer) forget(campaign uuid.UUID) {
	d.mu.Lock()
	delete(d.decisions, campaign)
	delete(d.answered, campaign)
	d.mu.Unlock()
	for _, state := range []string{"planned", "ringing", "talking"} {
		d.metrics.lines.DeleteLabelValues(campaign.String(), state)
	}
}

func (d *Dialer) gauges(l load) {
	for state, n := range map[string]int{"planned": l.Planned, "ringing": l.Ringing, "talking": l.Talking} {
		d.metrics.lines.WithLabelValues(l.ID.String(), state).Set(float64(n))
	}
}

func (d *Dialer) words(l load, out pacing.Output, s situation) (zh, en string) {
	switch {
	case s.noLine:
		c := l.lineless()
		return c.ReasonZH, c.ReasonEN
	case s.noRedis:
		return "缓存服务（Redis）暂时连不上，拨号已暂停；正在进行的通话不受影响，恢复后自动继续。",
			"Redis cannot be reached: dialing pauses, live calls go on, and it resumes by itself."
	case s.closed && s.opened == 0:
		if s.next.IsZero() {
			return "门店没有设置可用的拨打时段。", "The store has no call window."
		}
		if c := dayRule(l.house); c.Outcome == OutcomeWait {
			return c.ReasonZH, c.ReasonEN
		}
		return "不在拨打时段内，下一时段 " + whenZH(s.next, s.now, d.zone) + " 开始。", "Outside the call windows; the next one opens at " + whenEN(s.next, s.now, d.zone) + "."
	case l.Mode == Preview:
		return previewWords(l, out, s)
	case s.model != nil:
		return predictiveWords(l, *s.model, s)
	}
	return progressiveWords(l, out, s)
}

func previewWords(l load, out pacing.Output, s situation) (zh, en string) {
	switch {
	case s.opened > 0:
		return fmt.Sprintf("已把 %d 个任务交给座席预览。", s.opened), fmt.Sprintf("Gave %d tasks to agents to preview.", s.opened)
	case out.LimitedBy == pacing.ByHopper:
		return "现在没有可拨的任务。", "No task can be called now."
	}
	return fmt.Sprintf("%d 位座席空闲，等待座席。", l.Ready), fmt.Sprintf("%d agents ready, waiting for agents.", l.Ready)
}

func progressiveWords(l load, out pacing.Output, s situation) (zh, en string) {
	zh = fmt.Sprintf("%d 位座席空闲，%d 条线路在途", l.Ready, l.Lines)
	en = fmt.Sprintf("%d agents ready, %d lines on their way", l.Ready, l.Lines)
	switch {
	case s.opened > 0:
		return zh + fmt.Sprintf("，再拨 %d 条。", s.opened), en + fmt.Sprintf("; opened %d more.", s.opened)
	case out.LimitedBy == pacing.ByNobody:
		return zh + "；没有空闲座席，等待。", en + "; nobody is free, waiting."
	case out.LimitedBy == pacing.ByTrunk:
		return zh + "；线路的通道或每秒呼叫数已满。", en + "; the trunk has no free channel or call per second."
	case out.LimitedBy == pacing.ByHopper:
		return zh + "；现在没有可拨的任务。", en + "; no task can be called now."
	}
	return zh + "；每位空闲座席已有一条线路。", en + "; every ready agent has a line."
}

// paceWords is why the ledger opens no line now, for somebody who waits for one.
func paceWords(p Pace) (zh, en string) {
	zh = fmt.Sprintf("排队中：%d 位座席空闲，%d 条线路在途", p.Ready, p.Lines)
	en = fmt.Sprintf("In the queue: %d agents ready, %d lines on their way", p.Ready, p.Lines)
	switch p.LimitedBy {
	case pacing.ByNobody:
		return zh + "，没有空闲座席。", en + "; nobody is free."
	case pacing.ByTrunk:
		return zh + "，线路的通道或每秒呼叫数已满。", en + "; the trunk has no free channel or call per second."
	case byRedis:
		return zh + "，缓存服务（Redis）暂时连不上。", en + "; Redis cannot be reached."
	}
	return zh + "，每位空闲座席已有一条线路。", en + "; every ready agent has a line."
}
