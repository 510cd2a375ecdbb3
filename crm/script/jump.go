package script

import (
	"slices"
	"strings"

	"ringback/internal/errs"
)

// quickID is the node under which the quick form's answers are kept: the
// script's own, or "quick" when it has none.
func (w *Walk) quickID() string {
	for _, n := range w.script.Nodes {
		if n.Kind == Subscript && n.Script == QuickHandling {
			return n.ID
		}
	}
	return "quick"
}

// QuickPrefix of the quick form's answer keys.
func (w *Walk) QuickPrefix() string { return w.quickID() + "." }

// InForm tells whether the agent stands in the quick form.
func (w *Walk) InForm() bool { return strings.HasPrefix(w.Node, w.quickID()+"/") }

// FormDone tells whether the quick form has been walked to its end.
func (w *Walk) FormDone() bool { return w.walked(w.quickID()) }

// walked: the subscript at node has come to its end in this call.
func (w *Walk) walked(node string) bool {
	return slices.ContainsFunc(w.Path, func(st Step) bool {
		if !strings.HasPrefix(st.Node, node+"/") || strings.Contains(st.Node[len(node)+1:], "/") {
			return false
		}
		n, _, _ := w.At(st.Node)
		return n != nil && n.Kind == End
	})
}

// enterSub goes into a subscript, or past it when it has been walked: the form
// opens once (3.2.12).
func (w *Walk) enterSub(n *Node, node, prefix string) string {
	if w.walked(node) {
		w.restore(node)
		return w.follow(n, node, prefix)
	}
	w.push(Step{Node: node})
	return node + "/" + w.lib.latest[n.Script].Start
}

// restore brings a walked subscript's steps from ahead back onto the way.
func (w *Walk) restore(node string) {
	inside := func(x Step) bool { return x.Ahead && (x.Node == node || strings.HasPrefix(x.Node, node+"/")) }
	for _, st := range slices.Clone(w.Path) {
		if inside(st) {
			w.Path = slices.DeleteFunc(w.Path, func(x Step) bool { return x.Ahead && x.Node == st.Node })
			st.Ahead = false
			w.Path = slices.Insert(w.Path, w.here(), st)
		}
	}
}

// end stands on a script's end, or goes back to where a subscript was entered.
func (w *Walk) end(node string) string {
	w.push(Step{Node: node})
	cut := strings.LastIndex(node, "/")
	if cut < 0 {
		return ""
	}
	parent := node[:cut]
	if back := w.entry(parent).Return; back != "" {
		return back
	}
	n, _, prefix := w.At(parent)
	w.leave(n, parent, prefix)
	return w.follow(n, parent, prefix)
}

func (w *Walk) entry(node string) Step {
	for _, st := range slices.Backward(w.Path) {
		if st.Node == node && !st.Ahead {
			return st
		}
	}
	return Step{}
}

// Goto goes back to a node on the way, or to a required question that the way
// has passed by. Answers given later are kept, and passed when the way leads over
// them again.
func (w *Walk) Goto(node string) error {
	n, _, _ := w.At(node)
	if !w.onPath(node) && slices.Contains(w.Missing(), node) {
		w.drop()
		w.push(Step{Node: node})
		return nil
	}
	if n == nil || (n.Kind != Say && n.Kind != Ask) || !w.onPath(node) {
		return errs.New(errs.Conflict, "node_not_walked", "只能回到走过的问题。", "You can only go back to a question already walked.")
	}
	end := w.here()
	for i := range end {
		if at := end - 1 - i; w.Path[at].Node == node {
			w.gone(at)
			return nil
		}
	}
	return nil
}

func (w *Walk) gone(at int) {
	for i := at + 1; i < len(w.Path); i++ {
		w.Path[i].Ahead = true
	}
	w.Node = w.Path[at].Node
}

// Shorten takes the short way from here on (时间有限, 3.2.6). A script without
// one is errs.Conflict "no_short_path".
func (w *Walk) Shorten() (Moved, error) {
	if len(w.script.ShortPath) == 0 {
		return Moved{}, errs.New(errs.Conflict, "no_short_path", "这份话术没有简短问法。", "This script has no short form.")
	}
	w.Short = true
	err := w.again()
	return w.take(), err
}

// again comes to the present node anew, since it may be one to skip now.
func (w *Walk) again() error {
	n, s, prefix := w.At(w.Node)
	if n == nil || n.Kind != Ask || w.skip(n, s, prefix) == "" {
		return nil
	}
	w.drop()
	return w.arrive(w.Node)
}

// drop takes the step that the agent stands on off the way.
func (w *Walk) drop() {
	if i := w.here() - 1; i >= 0 && w.Path[i].Node == w.Node {
		w.Path = slices.Delete(w.Path, i, i+1)
	}
}

// OpenForm enters the quick form now (3.2.7) and comes back afterwards. A form
// that is done is opened at its first question again; inside it nothing moves.
func (w *Walk) OpenForm() (Moved, error) {
	id := w.quickID()
	if w.InForm() {
		return Moved{}, nil
	}
	if w.FormDone() {
		return w.reopen(id)
	}
	back := w.Node
	w.drop()
	w.push(Step{Node: id, Return: back})
	err := w.arrive(id + "/" + w.lib.latest[QuickHandling].Start)
	return w.take(), err
}

func (w *Walk) reopen(id string) (Moved, error) {
	w.restore(id)
	for _, st := range w.Path {
		n, _, _ := w.At(st.Node)
		if strings.HasPrefix(st.Node, id+"/") && n != nil && n.Kind == Ask {
			return Moved{}, w.Goto(st.Node)
		}
	}
	return Moved{}, moved()
}

// Close jumps to the closing words with an outcome decided by a button
// (勿扰, 3.2.7).
func (w *Walk) Close(outcome string) (Moved, error) {
	for _, n := range w.script.Nodes {
		if n.Has(TagClosing) {
			w.push(Step{Node: n.ID, Outcome: outcome})
			return w.take(), nil
		}
	}
	return w.EndWith(outcome)
}

// EndWith stands on an end with that outcome (约定回拨 ends with C02), on the
// closing when the script has none.
func (w *Walk) EndWith(outcome string) (Moved, error) {
	var end *Node
	for _, n := range w.script.Nodes {
		if n.Kind == End && (end == nil || n.Outcome == outcome && end.Outcome != outcome) {
			end = n
		}
	}
	if end == nil {
		return Moved{}, moved()
	}
	w.push(Step{Node: end.ID, Outcome: outcome})
	return w.take(), nil
}
