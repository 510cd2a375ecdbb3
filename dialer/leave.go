package dialer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// MayLeave tells whether a user may leave ready now: the lines that count on
// them must not lose their agent (PACING.md §2.1). It locks the campaign's lease
// row for the rest of tx.
func (d *Dialer) MayLeave(ctx context.Context, tx postgres.DB, user uuid.UUID) (bool, error) {
	var campaign *uuid.UUID
	err := tx.QueryRow(ctx, `SELECT campaign_id FROM agent_session
		WHERE user_id = $1 AND signed_off_at IS NULL AND state = 'ready'`, user).Scan(&campaign)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && campaign == nil {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading whom an agent is pledged to: %w", err)
	}
	if err := lockLease(ctx, tx, *campaign); err != nil {
		return false, err
	}
	l, err := d.readLoad(ctx, tx, *campaign, d.clock.Now())
	if err != nil {
		return false, err
	}
	return l.proof().MayLeave(), nil
}

func lockLease(ctx context.Context, tx postgres.DB, campaign uuid.UUID) error {
	if _, err := tx.Exec(ctx, `SELECT FROM campaign_lease WHERE campaign_id = $1 FOR UPDATE`, campaign); err != nil {
		return fmt.Errorf("locking the lease: %w", err)
	}
	return nil
}
