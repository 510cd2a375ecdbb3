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
	for _, c := range []struct{ busy, seen, queued, want int }{
		{0, 0, 0, 5}, {0, 3, 3, 2}, {0, 5, 5, 0}, {0, 9, 9, 0}, // by calls per second
		{28, 0, 0, 2}, {30, 0, 0, 0}, {28, 28, 4, 1}, // by channels, too
		{3, 28, 0, 2}, {3, 30, 0, 0}, // which other stores use
	} {
		way.Busy = c.busy
		house.Lines = []line{way}
		l := load{house: house, traffic: traffic{queued: c.queued, channels: c.seen}}
		if got := l.trunk(); got != c.want {
			t.Errorf("%+v: %d lines, want %d", c, got, c.want)
		}
	}
}

func TestTheTrafficOfATrunkIsBelievedForASecond(t *testing.T) {
	t.Parallel()
	var p paceByTrunk
	trunk, other, now := uuid.New(), uuid.New(), time.Now()
	p.join(trunk) // nothing is known of it yet
	if got := p.traffic(trunk, now); got != (traffic{}) {
		t.Errorf("%+v before the first claim, want nothing", got)
	}
	p.saw(trunk, traffic{queued: 3, channels: 10, at: now})
	p.join(trunk)
	p.join(other)
	for _, c := range []struct {
		trunk            uuid.UUID
		after            time.Duration
		queued, channels int
	}{{trunk, 0, 4, 11}, {trunk, trafficFor - 1, 4, 11}, {trunk, trafficFor, 0, 0}, {other, 0, 0, 0}} {
		if got := p.traffic(c.trunk, now.Add(c.after)); got.queued != c.queued || got.channels != c.channels {
			t.Errorf("after %s %+v, want %d waiting and %d channels", c.after, got, c.queued, c.channels)
		}
	}
}
