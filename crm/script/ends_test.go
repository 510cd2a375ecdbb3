package script

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is answered, skipped, gone back to or pressed, a call comes to an end.
func TestAnyWalkEnds(t *testing.T) {
	l := library(t)
	ids := []string{}
	for _, s := range l.Scripts() {
		ids = append(ids, s.ID)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := l.Latest(rapid.SampledFrom(ids).Draw(t, "script"))
		w, _, err := l.Begin(s, map[string]any{}, nil, time.Unix(0, 0))
		for i := 0; err == nil && i < 400; i++ {
			n, _, _ := w.At(w.Node)
			if n == nil {
				t.Fatalf("stands nowhere: %q", w.Node)
			}
			if n.Kind == End {
				return
			}
			press(t, w, i)
			n, _, prefix := w.At(w.Node)
			if n.Kind == Say {
				_, err = w.Next(w.Node)
			} else if n.Kind == Ask {
				_, err = w.Answer(w.Node, prefix+n.Key, drawn(t, n, i))
			}
			w.Missing()
			w.NextLine()
			w.Outcome()
		}
		t.Fatalf("%s did not end at %s: %v", s.ID, w.Node, err)
	})
}

// press pushes a button now and then, in the first hundred steps.
func press(t *rapid.T, w *Walk, i int) {
	if i > 100 {
		return
	}
	switch rapid.IntRange(0, 40).Draw(t, "press") {
	case 0:
		_, _ = w.OpenForm()
	case 1:
		_, _ = w.Shorten()
	case 2:
		way := w.Way()
		_ = w.Goto(way[rapid.IntRange(0, len(way)-1).Draw(t, "back")].Node)
	case 3:
		_, _ = w.Close("C05")
	}
}

func drawn(t *rapid.T, n *Node, i int) Input {
	a := n.Answer
	if i > 100 && (n.Key == "more" || n.Repeat) { // a caller with ever more questions is cut short
		if a.Type == "yesno" {
			return Input{Value: "no"}
		}
	}
	if !a.Required && rapid.Bool().Draw(t, "skip") {
		return some(n)
	}
	switch a.Type {
	case "choice":
		return Input{Value: rapid.SampledFrom(a.Options).Draw(t, "option").Value}
	case "multi":
		return Input{Value: []string{rapid.SampledFrom(a.Options).Draw(t, "option").Value}}
	case "yesno":
		return Input{Value: rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "yesno")}
	case "score10":
		return Input{Value: float64(rapid.IntRange(1, 10).Draw(t, "score"))}
	case "score5":
		return Input{Value: float64(rapid.IntRange(1, 5).Draw(t, "score"))}
	case "nps", "number":
		return Input{Value: float64(rapid.IntRange(0, 10).Draw(t, "score"))}
	case "datetime":
		return Input{Value: "2026-11-20T15:00:00+08:00"}
	}
	return Input{Value: "客户说的话在这里原样记下来"}
}
