package telephony

import (
	"context"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Nodes is what an exchange knows of the others. A call whose agent sits at
// another node reaches them by a leg between the two: this node keeps the call
// and its states, that one lends the agent's audio (see lease).
type Nodes struct {
	Tokens *Tokens
	// Where is the node that an agent's audio is at.
	Where func(ctx context.Context, agent uuid.UUID) (Place, error)
	// Address is where a node sends from.
	Address func(ctx context.Context, node uuid.UUID) (netip.AddrPort, error)
}

// Place is a node and its SIP address; the zero Place is nowhere.
type Place struct {
	Node    uuid.UUID
	Address netip.AddrPort
}

// Words between two nodes: why one ends the leg.
const (
	whyAgent    = "agent"    // they hung up: the call is over
	whyAudio    = "audio"    // theirs is gone: the call waits
	whyBusy     = "busy"     // they are in another call
	whyReplaced = "replaced" // a newer leg of the same call has come
	whyNode     = "node"     // the node stops: they may be found at another
)

// lookTime bounds a question to the database about nodes and agents.
const lookTime = time.Second

// where is the node an agent's audio is at, unless it is this one.
func (x *Exchange) where(ctx context.Context, agent uuid.UUID) (Place, bool) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	p, err := x.o.Nodes.Where(ctx, agent)
	if err != nil && ctx.Err() == nil {
		x.o.Logger.Warn("an agent's node could not be found", "agent", agent, "error", err)
	}
	return p, err == nil && p.Node != x.o.Node && p.Address.IsValid()
}

// Invited takes a call of another node to an agent here. It is false for whoever
// cannot show a fresh token of a node of ours, sent from that node's address.
func (x *Exchange) Invited(inv Invitation) (Welcome, bool) {
	n, now := x.o.Nodes, time.Now()
	if n == nil {
		return nil, false
	}
	ticket, ok := n.Tokens.Read(inv.Token, now)
	if !ok {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	from, err := n.Address(ctx, ticket.From)
	if err != nil || from != inv.Source || !n.Tokens.Spend(inv.Token, now) {
		x.o.Logger.Warn("a call of another node was refused", "call", ticket.Call, "node", ticket.From, "source", inv.Source, "error", err)
		return nil, false
	}
	return func(g Guest) func(LegEvent) { return x.lend(ticket, g) }, true
}
