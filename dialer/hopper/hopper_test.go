package hopper_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/errs"
	"ringback/internal/redis"
	"ringback/internal/redis/redistest"
)

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func next(scores ...float64) []dialer.Next {
	out := make([]dialer.Next, len(scores))
	for i, s := range scores {
		out[i] = dialer.Next{Task: id(), Score: s}
	}
	return out
}

func TestTheBestTaskComesFirstAndOnlyOnce(t *testing.T) {
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		h, campaign, other, ctx := hopper.New(s), id(), id(), t.Context()
		list := next(3, 1, dialer.AgreedBand+1, 2)
		must(t, h.Fill(ctx, campaign, list))
		must(t, h.Fill(ctx, other, next(0)))
		got, err := h.Pop(ctx, campaign, 2, 2*dialer.AgreedBand)
		must(t, err)
		if diff := cmp.Diff([]uuid.UUID{list[1].Task, list[3].Task}, got); diff != "" {
			t.Error(diff)
		}
		rest, err := h.Pop(ctx, campaign, 10, dialer.AgreedBand)
		must(t, err)
		if diff := cmp.Diff([]uuid.UUID{list[0].Task}, rest); diff != "" {
			t.Errorf("outside the windows only agreed call-backs are taken: %s", diff)
		}
		if n, err := h.Len(ctx, campaign); err != nil || n != 1 {
			t.Errorf("%d left, %v; want 1", n, err)
		}
	})
}

// A full hopper is more than fits between two buffers.
func TestAFullHopperIsFilledAndTaken(t *testing.T) {
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		h, campaign, ctx := hopper.New(s), id(), t.Context()
		var list []dialer.Next
		for i := range 5000 {
			list = append(list, dialer.Next{Task: id(), Score: float64(i)})
		}
		must(t, h.Fill(ctx, campaign, list))
		got, err := h.Pop(ctx, campaign, len(list), dialer.AgreedBand)
		must(t, err)
		if len(got) != len(list) || got[0] != list[0].Task || got[len(got)-1] != list[len(list)-1].Task {
			t.Errorf("%d of %d were taken in order", len(got), len(list))
		}
	})
}

func TestFillReplacesWhatWaited(t *testing.T) {
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		h, campaign, ctx := hopper.New(s), id(), t.Context()
		must(t, h.Fill(ctx, campaign, next(1, 2, 3)))
		again := next(5)
		must(t, h.Fill(ctx, campaign, again))
		got, err := h.Pop(ctx, campaign, 10, dialer.AgreedBand)
		must(t, err)
		if diff := cmp.Diff([]uuid.UUID{again[0].Task}, got); diff != "" {
			t.Error(diff)
		}
		must(t, h.Fill(ctx, campaign, next(1, 2)))
		must(t, h.Fill(ctx, campaign, nil))
		if n, err := h.Len(ctx, campaign); err != nil || n != 0 {
			t.Errorf("%d left after an empty fill, %v", n, err)
		}
		must(t, h.Fill(ctx, campaign, next(1, 2)))
		must(t, h.Drop(ctx, campaign))
		if got, err := h.Pop(ctx, campaign, 1, dialer.AgreedBand); err != nil || len(got) != 0 {
			t.Errorf("%v left after a drop, %v", got, err)
		}
	})
}

func TestAWakeReachesEveryNode(t *testing.T) {
	redistest.Run(t, func(t *testing.T, s *redis.Server) {
		h := hopper.New(s)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		woken, done := make(chan struct{}, 100), make(chan error, 1)
		go func() { done <- h.Woken(ctx, func() { woken <- struct{}{} }) }()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for heard := false; !heard; {
			must(t, h.Wake(ctx)) // the first ones may come before the subscription
			select {
			case <-woken:
				heard = true
			case <-tick.C:
			case <-ctx.Done():
				t.Fatal("never woken")
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Woken ended with %v", err)
		}
	})
}

func TestALostServerIsToldAsUnavailable(t *testing.T) {
	s := redis.InMemory()
	h, campaign := hopper.New(s), id()
	must(t, s.Close())
	if err := h.Fill(t.Context(), campaign, next(1)); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("Fill: %v", err)
	}
	if _, err := h.Pop(t.Context(), campaign, 1, 1); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("Pop: %v", err)
	}
	if _, err := h.Len(t.Context(), campaign); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("Len: %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
