package obs

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const checkTime = 2 * time.Second // longest a check may take

// Health answers /healthz (the process is alive) and /readyz (it can take
// work).
//
//	ready → unready while a required check fails → ready
//	any → draining (for good)
type Health struct {
	log *slog.Logger

	mu       sync.Mutex // guards what follows
	checks   []check
	draining bool
}

type check struct {
	name     string
	required bool
	ask      func(context.Context) error
	failing  bool
}

// NewHealth has no checks and is ready.
func NewHealth(log *slog.Logger) *Health { return &Health{log: log} }

// Require adds something without which the node can take no work, such as
// Postgres. ask gets two seconds.
func (h *Health) Require(name string, ask func(context.Context) error) { h.add(name, true, ask) }

// Watch adds something whose loss is shown and survived, such as Redis.
func (h *Health) Watch(name string, ask func(context.Context) error) { h.add(name, false, ask) }

func (h *Health) add(name string, required bool, ask func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks = append(h.checks, check{name: name, required: required, ask: ask})
}

// Drain makes the node unready for good: it is shutting down.
func (h *Health) Drain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
}

// Live is /healthz. It asks nothing of others: restarting this process would
// not bring them back.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, report{Status: "ok"})
}

// report is the body of both pages. Errors go to the log, not to strangers.
type report struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"` // ok or failing
}

// Ready is /readyz: 200, or 503 while draining or while a required check fails.
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	checks, draining := append([]check(nil), h.checks...), h.draining
	h.mu.Unlock()
	rep, status := report{Status: "ready", Checks: map[string]string{}}, http.StatusOK
	for i, err := range askAll(r.Context(), checks) {
		rep.Checks[checks[i].name] = word(err)
		h.note(i, err)
		if err != nil && checks[i].required {
			rep.Status, status = "unready", http.StatusServiceUnavailable
		}
	}
	if draining {
		rep.Status, status = "draining", http.StatusServiceUnavailable
	}
	answer(w, status, rep)
}

func askAll(ctx context.Context, checks []check) []error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	said := make([]error, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { said[i] = c.ask(ctx) })
	}
	wg.Wait()
	return said
}

func word(err error) string {
	if err != nil {
		return "failing"
	}
	return "ok"
}

// note logs a check when it changes, not each time it is asked.
func (h *Health) note(i int, err error) {
	h.mu.Lock()
	c := &h.checks[i]
	changed, name := c.failing != (err != nil), c.name
	c.failing = err != nil
	h.mu.Unlock()
	switch {
	case changed && err != nil:
		h.log.Error("health check fails", "check", name, "error", err)
	case changed:
		h.log.Info("health check is well again", "check", name)
	}
}

func answer(w http.ResponseWriter, status int, rep report) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(rep)
}
