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

// wait returns when one more call keeps any sliding second within perSecond, and
// counts it as sent.
func (p *paceByTrunk) wait(ctx context.Context, trunk uuid.UUID, perSecond int) {
	for {
		delay := p.take(trunk, perSecond, time.Now())
		if delay <= 0 || ctx.Err() != nil {
			return
		}
		pause(ctx, delay)
	}
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
