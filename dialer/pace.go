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

// paceByTrunk keeps calls per second on this node, and how full each trunk was seen.
// The zero value works.
type paceByTrunk struct {
	mu   sync.Mutex // guards the fields below
	sent map[uuid.UUID][]time.Time
	seen map[uuid.UUID]traffic
}

// traffic is what a trunk had on it of all stores' calls when one was claimed last,
// and what this node has planned since.
type traffic struct {
	queued   int // planned calls
	channels int // in use, the planned ones included
	at       time.Time
}

// trafficFor is how long traffic is believed: without a claim since, there may be none.
const trafficFor = time.Second

// saw keeps a trunk's traffic.
func (p *paceByTrunk) saw(trunk uuid.UUID, t traffic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[uuid.UUID]traffic{}
	}
	p.seen[trunk] = t
}

// join counts one that was planned.
func (p *paceByTrunk) join(trunk uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.seen[trunk]; ok {
		t.queued++
		t.channels++
		p.seen[trunk] = t
	}
}

// traffic of a trunk as far as is known.
func (p *paceByTrunk) traffic(trunk uuid.UUID, now time.Time) traffic {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.seen[trunk]; now.Sub(t.at) < trafficFor {
		return t
	}
	return traffic{}
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
