package main

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/internal/redis"
)

// check holds all that the world has seen so far against the record. It is made
// after each fault and once more at the end; what is wrong is told once.
func (h *crashHouse) check() {
	h.t.Helper()
	h.checkServers()
	h.checkCalls()
	h.checkCounts()
	h.checkSaved()
	for _, s := range h.ledger.sofar().broken {
		h.wrong("the ledger did not hold: %+v", s)
	}
	h.checkActs()
	h.redisAgrees()
}

func (h *crashHouse) wrong(format string, args ...any) {
	h.t.Helper()
	what := fmt.Sprintf(format, args...)
	if !h.told[what] {
		h.told[what] = true
		h.t.Errorf("%s", what)
	}
}

// checkServers: no server ends that nobody has killed. One that did is started
// again, as by an init system.
func (h *crashHouse) checkServers() {
	h.t.Helper()
	for _, n := range h.nodes {
		if n.whole() && !n.up() {
			h.wrong("node %d has ended by itself", n.i)
			n.take()
			h.mending.Go(n.again)
		}
	}
}

// soonestRetry is below every retry interval of spec 2.4.2.
const soonestRetry = 10 * time.Minute

// checkCalls: the carrier's own log has each attempt once and each customer once,
// and the record knows of every call.
func (h *crashHouse) checkCalls() {
	h.t.Helper()
	invites, rang := h.street.log()
	calls, numbers := map[string]int{}, map[string]streetInvite{}
	var ids, again []string
	for _, in := range invites {
		if calls[in.Attempt]++; calls[in.Attempt] > 1 || rang[in.CallID] > 1 {
			h.wrong("attempt %s called its customer more than once", in.Attempt)
		} else {
			ids = append(ids, in.Attempt)
		}
		if before, twice := numbers[in.Number]; twice && in.At.Sub(before.At) < soonestRetry {
			again = append(again, before.Attempt)
		}
		numbers[in.Number] = in
	}
	if known := ask[int](h, `SELECT count(*) FROM attempt WHERE id = ANY ($1::uuid[]) AND dialed_at IS NOT NULL AND state NOT IN ('planned','void','refused')`, ids); known != len(ids) {
		h.wrong("the carrier was called for %d attempts, the record knows %d of them as dialed", len(ids), known)
	}
	for _, id := range ask[[]string](h, `SELECT coalesce(array_agg(id::text || ' (' || line_result || ')'), '{}') FROM attempt
		WHERE id = ANY ($1::uuid[]) AND line_result NOT IN ('caller_cancel','trunk_fault')`, again) { // those are called again now (spec 2.4.2)
		h.wrong("a customer was called again after attempt %s", id)
	}
}

// checkCounts: what a number has been through (CG-08) is what the attempts say.
func (h *crashHouse) checkCounts() {
	h.t.Helper()
	for _, id := range ask[[]string](h, `SELECT coalesce(array_agg(a.id::text), '{}') FROM attempt a
		WHERE a.dialed_at IS NOT NULL AND NOT (a.state = 'failed' AND a.ringing_at IS NULL AND a.line_result IN ('caller_cancel','trunk_fault'))
			AND a.detail <> 'credit' AND NOT EXISTS (SELECT FROM number_attempt x WHERE x.group_id = a.group_id AND x.phone_hash = a.phone_hash AND x.attempt_id = a.id)`) {
		h.wrong("attempt %s does not count for its number", id)
	}
	if n := ask[int](h, `SELECT count(*) FROM number_attempt x WHERE NOT EXISTS (SELECT FROM attempt a WHERE a.id = x.attempt_id AND a.dialed_at IS NOT NULL)`); n > 0 {
		h.wrong("%d calls count for a number that were never made", n)
	}
}

