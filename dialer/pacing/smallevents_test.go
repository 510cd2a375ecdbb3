package pacing

// step is one thing that can happen in the small world.
type step struct {
	name string
	to   world
}

// steps are all that can happen in w, in a fixed order.
func (r rules) steps(w world, in bounds) []step {
	var out []step
	do := func(name string, change func(*world)) {
		next := w
		change(&next)
		if next.a <= in.answers && next.bookA <= in.answers && next.v <= in.gone {
			out = append(out, step{name, next})
		}
	}
	l := r.ledger(w)
	r.dialing(w, l, in, do)
	r.calls(w, in, do)
	r.waits(w, do)
	r.people(w, l, in, do)
	r.trouble(w, l, in, do)
	return out
}

type doing = func(name string, change func(*world))

func (r rules) dialing(w world, l Ledger, in bounds, do doing) {
	if w.total() >= in.lines || !r.mayOpen(l) {
		return
	}
	do("dial", func(n *world) { n.line(lineKind{young, 0, 0}, 1) })
	if pledged := w.special == ready || w.special == leaving; in.picky && !(r.asksTask && pledged) {
		do("dial picky", func(n *world) { n.line(lineKind{young, 0, 1}, 1) })
	}
}

// calls are the ways of a line.
func (r rules) calls(w world, in bounds, do doing) {
	w.each(func(k lineKind, n int8) {
		do("no answer", func(n *world) { n.line(k, -1) })
		if in.vanish && (k.stage == young || k.stage == late) {
			do("task taken back", func(n *world) { n.line(k, -1); n.line(lineKind{cancelled, k.old, k.picky}, 1) })
		}
		switch k.stage {
		case young:
			do("rings on", func(n *world) { n.line(k, -1); n.line(lineKind{late, k.old, k.picky}, 1) })
		case checking:
			do("person", func(n *world) {
				n.line(k, -1)
				n.a++
				if r.certain {
					n.bookA++
				}
				n.live(k, false)
			})
			do("machine", func(n *world) { n.line(k, -1); n.live(k, true) })
			return
		}
		do("answer", func(n *world) {
			n.line(k, -1)
			n.line(lineKind{checking, k.old, k.picky}, 1)
			if !r.certain {
				n.bookA++
			}
		})
	})
}

// live finds an agent for a call, or lets it wait.
func (w *world) live(k lineKind, machine bool) {
	for _, place := range []int8{ready, leaving} {
		switch {
		case w.agents[place] > 0:
			w.agents[place]--
			w.agents[connecting]++
			return
		case w.special == place && k.picky == 0:
			w.special = connecting
			return
		}
	}
	if machine {
		w.machines++
	} else {
		w.persons++
	}
	w.picky += int8(k.picky)
}

// waits end by patience or hang-up.
func (r rules) waits(w world, do doing) {
	lose := func(n *world) { n.picky = min(n.picky, n.waiting()) }
	if w.persons > 0 {
		do("abandoned", func(n *world) { n.persons--; n.b++; n.bookB++; lose(n) })
	}
	if w.machines > 0 {
		do("machine let go", func(n *world) {
			n.machines--
			n.b++
			if r.countsMachine {
				n.bookB++
			}
			lose(n)
		})
	}
	if w.before > 0 {
		do("abandoned, answered in the last window", func(n *world) {
			n.before--
			if !r.answerWindow {
				n.bookB++
			}
		})
	}
}

// people are the moves of agents who behave.
func (r rules) people(w world, l Ledger, in bounds, do doing) {
	for place := int8(0); place < places; place++ {
		if w.agents[place] > 0 {
			r.person(w, l, in, place, false, func(name string, to int8, also func(*world)) {
				do(name, func(n *world) { n.agents[place]--; n.place(to, false); also(n) })
			})
		}
		if w.special == place {
			r.person(w, l, in, place, true, func(name string, to int8, also func(*world)) {
				do("special: "+name, func(n *world) { n.special = to; n.place(to, true); also(n) })
			})
		}
	}
}

