package customer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Scope of a do-not-call entry (spec 2.4.22).
type Scope string

// Scopes.
const (
	ScopeAll        Scope = "all"
	ScopeSurvey     Scope = "survey"
	ScopeCommercial Scope = "commercial"
	ScopeSMS        Scope = "sms"
)

// Stops tells whether an entry of this scope stops a call of class (service,
// reminder, commercial, care); survey marks calls that ask for scores. Reminders
// count as commercial, as disposition C05 treats them (spec 2.6).
func (s Scope) Stops(class string, survey bool) bool {
	switch s {
	case ScopeAll:
		return true
	case ScopeSurvey:
		return survey
	case ScopeCommercial:
		return class == "commercial" || class == "reminder"
	}
	return false
}

// RefusalScope is what "do not call me again" (C05) writes for a call of class.
func RefusalScope(class string, survey, never bool) Scope {
	switch {
	case never:
		return ScopeAll
	case survey:
		return ScopeSurvey
	case class == "reminder" || class == "commercial":
		return ScopeCommercial
	}
	return ScopeAll
}

// DNC is a do-not-call entry to write. It holds for the number in every store of
// the group.
type DNC struct {
	Digits   string // or PhoneID
	PhoneID  uuid.UUID
	Scope    Scope
	Source   string // customer, agent, sms_reply, regulator, import, court
	From     time.Time
	Evidence string
}

// AddDNC writes an entry and publishes dnc.added. added is false when the number
// has an open entry of that scope already. One that a merge copied from another number
// becomes the number's own: it no longer goes when the merge is undone.
func (f *Files) AddDNC(ctx context.Context, db postgres.DB, by By, d DNC) (added bool, err error) {
	hash, last4, err := f.numberOf(ctx, db, d.PhoneID, d.Digits)
	if err != nil {
		return false, err
	}
	id := uuid.Must(uuid.NewV7())
	var actor *uuid.UUID
	if by.Actor != uuid.Nil {
		actor = &by.Actor
	}
	err = db.QueryRow(ctx, `
		INSERT INTO number_dnc AS d (id, group_id, phone_hash, last4, scope, source, from_at, evidence, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (group_id, phone_hash, scope) WHERE to_at IS NULL DO UPDATE
			SET source = EXCLUDED.source, from_at = least(d.from_at, EXCLUDED.from_at), evidence = EXCLUDED.evidence, created_by = EXCLUDED.created_by, merge_id = NULL
			WHERE d.merge_id IS NOT NULL
		RETURNING id`,
		id, by.Group, hash, last4, string(d.Scope), d.Source, d.From, d.Evidence, actor).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("writing do-not-call …%s: %w", last4, err)
	}
	return true, f.publish(ctx, db, by, events.DNCAdded, events.Subjects{"dnc": id},
		map[string]string{"last4": last4, "scope": string(d.Scope), "source": d.Source})
}

func (f *Files) numberOf(ctx context.Context, db postgres.DB, phoneID uuid.UUID, digits string) (hash []byte, last4 string, err error) {
	if digits != "" {
		return f.Hash(digits), digits[max(0, len(digits)-4):], nil
	}
	err = db.QueryRow(ctx, `SELECT phone_hash, last4 FROM customer_phone WHERE id = $1`, phoneID).Scan(&hash, &last4)
	if err != nil {
		return nil, "", fmt.Errorf("reading number %s: %w", phoneID, err)
	}
	return hash, last4, nil
}

// DNCHash is the number hash of an entry: for handlers of dnc.added.
func DNCHash(ctx context.Context, db postgres.DB, id uuid.UUID) (hash []byte, scope Scope, err error) {
	err = db.QueryRow(ctx, `SELECT phone_hash, scope FROM number_dnc WHERE id = $1`, id).Scan(&hash, &scope)
	if err != nil {
		return nil, "", fmt.Errorf("reading do-not-call entry %s: %w", id, err)
	}
	return hash, scope, nil
}

// DNCOf gives the open scopes of any of the numbers at the moment at.
func DNCOf(ctx context.Context, db postgres.DB, group uuid.UUID, hashes [][]byte, at time.Time) ([]Scope, error) {
	rows, err := db.Query(ctx, `
		SELECT DISTINCT scope FROM number_dnc
		WHERE group_id = $1 AND phone_hash = ANY ($2) AND from_at <= $3 AND (to_at IS NULL OR to_at > $3)`, group, hashes, at)
	if err != nil {
		return nil, fmt.Errorf("reading do-not-call: %w", err)
	}
	scopes, err := pgx.CollectRows(rows, pgx.RowTo[Scope])
	if err != nil {
		return nil, fmt.Errorf("reading do-not-call: %w", err)
	}
	return scopes, nil
}

func (f *Files) publish(ctx context.Context, db postgres.DB, by By, kind events.Kind, subject events.Subjects, data any) error {
	return f.bus.Publish(ctx, db, by.event(kind, subject), data)
}

func (by By) event(kind events.Kind, subject events.Subjects) events.Event {
	return events.Event{Kind: kind, Group: by.Group, Store: by.Store, At: by.At, Actor: by.Actor, Subject: subject}
}
