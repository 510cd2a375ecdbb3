package dialer

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// HandedOver is closed when a dialer that stops plans and claims nothing more and
// has given up its campaigns; other nodes lead them from then on.
func (d *Dialer) HandedOver() <-chan struct{} { return d.handed }

func (d *Dialer) handedOver() { d.handOne.Do(func() { close(d.handed) }) }

// handOver lets this node's leases end now. Its heart beats on: its live calls are
// not lost.
func (d *Dialer) handOver(ctx context.Context) {
	defer d.handedOver()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE campaign_lease SET expires_at = $2 WHERE node_id = $1`, d.node, realNow())
		return err
	})
	if err != nil {
		d.log.Warn("the campaigns of this node pass on when their leases end", "within", leaseFor, "error", err)
	}
	_ = d.hopper.Wake(ctx) // they look anyway
}

// finishCalls follows live calls until they are over, Options.Finish at most.
// Whoever asks for the end of one is still heard.
func (d *Dialer) finishCalls(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, d.finish)
	defer cancel()
	t := time.NewTicker(claimEvery)
	defer t.Stop()
	for len(d.calls.ids()) > 0 {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := d.doAsked(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("calls to end could not be looked for", "error", err)
		}
	}
}
