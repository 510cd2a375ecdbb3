package script

import (
	"slices"
	"strings"
	"time"

	"ringback/internal/errs"
)

// QuickHandling is the script of the quick form (快速处理表).
const QuickHandling = "quick_handling"

// State of a walk, as it is stored.
type State struct {
	Node       string // where the agent stands: "overall", or "quick/what" inside a subscript
	Path       []Step // the way here, oldest first, then what lies ahead after going back
	Identified bool   // who speaks is confirmed (3.2.9)
	Short      bool   // little time (3.2.6)
}

// Step is one node of the way.
type Step struct {
	Node    string    `json:"node"`
	Return  string    `json:"return,omitempty"`  // subscript entered by a button: where to stand afterwards
	Outcome string    `json:"outcome,omitempty"` // jumped here by a button that decides the outcome
	Ahead   bool      `json:"ahead,omitempty"`   // walked before, then gone back over
	At      time.Time `json:"at,omitzero"`       // real time of arrival
}

// Due is an effect to run. Its id is (response, Node, Index).
type Due struct {
	Node   string
	Index  int
	Prefix string // of the answer keys named in Effect's parameters
	Effect Effect
}

// Moved is what a move brings to save and to do.
type Moved struct {
	Saved   []Given
	Effects []Due
}

// Walk is one call's way through a script. It is used by one goroutine.
type Walk struct {
	State
	lib    *Library
	script *Script
	vars   map[string]any
	given  map[string][]Given
	now    time.Time
	out    Moved
}

// Begin stands on the first node of a script. carried are answers of earlier
// calls that need not be asked again ([Carried]). now is real time.
func (l *Library) Begin(s *Script, vars map[string]any, carried []Given, now time.Time) (*Walk, Moved, error) {
	w := l.Resume(s, vars, State{}, carried, nil, now)
	err := w.arrive(s.Start)
	return w, w.take(), err
}

// Resume goes on from a stored state with the answers given so far.
func (l *Library) Resume(s *Script, vars map[string]any, st State, carried, given []Given, now time.Time) *Walk {
	w := &Walk{State: st, lib: l, script: s, vars: vars, given: map[string][]Given{}, now: now}
	own := map[string]bool{}
	for _, g := range given {
		own[g.Key] = true
		w.given[g.Key] = append(w.given[g.Key], g)
	}
	for _, g := range carried {
		if !own[g.Key] && s.carries(g.Key) {
			w.given[g.Key] = append(w.given[g.Key], g)
		}
	}
	return w
}

// carries: the questions of the visit hold for a second call; who speaks, whether
// it suits and when to call do not.
func (s *Script) carries(key string) bool {
	n := s.keys[key]
	return n != nil && len(n.Tags) == 0 && n.Answer.Type != "datetime" && !n.Repeat
}

func (w *Walk) take() Moved {
	out := w.out
	w.out = Moved{}
	return out
}

// Script that is walked.
func (w *Walk) Script() *Script { return w.script }

// At is the node of a path ("quick/what") with the script it is in and the
// prefix of that script's keys; nil when there is none.
func (w *Walk) At(path string) (n *Node, s *Script, prefix string) {
	s = w.script
	parts := strings.Split(path, "/")
	for i, id := range parts {
		if s == nil {
			return nil, nil, ""
		}
		n = s.Node(id)
		if n == nil && i == 0 && id == w.quickID() {
			n = &Node{ID: id, Kind: Subscript, Script: QuickHandling}
		}
		if n == nil || i == len(parts)-1 {
			return n, s, prefix
		}
		s, prefix = w.lib.latest[n.Script], prefix+id+"."
	}
	return nil, nil, ""
}

// Given is the last answer to a key (with prefix), ok when there is one.
func (w *Walk) Given(key string) (Given, bool) {
	list := w.given[key]
	if len(list) == 0 {
		return Given{}, false
	}
	return list[len(list)-1], true
}

