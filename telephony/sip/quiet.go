package sip

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietEvery is how often one message of sipgo's is logged at most.
const quietEvery = 10 * time.Second

// quiet wraps a logger for sipgo: it lets each message through once every ten
// seconds with the number left out since, and drops the attribute that holds the
// raw datagram (a flood of garbage would fill the disk, and datagrams name people).
func quiet(l *slog.Logger) *slog.Logger {
	return slog.New(&quietHandler{next: l.Handler(), memory: &quietMemory{last: map[string]*quietLine{}}})
}

type quietHandler struct {
	next   slog.Handler
	memory *quietMemory
}

// quietMemory is shared by the handlers derived with WithAttrs.
type quietMemory struct {
	mu   sync.Mutex
	last map[string]*quietLine
}

type quietLine struct {
	at      time.Time
	omitted int
}

// admit tells whether a message may be logged now, and how many were left out.
func (m *quietMemory) admit(msg string, now time.Time) (omitted int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	line := m.last[msg]
	if line == nil {
		m.last[msg] = &quietLine{at: now}
		return 0, true
	}
	if now.Sub(line.at) < quietEvery {
		line.omitted++
		return 0, false
	}
	omitted, line.omitted, line.at = line.omitted, 0, now
	return omitted, true
}

// Enabled drops sipgo's debug and info lines: they tell of every message.
func (h *quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.next.Enabled(ctx, level)
}

// Handle logs the record without raw data, at most once in quietEvery.
func (h *quietHandler) Handle(ctx context.Context, r slog.Record) error {
	omitted, ok := h.memory.admit(r.Message, r.Time)
	if !ok {
		return nil
	}
	// What travels on the network is a peer's doing, not our failure.
	out := slog.NewRecord(r.Time, min(r.Level, slog.LevelWarn), "sip stack: "+r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" || a.Key == "caller" {
			out.AddAttrs(a)
		}
		return true
	})
	if omitted > 0 {
		out.AddAttrs(slog.Int("omitted", omitted))
	}
	return h.next.Handle(ctx, out)
}

// WithAttrs keeps the shared memory.
func (h *quietHandler) WithAttrs(a []slog.Attr) slog.Handler {
	return &quietHandler{next: h.next.WithAttrs(a), memory: h.memory}
}

// WithGroup keeps the shared memory.
func (h *quietHandler) WithGroup(name string) slog.Handler {
	return &quietHandler{next: h.next.WithGroup(name), memory: h.memory}
}
