package customer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// CaseState is where a question about files stands:
//
//	open ──same──▶ same         the two were made one, the bringer owns the vehicle, the spelling is right
//	open ──different──▶ different   never asked again about the two
//	different ──same──▶ same    a manager knows better
//	open ──settle──▶ done       a merge has answered it by the way
//
// Undoing a merge gives its questions the state that they had before.
type CaseState string

// States of a case.
const (
	CaseOpen      CaseState = "open"
	CaseSame      CaseState = "same"
	CaseDifferent CaseState = "different"
	CaseDone      CaseState = "done"
)

func (s CaseState) next(same bool) (CaseState, bool) {
	switch {
	case same && (s == CaseOpen || s == CaseDifferent):
		return CaseSame, true
	case !same && s == CaseOpen:
		return CaseDifferent, true
	}
	return s, false
}

// Answer is what a person says to a question about files.
type Answer struct {
	Case  uuid.UUID
	Same  bool // one person; of ownership: the vehicle is theirs now
	Note  string
	Picks map[string]Side // see Merging
}

type caseRow struct {
	ID         uuid.UUID
	Kind       string
	CustomerID uuid.UUID
	OtherID    *uuid.UUID
	VehicleID  *uuid.UUID
	State      CaseState
}

// AnswerCase decides a question. "Same" merges the two files (merge tells which merge
// it was) or makes who came the vehicle's owner. errs.NotFound "case_unknown",
// errs.Conflict "case_closed", errs.Invalid "pick_unknown", and those of [Files.Merge].
func (f *Files) AnswerCase(ctx context.Context, db postgres.DB, by By, a Answer) (merge uuid.UUID, err error) {
	for _, code := range slices.Sorted(maps.Keys(a.Picks)) {
		side := a.Picks[code]
		if !slices.ContainsFunc(fields(), func(d field) bool { return d.code == code }) || side != OfSurvivor && side != OfMerged {
			return uuid.Nil, errs.New(errs.Invalid, "pick_unknown", "没有这个可选的档案项。请刷新后再选。", "There is no such field to choose. Reload and choose again.").At("picks")
		}
	}
	c, err := oneCase(ctx, db, a.Case)
	if err != nil {
		return uuid.Nil, err
	}
	to, ok := c.State.next(a.Same)
	if !ok {
		return uuid.Nil, errs.New(errs.Conflict, "case_closed", "这个问题已经有人处理过了。请刷新后再看。", "Somebody has answered this question already. Reload and look again.")
	}
	if a.Same && c.Kind == "same_person" && c.OtherID != nil {
		return f.Merge(ctx, db, by, Merging{A: c.CustomerID, B: *c.OtherID, Picks: a.Picks, Case: c.ID, Note: a.Note})
	}
	if a.Same && c.Kind == "ownership" && c.VehicleID != nil {
		if err := makeOwner(ctx, db, by, c.CustomerID, *c.VehicleID); err != nil {
			return uuid.Nil, err
		}
	}
	if _, err := db.Exec(ctx, `UPDATE merge_case SET state = $2, closed_at = $3, closed_by = $4, note = $5 WHERE id = $1`, c.ID, string(to), by.At, orNull(by.Actor), a.Note); err != nil {
		return uuid.Nil, fmt.Errorf("answering case %s: %w", c.ID, err)
	}
	return uuid.Nil, nil
}

