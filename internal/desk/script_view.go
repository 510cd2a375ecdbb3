package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/crm/complaint"
	"ringback/crm/script"
	"ringback/crm/task"
)

func (d *Desk) scriptView(resp script.Response, w *script.Walk, about subject) *ScriptView {
	s := w.Script()
	p := w.Progress()
	v := &ScriptView{
		ResponseID: resp.ID.String(), ScriptID: s.ID, Version: s.Version, TitleZH: script.FullWidth(s.TitleZH), TitleEN: s.TitleEN,
		Identified: w.Identified, Short: w.Short, Progress: Progress{Done: p.Done, Total: p.Total}, InForm: w.InForm(),
		CanShorten: len(s.ShortPath) > 0 && !w.Short, Path: []Crumb{}, Answers: []AnswerView{},
	}
	v.Node = d.nodeView(w, about)
	if n := w.NextLine(); n != nil {
		v.NextZH, v.NextEN = w.Words(n)
	}
	form := pendingForm(w)
	v.PendingFormZH, v.PendingFormEN = form.zh, form.en
	d.way(v, w)
	return v
}

// way fills in the crumbs and the answers.
func (d *Desk) way(v *ScriptView, w *script.Walk) {
	for _, st := range w.Way() {
		n, _, prefix := w.At(st.Node)
		if n == nil || n.Kind != script.Ask {
			continue
		}
		g, ok := w.Given(prefix + n.Key)
		if !ok || g.Seq == 0 || slices.ContainsFunc(v.Path, func(c Crumb) bool { return c.Node == st.Node }) {
			continue
		}
		l, val := labelOf(prefix, n), d.valueOf(n, g)
		v.Path = append(v.Path, Crumb{Node: st.Node, Key: g.Key, LabelZH: l.zh, LabelEN: l.en, ValueZH: val.zh, ValueEN: val.en, Tone: toneOf(n, g)})
	}
	for _, g := range w.Answers() {
		n, _, prefix := w.At(g.Node)
		if n == nil {
			continue
		}
		l, val := labelOf(prefix, n), d.valueOf(n, g)
		v.Answers = append(v.Answers, AnswerView{
			Key: g.Key, Node: g.Node, QuestionZH: l.zh, QuestionEN: l.en, ValueZH: val.zh, ValueEN: val.en,
			Verbatim: g.Verbatim, SavedAt: d.realTime(g.At), Dept: g.Dept,
		})
	}
}

// realTime of a moment kept in business time.
func (d *Desk) realTime(at time.Time) time.Time { return at.Add(-d.o.Clock.Offset()).UTC() }

func (d *Desk) nodeView(w *script.Walk, about subject) NodeView {
	n, _, prefix := w.At(w.Node)
	if n == nil {
		return NodeView{ID: w.Node, Kind: string(script.End), Outcome: w.Outcome()}
	}
	v := NodeView{ID: w.Node, Kind: string(n.Kind), Tag: strings.Join(n.Tags, " "), HintZH: script.FullWidth(n.HintZH), CanBack: canBack(w)}
	v.ZH, v.EN = w.Words(n)
	if n.Kind == script.End {
		v.ZH, v.EN, v.Outcome = "话术已走完，等客户先挂机。", "The script is done; let the customer hang up first.", w.Outcome()
	}
	if closing := w.Closing(); !closing.IsZero() {
		after := closing.Add(hangWait).UTC()
		v.HangupAfter = &after
	}
	if n.Kind == script.Ask {
		v.Key, v.Answer = prefix+n.Key, answerForm(n)
		v.Answer.Bay = bayOf(n, about)
		v.Current = proposal(w, n, prefix)
	}
	return v
}

// canBack: something answered lies behind.
func canBack(w *script.Walk) bool {
	return slices.ContainsFunc(w.Way(), func(st script.Step) bool {
		n, _, _ := w.At(st.Node)
		return st.Node != w.Node && n != nil && (n.Kind == script.Ask || n.Kind == script.Say)
	})
}

func answerForm(n *script.Node) *AnswerForm {
	a := n.Answer
	f := &AnswerForm{Type: a.Type, Min: a.Min, Max: a.Max, NA: a.NA, Refuse: a.Refuse, Required: a.Required, MinChars: n.MinChars()}
	for i, o := range a.Options {
		v := OptionView{Value: o.Value, ZH: script.FullWidth(o.ZH), EN: o.EN}
		if i < 9 {
			v.Key = strconv.Itoa(i + 1)
		}
		f.Options = append(f.Options, v)
	}
	if a.Type == "yesno" {
		f.Options = []OptionView{{Value: "yes", ZH: "是", EN: "yes", Key: "1"}, {Value: "no", ZH: "否", EN: "no", Key: "2"}}
	}
	return f
}

