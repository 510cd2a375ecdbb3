package script

import "slices"

// Lack is an action that a script asks for and that nobody runs.
type Lack struct{ Script, Node, Action string }

// Runs says which actions are run. It is said once, before the first call. A script
// that asks for another one, itself or in a script it contains, is never walked in a
// call (Usable): an agent does not come to a step that cannot be done. What the newest
// versions lack is given for the log.
func (l *Library) Runs(actions []string) []Lack {
	l.runs = actions
	var out []Lack
	for _, s := range l.Scripts() {
		out = append(out, l.lacks(s)...)
	}
	return out
}

// Usable tells whether all that a script asks for is run.
func (l *Library) Usable(s *Script) bool { return len(l.lacks(s)) == 0 }

func (l *Library) lacks(s *Script) (out []Lack) {
	if l.runs == nil {
		return nil
	}
	for _, n := range s.Nodes {
		for _, e := range n.Effects {
			if !slices.Contains(l.runs, e.Do) {
				out = append(out, Lack{s.ID, n.ID, e.Do})
			}
		}
		if sub := l.latest[n.Script]; sub != nil {
			out = append(out, l.lacks(sub)...)
		}
	}
	return out
}
