package dialer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
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

// end hangs a user's call up: here, or at the node that has it.
func (d *Dialer) end(ctx context.Context, scope postgres.Scope, a Attempt) error {
	err := d.exchange.Hangup(a.ID, "agent")
	if !d.isElsewhere(a, err) {
		return err
	}
	return d.ask(ctx, scope, `UPDATE attempt SET hangup_at = $2 WHERE id = $1 AND state IN ('dialing','ringing','checking','answered','bridged')`, a.ID, realNow())
}

// Press sends a key (0-9, * or #) to the customer in the user's call: from here, or
// from the node that has it.
func (d *Dialer) Press(ctx context.Context, scope postgres.Scope, user uuid.UUID, key byte) error {
	var call *Attempt
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		call, err = d.Live(ctx, tx, user)
		return err
	})
	if err != nil {
		return err
	}
	if call == nil || call.State != Bridged {
		return noCall()
	}
	err = d.exchange.SendDigit(call.ID, key)
	if !d.isElsewhere(*call, err) {
		return err
	}
	return d.ask(ctx, scope, `UPDATE attempt SET keys = keys || $2 WHERE id = $1 AND state = 'bridged'`, call.ID, string(rune(key)))
}

func noCall() *errs.Error {
	return errs.New(errs.Conflict, "no_call", "您现在没有通话。", "You have no call now.")
}

// isElsewhere: err says that neither the call nor its agent's audio is here, and
// another node has the call.
func (d *Dialer) isElsewhere(a Attempt, err error) bool {
	return errors.Is(err, telephony.ErrCallGone) && a.NodeID != nil && *a.NodeID != d.node
}

// ask writes what the node of a call shall do with it; that node is woken and looks
// every claimEvery.
func (d *Dialer) ask(ctx context.Context, scope postgres.Scope, sql string, args ...any) error {
	err := d.pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("asking another node for what an agent wants: %w", err)
	}
	_ = d.hopper.Wake(ctx) // it looks anyway
	return nil
}

// asked is what this node is asked for about one of its calls: to end it, by its
// campaign or its agent, or to send the keys that its agent has pressed.
type asked struct {
	ID   uuid.UUID
	By   string // who ends it; empty: nobody does
	Keys string
}

// doAsked does what this node is asked for.
func (d *Dialer) doAsked(ctx context.Context) error {
	var found []asked
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id, 'system' AS by, '' AS keys FROM attempt WHERE node_id = $1 AND cancel_at IS NOT NULL AND state IN ('dialing','ringing')
			UNION ALL
			SELECT id, CASE WHEN hangup_at IS NULL THEN '' ELSE 'agent' END, keys FROM attempt
			WHERE node_id = $1 AND (hangup_at IS NOT NULL OR keys <> '') AND state IN ('dialing','ringing','checking','answered','bridged')`, d.node)
		if err != nil {
			return err
		}
		if found, err = pgx.CollectRows(rows, pgx.RowToStructByName[asked]); err != nil {
			return err
		}
		for _, a := range found {
			if a.Keys == "" {
				continue
			}
			if _, err := tx.Exec(ctx, `UPDATE attempt SET keys = substr(keys, length($2) + 1) WHERE id = $1`, a.ID, a.Keys); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for what other nodes ask: %w", err)
	}
	for _, a := range found {
		for _, key := range []byte(a.Keys) {
			d.warnUnlessGone(d.exchange.SendDigit(a.ID, key), "a key could not be sent", a.ID)
		}
		if a.By != "" {
			d.warnUnlessGone(d.exchange.Hangup(a.ID, a.By), "a call that was to end could not be ended", a.ID)
		}
	}
	return nil
}

func (d *Dialer) warnUnlessGone(err error, trouble string, call uuid.UUID) {
	if err != nil && !gone(err) {
		d.log.Warn(trouble, "attempt", call, "error", err)
	}
}
