package acd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/telephony"
)

// Where is the node of a signed-on user's audio and where it is reached by SIP. The
// zero Place when they are not signed on, or at a node that nobody can call.
func (a *Agents) Where(ctx context.Context, user uuid.UUID) (telephony.Place, error) {
	var at struct {
		ID      uuid.UUID
		SIPAddr string
	}
	err := a.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT n.id, n.sip_addr FROM agent_session s JOIN node n ON n.id = s.node_id
			WHERE s.user_id = $1 AND s.signed_off_at IS NULL`, user).Scan(&at.ID, &at.SIPAddr)
	})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && at.SIPAddr == "" {
		return telephony.Place{}, nil
	}
	if err != nil {
		return telephony.Place{}, fmt.Errorf("finding an agent's node: %w", err)
	}
	addr, err := netip.ParseAddrPort(at.SIPAddr)
	if err != nil {
		return telephony.Place{}, fmt.Errorf("reading the address of node %s: %w", at.ID, err)
	}
	return telephony.Place{Node: at.ID, Address: addr}, nil
}
