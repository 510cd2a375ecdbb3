package importer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// Commit writes the rows of a parsed batch into the record, 500 to a transaction,
// in the order of the file. It may be called again after a crash and goes on where
// it stopped; a batch that is done is left alone. Imports of one store take turns,
// chunk by chunk. progress (may be nil) hears of every chunk. errs.Conflict for a
// failed or undone batch.
func (im *Importer) Commit(ctx context.Context, scope postgres.Scope, id uuid.UUID, progress func(done, total int)) (Batch, error) {
	for {
		if err := im.statistics(ctx, scope); err != nil {
			return Batch{}, err
		}
		b, err := im.commitChunk(ctx, scope, id)
		if err != nil {
			return b, err
		}
		if progress != nil {
			progress(b.RowsDone, b.DataRows)
		}
		if b.State == Done {
			im.o.Logger.InfoContext(ctx, "import done", "batch", b.ID, "kind", b.Kind, "rows", b.DataRows, "outcomes", b.Outcomes)
			return b, nil
		}
	}
}

// statistics lets the database look at tables that have grown much, in a transaction
// of its own: it holds no lock while a chunk is written.
func (im *Importer) statistics(ctx context.Context, scope postgres.Scope) error {
	return im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT import_statistics()`); err != nil {
			return fmt.Errorf("looking at how tables have grown: %w", err)
		}
		return nil
	})
}

func (im *Importer) commitChunk(ctx context.Context, scope postgres.Scope, id uuid.UUID) (b Batch, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if err := customer.OneWriter(ctx, tx, scope.Stores[0]); err != nil {
			return err
		}
		var m mapping
		if b, m, err = batchByID(ctx, tx, id, " FOR UPDATE"); err != nil || b.State == Done {
			return err
		}
		if b.State != Parsed && b.State != Committing {
			return errBatchState()
		}
		if b.State == Parsed {
			if done, err := im.begin(ctx, tx, scope, &b, m); err != nil || done {
				return err
			}
		}
		rows, err := queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND row_no > $2 AND outcome = 'waiting' ORDER BY row_no LIMIT $3`, id, b.cursor, chunkRows)
		if err != nil {
			return err
		}
		if err := journal(ctx, tx, id); err != nil {
			return err
		}
		before := tallyOf(rows)
		if err := im.apply(ctx, tx, scope, b, m, rows); err != nil {
			return err
		}
		return im.advance(ctx, tx, scope, &b, before, rows)
	})
	return b, err
}

// begin notes the business time of the commit and how the file was read. The bytes
// may have been imported meanwhile by another upload: then nothing is done again.
func (im *Importer) begin(ctx context.Context, tx postgres.DB, scope postgres.Scope, b *Batch, m mapping) (done bool, err error) {
	if !m.Force {
		before, ok, err := sameBytes(ctx, tx, scope.Stores[0], b.sum, `state IN ('committing', 'done') AND error_code = ''`)
		if err != nil {
			return false, err
		}
		if ok && before.ID != b.ID {
			*b = repeatOf(before, *b)
			return true, updateBatch(ctx, tx, scope, *b, m)
		}
	}
	at := im.o.Clock.Now()
	b.CommitAt = &at
	return false, saveMapping(ctx, tx, scope.Stores[0], *b, m, at, scope.User)
}

// journal makes the transaction's changes part of the batch's undo.
func journal(ctx context.Context, tx postgres.DB, batch uuid.UUID) error {
	if _, err := tx.Exec(ctx, `SELECT set_config('app.import_batch', $1::text, true)`, batch); err != nil {
		return fmt.Errorf("starting the journal of batch %s: %w", batch, err)
	}
	return nil
}

// advance writes how far the batch is and tells the screens. Counts are moved by
// what the chunk changed: a file of a million rows is not counted two thousand times.
func (im *Importer) advance(ctx context.Context, tx postgres.DB, scope postgres.Scope, b *Batch, before counts, rows []Row) error {
	after := tallyOf(rows)
	c := counts{Outcomes: b.Outcomes, Codes: b.Codes}
	c.move(before, after)
	b.State, b.Outcomes, b.Codes = Committing, c.Outcomes, c.Codes
	b.RowsDone = b.DataRows - c.Outcomes[string(Waiting)]
	if len(rows) > 0 {
		b.cursor = rows[len(rows)-1].RowNo
	}
	if len(rows) < chunkRows {
		at := im.o.Clock.Now()
		b.State, b.FinishedAt = Done, &at
		if err := countFollowers(ctx, tx, b); err != nil {
			return err
		}
	}
	if err := writeProgress(ctx, tx, *b); err != nil {
		return err
	}
	return im.tell(ctx, tx, scope, *b)
}

// countFollowers counts the promises and the questions that the batch led to.
func countFollowers(ctx context.Context, tx postgres.DB, b *Batch) error {
	err := tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE noun = 'task'), count(*) FILTER (WHERE noun = 'merge_case') FROM import_change
		WHERE batch_id = $1 AND before IS NULL AND noun IN ('task', 'merge_case')`, b.ID).Scan(&b.Tasks, &b.Reviews)
	if err != nil {
		return fmt.Errorf("counting what batch %s led to: %w", b.ID, err)
	}
	return nil
}

func tallyOf(rows []Row) counts {
	c := counts{Outcomes: map[string]int{}, Codes: map[string]int{}}
	for _, r := range rows {
		c.Outcomes[string(r.Outcome)]++
		for _, code := range r.Codes {
			c.Codes[code]++
		}
	}
	return c
}

func (c *counts) move(before, after counts) {
	shift := func(to *map[string]int, before, after map[string]int) {
		if *to == nil {
			*to = map[string]int{}
		}
		for k, n := range before {
			(*to)[k] -= n
		}
		for k, n := range after {
			(*to)[k] += n
		}
		for k, n := range *to {
			if n == 0 {
				delete(*to, k)
			}
		}
	}
	shift(&c.Outcomes, before.Outcomes, after.Outcomes)
	shift(&c.Codes, before.Codes, after.Codes)
}
