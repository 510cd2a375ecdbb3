package telephony

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// Bounds of the recorder.
const (
	batchEvery = 200 * time.Millisecond // what is not urgent waits no longer
	retryAfter = 2 * time.Second        // while the database is away
	batchRows  = 500
	mostRows   = 50_000 // about an hour of 5 calls a second
)

// row is the call as its table knows it. Each timeline row carries a copy of its
// moment, so that writing is an upsert of the newest one and can be repeated.
type row struct {
	ID, Group, Store uuid.UUID
	AgentID          *uuid.UUID
	TrunkID          *uuid.UUID
	CalledLast4      string
	CallerNumber     string
	BeganAt          time.Time
	AnsweredAt       *time.Time
	BridgedAt        *time.Time
	EndedAt          *time.Time
	EndCause         string
}

func newRow(spec CallSpec, began time.Time) row {
	r := row{
		ID: spec.ID, Group: spec.Group, Store: spec.Store, CallerNumber: spec.CallerNumber, BeganAt: began,
		CalledLast4: spec.Number[max(0, len(spec.Number)-4):],
	}
	if spec.Agent != uuid.Nil {
		r.AgentID = &spec.Agent
	}
	return r
}

func (r *row) answered(at time.Time) { r.AnsweredAt = &at }

func (r *row) bridged(at time.Time, agent uuid.UUID) { r.BridgedAt, r.AgentID = &at, &agent }

func (r *row) ended(at time.Time, cause string) { r.EndedAt, r.EndCause = &at, cause }

// timelineRow is one row of call_event.
type timelineRow struct {
	Seq  int
	AtUS int64
	Kind string
	Data map[string]any
}

// record is one timeline row with its call as it was then.
type record struct {
	call  row
	event timelineRow
}

// milestone rows are written at once and given up last.
func (r record) milestone() bool {
	switch CallEventKind(r.event.Kind) {
	case CallAnswered, CallBridged, CallEnded:
		return true
	}
	return false
}

// recorder keeps what calls did until it is in the database. Adding never waits.
type recorder struct {
	log     *slog.Logger
	dropped prometheus.Counter
	waiting prometheus.Gauge
	urgent  chan struct{}
	write   func(context.Context, []record) error

	mu      sync.Mutex
	records []record
	away    bool // told in the log
}

func newRecorder(log *slog.Logger, dropped prometheus.Counter, waiting prometheus.Gauge) *recorder {
	return &recorder{
		log: log, dropped: dropped, waiting: waiting, urgent: make(chan struct{}, 1),
		write: func(context.Context, []record) error { return nil },
	}
}

// add queues one row and wakes the writer when it is a milestone.
func (r *recorder) add(call row, event timelineRow) {
	rec := record{call, event}
	r.mu.Lock()
	if len(r.records) >= mostRows {
		r.giveUpOne()
	}
	r.records = append(r.records, rec)
	r.waiting.Set(float64(len(r.records)))
	r.mu.Unlock()
	if rec.milestone() {
		select {
		case r.urgent <- struct{}{}:
		default:
		}
	}
}

// giveUpOne drops the oldest detail, or the oldest of all when there is none; the
// lock is held.
func (r *recorder) giveUpOne() {
	drop := 0
	for i, rec := range r.records {
		if !rec.milestone() {
			drop = i
			break
		}
	}
	r.records = append(r.records[:drop], r.records[drop+1:]...)
	r.dropped.Inc()
}

// run writes until ctx ends.
func (r *recorder) run(ctx context.Context) {
	tick := time.NewTicker(batchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.urgent:
		}
		if r.flush(ctx) != nil && !pause(ctx, retryAfter) {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// flush writes all that waits, in batches.
func (r *recorder) flush(ctx context.Context) error {
	for {
		batch := r.take()
		if len(batch) == 0 {
			return nil
		}
		err := r.write(ctx, batch)
		if err != nil {
			r.putBack(batch)
			r.tell(err)
			return err
		}
		r.tell(nil)
	}
}

func (r *recorder) take() []record {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(batchRows, len(r.records))
	batch := r.records[:n:n]
	r.records = r.records[n:]
	r.waiting.Set(float64(len(r.records)))
	return batch
}

// putBack returns a batch that could not be written to the head of the queue.
func (r *recorder) putBack(batch []record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(batch, r.records...)
	for len(r.records) > mostRows {
		r.giveUpOne()
	}
	r.waiting.Set(float64(len(r.records)))
}

// tell logs once that the database went away, and once that it is back.
func (r *recorder) tell(err error) {
	r.mu.Lock()
	was, n := r.away, len(r.records)
	r.away = err != nil
	r.mu.Unlock()
	switch {
	case err != nil && !was:
		r.log.Warn("calls are kept in memory until the database takes them", "rows", n, "error", err)
	case err == nil && was:
		r.log.Info("the database takes calls again", "rows", n)
	}
}
