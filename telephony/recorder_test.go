package telephony

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// table is a database that can be away.
type table struct {
	mu   sync.Mutex
	away bool
	rows []record
	at   []time.Time
}

func (d *table) write(_ context.Context, batch []record) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return errors.New("the database is away")
	}
	d.rows = append(d.rows, batch...)
	d.at = append(d.at, time.Now())
	return nil
}

func (d *table) setAway(away bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.away = away
}

func (d *table) seqs() (all []int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rows {
		all = append(all, r.event.Seq)
	}
	return all
}

func testRecorder(d *table) *recorder {
	m := newMetrics(nil)
	r := newRecorder(slog.New(slog.DiscardHandler), m.dropped, m.waiting)
	r.write = d.write
	return r
}

func recording(t *testing.T, fn func(t *testing.T, r *recorder, d *table)) {
	synctest.Test(t, func(t *testing.T) {
		d := &table{}
		r := testRecorder(d)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { r.run(ctx) })
		defer running.Wait()
		defer stop()
		fn(t, r, d)
	})
}

func TestMilestonesAreWrittenAtOnceAndDetailWithin200ms(t *testing.T) {
	recording(t, func(t *testing.T, r *recorder, d *table) {
		call := row{ID: uuid.New()}
		time.Sleep(50 * time.Millisecond)
		r.add(call, timelineRow{Seq: 1, Kind: "ringing"})
		synctest.Wait()
		if len(d.seqs()) != 0 {
			t.Error("detail did not wait for its batch")
		}
		time.Sleep(batchEvery)
		synctest.Wait()
		if len(d.seqs()) != 1 {
			t.Error("detail waited longer than a batch")
		}
		r.add(call, timelineRow{Seq: 2, Kind: "answered"})
		synctest.Wait()
		if len(d.seqs()) != 2 {
			t.Error("an answer was not written at once")
		}
	})
}

func TestRowsWaitInOrderWhileTheDatabaseIsAway(t *testing.T) {
	recording(t, func(t *testing.T, r *recorder, d *table) {
		d.setAway(true)
		call := row{ID: uuid.New()}
		for i := range 1200 {
			r.add(call, timelineRow{Seq: i, Kind: "answered"})
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		d.setAway(false)
		time.Sleep(2 * retryAfter)
		synctest.Wait()
		got := d.seqs()
		if len(got) != 1200 {
			t.Fatalf("%d rows after the database came back, want 1200", len(got))
		}
		for i, seq := range got {
			if seq != i {
				t.Fatalf("row %d has seq %d", i, seq)
			}
		}
		if n := testutil.ToFloat64(r.waiting); n != 0 {
			t.Errorf("%v rows are said to wait", n)
		}
	})
}

func TestAFullQueueGivesUpTheOldestDetailFirst(t *testing.T) {
	t.Parallel()
	d := &table{away: true}
	r := testRecorder(d)
	call := row{ID: uuid.New()}
	r.add(call, timelineRow{Seq: 0, Kind: "answered"})
	for i := 1; i < mostRows; i++ {
		r.add(call, timelineRow{Seq: i, Kind: "ringing"})
	}
	if err := r.flush(t.Context()); err == nil {
		t.Fatal("the database is not away")
	}
	r.add(call, timelineRow{Seq: mostRows, Kind: "ended"})
	if n := testutil.ToFloat64(r.dropped); n != 1 {
		t.Errorf("%v rows dropped, want 1", n)
	}
	d.setAway(false)
	if err := r.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := d.seqs()
	if len(got) != mostRows || got[0] != 0 || got[1] != 2 || got[len(got)-1] != mostRows {
		t.Errorf("%d rows, first %v, last %d", len(got), got[:2], got[len(got)-1])
	}
}

func TestACallDoesNotWaitForTheDatabase(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		stuck := make(chan struct{})
		h.x.rec.write = func(context.Context, []record) error { <-stuck; return nil }
		h.sits()
		h.spec.Agent = h.agent
		leg := h.dial()
		leg.answers()
		h.wantKinds(CallDialing, CallAnswered, CallBridged)
		leg.ends(LegEvent{Cause: EndRemoteBye})
		h.gone()
		close(stuck)
	})
}

func TestTheFirstFrameIsMeasuredOnce(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, h *house) {
		h.sits()
		leg := h.dial()
		leg.answers()
		time.Sleep(40 * time.Millisecond)
		if err := h.x.Bridge(h.spec.ID, h.agent); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			leg.stream.says(quietByte)
		}
		if got := histogram(t, h.x.metrics); got != "1 0.04" {
			t.Errorf("count and sum %s, want 1 0.04", got)
		}
	})
}
