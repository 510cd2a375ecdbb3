package script

import (
	"slices"
	"strings"
	"time"
)

// Progress counts questions that apply: put so far, and in all as it looks now.
type Progress struct{ Done, Total int }

// Failing is an answer that shows dissatisfaction (D-10).
type Failing struct{ Key, Dept string }

// Missing are the required asks, as paths, that the way from the start to its
// end still lacks.
func (w *Walk) Missing() []string {
	var out []string
	w.survey(func(n *Node, path, prefix string) {
		if !w.has(prefix+n.Key) && n.Answer.Required {
			out = append(out, path)
		}
	})
	return out
}

// Progress of the questions.
func (w *Walk) Progress() Progress {
	var p Progress
	w.survey(func(n *Node, _, prefix string) {
		p.Total++
		if w.has(prefix + n.Key) {
			p.Done++
		}
	})
	return p
}

func (w *Walk) has(key string) bool { return slices.ContainsFunc(w.given[key], Given.asked) }

// survey goes from the start to the end by the answers there are, taking the
// plain way where there is none, and shows each ask that applies.
func (w *Walk) survey(see func(n *Node, path, prefix string)) {
	seen := map[string]bool{}
	for node := w.script.Start; !seen[node]; {
		seen[node] = true
		n, s, prefix := w.At(node)
		if n == nil {
			return
		}
		if n.Kind == Ask && w.skip(n, s, prefix) == "" {
			see(n, node, prefix)
		}
		var more bool
		if node, more = w.onward(n, node, prefix); !more {
			return
		}
	}
}

func (w *Walk) onward(n *Node, node, prefix string) (string, bool) {
	switch n.Kind {
	case Subscript:
		if w.entry(node).Return == "" {
			return node + "/" + w.lib.latest[n.Script].Start, true
		}
	case End:
		cut := strings.LastIndex(node, "/")
		if cut < 0 {
			return "", false
		}
		parent, _, outer := w.At(node[:cut])
		return w.follow(parent, node[:cut], outer), true
	}
	return w.follow(n, node, prefix), true
}

// Failing items: what the script's own way into the quick form names, and every
// score at or below the limit of D-10.
func (w *Walk) Failing() []Failing {
	var out []Failing
	for _, n := range w.script.Nodes {
		if n.Kind == Ask && (w.turnsToForm(n.Key) || w.low(n)) {
			out = append(out, Failing{Key: n.Key, Dept: n.Dept})
		}
	}
	return out
}

func (w *Walk) low(n *Node) bool {
	g, ok := w.Given(n.Key)
	if !ok || g.Num == nil {
		return false
	}
	return n.Answer.Type == "score10" && *g.Num <= 6 || n.Answer.Type == "score5" && *g.Num <= 2
}

func (w *Walk) turnsToForm(key string) bool {
	_, at := w.formTurn()
	if at == nil {
		return false
	}
	found := false
	at.each(func(c Condition) { found = found || c.Key == key && c.holds(w.lookup("")) })
	return found
}

// formTurn is the ask whose branch leads into the quick form, and its condition.
func (w *Walk) formTurn() (*Node, *Condition) {
	for _, n := range w.script.Nodes {
		for i, b := range n.Branches {
			if to := w.script.Node(b.Goto); to.Kind == Subscript && to.Script == QuickHandling {
				return n, &n.Branches[i].If
			}
		}
	}
	return nil, nil
}

// FormAfter is the ask after which the quick form will open, nil when it will
// not, or is done, or is open.
func (w *Walk) FormAfter() *Node {
	n, cond := w.formTurn()
	if n == nil || w.FormDone() || w.InForm() || !cond.holds(w.lookup("")) {
		return nil
	}
	return n
}

// NextLine is the node that comes next as it looks now, nil at the end.
func (w *Walk) NextLine() *Node {
	n, _, prefix := w.At(w.Node)
	node := w.Node
	for range longest {
		if n == nil {
			return nil
		}
		var more bool
		if node, more = w.onward(n, node, prefix); !more {
			return nil
		}
		var s *Script
		n, s, prefix = w.At(node)
		if n != nil && (n.Kind == Say || n.Kind == Ask && w.skip(n, s, prefix) == "" && !w.has(prefix+n.Key)) {
			return n
		}
	}
	return nil
}

