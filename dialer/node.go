package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/telephony"
)

const (
	gapAfter = 3 * time.Second // between two heartbeats: the node was cut off itself
	leaseFor = 4 * time.Second // leadership moves within 5 s of a crash
)

// settle writes the node's row and finishes what an earlier process of the same
// node left in the air: no call survives its process.
func (d *Dialer) settle(ctx context.Context) error {
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO node (id, name, started_at, heartbeat_at, sip_addr) VALUES ($1, $2, $3, $3, $4)
			ON CONFLICT (id) DO UPDATE SET name = $2, started_at = $3, heartbeat_at = $3, stopped_at = NULL, steady_at = NULL, sip_addr = $4`, d.node, d.name, realNow(), d.sipAddr)
		return err
	})
	if err != nil {
		return fmt.Errorf("registering the node: %w", err)
	}
	return d.recover(ctx, []uuid.UUID{d.node})
}

// realNow is the time of leases, heartbeats and calls, in UTC, to the microsecond
// the database keeps.
func realNow() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// beatOnce tells that this node lives. After a gap in which others may have
// given its calls up, the calls that are not ours any more are ended.
func (d *Dialer) beatOnce(ctx context.Context) error {
	now := realNow()
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var before time.Time
		// The lock first: a join of the row with itself could tell what it was before another's write.
		if err := tx.QueryRow(ctx, `SELECT heartbeat_at FROM node WHERE id = $1 FOR UPDATE`, d.node).Scan(&before); err != nil {
			return err
		}
		d.wasGone = d.wasGone || now.Sub(before) >= telephony.NodeGoneAfter
		gap := now.Sub(before).Abs() > gapAfter // a clock that was set back is one, too: the others' heartbeats are of the time before
		_, err := tx.Exec(ctx, `UPDATE node SET heartbeat_at = $2, stopped_at = NULL, steady_at = CASE WHEN $3 THEN $2 ELSE steady_at END
			WHERE id = $1`, d.node, now, gap)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the heartbeat: %w", err)
	}
	if !d.wasGone {
		return nil
	}
	if err := d.endLostCalls(ctx); err != nil {
		return err // at the next beat again
	}
	d.wasGone = false
	return nil
}

// endLostCalls hangs up calls whose attempts another node has closed meanwhile.
func (d *Dialer) endLostCalls(ctx context.Context) error {
	live := d.exchange.Live()
	var ours []uuid.UUID
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM attempt WHERE id = ANY($1) AND node_id = $2
			AND state IN ('dialing','ringing','checking','answered','bridged')`, live, d.node)
		if err != nil {
			return err
		}
		ours, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for lost calls: %w", err)
	}
	keep := map[uuid.UUID]bool{}
	for _, id := range ours {
		keep[id] = true
	}
	for _, id := range live {
		if !keep[id] && d.calls.has(id) {
			_ = d.exchange.Hangup(id, "system")
		}
	}
	return nil
}

// Joins tells whether a server that was started before this one is up.
func (d *Dialer) Joins(ctx context.Context) (bool, error) {
	var joins bool
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM node WHERE id < $1 AND stopped_at IS NULL AND heartbeat_at BETWEEN $2 AND $3)`,
			d.node, realNow().Add(-telephony.NodeGoneAfter), realNow().Add(telephony.ClockAhead)).Scan(&joins)
	})
	if err != nil {
		return false, fmt.Errorf("looking for other nodes: %w", err)
	}
	return joins, nil
}

// leave says goodbye, so that nobody waits for us.
func (d *Dialer) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE node SET stopped_at = $2 WHERE id = $1`, d.node, realNow())
		return err
	})
	if err != nil {
		d.log.Warn("leaving without a goodbye", "error", err)
	}
}

// lease is leadership of one campaign.
type lease struct {
	CampaignID uuid.UUID
	GroupID    uuid.UUID
	StoreID    uuid.UUID
	Epoch      int64
}

// lead renews this node's leases and takes those that lapsed or never were. The
// epoch grows with each change of leader.
func (d *Dialer) lead(ctx context.Context) ([]lease, error) {
	var led []lease
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		now := realNow()
		rows, err := tx.Query(ctx, `
			INSERT INTO campaign_lease AS l (campaign_id, node_id, epoch, expires_at)
			SELECT c.id, $1, 1, $3 FROM campaign c
			LEFT JOIN campaign_lease o ON o.campaign_id = c.id
			WHERE c.state = 'running' AND (o.campaign_id IS NULL OR o.node_id = $1 OR o.expires_at NOT BETWEEN $2 AND $4)
			ORDER BY c.id
			ON CONFLICT (campaign_id) DO UPDATE SET node_id = $1, expires_at = $3,
				epoch = CASE WHEN l.node_id = $1 AND l.epoch > 0 THEN l.epoch ELSE l.epoch + 1 END
			WHERE l.node_id = $1 OR l.expires_at NOT BETWEEN $2 AND $4
			RETURNING l.campaign_id, l.epoch,
				(SELECT c.store_id FROM campaign c WHERE c.id = l.campaign_id) AS store_id,
				(SELECT c.group_id FROM campaign c WHERE c.id = l.campaign_id) AS group_id`, d.node, now, now.Add(leaseFor), now.Add(leaseFor+telephony.ClockAhead))
		if err != nil {
			return err
		}
		led, err = pgx.CollectRows(rows, pgx.RowToStructByName[lease])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("renewing leases: %w", err)
	}
	return led, nil
}

// hold locks the lease row for the rest of tx: everything that could worsen the
// ledger takes it first. It is false when leadership has moved on.
func (l lease) hold(ctx context.Context, tx pgx.Tx, node uuid.UUID) (bool, error) {
	var held bool
	err := tx.QueryRow(ctx, `SELECT node_id = $2 AND epoch = $3 FROM campaign_lease WHERE campaign_id = $1 FOR UPDATE`,
		l.CampaignID, node, l.Epoch).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("locking the lease: %w", err)
	}
	return held, nil
}
