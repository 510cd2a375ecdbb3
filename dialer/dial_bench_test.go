package dialer_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"ringback/crm/task"
	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/redis/redistest"
	"ringback/internal/seal"
	"ringback/telephony"
)

const (
	dialStores  = 15
	dialAgents  = 20     // of each store
	dialPerSec  = 60     // wanted
	dialMargin  = 1.1    // a trunk counts its calls over 1.1 s, so that no second holds more (dialer, slideWide)
	dialPast    = 10_400 // attempts of each campaign in its window, a quarter answered: what its credit comes from
	dialWarming = 20 * time.Second
	dialTime    = 40 * time.Second
)

// BenchmarkDial runs the predictive campaigns of 15 stores, 300 agents together, on
// RINGBACK_BENCH_TASKS due tasks (make bench-dial: a million) against phones in
// this process, in real time: 30 of 100 answer after 2 to 8 s and talk for 10 to
// 18 s, 55 ring for 20 s, 15 are busy. The first row says what 60 calls a second need
// by Little's law, and what there is. CPU is the benchmark's process, phones and
// consoles in it, and PostgreSQL's sessions.
func BenchmarkDial(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("RINGBACK_BENCH_TASKS"))
	if err != nil {
		b.Skip("RINGBACK_BENCH_TASKS is not set: filling a million takes minutes")
	}
	for b.Loop() {
		dialCampaigns(b, n)
	}
}

func dialCampaigns(b *testing.B, n int) {
	w := newWorld(b)
	timed := &timedHopper{waiting: hopper.New(redistest.New(b)), asked: map[uuid.UUID]time.Time{}}
	w.hopper = timed
	w.db.Exec(b, `UPDATE trunk SET max_cps = $2, max_channels = 2000 WHERE id = $1`, w.trunk, int(math.Ceil(dialPerSec*dialMargin)))
	stores := []*world{w}
	for len(stores) < dialStores {
		stores = append(stores, w.otherStore())
	}
	phones := &timedPhones{fakeExchange: w.exchange, answered: map[uuid.UUID]time.Time{}}
	w.exchange.answers = benchPhone
	seen := prometheus.NewRegistry()
	d, _ := w.dialer(func(o *dialer.Options) { o.Exchange, o.Registerer = phones, seen })
	from := time.Now()
	for i, s := range stores {
		s.leaving = d
		s.list(i*n/dialStores, (i+1)*n/dialStores)
		agents := make([]uuid.UUID, dialAgents)
		for k := range agents {
			agents[k] = s.agent(fmt.Sprintf("a%d", k))
		}
		s.past(s.predictive(d, agents...))
	}
	w.db.Exec(b, `VACUUM ANALYZE`)
	fmt.Printf("%d tasks of %d stores filled in %.0f s\n", n, dialStores, time.Since(from).Seconds())
	w.run(d)
	consoles(w, stores, d)
	idle(dialWarming / 2)
	w.db.Exec(b, `ANALYZE attempt, task, agent_session, number_attempt, number_survey`) // autovacuum's, which the test cluster has not
	idle(dialWarming / 2)
	timed.reset()
	phones.reset()
	limitsBefore := counted(seen, "ringback_dialer_decisions_total")
	before, ticksBefore, dialedBefore, began := benchCPU(), histogram(seen, "ringback_dialer_tick_seconds"), w.exchange.placed(), time.Now()
	idle(dialTime)
	took, used, ticks := time.Since(began), benchCPU().since(before), histogram(seen, "ringback_dialer_tick_seconds").since(ticksBefore)
	dialed := w.exchange.placed() - dialedBefore
	row := func(what, format string, args ...any) {
		fmt.Printf("| %-28s | %s |\n", what, fmt.Sprintf(format, args...))
	}
	row("what 60 a second need", "%s", w.needs())
	row("attempts", "%d in %.1f s = %.1f per second, at most %d lines at once", dialed, took.Seconds(), float64(dialed)/took.Seconds(), w.exchange.most)
	row("CPU per attempt", "%.1f ms here, %.1f ms PostgreSQL", ms(used.here)/float64(dialed), ms(used.postgres)/float64(dialed))
	chosen, late := phones.told()
	row("200 OK to the agent chosen", "p50 %.1f ms, p99 %.1f ms of %d; %d found nobody", quantileOf(chosen, .5), quantileOf(chosen, .99), len(chosen), late)
	reads, fills := timed.told()
	row("refill: reading the list", "p50 %.1f ms, p99 %.1f ms of %d", quantileOf(reads, .5), quantileOf(reads, .99), len(reads))
	row("refill: writing the hopper", "p50 %.1f ms, p99 %.1f ms", quantileOf(fills, .5), quantileOf(fills, .99))
	row("tick, planning in it", "mean %.1f ms of %d; %s", 1000*ticks.sum/float64(ticks.count), ticks.count, ticks.shares())
	row("what limited the decisions", "%s", shares(limitsBefore, counted(seen, "ringback_dialer_decisions_total")))
	w.summary(row, began.Add(-dialWarming))
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		plans := &pgtest.Plans{DB: tx}
		_, err := task.Due(ctx, plans, w.store, task.Followup3D, w.clock.Now(), 200)
		fmt.Printf("plans of the list:\n%s\n", strings.Join(plans.Lines, "\n"))
		return err
	})
	if wrongs := w.exchange.wrongs; len(wrongs) > 0 {
		b.Errorf("%d numbers were called twice at once, first %s", len(wrongs), wrongs[0])
	}
}

