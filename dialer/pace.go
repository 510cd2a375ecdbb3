package dialer

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// paceByTrunk keeps calls per second on this node. The zero value works.
type paceByTrunk struct {
	mu   sync.Mutex
	sent map[uuid.UUID][]time.Time
}

// wait returns when one more call keeps any sliding second within max, and
// counts it as sent.
func (p *paceByTrunk) wait(ctx context.Context, trunk uuid.UUID, max int) {
	for {
		delay := p.take(trunk, max, time.Now())
		if delay <= 0 || ctx.Err() != nil {
			return
		}
		pause(ctx, delay)
	}
}

// take is 0 when the call may be sent now, else how long to wait.
func (p *paceByTrunk) take(trunk uuid.UUID, max int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[uuid.UUID][]time.Time{}
	}
	sent := p.sent[trunk]
	if len(sent) >= max {
		if left := slideOver - now.Sub(sent[len(sent)-max]); left > 0 {
			return left + time.Millisecond
		}
		sent = sent[len(sent)-max+1:]
	}
	p.sent[trunk] = append(append([]time.Time(nil), sent...), now)
	return 0
}
