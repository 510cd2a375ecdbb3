package dialer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// slot returns when the INVITE may leave. All nodes count a trunk's calls by
// dialed_at under the trunk's lock. A node whose commit took longer than slotLate
// has missed its moment and takes another, so that any second that slides holds
// at most the trunk's calls per second, whichever nodes send them. An error means
// that there shall be no INVITE: the attempt is this node's no more, or the gate's
// word is older than voidAfter.
func (d *Dialer) slot(ctx context.Context, c claimed) error {
	at := *c.attempt.DialedAt
	for limit := at.Add(voidAfter); ctx.Err() == nil && time.Now().Before(limit); {
		wait := slotLate
		if time.Since(at) < slotLate {
			if wait = d.paces.take(*c.attempt.TrunkID, c.maxCPS, time.Now()); wait <= 0 {
				return nil
			}
		} else {
			again, err := d.takeSlot(ctx, c.attempt)
			switch {
			case err == nil:
				at = again
				continue
			case errors.Is(err, ErrNotMoved):
				return err
			}
		}
		pause(ctx, wait)
	}
	return errSlotPassed
}

var errSlotPassed = errors.New("the moment to call has passed")

// takeSlot moves an attempt's dialed_at to now; errTrunkFull when that second is
// full, ErrNotMoved when another node has closed the attempt.
func (d *Dialer) takeSlot(ctx context.Context, a Attempt) (at time.Time, err error) {
	err = d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		was, err := oneAttempt(ctx, tx, `SELECT `+attemptColumns+` FROM attempt a WHERE a.id = $1 AND a.state = 'dialing' AND a.node_id = $2 FOR UPDATE`, a.ID, d.node)
		if isMissing(err) {
			return ErrNotMoved
		}
		if err != nil {
			return err
		}
		trunk, err := lockTrunk(ctx, tx, *a.TrunkID)
		if err != nil {
			return err
		}
		at = realNow()
		if at.Sub(*was.DialedAt) < slideWide { // it counts itself
			trunk.Recent--
		}
		if trunk.Recent >= trunk.MaxCPS {
			return errTrunkFull
		}
		_, err = tx.Exec(ctx, `UPDATE attempt SET dialed_at = $2 WHERE id = $1`, a.ID, at)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("taking a moment at the trunk: %w", err)
	}
	return at, nil
}

// paceByTrunk keeps calls per second on this node, and how many planned calls wait
// for a trunk. The zero value works.
type paceByTrunk struct {
	mu      sync.Mutex // guards the fields below
	sent    map[uuid.UUID][]time.Time
	waiting map[uuid.UUID]queue
}

// queue is how many planned calls of all campaigns waited for a trunk when one was
// claimed last, and what this node has planned since.
type queue struct {
	n  int
	at time.Time
}

// queueFor is how long a queue is believed: without a claim since, none may be.
const queueFor = time.Second

// wait keeps how many wait.
func (p *paceByTrunk) wait(trunk uuid.UUID, n int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[uuid.UUID]queue{}
	}
	p.waiting[trunk] = queue{n, now}
}

// join counts one that was planned.
func (p *paceByTrunk) join(trunk uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if q, ok := p.waiting[trunk]; ok {
		q.n++
		p.waiting[trunk] = q
	}
}

// queued is how many wait, as far as is known.
func (p *paceByTrunk) queued(trunk uuid.UUID, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if q := p.waiting[trunk]; now.Sub(q.at) < queueFor {
		return q.n
	}
	return 0
}

// take is 0 when the call may be sent now, else how long to wait.
func (p *paceByTrunk) take(trunk uuid.UUID, perSecond int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[uuid.UUID][]time.Time{}
	}
	sent := p.sent[trunk]
	if len(sent) >= perSecond {
		if left := slideOver - now.Sub(sent[len(sent)-perSecond]); left > 0 {
			return left + time.Millisecond
		}
		sent = sent[len(sent)-perSecond+1:]
	}
	p.sent[trunk] = append(append([]time.Time(nil), sent...), now)
	return 0
}