// Lookup finds an answer's value by its key inside a (sub)script, or a variable.
func (w *Walk) Lookup(prefix, key string) any {
	if g, ok := w.Given(prefix + key); ok {
		return g.value()
	}
	return w.vars[key]
}

func (w *Walk) lookup(prefix string) func(string) any {
	return func(key string) any { return w.Lookup(prefix, key) }
}

// Answer saves an answer and moves on. A node that lies behind is corrected in
// place, its effects are due once more (who runs them knows which ones a correction
// changes); any other node is errs.Conflict "node_moved".
func (w *Walk) Answer(node, key string, in Input) (Moved, error) {
	n, _, prefix := w.At(node)
	if n == nil || n.Kind != Ask || n.Key != bare(key, prefix) || !w.onPath(node) {
		return Moved{}, moved()
	}
	g, err := n.take(in)
	if err != nil {
		return Moved{}, err
	}
	w.keep(n, node, prefix, g)
	w.leave(n, node, prefix)
	if node != w.Node {
		return w.take(), nil
	}
	err = w.arrive(w.follow(n, node, prefix))
	return w.take(), err
}

// bare takes the key with or without its prefix.
func bare(key, prefix string) string { return strings.TrimPrefix(key, prefix) }

func moved() error {
	return errs.New(errs.Conflict, "node_moved",
		"话术已经走到别的地方，请按屏幕上现在的问题继续。", "The script has moved on; go on with the question now on the screen.")
}

// keep stores an answer in the walk and among what is to be saved. A repeated
// ask gets the next number, any other answer replaces the one before.
func (w *Walk) keep(n *Node, node, prefix string, g Given) {
	g.Key, g.Node = prefix+n.Key, node
	list := w.given[g.Key]
	g.Repeat = 1
	if n.Repeat {
		g.Repeat = max(w.laps(node), 1)
	}
	if i := slices.IndexFunc(list, func(x Given) bool { return x.Repeat == g.Repeat }); i >= 0 {
		if g.Seq = list[i].Seq; g.Seq == 0 {
			g.Seq = w.lastSeq() + 1
		}
		if g.Verbatim == "" {
			g.Verbatim = list[i].Verbatim
		}
		list[i] = g
	} else {
		g.Seq = w.lastSeq() + 1
		list = append(list, g)
	}
	w.given[g.Key] = list
	w.out.Saved = append(w.out.Saved, g)
	w.mark(n, g)
}

// mark: who speaks is known by the identity ask, little time by its answer.
func (w *Walk) mark(n *Node, g Given) {
	if n.Has(TagIdentity) || n.Key == TagIdentity {
		w.Identified = g.Code == "self"
	}
	if g.Code == SkipShort && len(w.script.ShortPath) > 0 {
		w.Short = true
	}
}

func (w *Walk) lastSeq() int {
	last := 0
	for _, list := range w.given {
		for _, g := range list {
			last = max(last, g.Seq)
		}
	}
	return last
}

// Next leaves a say node that was read. Having left it already is no error.
func (w *Walk) Next(node string) (Moved, error) {
	n, _, prefix := w.At(node)
	if n == nil || n.Kind != Say || !w.onPath(node) {
		return Moved{}, moved()
	}
	if node != w.Node {
		return Moved{}, nil
	}
	w.leave(n, node, prefix)
	err := w.arrive(w.follow(n, node, prefix))
	return w.take(), err
}

// leave makes the effects of a node due.
func (w *Walk) leave(n *Node, node, prefix string) {
	for i, e := range n.Effects {
		if e.If == nil || e.If.holds(w.lookup(prefix)) {
			w.out.Effects = append(w.out.Effects, Due{Node: node, Index: i, Prefix: prefix, Effect: e})
		}
	}
}

func (w *Walk) follow(n *Node, node, prefix string) string {
	to := n.Next
	for _, b := range n.Branches {
		if b.If.holds(w.lookup(prefix)) {
			to = b.Goto
			break
		}
	}
	return node[:strings.LastIndex(node, "/")+1] + to
}

