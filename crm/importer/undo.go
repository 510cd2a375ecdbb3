package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// UndoFor is how long after its end a batch may be undone (spec 7.4).
const UndoFor = 24 * time.Hour

// Undo takes a committed batch back: what it made goes, what it changed gets its
// former values, column by column, except where somebody changed the value since.
// All of it or nothing. errs.Conflict when the 24 hours are over, when a task of the
// batch was dialled or a message sent, or when something that is not the batch's
// needs a row it made (a later import, an appointment, a merge).
func (im *Importer) Undo(ctx context.Context, scope postgres.Scope, id uuid.UUID) (b Batch, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if err := customer.OneWriter(ctx, tx, scope.Stores[0]); err != nil {
			return err
		}
		if b, _, err = batchByID(ctx, tx, id, " FOR UPDATE"); err != nil {
			return err
		}
		if err := im.mayUndo(ctx, tx, b); err != nil {
			return err
		}
		slots, err := heldSlots(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT count(*) FROM import_undo($1)`, id); err != nil {
			return undoTrouble(err)
		}
		if err := appointment.Recount(ctx, tx, slots); err != nil {
			return err
		}
		at := im.o.Clock.Now()
		b.State, b.UndoneAt = Undone, &at
		if _, err := tx.Exec(ctx, `UPDATE import_batch SET state = 'undone', undone_at = $2, undone_by = $3 WHERE id = $1`, id, at, userOrNull(scope.User)); err != nil {
			return fmt.Errorf("noting the undo of batch %s: %w", id, err)
		}
		return im.tell(ctx, tx, scope, b)
	})
	if err == nil {
		im.o.Logger.InfoContext(ctx, "import undone", "batch", b.ID, "kind", b.Kind, "rows", b.DataRows)
	}
	return b, err
}

// heldSlots are the workshop's slots of the bookings that a batch made or changed.
func heldSlots(ctx context.Context, tx postgres.DB, batch uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT a.slot_id FROM import_change c JOIN appointment a ON a.id::text = c.row_id
		WHERE c.batch_id = $1 AND c.noun = 'appointment' AND a.slot_id IS NOT NULL`, batch)
	if err != nil {
		return nil, fmt.Errorf("finding the slots of batch %s: %w", batch, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("finding the slots of batch %s: %w", batch, err)
	}
	return found, nil
}

func (im *Importer) mayUndo(ctx context.Context, tx postgres.DB, b Batch) error {
	switch {
	case b.Repeat || (b.State != Done && b.State != Committing):
		return errs.New(errs.Conflict, "import_undo_state", "这个批次没有写入任何数据，不需要撤销。", "This batch wrote nothing; there is nothing to undo.")
	case b.FinishedAt != nil && im.o.Clock.Now().Sub(*b.FinishedAt) > UndoFor:
		return errs.New(errs.Conflict, "import_undo_late", "导入完成已超过 24 小时，不能再撤销。请导入更正后的文件。",
			"The import ended more than 24 hours ago and can no longer be undone. Import a corrected file instead.")
	}
	return usedSince(ctx, tx, b.ID)
}

// usedSince looks for what an undo must not take away: calls, sent messages, and what
// a later import did to rows of this one.
func usedSince(ctx context.Context, tx postgres.DB, batch uuid.UUID) error {
	var dialled, sent, later int
	var laterName string
	err := tx.QueryRow(ctx, `SELECT
		(SELECT count(*) FROM import_change c JOIN task t ON t.id::text = c.row_id WHERE c.batch_id = $1 AND c.noun = 'task' AND (t.attempts > 0 OR t.state = 'in_progress')),
		(SELECT count(*) FROM import_change c JOIN sms s ON s.id::text = c.row_id WHERE c.batch_id = $1 AND c.noun = 'sms' AND s.sent_at IS NOT NULL),
		coalesce(l.n, 0), coalesce(l.name, '')
		FROM (VALUES (1)) one LEFT JOIN LATERAL (
			SELECT count(*) AS n, min(b.file_name) AS name FROM import_change mine JOIN import_change other
				ON other.store_id = mine.store_id AND other.noun = mine.noun AND other.row_id = mine.row_id AND other.batch_id <> mine.batch_id
			JOIN import_batch b ON b.id = other.batch_id
			WHERE mine.batch_id = $1 AND mine.before IS NULL AND b.commit_at >= (SELECT commit_at FROM import_batch WHERE id = $1)) l ON true`, batch).
		Scan(&dialled, &sent, &later, &laterName)
	switch {
	case err != nil:
		return fmt.Errorf("looking whether batch %s may be undone: %w", batch, err)
	case dialled > 0:
		return errs.New(errs.Conflict, "import_undo_dialled", fmt.Sprintf("已有 %d 个由本批次产生的任务拨打过，不能撤销。请导入更正后的文件。", dialled),
			fmt.Sprintf("%d tasks of this batch have been dialled; it cannot be undone. Import a corrected file instead.", dialled))
	case sent > 0:
		return errs.New(errs.Conflict, "import_undo_sent", fmt.Sprintf("已有 %d 条由本批次产生的短信发出，不能撤销。请导入更正后的文件。", sent),
			fmt.Sprintf("%d messages of this batch have been sent; it cannot be undone. Import a corrected file instead.", sent))
	case later > 0:
		return errs.New(errs.Conflict, "import_undo_later", "之后导入的文件“"+laterName+"”改动了本批次的数据。请先撤销那个文件。",
			"The file \""+laterName+"\" that was imported later changed rows of this batch. Undo that one first.")
	}
	return nil
}

// undoTrouble explains what stands in the way.
func undoTrouble(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23503" {
		return errs.New(errs.Conflict, "import_undo_used", "本批次的客户、车辆或工单已被其他记录使用（通话、预约、投诉、合并或之后的导入），不能整批撤销。请逐条更正。",
			"Customers, vehicles or orders of this batch are in use by other records (calls, appointments, complaints, merges or later imports); it cannot be undone as a whole. Correct single records instead.").Because(err)
	}
	return fmt.Errorf("undoing a batch: %w", err)
}

// keepFor is how long originals and raw rows are kept (DESIGN.md §8).
const keepFor = 90 * 24 * time.Hour

// Sweep removes what is kept no longer: journals of batches that can no longer be
// undone, raw rows and originals after 90 days.
func (im *Importer) Sweep(ctx context.Context, scope postgres.Scope) error {
	now := im.o.Clock.Now()
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM import_change c USING import_batch b WHERE b.id = c.batch_id AND b.finished_at < $1`, now.Add(-UndoFor)); err != nil {
			return fmt.Errorf("sweeping journals: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_row r USING import_batch b WHERE b.id = r.batch_id AND b.created_at < $1 AND b.state <> 'committing'`, now.Add(-keepFor)); err != nil {
			return fmt.Errorf("sweeping imported rows: %w", err)
		}
		return nil
	})
	return errors.Join(err, im.kept.sweep(time.Now().Add(-keepFor))) // files carry real time
}
