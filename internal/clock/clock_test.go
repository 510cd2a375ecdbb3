package clock

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheFirstOffsetMayBeNegativeAndThenOnlyGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Clock{}
		if err := c.Advance(-48 * time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := c.Advance(-49 * time.Hour); !errors.Is(err, ErrBackwards) {
			t.Fatalf("a smaller offset: got %v, want ErrBackwards", err)
		}
		before := c.Now()
		time.Sleep(time.Second)
		if got := c.Now().Sub(before); got != time.Second {
			t.Fatalf("business time moved %v in one second", got)
		}
		if err := c.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := time.Until(c.Now()).Round(time.Millisecond); got != time.Hour {
			t.Fatalf("offset is %v, want 1h", got)
		}
	})
}

func TestShanghaiIsEightHoursAhead(t *testing.T) {
	_, off := time.Date(2026, 11, 20, 0, 0, 0, 0, Shanghai()).Zone()
	if off != 8*3600 {
		t.Fatalf("offset %d s, want 28800", off)
	}
}