func oneCase(ctx context.Context, db postgres.DB, id uuid.UUID) (caseRow, error) {
	rows, err := db.Query(ctx, `SELECT id, kind, customer_id, other_id, vehicle_id, state FROM merge_case WHERE id = $1 FOR UPDATE`, id)
	if err != nil {
		return caseRow{}, fmt.Errorf("reading case %s: %w", id, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[caseRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return caseRow{}, errs.New(errs.NotFound, "case_unknown", "没有这个待核对的问题。", "There is no such question.")
	}
	if err != nil {
		return caseRow{}, fmt.Errorf("reading case %s: %w", id, err)
	}
	return c, nil
}

// makeOwner gives the vehicle to who brings it (7.5 #6, answered): the former owner's
// tie ends that day, and the new owner is no mere bringer any more.
func makeOwner(ctx context.Context, db postgres.DB, by By, who, vehicle uuid.UUID) error {
	if _, err := db.Exec(ctx, `UPDATE ownership SET to_day = $3 WHERE vehicle_id = $2 AND to_day IS NULL
		AND (role = 'owner' AND customer_id <> $1 OR role <> 'owner' AND customer_id = $1)`, who, vehicle, day(by.At)); err != nil {
		return fmt.Errorf("ending the ties of vehicle %s: %w", vehicle, err)
	}
	if _, err := db.Exec(ctx, `INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role, from_day) VALUES ($1, $2, $3, $4, 'owner', $5)
		ON CONFLICT (vehicle_id, customer_id, role) DO UPDATE SET to_day = NULL`, uuid.Must(uuid.NewV7()), by.Store, vehicle, who, day(by.At)); err != nil {
		return fmt.Errorf("making %s the owner of %s: %w", who, vehicle, err)
	}
	if _, err := db.Exec(ctx, `UPDATE customer SET bringer_only = false, updated_at = $2, version = version + 1 WHERE id = $1 AND bringer_only`, who, by.At); err != nil {
		return fmt.Errorf("making %s an owner: %w", who, err)
	}
	return nil
}

// Propose asks whether two files are one, by hand: the question stands in the list for
// who may merge. An open question about the two is not asked twice; it notes who
// proposes. errs.Conflict "merge_different" when the two were found to be different.
func (f *Files) Propose(ctx context.Context, db postgres.DB, by By, a, b uuid.UUID, words string) (uuid.UUID, error) {
	if a == b {
		return uuid.Nil, errs.New(errs.Invalid, "merge_self", "这是同一份档案，不需要合并。", "This is one and the same file.").At("other")
	}
	two, err := readFiles(ctx, db, a, b)
	if err != nil {
		return uuid.Nil, err
	}
	if len(two) != 2 || two[0].StoreID != by.Store || two[1].StoreID != by.Store {
		return uuid.Nil, errs.New(errs.NotFound, "customer_not_found", "没有这位客户的档案，或者它属于另一家门店。不同门店的档案不合并。",
			"There is no such customer, or it is another store's. Files of two stores are not merged.").At("other")
	}
	if err := mayMerge(&two[0], &two[1], map[string]Side{"id_no": OfSurvivor}); err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	var state CaseState
	err = db.QueryRow(ctx, `SELECT id, state FROM merge_case WHERE kind = 'same_person' AND state IN ('open', 'different') AND customer_id IN ($1, $2) AND other_id IN ($1, $2)
		ORDER BY state = 'open' DESC LIMIT 1 FOR UPDATE`, a, b).Scan(&id, &state)
	switch {
	case err == nil && state == CaseDifferent:
		return uuid.Nil, errs.New(errs.Conflict, "merge_different", "这两份档案已经判定为不同的人。如有新的依据，请经理在“档案合并”的“不是同一人”里改判。",
			"These two were found to be different people. With new evidence, a manager can change that answer under \"not the same\" in the list.")
	case err == nil:
		_, err = db.Exec(ctx, `UPDATE merge_case SET proposed_by = $2, proposed_at = $3, proposal = $4 WHERE id = $1`, id, orNull(by.Actor), by.At, words)
	case errors.Is(err, pgx.ErrNoRows):
		id = uuid.Must(uuid.NewV7())
		_, err = db.Exec(ctx, `INSERT INTO merge_case (id, store_id, kind, customer_id, other_id, evidence, state, created_at, proposed_by, proposed_at, proposal)
			VALUES ($1, $2, 'same_person', $3, $4, '{"rule": "hand"}', 'open', $5, $6, $5, $7)`, id, by.Store, a, b, by.At, orNull(by.Actor), words)
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("proposing a merge: %w", err)
	}
	return id, nil
}

// Survivor is the file that a file was merged into, or the file itself.
func Survivor(ctx context.Context, db postgres.DB, id uuid.UUID) (uuid.UUID, error) {
	var into uuid.UUID
	err := db.QueryRow(ctx, `SELECT coalesce(merged_into, id) FROM customer WHERE id = $1`, id).Scan(&into)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, nil // whoever asks for it is told that it is not there
	}
	if err != nil {
		return id, fmt.Errorf("reading where %s was merged to: %w", id, err)
	}
	return into, nil
}
