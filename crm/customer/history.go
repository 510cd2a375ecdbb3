package customer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// ConsentEntry is one answer in a customer's consent history.
type ConsentEntry struct {
	ID       uuid.UUID
	Purpose  string
	State    string
	Channel  string
	Evidence string
	At       time.Time
	ByName   string
}

// ConsentHistory lists a customer's answers, the newest first.
func ConsentHistory(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]ConsentEntry, error) {
	rows, err := db.Query(ctx, `SELECT c.id, c.purpose, c.state, c.channel, c.evidence, c.at, coalesce(u.name_zh, '') AS by_name
		FROM consent c LEFT JOIN app_user u ON u.id = c.by_user WHERE c.customer_id = $1 ORDER BY c.at DESC, c.id DESC`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the consent history of %s: %w", customer, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[ConsentEntry])
	if err != nil {
		return nil, fmt.Errorf("reading the consent history of %s: %w", customer, err)
	}
	return out, nil
}

// DNCEntry is one do-not-call entry of a number, open or ended.
type DNCEntry struct {
	ID       uuid.UUID
	Last4    string
	Scope    Scope
	Source   string
	FromAt   time.Time
	ToAt     *time.Time
	Evidence string
	ByName   string
}

// DNCHistory lists the do-not-call entries of a customer's numbers, whatever store
// of the group wrote them, the newest first.
func DNCHistory(ctx context.Context, db postgres.DB, group, customer uuid.UUID) ([]DNCEntry, error) {
	rows, err := db.Query(ctx, `SELECT d.id, d.last4, d.scope, d.source, d.from_at, d.to_at, d.evidence, coalesce(u.name_zh, '') AS by_name
		FROM number_dnc d LEFT JOIN app_user u ON u.id = d.created_by
		WHERE d.group_id = $1 AND d.phone_hash IN (SELECT phone_hash FROM customer_phone WHERE customer_id = $2)
		ORDER BY d.from_at DESC, d.id DESC`, group, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the do-not-call history of %s: %w", customer, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[DNCEntry])
	if err != nil {
		return nil, fmt.Errorf("reading the do-not-call history of %s: %w", customer, err)
	}
	return out, nil
}

// EndDNC ends an entry of one of the customer's numbers with the proof that allows it
// (spec 5.2 "remove with proof"), and publishes dnc.ended. errs.NotFound "dnc_not_found"
// when there is none; errs.Conflict "dnc_ended" when it has ended; errs.Invalid
// "dnc_lawful" for a court's or regulator's entry, which only its giver lifts.
func (f *Files) EndDNC(ctx context.Context, db postgres.DB, by By, customer, entry uuid.UUID, proof string) error {
	if strings.TrimSpace(proof) == "" {
		return errs.New(errs.Invalid, "dnc_proof_missing", "请写明解除依据，例如“客户来店书面要求恢复”。", "Say what allows it, such as a written request.").At("reason")
	}
	var source, last4, scope string
	var ended *time.Time
	err := db.QueryRow(ctx, `SELECT source, last4, scope, to_at FROM number_dnc
		WHERE id = $1 AND group_id = $2 AND phone_hash IN (SELECT phone_hash FROM customer_phone WHERE customer_id = $3) FOR UPDATE`,
		entry, by.Group, customer).Scan(&source, &last4, &scope, &ended)
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.NotFound, "dnc_not_found", "没有这条勿扰记录。", "There is no such do-not-call entry.")
	}
	if err != nil {
		return fmt.Errorf("reading do-not-call entry %s: %w", entry, err)
	}
	switch {
	case ended != nil && !ended.After(by.At):
		return errs.New(errs.Conflict, "dnc_ended", "这条勿扰已经解除。", "This do-not-call entry has ended already.")
	case source == "court" || source == "regulator":
		return errs.New(errs.Invalid, "dnc_lawful", "法院或监管要求的勿扰不能在这里解除，请由原机关通知后联系合规人员。",
			"A court's or regulator's entry is not lifted here; its giver must say so to your compliance officer.")
	}
	if _, err := db.Exec(ctx, `UPDATE number_dnc SET to_at = $2, evidence = concat_ws('；', NULLIF(evidence, ''), $3::text) WHERE id = $1`, entry, by.At, proof); err != nil {
		return fmt.Errorf("ending do-not-call entry %s: %w", entry, err)
	}
	return f.publish(ctx, db, by, events.DNCEnded, events.Subjects{"dnc": entry, "customer": customer}, map[string]string{"last4": last4, "scope": scope})
}