// Outcome proposes a disposition for a call that ended where the walk stands:
// a button's, the end's own, or by how far it came.
func (w *Walk) Outcome() string {
	for _, st := range slices.Backward(w.Path[:w.here()]) {
		if st.Outcome != "" {
			return st.Outcome
		}
	}
	if o := w.endAhead(); o != "" {
		return w.only(o)
	}
	switch {
	case w.FormDone():
		return "C11"
	case w.opening():
		return "C13"
	}
	return "C01"
}

// only: complete is what has every required answer.
func (w *Walk) only(outcome string) string {
	if outcome == "C00" && len(w.Missing()) > 0 {
		return "C01"
	}
	return outcome
}

// endAhead is the outcome of the end that is here or right behind the words
// being said; an appointment that was asked for and not given is C03.
func (w *Walk) endAhead() string {
	n, _, prefix := w.At(w.Node)
	if n == nil || strings.Contains(w.Node, "/") {
		return ""
	}
	if n.Kind == End {
		return n.Outcome
	}
	end, _, _ := w.At(w.follow(n, w.Node, prefix))
	if end == nil || end.Kind != End {
		return ""
	}
	if n.Kind == Ask && n.Answer.Required && !w.has(prefix+n.Key) {
		if end.Outcome == "C02" {
			return "C03"
		}
		return ""
	}
	return end.Outcome
}

// opening: nothing was said beyond who calls, who is there and the notice.
func (w *Walk) opening() bool {
	for _, st := range w.Path[:w.here()] {
		if n, _, _ := w.At(st.Node); n != nil && len(n.Tags) == 0 {
			return false
		}
	}
	return true
}

// Closing is the moment (real time) when the closing words or an end were
// reached; zero before. Hanging up is free 3 s later (D-15).
func (w *Walk) Closing() time.Time {
	for _, st := range w.Path[:w.here()] {
		if w.terminal(st.Node) {
			return st.At
		}
	}
	return time.Time{}
}

func (w *Walk) terminal(path string) bool {
	n, _, prefix := w.At(path)
	if n == nil || strings.Contains(path, "/") {
		return false
	}
	if n.Kind == End || n.Has(TagClosing) {
		return true
	}
	if n.Kind != Say {
		return false
	}
	end, _, _ := w.At(w.follow(n, path, prefix))
	return end != nil && end.Kind == End
}

// Completed: the script came to a C00 end with every required answer. "short"
// counts too.
func (w *Walk) Completed() bool { return w.Outcome() == "C00" }

// Answers in the order they were first given, skips by rule left out.
func (w *Walk) Answers() []Given {
	var out []Given
	for _, list := range w.given {
		for _, g := range list {
			if g.asked() {
				out = append(out, g)
			}
		}
	}
	slices.SortFunc(out, func(a, b Given) int { return a.Seq - b.Seq })
	return out
}

// Way is the walked path without what lies ahead.
func (w *Walk) Way() []Step { return w.Path[:w.here()] }

// Words of a node for this call. The identity question names the whole customer
// when the address would only be 您.
func (w *Walk) Words(n *Node) (zh, en string) {
	vars := w.vars
	if full := word(vars["full_name"]); full != "" && word(vars["call_name"]) == "您" && (n.Has(TagIdentity) || n.Key == TagIdentity) {
		vars = map[string]any{}
		for k, v := range w.vars {
			vars[k] = v
		}
		vars["call_name"] = full
	}
	return Fill(n.ZH, vars), FillEnglish(n.EN, vars)
}

// Pending is an answer without a value that keeps the customer's words for the
// ask on the screen; it is not ok when key is another one's.
func (w *Walk) Pending(key, words string) (g Given, ok bool) {
	n, _, prefix := w.At(w.Node)
	if n == nil || n.Kind != Ask || prefix+n.Key != key {
		return Given{}, false
	}
	return Given{Key: key, Repeat: max(w.laps(w.Node), 1), Node: w.Node, Dept: n.Dept, Factor: n.Factor, Verbatim: words}, true
}

// LastWords tells whether the agent stands on words right before the script's
// end.
func (w *Walk) LastWords() bool {
	n, _, _ := w.At(w.Node)
	return n != nil && n.Kind == Say && w.terminal(w.Node)
}
