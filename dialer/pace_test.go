package dialer

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestWhatATrunkCannotDialWithinASecondIsNotPlanned(t *testing.T) {
	t.Parallel()
	way := line{State: "ok", TrunkActive: true, Classes: []string{"service"}, DailyCap: 300, MaxChannels: 30, MaxCPS: 5}
	house := callable(t, day(0, 10, 30))
	for _, c := range []struct{ busy, queued, want int }{
		{0, 0, 5}, {0, 3, 2}, {0, 5, 0}, {0, 9, 0}, // by calls per second
		{28, 0, 2}, {30, 0, 0}, {28, 4, 1}, // by channels, too
	} {
		way.Busy = c.busy
		house.Lines = []line{way}
		l := load{house: house, queued: c.queued}
		if got := l.trunk(); got != c.want {
			t.Errorf("%d channels busy and %d calls waiting: %d lines, want %d", c.busy, c.queued, got, c.want)
		}
	}
}

func TestTheQueueOfATrunkIsBelievedForASecond(t *testing.T) {
	t.Parallel()
	var p paceByTrunk
	trunk, other, now := uuid.New(), uuid.New(), time.Now()
	p.join(trunk) // nothing is known of it yet
	if n := p.queued(trunk, now); n != 0 {
		t.Errorf("%d wait before the first claim, want 0", n)
	}
	p.wait(trunk, 3, now)
	p.join(trunk)
	p.join(other)
	for _, c := range []struct {
		trunk uuid.UUID
		after time.Duration
		want  int
	}{{trunk, 0, 4}, {trunk, queueFor - 1, 4}, {trunk, queueFor, 0}, {other, 0, 0}} {
		if n := p.queued(c.trunk, now.Add(c.after)); n != c.want {
			t.Errorf("after %s %d wait, want %d", c.after, n, c.want)
		}
	}
}
