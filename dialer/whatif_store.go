package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

const (
	whatIfsKept  = 20 // of a campaign
	whatIfsShown = 8
)

// beginWhatIf takes the store's one place; a node that died gives its up.
func beginWhatIf(ctx context.Context, tx postgres.DB, scope postgres.Scope, c Campaign, p WhatIfPlan, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE campaign_whatif SET state = 'failed' WHERE store_id = $1 AND state = 'running' AND beat_at < $2`,
		c.StoreID, realNow().Add(-whatIfGone)); err != nil {
		return fmt.Errorf("clearing what-ifs of dead nodes: %w", err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO campaign_whatif (id, store_id, campaign_id, asked_by, asked_at, question, state, beat_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $7)`, p.ID, c.StoreID, c.ID, orNull(scope.User), now, p.Question, realNow())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return errWhatIfBusy()
	}
	if err != nil {
		return fmt.Errorf("beginning a what-if: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM campaign_whatif WHERE campaign_id = $1 AND state <> 'running'
		AND id NOT IN (SELECT id FROM campaign_whatif WHERE campaign_id = $1 ORDER BY id DESC LIMIT $2)`, c.ID, whatIfsKept); err != nil {
		return fmt.Errorf("forgetting old what-ifs: %w", err)
	}
	return nil
}

// beatWhatIf tells how far it is; not wanted when it was cancelled or left.
func beatWhatIf(ctx context.Context, tx postgres.DB, id uuid.UUID, done int, now time.Time) (wanted bool, err error) {
	tag, err := tx.Exec(ctx, `UPDATE campaign_whatif SET progress = $2, beat_at = $3 WHERE id = $1 AND state = 'running' AND seen_at > $4`,
		id, done, now, now.Add(-whatIfLeft))
	if err != nil {
		return false, fmt.Errorf("telling how far a what-if is: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

func endWhatIf(ctx context.Context, tx postgres.DB, id uuid.UUID, state WhatIfState, r *WhatIfResult, took time.Duration) error {
	done := 0
	if state == WhatIfDone {
		done = 100
	}
	_, err := tx.Exec(ctx, `UPDATE campaign_whatif SET state = $2, progress = $3, took_ms = $4, result = $5 WHERE id = $1 AND state = 'running'`,
		id, string(state), done, took.Milliseconds(), r)
	if err != nil {
		return fmt.Errorf("keeping a what-if: %w", err)
	}
	return nil
}

// CancelWhatIf ends a question whose answer nobody waits for; one that is over
// stays as it is.
func (d *Dialer) CancelWhatIf(ctx context.Context, tx postgres.DB, campaign, id uuid.UUID) error {
	if _, err := tx.Exec(ctx, `UPDATE campaign_whatif SET state = 'cancelled' WHERE id = $1 AND campaign_id = $2 AND state = 'running'`, id, campaign); err != nil {
		return fmt.Errorf("cancelling a what-if: %w", err)
	}
	return nil
}

const whatIfColumns = `w.id, w.state, coalesce(u.name_zh, '') AS asked_by, w.asked_at, w.question, w.progress, w.took_ms, w.result
	FROM campaign_whatif w LEFT JOIN app_user u ON u.id = w.asked_by`

// WhatIfs are the last answers about a campaign, newest first, and the question
// that is being worked out.
func (d *Dialer) WhatIfs(ctx context.Context, db postgres.DB, campaign uuid.UUID) ([]WhatIf, error) {
	rows, err := db.Query(ctx, `SELECT `+whatIfColumns+` WHERE w.campaign_id = $1 AND (w.state = 'done' OR w.state = 'running' AND w.beat_at > $2)
		ORDER BY w.id DESC LIMIT $3`, campaign, realNow().Add(-whatIfGone), whatIfsShown)
	return collectWhatIfs(rows, err)
}

// LookAtWhatIf tells how far a question is, and that somebody waits for it.
func (d *Dialer) LookAtWhatIf(ctx context.Context, tx postgres.DB, campaign, id uuid.UUID) (WhatIf, error) {
	if _, err := tx.Exec(ctx, `UPDATE campaign_whatif SET seen_at = $3 WHERE id = $1 AND campaign_id = $2 AND state = 'running'`, id, campaign, realNow()); err != nil {
		return WhatIf{}, fmt.Errorf("waiting for a what-if: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT `+whatIfColumns+` WHERE w.id = $1 AND w.campaign_id = $2`, id, campaign)
	found, err := collectWhatIfs(rows, err)
	if err != nil {
		return WhatIf{}, err
	}
	if len(found) == 0 {
		return WhatIf{}, errs.New(errs.NotFound, "whatif_not_found", "没有这次推算，可能已被较新的替换。请重新推算。",
			"There is no such what-if; newer ones may have replaced it. Ask again.")
	}
	return found[0], nil
}

func collectWhatIfs(rows pgx.Rows, err error) ([]WhatIf, error) {
	if err != nil {
		return nil, fmt.Errorf("reading what-ifs: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[WhatIf])
	if err != nil {
		return nil, fmt.Errorf("reading what-ifs: %w", err)
	}
	return found, nil
}
