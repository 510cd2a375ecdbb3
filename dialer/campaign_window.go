package dialer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// noteWindow writes into the campaign's log that its call window opened or closed,
// once whichever node leads it.
func (d *Dialer) noteWindow(ctx context.Context, l *led, load load, open bool, next time.Time) error {
	if l.open != nil && *l.open == open {
		return nil
	}
	now := load.house.Now
	what, said := "closed", logDetail{}
	if !next.IsZero() {
		said.Until = &next
	}
	if open {
		until := load.house.windowOnDays().closes(now, load.house.Zone)
		what, said.Until = "opened", &until
	}
	err := d.in(ctx, l.GroupID, l.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		if held, err := l.hold(ctx, tx, d.node); err != nil || !held {
			return err
		}
		left, err := tasksLeft(ctx, tx, load.StoreID, load.TaskKind)
		if err != nil {
			return err
		}
		said.N = left
		detail, err := json.Marshal(said)
		if err != nil {
			return fmt.Errorf("encoding a log entry: %w", err)
		}
		// Without an entry it was started in a window, which is no news.
		_, err = tx.Exec(ctx, `INSERT INTO campaign_log (id, campaign_id, store_id, at, what, detail) SELECT $1, $2, $3, $4, $5::text, $6
			WHERE $5::text <> coalesce((SELECT g.what FROM campaign_log g WHERE g.campaign_id = $2 AND g.what IN ('opened', 'closed') ORDER BY g.at DESC, g.id DESC LIMIT 1), 'opened')`,
			uuid.Must(uuid.NewV7()), load.ID, load.StoreID, now, what, detail)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting a call window: %w", err)
	}
	l.open = &open
	return nil
}