// checkSaved: every answer and every result that a console showed as saved is there.
func (h *crashHouse) checkSaved() {
	h.t.Helper()
	var responses, keys, results []string
	for _, a := range h.agents {
		saved, wraps := a.kept()
		for _, s := range saved {
			responses, keys = append(responses, s.Response), append(keys, s.Key)
		}
		results = append(results, wraps...)
	}
	for _, lost := range ask[[]string](h, `SELECT coalesce(array_agg(s.key || ' of response ' || s.response), '{}') FROM unnest($1::uuid[], $2::text[]) s (response, key)
		WHERE NOT EXISTS (SELECT FROM answer a WHERE a.response_id = s.response AND a.key = s.key)`, responses, keys) {
		h.wrong("the answer to %s was shown as saved and is not there", lost)
	}
	for _, lost := range ask[[]string](h, `SELECT coalesce(array_agg(s.id::text), '{}') FROM unnest($1::uuid[]) s (id)
		WHERE NOT EXISTS (SELECT FROM attempt a WHERE a.id = s.id AND a.disposition <> '')`, results) {
		h.wrong("the result of attempt %s was taken and is not there", lost)
	}
	h.answers, h.results = len(keys), len(results)
}

// redisAgrees: what Redis keeps comes to what Postgres says, whatever happened.
func (h *crashHouse) redisAgrees() {
	h.t.Helper()
	members := func(key string) ([]string, error) {
		m, err := h.hot.Client().ZRange(h.t.Context(), key+h.campaign.String(), 0, -1).Result()
		slices.Sort(m)
		return m, err
	}
	h.within(30*time.Second, "the hopper holds only tasks that wait", func() bool {
		waiting, err := members("rb:hopper:")
		return err == nil && len(waiting) > 0 &&
			ask[int](h, `SELECT count(*) FROM task WHERE id = ANY ($1::uuid[]) AND state IN ('queued','retry_wait','pending')`, waiting) == len(waiting)
	})
	h.within(30*time.Second, "the index of ready agents is that of the record", func() bool {
		ready, err := members("acd:ready:")
		return err == nil && slices.Equal(ready, ask[[]string](h, `SELECT coalesce(array_agg(user_id::text ORDER BY user_id::text), '{}') FROM agent_session
			WHERE campaign_id = $1 AND state = 'ready' AND audio_up AND signed_off_at IS NULL`, h.campaign))
	})
}

func (h *crashHouse) openRedis() {
	var err error
	h.hot, err = redis.Open(h.t.Context(), redis.Options{URL: h.redis.url(), Logger: slog.New(slog.DiscardHandler)})
	must(h.t, err)
	h.t.Cleanup(func() { _ = h.hot.Close() })
}

// settle stops planning and waits until nobody is on the line.
func (h *crashHouse) settle() {
	h.t.Helper()
	ask[uuid.UUID](h, `UPDATE campaign SET state = 'paused', state_reason = 'user' WHERE id = $1 RETURNING id`, h.campaign)
	h.within(time.Minute, "every call is over", func() bool {
		return ask[int](h, `SELECT count(*) FROM attempt WHERE state IN ('planned','dialing','ringing','checking','answered','bridged','wrap')`) == 0
	})
	h.within(30*time.Second, "no task is held", func() bool { return ask[int](h, `SELECT count(*) FROM task WHERE state = 'in_progress'`) == 0 })
}

func (h *crashHouse) within(d time.Duration, what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(d); !ok(); pause(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.wrong("not within %v: %s; %s", d, what, h.standing())
			return
		}
	}
}

// tellSeen prints what the shift came to.
func (h *crashHouse) tellSeen() {
	h.t.Helper()
	l := h.ledger.sofar()
	invites, _ := h.street.log()
	if h.answers == 0 || h.results == 0 || l.samples == 0 {
		h.t.Errorf("%d answers, %d results, %d samples: the shift did not work", h.answers, h.results, l.samples)
	}
	states, err := askOnce[string](h, `SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) n FROM attempt GROUP BY 1) x`)
	if err != nil {
		states = err.Error()
	}
	h.t.Logf("granted: %s", h.acts())
	h.t.Logf("%d customers called, at most %.1f s between two of them, %d answers and %d results saved; the ledger read %d times: broken %d, after somebody vanished %d; most lines ahead of agents %+v; states %s",
		len(invites), h.street.silence().Seconds(), h.answers, h.results, l.samples, len(l.broken), l.apart, l.most, states)
}
