package pacing

import (
	"testing"

	"pgregory.net/rapid"
)

// Long random days of a larger team, with everything that can happen.
func TestTheCapHoldsOnLongWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := bounds{lines: 30, answers: 120, gone: 3, lower: rapid.SampledFrom([]int16{-1, 0, 150}).Draw(t, "lower"), features: all()}
		w := world{special: rapid.SampledFrom([]int8{-1, ready, away}).Draw(t, "special"), cap: rapid.SampledFrom([]int16{300, 1000, third}).Draw(t, "cap")}
		w.bookCap = w.cap
		w.a = rapid.Int8Range(0, 100).Draw(t, "answered")
		w.b = rapid.Int8Range(0, int8(int(w.cap)*int(w.a)/one)).Draw(t, "abandoned")
		w.bookA, w.bookB = w.a, w.b
		w.agents[ready] = rapid.Int8Range(0, 10).Draw(t, "agents")
		r := realRules()
		for range 200 {
			next := r.steps(w, in)
			if len(next) == 0 {
				return
			}
			s := next[rapid.IntRange(0, len(next)-1).Draw(t, "step")]
			w = s.to
			if what := r.wrong(w, in); what != "" {
				t.Fatalf("after %q %s: %+v", s.name, what, w)
			}
		}
	})
}

func drawLedger(t *rapid.T) Ledger {
	l := Ledger{
		CapBP: rapid.IntRange(0, 500).Draw(t, "cap"), Answered: rapid.IntRange(0, 2000).Draw(t, "answered"), Abandoned: rapid.IntRange(0, 40).Draw(t, "abandoned"),
		Lines: rapid.IntRange(0, 60).Draw(t, "lines"), Waiting: rapid.IntRange(0, 4).Draw(t, "waiting"), Ready: rapid.IntRange(0, 40).Draw(t, "ready"),
		Closing: rapid.Bool().Draw(t, "closing"),
	}
	l.Leaving = rapid.IntRange(0, l.Ready).Draw(t, "leaving")
	return l
}

// allowed is PACING.md §2 word for word, in exact integers.
func allowed(l Ledger, lines, agents int) bool {
	return one*(l.Abandoned+l.Waiting+max(0, lines-agents)) <= l.CapBP*l.Answered
}

func TestTheLedgerIsItsInequality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		if got, want := l.Holds(), allowed(l, l.Lines, l.Ready); got != want {
			t.Fatalf("Holds() = %v, want %v", got, want)
		}
		stay := l.Ready - l.Leaving
		if got, want := l.MayOpen(), l.Lines+1 <= stay-l.Waiting || !l.Closing && allowed(l, l.Lines+1, stay); got != want {
			t.Fatalf("MayOpen() = %v, want %v", got, want)
		}
		if got, want := l.MayLeave(), l.Lines == 0 || l.Lines <= l.Ready-1-l.Waiting || !l.Closing && allowed(l, l.Lines, l.Ready-1); got != want {
			t.Fatalf("MayLeave() = %v, want %v", got, want)
		}
	})
}

func TestRoomIsOneLineAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		room, n := l.Room(), 0
		for l.MayOpen() {
			n++
			l.Lines++
		}
		if n != room {
			t.Fatalf("Room() = %d, one by one %d", room, n)
		}
	})
}

func TestAfterTheExcessIsGoneTheLedgerIsAsGoodAsItGets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		n := l.Excess()
		if l.Holds() != (n == 0) && l.Lines > l.Ready {
			t.Fatalf("holds %v, excess %d", l.Holds(), n)
		}
		l.Lines -= n
		if l.Lines < 0 || !l.Holds() && l.Lines > l.Ready {
			t.Fatalf("after %d lines went: %+v", n, l)
		}
		if n == 0 {
			return
		}
		if l.Lines++; l.Holds() {
			t.Fatalf("one line less would do: %+v", l)
		}
	})
}

func TestWindowsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, length := rapid.Int64Range(0, 1e9).Draw(t, "start"), rapid.Int64Range(1, 1e7).Draw(t, "length")
		now := start + rapid.Int64Range(-1e8, 1e8).Draw(t, "since")
		w := WindowAt(start, now, length)
		if w.To-w.From != length || (w.From-start)%length != 0 || now >= w.To || now < w.From {
			t.Fatalf("%d is in %+v", now, w)
		}
		if next := WindowAt(start, w.To, length); next.From != w.To {
			t.Fatalf("after %+v comes %+v", w, next)
		}
		if lead := rapid.Int64Range(0, 100).Draw(t, "lead"); w.Closing(now, lead) != (now+lead >= w.To) {
			t.Fatalf("closing %v with %d s to go and a lead of %d s", w.Closing(now, lead), w.To-now, lead)
		}
	})
}
