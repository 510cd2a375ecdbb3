package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"ringback/telephony/media"
)

// crashCyclesEnv says how many times something is killed (`make crash N=1000`).
const crashCyclesEnv = "RINGBACK_CRASH_CYCLES"

// crashOnlyEnv names the faults to make, by a part of their name; empty: all of them.
const crashOnlyEnv = "RINGBACK_CRASH_ONLY"

// crashCyclesUsual is how many times it is in make test: two minutes on two busy cores.
const crashCyclesUsual = 40

// TestWhateverIsKilledNobodyIsCalledTwice kills servers at each named step and at
// random moments, holds one still, empties, kills and restarts Redis, and kills
// PostgreSQL, while eight agents work through a predictive campaign on three servers.
// After each fault the carrier's own log, the agents' own notes, the ledger read
// throughout, hopper and index are held against the record. An interrupt ends a
// long run early, in order.
func TestWhateverIsKilledNobodyIsCalledTwice(t *testing.T) {
	cycles := crashCyclesUsual
	if n, err := strconv.Atoi(os.Getenv(crashCyclesEnv)); err == nil && n > 0 {
		cycles = n
	}
	ctx, done := signal.NotifyContext(t.Context(), os.Interrupt)
	defer done()
	r := rand.New(rand.NewPCG(uint64(cycles), 7))
	plan := crashPlan(cycles, r)
	if len(plan) == 0 {
		t.Fatalf("no fault is named like %q", os.Getenv(crashOnlyEnv))
	}
	h := newCrashHouse(t, 200+5*cycles)
	stop := h.openShift()
	defer stop()
	h.within(time.Minute, "somebody is called", func() bool { _, ok := h.street.dialedAfter(time.Time{}); return ok })
	h.ledger = h.watchLedger()
	c := &crashRun{h: h, r: r, plan: plan, hit: make(chan crashHit, 1)}
	defer func() { h.tellSeen(); tellCrashes(t, c.went) }() // also of a run that fails in the middle
	for c.turn(ctx.Err() != nil) {
		pause(10 * time.Millisecond)
	}
	h.mending.Wait()
	h.check()
	h.settle()
	h.checkCalls()
	h.checkCounts()
	h.checkSaved()
}

