package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// UnmergeFor is how long a merge may be undone (spec 7.5).
const UnmergeFor = 30 * 24 * time.Hour

// Merging asks for one file of two.
type Merging struct {
	A, B  uuid.UUID
	Picks map[string]Side // whose value of a field a person chose, of those both files fill; see Compare
	Case  uuid.UUID       // the question it answers, or zero
	Note  string
}

// Merge makes one file of two (spec 7.5), in the caller's transaction: all of it or
// nothing. The older file with more orders survives; its blanks are filled and the
// newest verified value of a field wins; numbers join; every number gets the
// do-not-call scopes of all; a refusal wins over a grant of the same or an older day;
// what else belongs to the merged file moves (see holdings), and open questions about
// the two are answered. Nothing is deleted, and [Files.Unmerge] puts it back.
//
// It publishes customer.merged (subjects customer, merged, merge) for what follows in
// other rooms: that is part of the undo too.
//
// errs.Invalid "merge_self", "merge_kind", "merge_id_no"; errs.NotFound
// "customer_not_found", also for another store's; errs.Conflict "merge_gone" when one
// is merged already, "merge_in_call" while one is being called.
func (f *Files) Merge(ctx context.Context, db postgres.DB, by By, m Merging) (uuid.UUID, error) {
	a, b, err := f.lockTwo(ctx, db, by, m.A, m.B)
	if err != nil {
		return uuid.Nil, err
	}
	if err := mayMerge(a, b, m.Picks); err != nil {
		return uuid.Nil, err
	}
	survivor, merged := survives(a, b)
	id := uuid.Must(uuid.NewV7())
	if _, err := db.Exec(ctx, `INSERT INTO customer_merge (id, store_id, survivor_id, merged_id, at, by_user, case_id, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, by.Store, survivor.ID, merged.ID, by.At, orNull(by.Actor), orNull(m.Case), m.Note); err != nil {
		return uuid.Nil, fmt.Errorf("noting a merge: %w", err)
	}
	before, err := takePicture(ctx, db, by, survivor.ID, merged.ID)
	if err != nil {
		return uuid.Nil, err
	}
	if err := f.makeOne(ctx, db, by, id, survivor, merged, m); err != nil {
		return uuid.Nil, err
	}
	about := events.Subjects{"customer": survivor.ID, "merged": merged.ID, "merge": id}
	if err := f.publish(ctx, db, by, events.CustomerMerged, about, nil); err != nil {
		return uuid.Nil, err
	}
	after, err := takePicture(ctx, db, by, survivor.ID, merged.ID)
	if err != nil {
		return uuid.Nil, err
	}
	return id, keepJournal(ctx, db, by, id, differences(before, after))
}

// makeOne is the merge itself. Consents and do-not-call are read while it is still
// known whose they are.
func (f *Files) makeOne(ctx context.Context, db postgres.DB, by By, merge uuid.UUID, survivor, merged *file, m Merging) error {
	refusals, err := outweighed(ctx, db, survivor.ID, merged.ID)
	if err != nil {
		return err
	}
	if err := closeBetween(ctx, db, by, survivor.ID, merged.ID, m.Note); err != nil {
		return err
	}
	if err := joinTies(ctx, db, by, survivor.ID, merged.ID); err != nil {
		return err
	}
	for _, h := range holdings() {
		if _, err := db.Exec(ctx, h.move(), survivor.ID, merged.ID); err != nil {
			return fmt.Errorf("moving the rows of a merge in %s: %w", h.table, err)
		}
	}
	if err := endWeakTies(ctx, db, by, survivor.ID); err != nil {
		return err
	}
	if err := closeAnswered(ctx, db, by, survivor.ID); err != nil {
		return err
	}
	if err := writeFile(ctx, db, by, joined(survivor, merged, m.Picks)); err != nil {
		return err
	}
	if err := follow(ctx, db, by, survivor.ID, merged.ID); err != nil {
		return err
	}
	if err := f.refuse(ctx, db, by, survivor.ID, refusals); err != nil {
		return err
	}
	return f.spreadDNC(ctx, db, by, spread{one: survivor.ID, two: merged.ID, merge: merge})
}

func mayMerge(a, b *file, picks map[string]Side) error {
	switch {
	case a.MergedInto != nil || b.MergedInto != nil:
		return errs.New(errs.Conflict, "merge_gone", "其中一份档案已经合并到别的档案里了。请刷新后再看。",
			"One of the files has been merged into another already. Reload and look again.")
	case a.Kind != b.Kind:
		return errs.New(errs.Invalid, "merge_kind", "一份是个人、一份是单位，不能合并。单位的联系人请保留为单独的档案。",
			"One is a person and one a company; they are not one file. A company's contact keeps a file of their own.")
	case a.IDNoHash != nil && b.IDNoHash != nil && string(a.IDNoHash) != string(b.IDNoHash) && picks["id_no"] == "":
		return errs.New(errs.Invalid, "merge_id_no", "两份档案的证件号不同，一般不是同一人。如果确认是同一人，请先选定保留哪一个证件号。",
			"The ID numbers differ, so these are hardly one person. If you are sure, choose which ID number is kept.").At("picks")
	}
	return nil
}

// follow closes the merged file; files that were merged into it before lead to the
// survivor at once.
func follow(ctx context.Context, db postgres.DB, by By, survivor, merged uuid.UUID) error {
	_, err := db.Exec(ctx, `UPDATE customer SET merged_into = $1, updated_at = $3, version = version + 1 WHERE id = $2 OR merged_into = $2`, survivor, merged, by.At)
	if err != nil {
		return fmt.Errorf("closing a merged file: %w", err)
	}
	return nil
}
