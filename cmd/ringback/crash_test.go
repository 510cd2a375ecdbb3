package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
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

// crashCyclesUsual keeps make test within its time on two cores.
const crashCyclesUsual = 12

// TestWhateverIsKilledNobodyIsCalledTwice kills servers at each named step and at
// random moments, holds one still, empties, kills and restarts Redis, and kills
// PostgreSQL, while six agents work through a predictive campaign on three servers.
// Afterwards the carrier's own log, the agents' own notes and the ledger read
// throughout are held against the record.
func TestWhateverIsKilledNobodyIsCalledTwice(t *testing.T) {
	cycles := crashCyclesUsual
	if n, err := strconv.Atoi(os.Getenv(crashCyclesEnv)); err == nil && n > 0 {
		cycles = n
	}
	h := newCrashHouse(t, 200+25*cycles)
	stop := h.openShift()
	defer stop()
	h.awaitInvite(time.Now(), time.Minute)
	ledger := h.watchLedger()
	r := rand.New(rand.NewPCG(uint64(cycles), 7))
	var went []crashOutcome
	for _, f := range crashPlan(cycles, r) {
		went = append(went, h.cycle(f, r))
	}
	h.settle()
	h.check(ledger())
	tellCrashes(t, went)
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

// crashFault is one thing that goes wrong. do returns what mends it again.
type crashFault struct {
	name string
	do   func(h *crashHouse, r *rand.Rand) (mend func())
}

// crashOutcome is how one went.
type crashOutcome struct {
	name    string
	resumed time.Duration // from the fault, or from its mending where dialing had to wait for that
}

// crashPlan is every fault in turn, shuffled within each round.
func crashPlan(cycles int, r *rand.Rand) (plan []crashFault) {
	for round := 0; len(plan) < cycles; round++ {
		faults := crashFaults(round%2 == 0)
		r.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
		plan = append(plan, faults...)
	}
	return plan[:cycles]
}

func crashFaults(long bool) (all []crashFault) {
	for _, step := range []string{"planned", "claimed", "invite", "ringing", "answered", "bridged", "answer saved", "wrapup", "result saved", "hung up"} {
		all = append(all, crashFault{"kill -9 at: " + step, func(h *crashHouse, r *rand.Rand) func() { return h.killAtStep(step, r) }})
	}
	all = append(all,
		crashFault{"kill -9 a server", func(h *crashHouse, r *rand.Rand) func() { return h.end(syscall.SIGKILL, r, r.IntN(crashNodes)) }},
		crashFault{"kill -9 two servers", func(h *crashHouse, r *rand.Rand) func() {
			first := r.IntN(crashNodes)
			return h.end(syscall.SIGKILL, r, first, (first+1)%crashNodes)
		}},
		crashFault{"SIGTERM a server", func(h *crashHouse, r *rand.Rand) func() { return h.end(syscall.SIGTERM, r, r.IntN(crashNodes)) }},
		crashFault{"Redis FLUSHALL", func(h *crashHouse, _ *rand.Rand) func() { h.redis.say("FLUSHALL"); return nil }},
		crashFault{"Redis killed and restarted", func(h *crashHouse, r *rand.Rand) func() {
			h.redis.kill()
			pause(time.Duration(r.IntN(1500)) * time.Millisecond)
			return h.redis.start
		}},
		crashFault{"PostgreSQL killed and restarted", func(h *crashHouse, _ *rand.Rand) func() {
			must(h.t, syscall.Kill(h.cluster.current().Pid(), syscall.SIGKILL))
			return func() { ask[int](h, `SELECT 1`) }
		}})
	if long {
		all = append(all, crashFault{"a server held still for 15 s", func(h *crashHouse, r *rand.Rand) func() {
			n := h.nodes[r.IntN(crashNodes)]
			n.signal(syscall.SIGSTOP)
			pause(15 * time.Second)
			return func() { n.signal(syscall.SIGCONT) }
		}})
	}
	return all
}

func pause(d time.Duration) { <-time.After(d) }

// end signals servers and starts them again.
func (h *crashHouse) end(sig syscall.Signal, r *rand.Rand, which ...int) (mend func()) {
	for _, i := range which {
		h.nodes[i].signal(sig)
	}
	pause(time.Duration(r.IntN(800)) * time.Millisecond)
	for _, i := range which {
		h.nodes[i].again()
	}
	return nil
}

// killAtStep kills the server that has just got to a step.
func (h *crashHouse) killAtStep(step string, r *rand.Rand) (mend func()) {
	hit := make(chan int, 1)
	kill := func(node int) {
		select {
		case hit <- node:
			h.nodes[node].signal(syscall.SIGKILL)
		default:
		}
	}
	seen, done := context.WithTimeout(h.t.Context(), time.Minute)
	defer done()
	switch step {
	case "invite", "ringing", "answered":
		h.street.onStep(func(s streetStep) {
			if s.What == step {
				kill(slices.IndexFunc(h.nodes, func(n *crashNode) bool { return n.sip == s.Source }))
			}
		})
		defer h.street.onStep(func(streetStep) {})
	case "answer saved", "wrapup", "result saved":
		for _, a := range h.agents {
			a.onStep(func(what string, node int) {
				if what == step {
					kill(node)
				}
			})
			defer a.onStep(func(string, int) {})
		}
	default:
		go h.pollStep(seen, step, kill)
	}
	select {
	case node := <-hit:
		pause(time.Duration(r.IntN(800)) * time.Millisecond)
		h.nodes[node].again()
	case <-seen.Done():
		h.t.Errorf("nothing came to the step %q within a minute", step)
	}
	return nil
}

// pollStep looks in the record for an attempt that has just got to a step.
func (h *crashHouse) pollStep(ctx context.Context, step string, kill func(int)) {
	state := map[string]string{"planned": "planned", "claimed": "dialing", "bridged": "bridged", "hung up": "wrap"}[step]
	sql := `SELECT coalesce((SELECT n.name FROM attempt a JOIN node n ON n.id = a.node_id WHERE a.state = $1 AND n.stopped_at IS NULL ORDER BY a.planned_at DESC LIMIT 1), '')`
	if step == "planned" { // nobody's yet: its leader's
		sql = `SELECT coalesce((SELECT n.name FROM attempt a JOIN campaign_lease l ON l.campaign_id = a.campaign_id JOIN node n ON n.id = l.node_id WHERE a.state = $1 LIMIT 1), '')`
	}
	for ctx.Err() == nil {
		name, err := askOnce[string](h, sql, state)
		if i, e := strconv.Atoi(strings.TrimPrefix(name, "node")); err == nil && e == nil {
			kill(i)
			return
		}
	}
}

// cycle lets one thing go wrong at a random moment and waits until the servers
// dial again.
func (h *crashHouse) cycle(f crashFault, r *rand.Rand) crashOutcome {
	h.t.Helper()
	pause(time.Duration(r.IntN(600)) * time.Millisecond)
	began := time.Now()
	mend := f.do(h, r)
	if mend != nil {
		mend()
		began = time.Now()
	}
	out := crashOutcome{name: f.name, resumed: h.awaitInvite(began, time.Minute)}
	return out
}

// awaitInvite waits until the carrier has been called after from.
func (h *crashHouse) awaitInvite(from time.Time, within time.Duration) time.Duration {
	h.t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	for {
		if at := h.street.lastInvite(); at.After(from) {
			return at.Sub(from)
		}
		select {
		case <-deadline.C:
			h.t.Fatalf("nobody is called within %v: %s", within, ask[string](h, `SELECT c.state || ' ' || c.state_reason || '; sessions ' ||
				(SELECT coalesce(string_agg(state || ' ' || reason || ' audio ' || audio_up, ', '), 'none') FROM agent_session WHERE signed_off_at IS NULL)
				|| '; attempts ' || (SELECT coalesce(string_agg(state || ' ' || n::text, ', '), 'none') FROM (SELECT state, count(*) n FROM attempt GROUP BY 1) x) FROM campaign c WHERE c.id = $1`, h.campaign))
		case <-time.After(10 * time.Millisecond):
		}
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
