package importer

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// rehearsedRows bounds a rehearsal: a longer file is not written twice to be foreseen.
const rehearsedRows = 2000

// rehearse foretells what the commit would make of the waiting rows of a kind whose
// rows have no number of their own: it commits them inside the transaction and takes
// all of it back. Nil when the file is too long, when the store's other import is at
// work, or when something is in the way: a preview must not fail for want of a
// forecast, and waits for nobody.
func (im *Importer) rehearse(ctx context.Context, tx pgx.Tx, scope postgres.Scope, b Batch, m mapping) map[string]int {
	waiting := b.Outcomes[string(Waiting)]
	if waiting == 0 || waiting > rehearsedRows {
		return nil
	}
	trial, err := tx.Begin(ctx) // a savepoint
	if err != nil {
		return nil
	}
	told, err := im.trial(ctx, trial, scope, b, m)
	if back := trial.Rollback(ctx); err != nil || back != nil {
		im.o.Logger.InfoContext(ctx, "no forecast", "batch", b.ID, "error", err)
		return nil
	}
	return told
}

func (im *Importer) trial(ctx context.Context, tx pgx.Tx, scope postgres.Scope, b Batch, m mapping) (map[string]int, error) {
	var free bool
	if err := tx.QueryRow(ctx, `SELECT set_config('lock_timeout', '1s', true) IS NOT NULL AND pg_try_advisory_xact_lock(hashtextextended('import ' || $1::text, 0))`,
		scope.Stores[0]).Scan(&free); err != nil || !free {
		return nil, err
	}
	at := im.o.Clock.Now()
	b.CommitAt = &at
	told := map[string]int{}
	for after := 0; ; {
		rows, err := queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND row_no > $2 AND outcome = 'waiting' ORDER BY row_no LIMIT $3`, b.ID, after, chunkRows)
		if err != nil {
			return nil, err
		}
		if err := im.apply(ctx, tx, scope, b, m, rows); err != nil {
			return nil, fmt.Errorf("foretelling batch %s: %w", b.ID, err)
		}
		for o, n := range tallyOf(rows).Outcomes {
			told[o] += n
		}
		if len(rows) < chunkRows {
			return told, nil
		}
		after = rows[len(rows)-1].RowNo
	}
}
