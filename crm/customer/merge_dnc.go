package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

// spread says which do-not-call entries go to which numbers: those of both files to
// all numbers of both.
type spread struct {
	one, two uuid.UUID
	merge    uuid.UUID // the copies are this merge's; zero: they stay
	since    uuid.UUID // only entries written after this merge; zero: all
}

// numberStop is one do-not-call entry as it goes to another number.
type numberStop struct {
	PhoneHash []byte
	Last4     string
	Scope     Scope
	Source    string
	FromAt    time.Time
	ToAt      *time.Time
	Evidence  string
}

// outlasts tells that an entry ends later than another; one without an end never ends.
func (d numberStop) outlasts(o numberStop) bool {
	return o.ToAt != nil && (d.ToAt == nil || d.ToAt.After(*o.ToAt))
}

type joinedNumber struct {
	PhoneHash []byte
	Last4     string
}

// missingStops gives the entries that are to be added so that each number is under
// every scope of any, as long as the longest (spec 7.5 "DNC union, strictest").
func missingStops(numbers []joinedNumber, entries, there []numberStop) (out []numberStop) {
	longest := map[Scope]numberStop{}
	var scopes []Scope
	for _, d := range entries {
		have, ok := longest[d.Scope]
		if !ok {
			scopes = append(scopes, d.Scope)
		}
		if !ok || d.outlasts(have) {
			longest[d.Scope] = d
		}
	}
	for _, scope := range scopes {
		d := longest[scope]
		for _, n := range numbers {
			if covered(n, d, there) {
				continue
			}
			d.PhoneHash, d.Last4, d.Evidence = n.PhoneHash, n.Last4, evidenceOf(longest[scope])
			out = append(out, d)
		}
	}
	return out
}

func covered(n joinedNumber, d numberStop, there []numberStop) bool {
	for _, o := range there {
		if string(o.PhoneHash) == string(n.PhoneHash) && o.Scope == d.Scope && !d.outlasts(o) {
			return true
		}
	}
	return false
}

func evidenceOf(d numberStop) string {
	text := "合并档案：同一客户的号码 …" + d.Last4
	if d.Evidence != "" {
		text += "（" + d.Evidence + "）"
	}
	return text
}

// spreadDNC writes the missing entries and publishes dnc.added for each: the tasks of
// the numbers end in this transaction.
func (f *Files) spreadDNC(ctx context.Context, db postgres.DB, by By, s spread) error {
	numbers, err := collect[joinedNumber](ctx, db, `SELECT DISTINCT ON (phone_hash) phone_hash, last4 FROM customer_phone WHERE customer_id IN ($1, $2) ORDER BY phone_hash`, s.one, s.two)
	if err != nil {
		return fmt.Errorf("reading the numbers of a merge: %w", err)
	}
	hashes := make([][]byte, len(numbers))
	for i, n := range numbers {
		hashes[i] = n.PhoneHash
	}
	type written struct {
		numberStop
		Later bool
	}
	found, err := collect[written](ctx, db, `SELECT phone_hash, last4, scope, source, from_at, to_at, evidence, $4::uuid IS NOT NULL AND id > $4 AS later FROM number_dnc
		WHERE group_id = $1 AND phone_hash = ANY ($2) AND (to_at IS NULL OR to_at > $3) ORDER BY id`, by.Group, hashes, by.At, orNull(s.since))
	if err != nil {
		return fmt.Errorf("reading the do-not-call entries of a merge: %w", err)
	}
	var entries, there []numberStop
	for _, d := range found {
		there = append(there, d.numberStop)
		if d.Later || s.since == uuid.Nil {
			entries = append(entries, d.numberStop)
		}
	}
	return f.writeStops(ctx, db, by, missingStops(numbers, entries, there), s.merge)
}

func (f *Files) writeStops(ctx context.Context, db postgres.DB, by By, stops []numberStop, merge uuid.UUID) error {
	for _, d := range stops {
		id, from := uuid.Must(uuid.NewV7()), d.FromAt
		if from.Before(by.At) {
			from = by.At
		}
		_, err := db.Exec(ctx, `INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at, to_at, evidence, created_by, merge_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			id, by.Group, d.PhoneHash, d.Last4, string(d.Scope), d.Source, from, d.ToAt, d.Evidence, orNull(by.Actor), orNull(merge))
		if err != nil {
			return fmt.Errorf("writing do-not-call …%s of a merge: %w", d.Last4, err)
		}
		if err := f.publish(ctx, db, by, events.DNCAdded, events.Subjects{"dnc": id},
			map[string]string{"last4": d.Last4, "scope": string(d.Scope), "source": d.Source}); err != nil {
			return err
		}
	}
	return nil
}
