package dialer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/telephony"
)

// NodeAddress is where a node sends SIP from; an error for a node that is unknown
// or told no address.
func (d *Dialer) NodeAddress(ctx context.Context, node uuid.UUID) (netip.AddrPort, error) {
	var addr string
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT sip_addr FROM node WHERE id = $1`, node).Scan(&addr)
	})
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("reading the address of node %s: %w", node, err)
	}
	return netip.ParseAddrPort(addr)
}

// end hangs a user's call up: here, or at the node that has it, which is woken
// and looks every claimEvery.
func (d *Dialer) end(ctx context.Context, scope postgres.Scope, a Attempt) error {
	err := d.exchange.Hangup(a.ID, "agent")
	if !errors.Is(err, telephony.ErrCallGone) || a.NodeID == nil || *a.NodeID == d.node {
		return err
	}
	err = d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE attempt SET hangup_at = $2 WHERE id = $1 AND state IN ('dialing','ringing','checking','answered','bridged')`,
			a.ID, realNow())
		return err
	})
	if err != nil {
		return fmt.Errorf("asking another node for the end of a call: %w", err)
	}
	_ = d.hopper.Wake(ctx) // it looks anyway
	return nil
}