// longest way that is passed without standing: far above any script's size.
const longest = 1000

// arrive walks on from node until there is something to read, ask or end.
func (w *Walk) arrive(node string) error {
	for range longest {
		next := w.enter(node)
		if next == "" {
			return nil
		}
		node = next
	}
	return errs.New(errs.Conflict, "script_loop", "话术在原地打转，请选择结果结束这一通。", "The script turns in a circle; choose a result and end this call.")
}

// enter comes to a node and says where to go on to, or "" when the agent stands
// here now.
func (w *Walk) enter(node string) string {
	n, s, prefix := w.At(node)
	switch {
	case n == nil:
		return ""
	case n.Kind == End:
		return w.end(node)
	case n.Kind == Subscript:
		return w.enterSub(n, node, prefix)
	case n.Kind == Action:
		w.leave(n, node, prefix)
	case n.Kind == Ask:
		if w.stands(n, s, node, prefix) {
			return ""
		}
	case n.Kind == Say:
		read := w.ahead(node) && !n.Has(TagClosing)
		w.push(Step{Node: node})
		if !read {
			return ""
		}
	}
	return w.follow(n, node, prefix)
}

// stands tells whether an ask is to be asked; one that is not leaves its reason.
func (w *Walk) stands(n *Node, s *Script, node, prefix string) bool {
	if why := w.skip(n, s, prefix); why != "" {
		if g, ok := w.Given(prefix + n.Key); !ok || !g.asked() {
			w.keep(n, node, prefix, Given{Dept: n.Dept, Factor: n.Factor, Skipped: why})
		}
		return false
	}
	w.push(Step{Node: node})
	return !w.answered(n, node, prefix)
}

// skip says why an ask is not put (3.2.1, 3.2.6). Time agreed, identity and
// notice are asked however little time there is.
func (w *Walk) skip(n *Node, s *Script, prefix string) string {
	if n.OnlyIf != nil && !n.OnlyIf.holds(w.lookup(prefix)) {
		return SkipNotApplicable
	}
	short := w.Short && len(s.ShortPath) > 0 && !slices.Contains(s.ShortPath, n.Key)
	if short && len(n.Tags) == 0 && n.Answer.Type != "datetime" {
		return SkipShort
	}
	return ""
}

// answered: this ask has its answer already (3.2.2). A repeated ask needs one
// for each time it is on the way.
func (w *Walk) answered(n *Node, node, prefix string) bool {
	list := w.given[prefix+n.Key]
	if n.Repeat {
		return len(slices.DeleteFunc(slices.Clone(list), func(g Given) bool { return !g.asked() })) >= w.laps(node)
	}
	return slices.ContainsFunc(list, Given.asked)
}

func (w *Walk) laps(node string) int {
	laps := 0
	for _, s := range w.Path {
		if s.Node == node && !s.Ahead {
			laps++
		}
	}
	return laps
}

// push stands on a step. What lies ahead stays behind it in the list.
func (w *Walk) push(st Step) {
	st.At = w.now
	w.Path = slices.DeleteFunc(w.Path, func(x Step) bool { return x.Ahead && x.Node == st.Node })
	w.Path = slices.Insert(w.Path, w.here(), st)
	w.Node = st.Node
}

// here is the number of steps of the present way.
func (w *Walk) here() int {
	i := slices.IndexFunc(w.Path, func(x Step) bool { return x.Ahead })
	if i < 0 {
		return len(w.Path)
	}
	return i
}

func (w *Walk) ahead(node string) bool {
	return slices.ContainsFunc(w.Path, func(x Step) bool { return x.Ahead && x.Node == node })
}

func (w *Walk) onPath(node string) bool {
	return slices.ContainsFunc(w.Path, func(x Step) bool { return !x.Ahead && x.Node == node })
}
