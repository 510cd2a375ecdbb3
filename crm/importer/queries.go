package importer

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Batch reads one batch; errs.NotFound "import_not_found".
func (im *Importer) Batch(ctx context.Context, scope postgres.Scope, id uuid.UUID) (b Batch, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		b, _, err = batchByID(ctx, tx, id, "")
		return err
	})
	return b, err
}

// Preview gives a batch with its first 200 rows and its counts by code.
func (im *Importer) Preview(ctx context.Context, scope postgres.Scope, id uuid.UUID) (Preview, error) {
	b, err := im.Batch(ctx, scope, id)
	if err != nil {
		return Preview{}, err
	}
	rows, err := im.Rows(ctx, scope, id, AllRows, 0, PreviewRows)
	return Preview{Batch: b, Rows: rows}, err
}

// Batches lists the newest batches of the scope's stores.
func (im *Importer) Batches(ctx context.Context, scope postgres.Scope, limit int) (out []Batch, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		out, err = batchesWhere(ctx, tx, `true ORDER BY created_at DESC, id DESC LIMIT $1`, limit)
		return err
	})
	return out, err
}

// Which rows of a batch are asked for.
type Which string

// Rows that may be asked for.
const (
	AllRows      Which = "all"
	RejectedOnly Which = "rejected"
	CodedOnly    Which = "coded" // that carry a code, rejected ones too
)

// Rows lists rows of a batch from the row after the given one.
func (im *Importer) Rows(ctx context.Context, scope postgres.Scope, id uuid.UUID, which Which, after, limit int) (out []Row, err error) {
	where := map[Which]string{RejectedOnly: ` AND outcome = 'rejected'`, CodedOnly: ` AND codes <> '{}'`}[which]
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		out, err = queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND row_no > $2`+where+` ORDER BY row_no LIMIT $3`, id, after, limit)
		return err
	})
	return out, err
}

// RejectedRows lists the rows of a batch that were not imported, with reasons.
func (im *Importer) RejectedRows(ctx context.Context, scope postgres.Scope, id uuid.UUID, after, limit int) ([]Row, error) {
	return im.Rows(ctx, scope, id, RejectedOnly, after, limit)
}

// CodedRows lists the rows of a batch that carry a code.
func (im *Importer) CodedRows(ctx context.Context, scope postgres.Scope, id uuid.UUID, after, limit int) ([]Row, error) {
	return im.Rows(ctx, scope, id, CodedOnly, after, limit)
}
