package dialer

import (
	"context"

	"github.com/google/uuid"

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
	SendDigit(call uuid.UUID, key byte) error
	Live() []uuid.UUID
}
