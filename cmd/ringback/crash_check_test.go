package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/redis"
)

// ledgerSample is PACING.md §2's inequality at one moment, read in one statement.
type ledgerSample struct {
	CapBP               int `db:"cap_bp"`
	A, B, R, W, I, V, D int
}

// holds is the inequality; vanished agents (V) and people who lost their call with
// its server (D) are let off when asked.
func (s ledgerSample) holds(apart bool) bool {
	left := s.B + s.W + max(0, s.R-s.I)
	if apart {
		left -= s.V + s.D
	}
	return 10000*left <= s.CapBP*s.A
}

// ledgerSeen is what was read during the run.
type ledgerSeen struct {
	samples, apart int
	broken         []ledgerSample
	most           ledgerSample // with the most lines beyond ready agents
}

// watchLedger reads the ledger until the returned function is called.
func (h *crashHouse) watchLedger() func() ledgerSeen {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan ledgerSeen)
	go func() {
		var seen ledgerSeen
		var c *pgx.Conn
		for ctx.Err() == nil {
			s, err := h.sample(ctx, &c)
			if err == nil {
				seen.add(s)
			}
			pause(20 * time.Millisecond)
		}
		if c != nil {
			_ = c.Close(context.Background())
		}
		done <- seen
	}()
	return func() ledgerSeen { stop(); return <-done }
}

func (l *ledgerSeen) add(s ledgerSample) {
	l.samples++
	switch {
	case s.holds(false):
	case s.holds(true):
		l.apart++
	default:
		l.broken = append(l.broken, s)
	}
	if s.R-s.I > l.most.R-l.most.I {
		l.most = s
	}
}

func (h *crashHouse) sample(ctx context.Context, c **pgx.Conn) (s ledgerSample, err error) {
	if *c == nil || (*c).IsClosed() {
		if *c, err = pgx.Connect(ctx, h.cluster.ownerURL()); err != nil {
			return s, err
		}
	}
	rows, err := (*c).Query(ctx, `SELECT c.cap_bp,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned') AND answered_at IS NOT NULL) AS a,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'abandoned') AS b,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'abandoned' AND detail = 'node_lost') AS d,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS r,
		(SELECT count(*) FROM attempt WHERE campaign_id = c.id AND state = 'answered' AND agent_id IS NULL) AS w,
		(SELECT count(*) FROM agent_session WHERE campaign_id = c.id AND state = 'ready' AND signed_off_at IS NULL) AS i,
		(SELECT count(*) FROM campaign_vanished WHERE campaign_id = c.id) AS v
		FROM campaign c WHERE c.id = $1`, h.campaign)
	if err != nil {
		return s, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ledgerSample])
}

// settle stops planning and waits until nobody is on the line.
func (h *crashHouse) settle() {
	h.t.Helper()
	h.redisAgrees()
	ask[uuid.UUID](h, `UPDATE campaign SET state = 'paused', state_reason = 'user' WHERE id = $1 RETURNING id`, h.campaign)
	h.within(time.Minute, "every call is over", func() bool {
		return ask[int](h, `SELECT count(*) FROM attempt WHERE state IN ('planned','dialing','ringing','checking','answered','bridged','wrap')`) == 0
	})
	h.within(30*time.Second, "no task is held", func() bool { return ask[int](h, `SELECT count(*) FROM task WHERE state = 'in_progress'`) == 0 })
}

func (h *crashHouse) within(d time.Duration, what string, ok func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(d)
	for !ok() {
		if time.Now().After(deadline) {
			h.t.Errorf("not within %v: %s", d, what)
			return
		}
		pause(100 * time.Millisecond)
	}
}

// redisAgrees: what Redis keeps comes to what Postgres says, whatever happened.
func (h *crashHouse) redisAgrees() {
	h.t.Helper()
	hot, err := redis.Open(h.t.Context(), redis.Options{URL: h.redis.url(), Logger: slog.New(slog.DiscardHandler)})
	must(h.t, err)
	defer func() { _ = hot.Close() }()
	members := func(key string) []string {
		m, err := hot.Client().ZRange(h.t.Context(), key+h.campaign.String(), 0, -1).Result()
		must(h.t, err)
		slices.Sort(m)
		return m
	}
	h.within(30*time.Second, "the hopper holds only tasks that wait", func() bool {
		waiting := members("rb:hopper:")
		return len(waiting) > 0 && ask[int](h, `SELECT count(*) FROM task WHERE id::text = ANY ($1) AND state IN ('queued','retry_wait','pending')`, waiting) == len(waiting)
	})
	h.within(30*time.Second, "the index of ready agents is that of the record", func() bool {
		return slices.Equal(members("acd:ready:"), ask[[]string](h, `SELECT coalesce(array_agg(user_id::text ORDER BY user_id::text), '{}') FROM agent_session
			WHERE campaign_id = $1 AND state = 'ready' AND audio_up AND signed_off_at IS NULL`, h.campaign))
	})
}

// check holds what the world has seen against the record.
func (h *crashHouse) check(l ledgerSeen) {
	t := h.t
	t.Helper()
	invites, rang := h.street.log()
	calls, numbers := map[string]int{}, map[string]string{}
	for _, in := range invites {
		calls[in.Attempt]++
		if calls[in.Attempt] > 1 || rang[in.CallID] > 1 {
			t.Errorf("attempt %s called its customer more than once", in.Attempt)
		}
		if before, again := numbers[in.Number]; again {
			if how := ask[string](h, `SELECT line_result FROM attempt WHERE id = $1::uuid`, before); how != "caller_cancel" && how != "trunk_fault" { // those are called again now (spec 2.4.2)
				t.Errorf("%s was called twice: by %s (%s) and %s", in.Number[len(in.Number)-4:], before, how, in.Attempt)
			}
		}
		numbers[in.Number] = in.Attempt
	}
	ids := make([]string, 0, len(calls))
	for id := range calls {
		ids = append(ids, id)
	}
	if known := ask[int](h, `SELECT count(*) FROM attempt WHERE id::text = ANY ($1) AND dialed_at IS NOT NULL AND state NOT IN ('planned','void','refused')`, ids); known != len(ids) {
		t.Errorf("the carrier was called for %d attempts, the record knows %d of them as dialed", len(ids), known)
	}
	answers, results := 0, 0
	for _, a := range h.agents {
		saved, wraps := a.kept()
		answers, results = answers+len(saved), results+len(wraps)
		for _, s := range saved {
			if ask[int](h, `SELECT count(*) FROM answer WHERE response_id = $1::uuid AND key = $2`, s.Response, s.Key) == 0 {
				t.Errorf("the answer to %s of response %s was shown as saved and is not there", s.Key, s.Response)
			}
		}
		if n := ask[int](h, `SELECT count(*) FROM attempt WHERE id::text = ANY ($1) AND disposition <> ''`, wraps); n != len(slices.Compact(slices.Sorted(slices.Values(wraps)))) {
			t.Errorf("%s saved %d results, the record has %d", benchLogin(a.i), len(wraps), n)
		}
	}
	for _, s := range l.broken[:min(5, len(l.broken))] {
		t.Errorf("the ledger did not hold: %+v", s)
	}
	if answers == 0 || results == 0 || l.samples == 0 {
		t.Errorf("%d answers, %d results, %d samples: the shift did not work", answers, results, l.samples)
	}
	t.Logf("%d customers called, %d answers and %d results saved; the ledger read %d times: broken %d, after somebody vanished %d; most lines ahead of agents %+v; states %s",
		len(invites), answers, results, l.samples, len(l.broken), l.apart, l.most,
		ask[string](h, `SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) n FROM attempt GROUP BY 1) x`))
}
