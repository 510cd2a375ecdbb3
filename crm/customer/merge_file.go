package customer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

const fileColumns = `c.id, c.store_id, c.kind, c.name_zh, c.surname_zh, c.honorific, c.id_no_enc, c.id_no_hash, c.birthday, c.address_zh, c.postcode, c.email,
	c.segment, c.club_member, c.club_level, c.club_no, c.is_vip, c.preferred_time, left(c.preferred_from::text, 5) AS preferred_from,
	left(c.preferred_to::text, 5) AS preferred_to, c.advisor_name, c.cs_agent_id, coalesce(cs.name_zh, '') AS cs_agent, c.renewal_agent_id,
	coalesce(ra.name_zh, '') AS renewal_agent, c.bringer_only, c.no_phone, c.tags, c.freeze_until, c.deceased_at, c.legal_hold, c.extra, c.merged_into,
	c.created_at, c.updated_at, (SELECT count(*) FROM work_order w WHERE w.customer_id = c.id AND w.state <> 'voided') AS orders`

// readFiles reads files with the names of their agents.
func readFiles(ctx context.Context, db postgres.DB, ids ...uuid.UUID) ([]file, error) {
	found, err := collect[file](ctx, db, `SELECT `+fileColumns+` FROM customer c LEFT JOIN app_user cs ON cs.id = c.cs_agent_id
		LEFT JOIN app_user ra ON ra.id = c.renewal_agent_id WHERE c.id = ANY ($1) ORDER BY array_position($1, c.id)`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading the files of a merge: %w", err)
	}
	return found, nil
}

// lockTwo reads two files that nobody else changes until the end of the transaction:
// no import is writing to the store, no call of theirs is planned, live or being
// written down.
func (f *Files) lockTwo(ctx context.Context, db postgres.DB, by By, a, b uuid.UUID) (_, _ *file, err error) {
	if a == b {
		return nil, nil, errs.New(errs.Invalid, "merge_self", "这是同一份档案，不需要合并。", "This is one and the same file.")
	}
	if err := lockFiles(ctx, db, by, a, b); err != nil {
		return nil, nil, err
	}
	found, err := readFiles(ctx, db, a, b)
	if err != nil {
		return nil, nil, err
	}
	if len(found) != 2 || found[0].StoreID != by.Store || found[1].StoreID != by.Store {
		return nil, nil, errs.New(errs.NotFound, "customer_not_found", "没有这位客户的档案，或者它属于另一家门店。不同门店的档案不合并。",
			"There is no such customer, or it is another store's. Files of two stores are not merged.")
	}
	return &found[0], &found[1], nil
}

// OneWriter makes imports of a store and merges of its files take turns: both decide
// who is who before they write.
func OneWriter(ctx context.Context, db postgres.DB, store uuid.UUID) error {
	if _, err := db.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1::text, 0))`, store); err != nil {
		return fmt.Errorf("waiting for the store's import or merge: %w", err)
	}
	return nil
}

// lockFiles takes the locks in the order in which the importer and the dialer take
// them: the store's imports, the tasks, the files. The dialer's new attempt waits at
// its foreign key until the merge is done, and then belongs to the survivor.
func lockFiles(ctx context.Context, db postgres.DB, by By, files ...uuid.UUID) error {
	if err := OneWriter(ctx, db, by.Store); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `SELECT id FROM task WHERE customer_id = ANY ($1) ORDER BY id FOR UPDATE`, files); err != nil {
		return fmt.Errorf("locking the tasks of a merge: %w", err)
	}
	if _, err := db.Exec(ctx, `SELECT id FROM customer WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, files); err != nil {
		return fmt.Errorf("locking the files of a merge: %w", err)
	}
	var busy bool
	err := db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM attempt WHERE customer_id = ANY ($1)
			AND state IN ('planned', 'dialing', 'ringing', 'checking', 'answered', 'bridged', 'wrap', 'wrap_overdue'))
		OR EXISTS (SELECT FROM task WHERE customer_id = ANY ($1) AND state = 'in_progress')`, files).Scan(&busy)
	if err != nil {
		return fmt.Errorf("looking for calls of a merge's customers: %w", err)
	}
	if busy {
		return errs.New(errs.Conflict, "merge_in_call", "这位客户正在通话或正准备拨打（也可能座席还在填写结果），现在不能改动档案归属。请等这通电话结束后再试。",
			"The customer is being called, or an agent is still writing down the call; the files cannot change now. Try again when the call has ended.")
	}
	return nil
}

// writeFile writes the survivor's own values.
func writeFile(ctx context.Context, db postgres.DB, by By, c file) error {
	_, err := db.Exec(ctx, `UPDATE customer SET name_zh = $2, surname_zh = $3, honorific = $4, id_no_enc = $5, id_no_hash = $6, birthday = $7, address_zh = $8,
			postcode = $9, email = $10, segment = $11, club_member = $12, club_level = $13, club_no = $14, is_vip = $15, preferred_time = $16,
			preferred_from = $17::text::time, preferred_to = $18::text::time, advisor_name = $19, cs_agent_id = $20, renewal_agent_id = $21, bringer_only = $22,
			no_phone = $23, tags = $24, freeze_until = $25, deceased_at = $26, legal_hold = $27, extra = $28, updated_at = $29, version = version + 1
		WHERE id = $1`,
		c.ID, c.NameZH, c.SurnameZH, c.Honorific, c.IDNoEnc, c.IDNoHash, c.Birthday, c.AddressZH, c.Postcode, c.Email, c.Segment, c.ClubMember, c.ClubLevel,
		c.ClubNo, c.IsVIP, c.PreferredTime, c.PreferredFrom, c.PreferredTo, c.AdvisorName, c.CSAgentID, c.RenewalAgentID, c.BringerOnly,
		c.NoPhone, c.Tags, c.FreezeUntil, c.DeceasedAt, c.LegalHold, c.Extra, by.At)
	if err != nil {
		return fmt.Errorf("writing the survivor of a merge: %w", err)
	}
	return nil
}
