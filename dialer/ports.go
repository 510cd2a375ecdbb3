package dialer

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"ringback/internal/postgres"
	"ringback/telephony"
)

// Next is one task waiting in the hopper. Lower scores go first; scores below
// AgreedBand are calls that may be made outside the store's windows.
type Next struct {
	Task  uuid.UUID
	Score float64
}

// AgreedBand divides agreed call-backs from automatic calls in the hopper.
const AgreedBand = 2e14

// hopper keeps the next tasks of a campaign, and wakes nodes: dialer/hopper. It
// may lose everything at any moment.
type hopper interface {
	// Fill replaces what waits for a campaign.
	Fill(ctx context.Context, campaign uuid.UUID, next []Next) error
	// Pop takes up to n tasks with a score below limit, best first.
	Pop(ctx context.Context, campaign uuid.UUID, n int, limit float64) ([]uuid.UUID, error)
	// Len is how many wait.
	Len(ctx context.Context, campaign uuid.UUID) (int, error)
	// Drop forgets a campaign.
	Drop(ctx context.Context, campaign uuid.UUID) error
	// Wake tells the nodes that something was planned.
	Wake(ctx context.Context) error
	// Woken calls on for every Wake of another node, until ctx ends.
	Woken(ctx context.Context, on func()) error
}

// exchange places calls: telephony.Exchange.
type exchange interface {
	Dial(ctx context.Context, spec telephony.CallSpec, observe func(telephony.CallEvent)) error
	Bridge(call, agent uuid.UUID) error
	Announce(call uuid.UUID, prompt string) error
	Hangup(call uuid.UUID, by string) error
	Live() []uuid.UUID
}

// ErrNobody: no ready agent is pledged to the campaign.
var ErrNobody = errors.New("no agent is ready")

// agents moves agents: telephony/acd. A fixed pick order and conditional
// updates are its business; ErrNobody says that no ready agent was there.
type agents interface {
	PickFor(ctx context.Context, tx postgres.DB, campaign, attempt, task uuid.UUID, not []uuid.UUID) (uuid.UUID, error)
	ToPreview(ctx context.Context, tx postgres.DB, campaign, task uuid.UUID, not []uuid.UUID) (uuid.UUID, error)
	Dialing(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error
	Talking(ctx context.Context, tx postgres.DB, user, attempt uuid.UUID) error
	WrapUp(ctx context.Context, tx postgres.DB, user uuid.UUID) error
	Done(ctx context.Context, tx postgres.DB, user uuid.UUID) error
	Lost(ctx context.Context, tx postgres.DB, user uuid.UUID) error
	PledgeIdle(ctx context.Context, tx postgres.DB, campaign uuid.UUID, users []uuid.UUID) error
	Pledge(ctx context.Context, tx postgres.DB, user uuid.UUID, campaign *uuid.UUID) error
	GrantWaiting(ctx context.Context, tx postgres.DB, campaign uuid.UUID) error
}
