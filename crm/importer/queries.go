package importer

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Preview gives a batch with its first 200 rows and its counts by code.
func (im *Importer) Preview(ctx context.Context, scope postgres.Scope, id uuid.UUID) (Preview, error) {
	var p Preview
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		if p.Batch, _, err = batchByID(ctx, tx, id, ""); err != nil {
			return err
		}
		p.Rows, err = queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row WHERE batch_id = $1 ORDER BY row_no LIMIT $2`, id, PreviewRows)
		return err
	})
	return p, err
}

// Batches lists the newest batches of the scope's stores.
func (im *Importer) Batches(ctx context.Context, scope postgres.Scope, limit int) ([]Batch, error) {
	var out []Batch
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		found, err := queryBatches(ctx, tx, `SELECT `+batchColumns+` FROM import_batch ORDER BY created_at DESC, id DESC LIMIT $1`, limit)
		if err != nil {
			return err
		}
		out = make([]Batch, 0, len(found))
		for _, r := range found {
			b, _, err := r.batch()
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}

// RejectedRows lists the rows of a batch that were not imported, with reasons, from
// the row after the given one.
func (im *Importer) RejectedRows(ctx context.Context, scope postgres.Scope, id uuid.UUID, after, limit int) ([]Row, error) {
	var out []Row
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		out, err = queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND outcome = 'rejected' AND row_no > $2 ORDER BY row_no LIMIT $3`, id, after, limit)
		return err
	})
	return out, err
}

// CodedRows lists the rows of a batch that carry a code or were rejected.
func (im *Importer) CodedRows(ctx context.Context, scope postgres.Scope, id uuid.UUID, after, limit int) ([]Row, error) {
	var out []Row
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		out, err = queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND codes <> '{}' AND row_no > $2 ORDER BY row_no LIMIT $3`, id, after, limit)
		return err
	})
	return out, err
}
