package task

import (
	"context"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// supersede ends earlier touches of the same plan that are still open when a later
// one begins: one call about one thing.
func (t *Tasks) supersede(ctx context.Context, tx postgres.DB, r rule, o occasion, by customer.By) error {
	if r.touch == "" {
		return nil
	}
	_, err := t.end(ctx, tx, by, cancel, ReasonSuperseded,
		`store_id = $1 AND state IN ('pending', 'queued', 'retry_wait', 'blocked') AND kind = $2 AND subject_key LIKE $3 AND not_before < $4
			AND callback_at IS NULL`, by.Store, r.kind, o.subject+"/%", by.At)
	return err
}
