package acd

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A node that stops gives its agents no more calls: the ready one is lost at once,
// the one in a call when it is over, and audio makes nobody ready again.
func TestTheAgentsOfANodeThatStopsGetNoMoreCalls(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	idle, busy := r.agent(), r.agent()
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		_, err := r.agents.PickFor(ctx, tx, r.campaign, uuid.New(), uuid.New(), []uuid.UUID{idle})
		return err
	})
	r.agents.Stop(t.Context())
	want := func(user uuid.UUID, state State, reason string) {
		t.Helper()
		if s := r.wants(user, state); s.Reason != reason {
			t.Errorf("%s because of %q, want %q", state, s.Reason, reason)
		}
	}
	want(idle, Lost, ReasonServer)
	want(busy, Reserved, "")
	r.must(func(ctx context.Context, tx pgx.Tx) error {
		if err := r.agents.Done(ctx, tx, busy); err != nil {
			return err
		}
		return r.agents.Audio(ctx, tx, idle, true)
	})
	want(busy, Lost, ReasonServer)
	want(idle, Lost, ReasonServer)
}
