package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

// account of a campaign in its window (PACING.md §1): what the proof needs
// beside its lines and agents.
type account struct {
	window    pacing.Window
	answered  int // A; may be late, never early
	abandoned int // B
	vanished  int // V
	closing   bool
}

// A only grows within a window, and late is safe: it is counted every recountEvery,
// and what was answered before settledAfter has its sum kept for settledFor.
const (
	recountEvery = time.Second
	settledAfter = time.Minute
	settledFor   = 5 * time.Minute
)

// counted is A as it was last counted.
type counted struct {
	window  pacing.Window
	a       int
	at      time.Time
	kept    bool      // settled is known
	settled int       // of a those answered before until
	until   time.Time // else the window's beginning
}

// begun is c as far as it holds at now: nothing is known in another window, nor when
// what is settled has been kept long enough.
func (c counted) begun(w pacing.Window, now time.Time) counted {
	if c.window == w && !c.until.IsZero() && !now.Before(c.until) && now.Sub(c.until) <= settledAfter+settledFor {
		return c
	}
	return counted{window: w, until: time.Unix(w.From, 0)}
}

// with adds those answered since c.until, of whom some were before settles: their
// sum is kept from now on if none is yet.
func (c counted) with(newer, before int, settles, now time.Time) counted {
	c.a, c.at = c.settled+newer, now
	if !c.kept && settles.After(c.until) {
		c.kept, c.settled, c.until = true, before, settles
	}
	return c
}

// recount has A counted from its beginning: whoever begins to lead knows nothing yet.
func (d *Dialer) recount(campaign uuid.UUID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.answered, campaign)
}

// windowOf is the window of now; the campaign's first one begins when it does.
func (l load) windowOf(now time.Time) pacing.Window {
	from := now
	if l.WindowFrom != nil {
		from = *l.WindowFrom
	}
	days := l.house.Rules.Dialing.Abandon.WindowDays
	return pacing.WindowAt(from.Unix(), now.Unix(), int64(days)*24*60*60)
}

// leadTime is how long a line opened now may take until nothing of it is open.
func (l load) leadTime() time.Duration {
	return time.Duration(l.RingSeconds)*time.Second + l.house.Rules.Dialing.Abandon.AgentWithin.Std()
}

// countWindow reads A, B and V. It is asked after the lines and agents were read:
// a call that was answered or let go in between is then counted on both sides,
// which only makes the ledger stricter.
func (d *Dialer) countWindow(ctx context.Context, db postgres.DB, l *load, now time.Time) error {
	w := l.windowOf(now)
	l.account = account{window: w, closing: w.Closing(now.Unix(), int64(l.leadTime().Seconds())+1)}
	from := time.Unix(w.From, 0)
	if err := db.QueryRow(ctx, `SELECT (SELECT count(*) FROM attempt WHERE campaign_id = $1 AND state = 'abandoned' AND answered_at >= $2),
			(SELECT count(*) FROM campaign_vanished WHERE campaign_id = $1 AND at >= $2)`, l.ID, from).Scan(&l.account.abandoned, &l.account.vanished); err != nil {
		return fmt.Errorf("counting abandoned calls and agents who vanished: %w", err)
	}
	d.mu.Lock()
	known, ok := d.answered[l.ID]
	d.mu.Unlock()
	if ok && known.window == w && now.Sub(known.at) < recountEvery && !now.Before(known.at) {
		l.account.answered = known.a
		return nil
	}
	known = known.begun(w, now)
	var newer, before int
	settles := now.Add(-settledAfter)
	if err := db.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE answered_at < $3) FROM attempt WHERE campaign_id = $1 AND answered_at >= $2
		AND state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned')`, l.ID, known.until, settles).Scan(&newer, &before); err != nil {
		return fmt.Errorf("counting persons who answered: %w", err)
	}
	known = known.with(newer, before, settles, now)
	l.account.answered = known.a
	d.mu.Lock()
	d.answered[l.ID] = known
	d.mu.Unlock()
	return nil
}

// proof is the ledger's view of the campaign. Outside predictive mode it has no
// credit: one line per ready agent.
func (l load) proof() pacing.Ledger {
	out := pacing.Ledger{Lines: l.Lines, Waiting: l.Waiting, Ready: l.Ready, Leaving: l.Leaving}
	if l.Mode == Predictive {
		out.CapBP, out.Answered, out.Abandoned, out.Closing = l.CapBP, l.account.answered, l.account.abandoned, l.account.closing
	}
	return out
}

// ledger is the proof when a line is to be opened: with fewer than two agents
// there is no credit either.
func (l load) ledger() pacing.Ledger {
	out := l.proof()
	if !l.predictive() {
		out.CapBP = 0
	}
	return out
}

// fewestAgents is how many must be on duty for predictive dialing (PACING.md §5).
const fewestAgents = 2

// predictive tells whether lines may be opened ahead of ready agents now.
func (l load) predictive() bool { return l.Mode == Predictive && l.OnDuty >= fewestAgents }

// noteVanished keeps that an agent vanished on whom lines may have counted.
func noteVanished(ctx context.Context, db postgres.DB, campaign, store, user uuid.UUID) error {
	_, err := db.Exec(ctx, `INSERT INTO campaign_vanished (id, campaign_id, store_id, user_id, at) VALUES ($1, $2, $3, $4, $5)`,
		uuid.Must(uuid.NewV7()), campaign, store, user, realNow())
	if err != nil {
		return fmt.Errorf("noting an agent who vanished: %w", err)
	}
	return nil
}