// summary tells what has become of agents and attempts in all stores.
func (w *world) summary(row func(what, format string, args ...any), since time.Time) {
	w.t.Helper()
	err := w.db.Pool.AllStores(context.Background(), func(ctx context.Context, tx pgx.Tx) error {
		for what, sql := range map[string]string{
			"agents at the end": `SELECT coalesce(string_agg(state || ' ' || n, ', '), '') FROM (SELECT state, count(*) AS n FROM agent_session WHERE since <> $1 GROUP BY 1) x`,
			"attempts":          `SELECT coalesce(string_agg(x.state || ' ' || n, ', '), '') FROM (SELECT state || ' ' || line_result AS state, count(*) AS n FROM attempt WHERE planned_at > $1 GROUP BY 1) x`,
		} {
			var text string
			if err := tx.QueryRow(ctx, sql, since).Scan(&text); err != nil {
				return err
			}
			row(what, "%s", text)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// needs tells what dialPerSec calls a second keep busy, as the numbers of the list
// behave, and how much of it there is.
func (w *world) needs() string {
	const asked = 10_000
	var ringing, talking time.Duration
	for i := range asked {
		phone := benchPhone(fmt.Sprintf("154%08d", i))
		ringing, talking = ringing+phone.after, talking+phone.talk
	}
	each := func(d time.Duration) float64 { return dialPerSec * d.Seconds() / asked }
	credit := dialStores * dialPast / 4 * 3 / 100
	return fmt.Sprintf("%.0f lines ringing (credit for %d beyond the ready agents), %.0f of %d agents talking, a trunk of %.0f a second",
		each(ringing), credit, each(talking), dialStores*dialAgents, math.Ceil(dialPerSec*dialMargin))
}

// past gives a campaign dialPast attempts a month ago, of 2,000 tasks, of which a
// quarter was answered: the model has learnt, the ledger has credit.
func (w *world) past(c dialer.Campaign) {
	w.t.Helper()
	w.db.Exec(w.t, `UPDATE campaign SET window_from = $2 WHERE id = $1`, c.ID, time.Now().Add(-24*time.Hour))
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, trunk_id,
			caller_number, planned_at, business_at, dialed_at, answered_at, bridged_at, ended_at, wrapped_at, line_result)
		SELECT gen_random_uuid(), t.group_id, t.store_id, $2, t.id, t.customer_id, p.id, p.phone_hash, p.last4, 'progressive', CASE WHEN t.i % 4 = 0 THEN 'done' ELSE 'failed' END,
			$3, '057188880000', x.at, $4::timestamptz - interval '30 days', x.at, CASE WHEN t.i % 4 = 0 THEN x.at + interval '5 s' END, CASE WHEN t.i % 4 = 0 THEN x.at + interval '5 s' END,
			x.at + interval '20 s', CASE WHEN t.i % 4 = 0 THEN x.at + interval '21 s' END,
			CASE WHEN t.i % 4 = 0 THEN 'answered_human' ELSE 'no_answer' END
		FROM (SELECT task.*, row_number() OVER () AS i FROM task, generate_series(1, 6) WHERE store_id = $1 AND state = 'completed') t JOIN customer_phone p ON p.id = t.phone_id,
			LATERAL (SELECT $5::timestamptz - (t.i * interval '5 s') AS at) x LIMIT $6`,
		w.store, c.ID, w.trunk, w.clock.Now(), time.Now().Add(-time.Minute), dialPast)
}

// consoles close the wrap-ups of all stores, asking little themselves.
func consoles(w *world, stores []*world, d *dialer.Dialer) {
	w.every(100*time.Millisecond, func(ctx context.Context) {
		var waiting []uuid.UUID
		_ = w.db.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, `SELECT DISTINCT store_id FROM attempt WHERE state = 'wrap' AND planned_at > $1`, time.Now().Add(-5*time.Minute))
			if err == nil {
				waiting, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			}
			return err
		})
		for _, s := range stores {
			if slices.Contains(waiting, s.store) {
				s.wrapUp(ctx, d)
			}
		}
	})
}

// idle lets the campaign run: the benchmark's subject is real time.
func idle(d time.Duration) { <-time.After(d) }

// benchPhone is what a number does, the same each time.
func benchPhone(number string) behaviour {
	h := fnv.New32a()
	_, _ = h.Write([]byte(number))
	sum := int(h.Sum32() % 60_000)
	spread := time.Duration(sum/100) * time.Millisecond * 10 // 0 to 6 s
	switch {
	case sum%100 < 30:
		return behaviour{after: 2*time.Second + spread, talk: 10*time.Second + spread*8/6}
	case sum%100 < 85:
		return behaviour{after: 20 * time.Second, result: telephony.ResultNoAnswer}
	}
	return behaviour{after: time.Second, result: telephony.ResultBusy}
}

// list adds customers with a due follow-up each, and 2,000 with one that was made.
// The numbers are sealed as the product seals them: each is opened when it is called.
func (w *world) list(begin, end int) {
	w.t.Helper()
	now := w.clock.Now()
	w.db.Exec(w.t, `SET session_replication_role = replica`) // Exec keeps its connection
	for first := begin; first < end; first += 20_000 {
		most := min(20_000, end-first)
		sealed, hashes, last4 := make([][]byte, most), make([][]byte, most), make([]string, most)
		for i := range most {
			number := fmt.Sprintf("154%08d", first+i)
			sealed[i], hashes[i], last4[i] = w.box.Seal(seal.Phone, []byte(number)), w.box.Hash(seal.Phone, number), number[7:]
		}
		w.db.Exec(w.t, `
			WITH x AS MATERIALIZED (SELECT gen_random_uuid() AS customer, gen_random_uuid() AS phone, gen_random_uuid() AS task, enc, hash, last4, i
				FROM unnest($3::bytea[], $4::bytea[], $5::text[]) WITH ORDINALITY u (enc, hash, last4, i)),
			c AS (INSERT INTO customer (id, group_id, store_id, name_zh, source, is_synthetic, created_at, updated_at) SELECT customer, $1, $2, '张三', 'work_order', true, $6, $6 FROM x),
			p AS (INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at) SELECT phone, $2, customer, enc, hash, last4, 'mobile', $6 FROM x)
			INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority,
				not_before, due_at, phone_id, next_attempt_at, attempts, created_at, updated_at)
			SELECT task, $1, $2, 'followup_3d', 'service', CASE WHEN $7 + i <= 2000 THEN 'completed' WHEN i % 5 = 0 THEN 'retry_wait' ELSE 'queued' END, customer, task::text, 'TR-01', 'csi_followup_3d', 1, 40 + i % 3 * 10,
				$6::timestamptz - (i % 400) * interval '1 hour', $6::timestamptz + (i % 700 - 400) * interval '1 hour', phone,
				CASE WHEN i % 5 = 0 THEN $6::timestamptz + (i % 200 - 100) * interval '1 hour' END, CASE WHEN i % 5 = 0 THEN 1 ELSE 0 END, $6, $6 FROM x`,
			w.group, w.store, sealed, hashes, last4, now, first-begin)
	}
	w.db.Exec(w.t, `SET session_replication_role = origin`)
}

// timedPhones notes how long an answered customer waited for an agent.
type timedPhones struct {
	*fakeExchange
	mu       sync.Mutex // guards the fields below
	answered map[uuid.UUID]time.Time
	chosen   []time.Duration
	nobody   int
}

func (p *timedPhones) Dial(ctx context.Context, spec telephony.CallSpec, observe func(telephony.CallEvent)) error {
	return p.fakeExchange.Dial(ctx, spec, func(e telephony.CallEvent) {
		if e.Kind == telephony.CallAnswered {
			p.mu.Lock()
			p.answered[e.Call] = time.Now()
			p.mu.Unlock()
		}
		observe(e)
	})
}

func (p *timedPhones) Bridge(call, agent uuid.UUID) error {
	p.mu.Lock()
	if at, ok := p.answered[call]; ok {
		p.chosen = append(p.chosen, time.Since(at))
		delete(p.answered, call)
	}
	p.mu.Unlock()
	return p.fakeExchange.Bridge(call, agent)
}

func (p *timedPhones) Announce(call uuid.UUID, prompt string) error {
	p.mu.Lock()
	p.nobody++
	p.mu.Unlock()
	return p.fakeExchange.Announce(call, prompt)
}

func (p *timedPhones) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chosen, p.nobody = nil, 0
}

func (p *timedPhones) told() ([]time.Duration, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.chosen), p.nobody
}

// timedHopper notes how long a refill takes: from the question how much waits to
// its beginning, and the writing.
type timedHopper struct {
	waiting
	mu           sync.Mutex // guards the fields below
	asked        map[uuid.UUID]time.Time
	reads, fills []time.Duration
}

func (h *timedHopper) Len(ctx context.Context, campaign uuid.UUID) (int, error) {
	n, err := h.waiting.Len(ctx, campaign)
	h.mu.Lock()
	h.asked[campaign] = time.Now()
	h.mu.Unlock()
	return n, err
}

func (h *timedHopper) Fill(ctx context.Context, campaign uuid.UUID, next []dialer.Next) error {
	began := time.Now()
	err := h.waiting.Fill(ctx, campaign, next)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads, h.fills = append(h.reads, began.Sub(h.asked[campaign])), append(h.fills, time.Since(began))
	return err
}

func (h *timedHopper) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads, h.fills = nil, nil
}

func (h *timedHopper) told() (reads, fills []time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.reads), slices.Clone(h.fills)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// quantileOf is in milliseconds; 0 of nothing.
func quantileOf(all []time.Duration, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return ms(all[int(math.Ceil(q*float64(len(all))))-1])
}

// usedCPU is user and system time.
type usedCPU struct{ here, postgres time.Duration }

func (u usedCPU) since(before usedCPU) usedCPU {
	return usedCPU{u.here - before.here, u.postgres - before.postgres}
}

// benchCPU asks the kernel about this process and about the test cluster's
// sessions of this program's databases, by their titles.
func benchCPU() usedCPU {
	var self syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	out := usedCPU{here: time.Duration(self.Utime.Nano() + self.Stime.Nano())}
	mine := fmt.Sprintf("test_%d_", os.Getpid())
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		title, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil || !strings.Contains(string(title), mine) {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		_, rest, found := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); err == nil && found && len(f) > 12 { // proc(5): utime, stime in 1/100 s
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			out.postgres += time.Duration(user+system) * 10 * time.Millisecond
		}
	}
	return out
}

// spread is a histogram's counts up to each bound.
type spread struct {
	sum    float64
	count  uint64
	bounds []float64
	up     []uint64
}

func histogram(r *prometheus.Registry, name string) spread {
	families, _ := r.Gather()
	var out spread
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		h := f.GetMetric()[0].GetHistogram()
		out.sum, out.count = h.GetSampleSum(), h.GetSampleCount()
		for _, b := range h.GetBucket() {
			out.bounds, out.up = append(out.bounds, b.GetUpperBound()), append(out.up, b.GetCumulativeCount())
		}
	}
	return out
}

// counted are a counter's values by its one label.
func counted(r *prometheus.Registry, name string) map[string]float64 {
	families, _ := r.Gather()
	out := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			out[m.GetLabel()[0].GetValue()] += m.GetCounter().GetValue()
		}
	}
	return out
}

// shares are what a counter's labels have got since before, in percent.
func shares(before, now map[string]float64) string {
	all := 0.0
	for label := range now {
		all += now[label] - before[label]
	}
	var out []string
	for _, label := range slices.Sorted(maps.Keys(now)) {
		out = append(out, fmt.Sprintf("%s %.0f %%", label, 100*(now[label]-before[label])/max(1, all)))
	}
	return strings.Join(out, ", ")
}

func (s spread) since(before spread) spread {
	s.sum, s.count, s.up = s.sum-before.sum, s.count-before.count, slices.Clone(s.up)
	for i := range before.up {
		s.up[i] -= before.up[i]
	}
	return s
}

// shares are how many were at most as long as each bound.
func (s spread) shares() string {
	var out []string
	for i, b := range s.bounds {
		if b >= .01 {
			out = append(out, fmt.Sprintf("≤ %g ms %.0f %%", 1000*b, 100*float64(s.up[i])/float64(max(1, s.count))))
		}
	}
	return strings.Join(out, ", ")
}