// openShift brings every agent to work.
func (h *crashHouse) openShift() (stop func()) {
	ports, err := media.NewPorts(media.PortOptions{IP: netip.MustParseAddr("127.0.0.1"), From: 29000, To: 31998, Quarantine: -1})
	must(h.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for i := range crashAgents {
		a, err := newCrashAgent(h, i, ports)
		must(h.t, err)
		h.agents = append(h.agents, a)
	}
	for _, a := range h.agents {
		for _, p := range a.phones {
			working.Go(func() { _ = p.Run(ctx) })
		}
		for _, p := range a.phones {
			select {
			case <-p.Registered():
			case <-time.After(30 * time.Second):
				h.t.Fatalf("the phone of %s does not register", benchLogin(a.i))
			}
		}
		working.Go(func() { a.work(ctx) })
	}
	return sync.OnceFunc(func() { cancel(); working.Wait() })
}

// crashFault is one thing that goes wrong, at a step or at a random moment. do
// returns what mends it again.
type crashFault struct {
	name   string
	step   string
	outage bool // nobody can dial before it is mended
	all    bool // it wants every server whole, so that one is left
	do     func(h *crashHouse, r *rand.Rand) (mend func())
}

// crashPlan is every fault in turn, shuffled within each round.
func crashPlan(cycles int, r *rand.Rand) (plan []crashFault) {
	for round := 0; len(plan) < cycles && (round < 2 || len(plan) > 0); round++ {
		faults := slices.DeleteFunc(crashFaults(round%2 == 0), func(f crashFault) bool { return !strings.Contains(f.name, os.Getenv(crashOnlyEnv)) })
		r.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
		plan = append(plan, faults...)
	}
	return plan[:min(cycles, len(plan))]
}

func crashFaults(long bool) (all []crashFault) {
	for _, step := range []string{"planned", "claimed", "invite", "ringing", "answered", "bridged", "answer saved", "wrapup", "result saved", "hung up"} {
		all = append(all, crashFault{name: "kill -9 at: " + step, step: step})
	}
	all = append(all,
		crashFault{name: "kill -9 a server", do: func(h *crashHouse, r *rand.Rand) func() { return h.end(syscall.SIGKILL, r, 1) }},
		crashFault{name: "kill -9 two servers", all: true, do: func(h *crashHouse, r *rand.Rand) func() { return h.end(syscall.SIGKILL, r, 2) }},
		crashFault{name: "SIGTERM a server", do: func(h *crashHouse, r *rand.Rand) func() { return h.end(syscall.SIGTERM, r, 1) }},
		crashFault{name: "Redis FLUSHALL", do: func(h *crashHouse, _ *rand.Rand) func() { h.redis.say("FLUSHALL"); return func() {} }},
		crashFault{name: "Redis killed and restarted", outage: true, do: func(h *crashHouse, r *rand.Rand) func() {
			h.redis.kill()
			gone := within(r, 1500*time.Millisecond)
			return func() { pause(gone); h.redis.start() }
		}},
		crashFault{name: "PostgreSQL killed and restarted", outage: true, do: func(h *crashHouse, _ *rand.Rand) func() {
			must(h.t, syscall.Kill(h.cluster.current().Pid(), syscall.SIGKILL))
			return func() { ask[int](h, `SELECT 1`) }
		}})
	if long {
		all = append(all, crashFault{name: "a server held still for 15 s", do: func(h *crashHouse, r *rand.Rand) func() {
			n, began := h.nodes[h.pick(r, 1)[0]], time.Now()
			n.signal(syscall.SIGSTOP)
			return func() {
				pause(15 * time.Second)
				if _, ok := h.street.dialedAfter(began.Add(time.Second)); !ok { // before that may be another server's call that was on its way
					h.t.Errorf("nobody was called while node %d was held still", n.i)
				}
				n.signal(syscall.SIGCONT)
				n.mended()
			}
		}})
	}
	return all
}

func pause(d time.Duration) { <-time.After(d) }

// within is a random time shorter than d.
func within(r *rand.Rand, d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }

// pick takes n servers, each of them whole.
func (h *crashHouse) pick(r *rand.Rand, n int) (taken []int) {
	for _, i := range r.Perm(crashNodes) {
		if len(taken) < n && h.nodes[i].take() {
			taken = append(taken, i)
		}
	}
	return taken
}

// end signals n servers; mend starts them again.
func (h *crashHouse) end(sig syscall.Signal, r *rand.Rand, n int) (mend func()) {
	which := h.pick(r, n)
	for _, i := range which {
		h.nodes[i].signal(sig)
	}
	return h.startAgain(r, which...)
}

// startAgain starts ended servers after a moment, as an init system does.
func (h *crashHouse) startAgain(r *rand.Rand, which ...int) (mend func()) {
	soon := within(r, 800*time.Millisecond)
	return func() {
		pause(soon)
		var all sync.WaitGroup
		for _, i := range which {
			all.Go(h.nodes[i].again)
		}
		all.Wait()
	}
}

// tellCrashes prints how soon dialing went on.
func tellCrashes(t *testing.T, went []crashOutcome) {
	by := map[string][]time.Duration{}
	late := 0
	for _, o := range went {
		by[o.name] = append(by[o.name], o.resumed)
		if o.resumed > 10*time.Second {
			late++
		}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what went wrong\ttimes\tdialing again after (median)\tat most")
	names := make([]string, 0, len(by))
	for name := range by {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare)
	for _, name := range names {
		d := by[name]
		slices.Sort(d)
		fmt.Fprintf(w, "%s\t%d\t%.1f s\t%.1f s\n", name, len(d), d[len(d)/2].Seconds(), d[len(d)-1].Seconds())
	}
	_ = w.Flush()
	t.Logf("%d cycles, %d took over 10 s\n%s", len(went), late, out.String())
}
