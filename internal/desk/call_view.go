package desk

import (
	"fmt"
	"slices"
	"time"

	"ringback/crm/complaint"
	"ringback/crm/script"
	"ringback/crm/task"
)

func (d *Desk) callView(at attempt, w *script.Walk, form *complaint.QuickForm) *CallView {
	c := &CallView{
		AttemptID: at.ID.String(), State: at.State, CalledMasked: "****" + at.CalledLast4, Trunk: at.Trunk, CallerNumber: at.CallerNumber,
		StartedAt: at.PlannedAt, RingingAt: at.RingingAt, AnsweredAt: at.AnsweredAt, BridgedAt: at.BridgedAt, EndedAt: at.EndedAt,
		HangupBy: at.HangupBy, LineResult: at.LineResult,
	}
	if at.State == "checking" {
		c.State = "ringing"
	}
	if at.DialedAt != nil {
		c.StartedAt = *at.DialedAt
	}
	if r, ok := task.FindLineResult(at.LineResult); ok {
		c.LineResultZH, c.LineResultEN = r.ZH, r.EN
	}
	c.Timeline = d.timeline(at, w, form)
	return c
}

// timeline of the call in words, oldest first.
func (d *Desk) timeline(at attempt, w *script.Walk, form *complaint.QuickForm) []Moment {
	out := lineMoments(at)
	if w != nil {
		for _, g := range w.Answers() {
			if m, ok := d.answerMoment(w, g); ok {
				out = append(out, m)
			}
		}
	}
	if form != nil {
		out = append(out, Moment{At: d.realTime(form.CreatedAt), Kind: "form", ZH: "快速处理表 " + form.No + " 已登记", EN: "quick form " + form.No + " saved"})
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return a.At.Compare(b.At) })
	return out
}

func lineMoments(at attempt) []Moment {
	out := []Moment{}
	add := func(when *time.Time, kind, zh, en string) {
		if when != nil {
			out = append(out, Moment{At: *when, Kind: kind, ZH: zh, EN: en})
		}
	}
	add(at.DialedAt, "dialed", "拨出", "dialled")
	add(at.RingingAt, "ringing", "对方振铃", "ringing")
	add(at.AnsweredAt, "answered", "对方接起", "answered")
	if at.BridgedAt != nil && at.AnsweredAt != nil {
		wait := at.BridgedAt.Sub(*at.AnsweredAt).Seconds()
		add(at.BridgedAt, "bridged", fmt.Sprintf("接到您，用了 %.1f 秒", wait), fmt.Sprintf("connected to you in %.1f s", wait))
	}
	end := endWords(at)
	add(at.EndedAt, "ended", end.zh, end.en)
	return out
}

func endWords(at attempt) words {
	by := map[string]words{
		"customer": {"客户先挂机", "the customer hung up"}, "agent": {"您挂机", "you hung up"},
		"system": {"系统挂机", "the system hung up"}, "network": {"线路断开", "the line was cut"},
	}[at.HangupBy]
	if by.zh == "" {
		by = words{"通话结束", "call ended"}
	}
	if at.BridgedAt == nil || at.EndedAt == nil {
		if r, ok := task.FindLineResult(at.LineResult); ok && at.AnsweredAt == nil {
			return words{r.ZH, r.EN}
		}
		return by
	}
	long := span(at.EndedAt.Sub(*at.BridgedAt))
	return words{by.zh + "，通话 " + long.zh, by.en + ", talked " + long.en}
}

func (d *Desk) answerMoment(w *script.Walk, g script.Given) (Moment, bool) {
	n, _, prefix := w.At(g.Node)
	if n == nil || n.Answer == nil {
		return Moment{}, false
	}
	l, val := labelOf(prefix, n), d.valueOf(n, g)
	m := Moment{At: d.realTime(g.At), Kind: "answer", ZH: l.zh + "：" + val.zh, EN: l.en + ": " + val.en}
	if n.Answer.Type == "verbatim" && g.Skipped == "" {
		m.Kind, m.ZH, m.EN = "words", "原话已保存（"+l.zh+"）", "words saved ("+l.en+")"
	}
	if toneOf(n, g) == "bad" {
		m.ZH, m.EN = m.ZH+"，不满意", m.EN+", dissatisfied"
	}
	return m, true
}