// proposal is what the question already holds. The categories of the quick form
// are chosen in advance from the failing items (3.2.12).
func proposal(w *script.Walk, n *script.Node, prefix string) *Current {
	if g, ok := w.Given(prefix + n.Key); ok {
		return current(n, g)
	}
	if n.Answer.Enum == "complaint_category" {
		if codes := proposed(w); len(codes) > 0 {
			return &Current{Value: codes}
		}
	}
	return nil
}

func proposed(w *script.Walk) []string {
	var items []complaint.Item
	for _, f := range w.Failing() {
		items = append(items, complaint.Item{Key: f.Key, Dept: f.Dept})
	}
	return complaint.Propose(items)
}

// pendingForm foretells the quick form: which answers, after which question,
// with which categories.
func pendingForm(w *script.Walk) words {
	after := w.FormAfter()
	if after == nil {
		return words{}
	}
	items, categories := failing(w), words{}
	for _, c := range proposed(w) {
		x := complaint.Find(complaint.Categories(), c)
		categories = categories.and(x.ZH, x.EN)
	}
	zh, en := w.Words(after)
	text := words{
		items.zh + "：“" + firstClause(zh) + "”之后转快速处理表",
		items.en + ": a quick form follows “" + firstClause(en) + "”",
	}
	if categories.zh != "" {
		text.zh, text.en = text.zh+"，类别已预选："+categories.zh, text.en+", with "+categories.en+" chosen"
	}
	return text
}

// firstClause of a line names it.
func firstClause(line string) string {
	line = brief(line, 40)
	if at := strings.IndexAny(line, "，。？,.?"); at > 0 {
		line = line[:at]
	}
	return line
}

// failing lists the answers that call for the form.
func failing(w *script.Walk) (items words) {
	for _, f := range w.Failing() {
		n := w.Script().ByKey(f.Key)
		if g, ok := w.Given(f.Key); ok && n != nil {
			l, no := labelOf("", n), failed(n, g)
			items = items.and(l.zh+" "+no.zh, l.en+" "+no.en)
		}
	}
	return items
}

// and adds one more to a list in words.
func (w words) and(zh, en string) words {
	if w.zh != "" {
		return words{w.zh + "、" + zh, w.en + ", " + en}
	}
	return words{zh, en}
}

func failed(n *script.Node, g script.Given) words {
	if g.Num != nil {
		score := strconv.Itoa(int(*g.Num))
		return words{score + " 分", score}
	}
	return words{"否", "no"}
}

func (d *Desk) saved(w *script.Walk) Saved {
	var s Saved
	var last time.Time
	for _, g := range w.Answers() {
		s.Answers++
		if g.Verbatim != "" {
			s.Words++
		}
		if g.At.After(last) {
			last = g.At
		}
	}
	if s.Answers > 0 {
		at := d.realTime(last)
		s.At = &at
	}
	return s
}

// wrapView offers the results of the script, the proposed one first.
func (d *Desk) wrapView(w *script.Walk, o outcome, k task.Task, s subject, now time.Time) *WrapView {
	v := &WrapView{Proposed: "C13", Until: o.WrapUntil, Notes: o.Notes, CallbackAt: o.CallbackAt, Missing: []Missing{}}
	codes := d.allowed(nil)
	if w != nil {
		v.Proposed, codes = w.Outcome(), w.Script().Dispositions
		for _, path := range w.Missing() {
			n, _, prefix := w.At(path)
			l := labelOf(prefix, n)
			v.Missing = append(v.Missing, Missing{Key: prefix + n.Key, Node: path, QuestionZH: l.zh, QuestionEN: l.en})
		}
	}
	if v.CallbackAt == nil && w != nil {
		v.CallbackAt = answered(&talk{walk: w})
	}
	v.Options = results(codes, v.Proposed)
	for i, r := range v.Options {
		v.Options[i].Needs = needs(r.Code, k, s, now)
	}
	return v
}

func results(codes []string, first string) []ResultView {
	codes = slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == first })
	out := []ResultView{}
	for i, code := range append([]string{first}, codes...) {
		r := ResultView{Code: code, ZH: code, EN: code}
		if x, ok := task.FindDisposition(code); ok {
			r.ZH, r.EN = script.FullWidth(x.ZH), x.EN
		}
		switch {
		case i == 0:
			r.Key = "Enter"
		case i <= 9:
			r.Key = strconv.Itoa(i)
		}
		out = append(out, r)
	}
	return out
}
