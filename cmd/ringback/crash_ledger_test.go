package main

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
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

// watchLedger reads the ledger whenever an attempt or an agent changes, until the
// house is closed.
func (h *crashHouse) watchLedger() *ledgerWatch {
	w := &ledgerWatch{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var c *pgx.Conn
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-h.steps.moved:
				if s, err := h.sample(ctx, &c); err == nil {
					w.add(s)
				}
			}
		}
		if c != nil {
			_ = c.Close(context.Background())
		}
	}()
	h.t.Cleanup(func() { stop(); <-done })
	return w
}

// ledgerWatch is what was read so far.
type ledgerWatch struct {
	mu   sync.Mutex // guards the field below
	seen ledgerSeen
}

func (w *ledgerWatch) add(s ledgerSample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.add(s)
}

func (w *ledgerWatch) sofar() ledgerSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
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
	if *c, err = h.connected(ctx, *c); err != nil {
		return s, err
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