// place puts an agent where they go; one who is ready takes who waits.
func (w *world) place(to int8, special bool) {
	if to == ready && (!special || w.picky < w.waiting()) {
		switch {
		case w.before > 0:
			w.before--
			to = busy
		case w.persons > 0:
			w.persons--
			to = connecting
		case w.machines > 0:
			w.machines--
			to = connecting
		}
		w.picky = min(w.picky, w.waiting())
	}
	if special {
		w.special = to
	} else {
		w.agents[to]++
	}
}

func (r rules) person(w world, l Ledger, in bounds, place int8, special bool, move func(name string, to int8, also func(*world))) {
	nothing := func(*world) {}
	picky := w.picky + w.count(func(k lineKind) bool { return k.picky == 1 })
	pledge := !special || !r.asksPledge || picky == 0
	switch place {
	case ready:
		if in.leave {
			move("asks to leave", leaving, func(n *world) { n.markUnlessClosing() })
			if r.mayTake(l) || !r.asksInbound {
				move("inbound call or other campaign", away, nothing)
			}
		}
	case leaving:
		if r.mayLeave(l) {
			move("leave granted", away, nothing)
		}
	case connecting:
		move("takes the call", busy, nothing)
		if pledge {
			move("customer hangs up while connecting", ready, nothing)
		}
	case busy:
		if pledge {
			move("done", ready, nothing)
		}
		move("done, pauses", away, nothing)
	case away:
		if pledge {
			move("pledged", ready, nothing)
		}
	}
	if !in.vanish {
		return
	}
	gone := func(n *world) {
		n.v++
		if r.countsGone {
			n.bookV++
		}
		if n.at(leaving) > 0 {
			n.mark()
		}
	}
	switch place {
	case ready, leaving:
		move("vanishes", away, gone)
	case connecting:
		move("does not take the call", away, func(n *world) { gone(n); n.persons++ })
	}
}

// trouble is what no agent and no customer does.
func (r rules) trouble(w world, l Ledger, in bounds, do doing) {
	if in.vanish && !l.Holds() {
		if stage, n := r.cancel(l, w); n > 0 {
			do("cancel", func(next *world) { next.cancel(stage, n) })
		}
	}
	if in.crash {
		do("crash", func(n *world) { r.crash(n) })
	}
	if in.lower >= 0 && w.cap > in.lower {
		do("cap lowered", func(n *world) {
			n.debt = max(0, n.left()-n.v)
			n.mark()
			n.cap = in.lower
			if r.lowersNow {
				n.bookCap = in.lower
			}
		})
	}
	if !in.window || w.before > 0 {
		return
	}
	if !w.closing {
		do("the window's end is near", func(n *world) { n.closing = true; n.mark() })
	} else if w.count(func(k lineKind) bool { return k.old == 1 }) == 0 {
		do("the window ends", func(n *world) {
			carried := min(n.v, max(0, n.total()-n.at(ready)-n.at(leaving)))
			n.before, n.persons, n.machines, n.picky = n.waiting(), 0, 0, 0
			n.a, n.b, n.v, n.bookA, n.bookB, n.bookV, n.debt = 0, 0, carried, 0, 0, carried, 0
			n.closing = false
			n.mark()
		})
	}
}

func (w *world) cancel(stage int, n int8) {
	for old := range 2 {
		for picky := range 2 {
			k := lineKind{stage, old, picky}
			take := min(n, w.lines[stage][old][picky])
			w.line(k, -take)
			w.line(lineKind{cancelled, old, picky}, take)
			n -= take
		}
	}
}

// crash: another node reads back what the attempts say.
func (r rules) crash(w *world) {
	w.b += w.waiting()
	if r.letsGoOfDead {
		w.bookB += w.waiting()
	}
	if !r.restores {
		w.bookB = 0
	}
	w.persons, w.machines, w.picky = 0, 0, 0
	if w.at(leaving) == 0 && !w.closing {
		w.mark()
	}
}
