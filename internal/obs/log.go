// Package obs sets up what a running node tells about itself: JSON logs in which
// a repeated error is counted and told once, Prometheus metrics, and the health
// pages /healthz and /readyz.
//
// It owns no metric and no check of a room. Only cmd imports it; rooms take a
// *slog.Logger and a prometheus.Registerer.
package obs

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	window  = 10 * time.Second
	burst   = 5    // records of one kind told in each window
	maxKind = 1000 // kinds watched at once
)

// NewLogger writes JSON lines to w: time, level, msg and the attributes. Of a
// warning or error with the same message only the first five in ten seconds are
// written; Repeats counts the rest.
func NewLogger(w io.Writer, level slog.Leveler) (*slog.Logger, *Repeats) {
	out := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	r := &Repeats{out: out, kinds: map[kind]*tally{}}
	return slog.New(limited{out, r}), r
}

// Repeats is what the log kept back.
type Repeats struct {
	out slog.Handler

	mu    sync.Mutex // guards kinds
	kinds map[kind]*tally
}

type kind struct {
	level   slog.Level
	message string
}

type tally struct {
	since time.Time
	told  int
	kept  int
}

// Run tells every ten seconds, and once more at its end, what was kept back.
func (r *Repeats) Run(ctx context.Context) error {
	tick := time.NewTicker(window)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			r.tell(context.WithoutCancel(ctx), time.Now())
			return nil
		case now := <-tick.C:
			r.tell(ctx, now)
		}
	}
}

// tell writes one line for each kind with records kept back, and forgets the
// quiet kinds.
func (r *Repeats) tell(ctx context.Context, now time.Time) {
	r.mu.Lock()
	var lines []slog.Record
	for k, t := range r.kinds {
		if t.kept > 0 {
			line := slog.NewRecord(now, k.level, k.message, 0)
			line.AddAttrs(slog.Int("repeated", t.kept), slog.Time("since", t.since))
			lines = append(lines, line)
			t.kept = 0
		} else if now.Sub(t.since) >= window {
			delete(r.kinds, k)
		}
	}
	r.mu.Unlock()
	for _, l := range lines {
		_ = r.out.Handle(ctx, l)
	}
}

// admit decides whether a record is written.
func (r *Repeats) admit(rec slog.Record) bool {
	if rec.Level < slog.LevelWarn {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k := kind{rec.Level, rec.Message}
	t, ok := r.kinds[k]
	if !ok {
		if len(r.kinds) >= maxKind {
			return true
		}
		t = &tally{since: rec.Time}
		r.kinds[k] = t
	}
	if rec.Time.Sub(t.since) >= window {
		t.since, t.told = rec.Time, 0
	}
	if t.told >= burst {
		t.kept++
		return false
	}
	t.told++
	return true
}

// limited is a handler whose relatives (With, WithGroup) share one Repeats.
type limited struct {
	slog.Handler
	repeats *Repeats
}

func (l limited) Handle(ctx context.Context, rec slog.Record) error {
	if !l.repeats.admit(rec) {
		return nil
	}
	return l.Handler.Handle(ctx, rec)
}

func (l limited) WithAttrs(a []slog.Attr) slog.Handler {
	return limited{l.Handler.WithAttrs(a), l.repeats}
}

func (l limited) WithGroup(name string) slog.Handler {
	return limited{l.Handler.WithGroup(name), l.repeats}
}
