package customer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// mergeRow is a merge in the record.
type mergeRow struct {
	ID         uuid.UUID
	StoreID    uuid.UUID
	SurvivorID uuid.UUID
	MergedID   uuid.UUID
	At         time.Time
	UndoneAt   *time.Time
}

// Unmerge takes a merge back within 30 days (spec 7.5). Every row that the merge
// changed gets its former values, column by column, except where somebody changed the
// value since; so both files are again what they were. What came since the merge
// (orders, answers, dials, numbers, grants) stays with the survivor; a do-not-call or
// a refusal said since holds for both, because it is not known who of the two said it
// (7.5 "strictest"). It publishes customer.unmerged with the merge's subjects.
//
// errs.NotFound "merge_unknown"; errs.Conflict "merge_undone" when undone before,
// "merge_late" after 30 days, "merge_below" when a later merge stands on one of the
// files, "merge_in_call" while one is being called.
func (f *Files) Unmerge(ctx context.Context, db postgres.DB, by By, merge uuid.UUID) error {
	m, err := readMerge(ctx, db, by, merge)
	if err != nil {
		return err
	}
	if err := lockFiles(ctx, db, by, m.SurvivorID, m.MergedID); err != nil {
		return err
	}
	if m, err = readMerge(ctx, db, by, merge); err != nil { // as it is under the lock
		return err
	}
	if err := mayUnmerge(ctx, db, by, m); err != nil {
		return err
	}
	refusals, err := refusedSince(ctx, db, m)
	if err != nil {
		return err
	}
	if err := putBack(ctx, db, by, m); err != nil {
		return err
	}
	if err := f.RecordConsents(ctx, db, by, refusals); err != nil {
		return err
	}
	if err := f.spreadDNC(ctx, db, by, spread{one: m.SurvivorID, two: m.MergedID, since: m.ID}); err != nil {
		return err
	}
	return f.publish(ctx, db, by, events.CustomerUnmerged, events.Subjects{"customer": m.SurvivorID, "merged": m.MergedID, "merge": m.ID}, nil)
}

func readMerge(ctx context.Context, db postgres.DB, by By, id uuid.UUID) (mergeRow, error) {
	rows, err := db.Query(ctx, `SELECT id, store_id, survivor_id, merged_id, at, undone_at FROM customer_merge WHERE id = $1 AND store_id = $2`, id, by.Store)
	if err != nil {
		return mergeRow{}, fmt.Errorf("reading merge %s: %w", id, err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[mergeRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return mergeRow{}, errs.New(errs.NotFound, "merge_unknown", "没有这次合并的记录。", "There is no such merge.")
	}
	if err != nil {
		return mergeRow{}, fmt.Errorf("reading merge %s: %w", id, err)
	}
	return m, nil
}

func mayUnmerge(ctx context.Context, db postgres.DB, by By, m mergeRow) error {
	switch {
	case m.UndoneAt != nil:
		return errs.New(errs.Conflict, "merge_undone", "这次合并已经撤销过，两份档案都已恢复。", "This merge was undone before; both files are back.")
	case by.At.Sub(m.At) > UnmergeFor:
		return errs.New(errs.Conflict, "merge_late", "合并已超过 30 天，不能再撤销。如确有错误，请为该客户另建档案并逐项更正。",
			"The merge is more than 30 days old and can no longer be undone. If it was wrong, open a new file and correct it by hand.")
	}
	var above uuid.UUID
	err := db.QueryRow(ctx, `SELECT id FROM customer_merge WHERE undone_at IS NULL AND id <> $1 AND (at, id) > ($2::timestamptz, $1)
		AND (survivor_id IN ($3, $4) OR merged_id IN ($3, $4)) ORDER BY at DESC, id DESC LIMIT 1`, m.ID, m.At, m.SurvivorID, m.MergedID).Scan(&above)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("looking for merges after %s: %w", m.ID, err)
	}
	return errs.New(errs.Conflict, "merge_below", "这份档案之后又参与了另一次合并，请先撤销后来的那一次，再撤销这一次。",
		"One of the files was part of a later merge. Undo that one first, then this one.")
}

// refusedSince are the refusals that the survivor recorded after the merge, for the
// other file: the newest answer of a purpose.
func refusedSince(ctx context.Context, db postgres.DB, m mergeRow) ([]Consent, error) {
	out, err := collect[Consent](ctx, db, `SELECT $3::uuid AS customer, purpose, state, channel, evidence FROM (
			SELECT DISTINCT ON (purpose) id, purpose, state, channel, evidence FROM consent WHERE customer_id = $1 ORDER BY purpose, at DESC, id DESC) n
		WHERE state <> 'given' AND id > $2 AND NOT EXISTS (SELECT FROM customer_merge_row r WHERE r.merge_id = $2 AND r.noun = 'consent' AND r.row_id = n.id::text)`,
		m.SurvivorID, m.ID, m.MergedID)
	if err != nil {
		return nil, fmt.Errorf("reading what was refused since merge %s: %w", m.ID, err)
	}
	return out, nil
}

// putBack restores the journal and removes what the merge added.
func putBack(ctx context.Context, db postgres.DB, by By, m mergeRow) error {
	if err := subjectsBack(ctx, db, m.ID); err != nil {
		return err
	}
	if err := leaveDoubles(ctx, db, m.ID); err != nil {
		return err
	}
	if err := restore(ctx, db, m.ID); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `DELETE FROM consent c USING customer_merge_row r WHERE r.merge_id = $1 AND r.noun = 'consent' AND r.before IS NULL AND c.id = r.row_id::uuid`, m.ID); err != nil {
		return fmt.Errorf("removing the refusals of merge %s: %w", m.ID, err)
	}
	if _, err := db.Exec(ctx, `DELETE FROM number_dnc WHERE merge_id = $1 AND (to_at IS NULL OR to_at > $2)`, m.ID, by.At); err != nil {
		return fmt.Errorf("removing the do-not-call entries of merge %s: %w", m.ID, err)
	}
	if _, err := db.Exec(ctx, `UPDATE number_dnc SET merge_id = NULL WHERE merge_id = $1`, m.ID); err != nil { // ended meanwhile: history
		return fmt.Errorf("keeping the ended do-not-call entries of merge %s: %w", m.ID, err)
	}
	if _, err := db.Exec(ctx, `UPDATE customer_merge SET undone_at = $2, undone_by = $3 WHERE id = $1`, m.ID, by.At, orNull(by.Actor)); err != nil {
		return fmt.Errorf("closing merge %s: %w", m.ID, err)
	}
	if _, err := db.Exec(ctx, `DELETE FROM customer_merge_row WHERE merge_id = $1`, m.ID); err != nil {
		return fmt.Errorf("clearing the journal of merge %s: %w", m.ID, err)
	}
	return nil
}

// SweepMerges clears the journals of merges that can no longer be undone: they hold
// former values of customers.
func SweepMerges(ctx context.Context, db postgres.DB, now time.Time) error {
	if _, err := db.Exec(ctx, `DELETE FROM customer_merge_row r USING customer_merge m WHERE m.id = r.merge_id AND m.at < $1`, now.Add(-UnmergeFor)); err != nil {
		return fmt.Errorf("clearing the journals of old merges: %w", err)
	}
	return nil
}
