package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// day is a moment's date in the stores' zone.
func day(at time.Time) time.Time {
	l := at.In(clock.Shanghai())
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
}

// joinTies prepares how the two stand to their vehicles: where both stand alike, the
// survivor's tie covers both and the merged file's ends. A number that both files have
// stays with each; it is called only if neither found it bad.
func joinTies(ctx context.Context, db postgres.DB, by By, survivor, merged uuid.UUID) error {
	if _, err := db.Exec(ctx, `UPDATE ownership k SET from_day = least(k.from_day, r.from_day),
			to_day = CASE WHEN k.to_day IS NOT NULL AND r.to_day IS NOT NULL THEN greatest(k.to_day, r.to_day) END
		FROM ownership r WHERE k.customer_id = $1 AND r.customer_id = $2 AND r.vehicle_id = k.vehicle_id AND r.role = k.role`, survivor, merged); err != nil {
		return fmt.Errorf("joining the vehicles of a merge: %w", err)
	}
	if _, err := db.Exec(ctx, `UPDATE ownership r SET to_day = $3 FROM ownership k WHERE k.customer_id = $1 AND r.customer_id = $2
		AND r.vehicle_id = k.vehicle_id AND r.role = k.role AND r.to_day IS NULL`, survivor, merged, day(by.At)); err != nil {
		return fmt.Errorf("ending a tie of a merge: %w", err)
	}
	if _, err := db.Exec(ctx, `UPDATE customer_phone k SET verified_at = greatest(k.verified_at, r.verified_at),
			status = CASE WHEN k.status IN ('ok', 'unknown') AND r.status NOT IN ('ok', 'unknown') THEN r.status ELSE k.status END
		FROM customer_phone r WHERE k.customer_id = $1 AND r.customer_id = $2 AND r.phone_hash = k.phone_hash`, survivor, merged); err != nil {
		return fmt.Errorf("joining the numbers of a merge: %w", err)
	}
	return nil
}

// endWeakTies leaves one way of standing to each vehicle: an owner is not also its
// bringer.
func endWeakTies(ctx context.Context, db postgres.DB, by By, survivor uuid.UUID) error {
	_, err := db.Exec(ctx, `UPDATE ownership w SET to_day = $2 WHERE w.customer_id = $1 AND w.to_day IS NULL AND EXISTS (
		SELECT FROM ownership k WHERE k.customer_id = $1 AND k.vehicle_id = w.vehicle_id AND k.to_day IS NULL
			AND array_position(ARRAY['owner', 'user', 'bringer'], k.role) < array_position(ARRAY['owner', 'user', 'bringer'], w.role))`, survivor, day(by.At))
	if err != nil {
		return fmt.Errorf("ending the weaker ties of a merge: %w", err)
	}
	return nil
}

// closeBetween answers the open questions whether the two are one.
func closeBetween(ctx context.Context, db postgres.DB, by By, survivor, merged uuid.UUID, note string) error {
	_, err := db.Exec(ctx, `UPDATE merge_case SET state = 'same', closed_at = $3, closed_by = $4, note = $5
		WHERE kind = 'same_person' AND state IN ('open', 'different') AND customer_id IN ($1, $2) AND other_id IN ($1, $2)`,
		survivor, merged, by.At, orNull(by.Actor), note)
	if err != nil {
		return fmt.Errorf("answering the questions of a merge: %w", err)
	}
	return nil
}

// closeAnswered closes open questions that the survivor now has twice, that were
// answered for the other file, or whose answer is plain: the one who came is the owner.
func closeAnswered(ctx context.Context, db postgres.DB, by By, survivor uuid.UUID) error {
	_, err := db.Exec(ctx, `UPDATE merge_case m SET state = 'done', closed_at = $2, closed_by = $3
		WHERE m.state = 'open' AND (m.customer_id = $1 OR m.other_id = $1) AND EXISTS (
			SELECT FROM merge_case o WHERE o.kind = m.kind AND o.id <> m.id AND (o.state = 'different' OR o.state = 'open' AND (o.created_at, o.id) < (m.created_at, m.id))
				AND o.vehicle_id IS NOT DISTINCT FROM CASE m.kind WHEN 'same_person' THEN o.vehicle_id ELSE m.vehicle_id END
				AND (o.customer_id = m.customer_id AND o.other_id IS NOT DISTINCT FROM m.other_id OR o.customer_id = m.other_id AND o.other_id = m.customer_id))`,
		survivor, by.At, orNull(by.Actor))
	if err != nil {
		return fmt.Errorf("closing the doubled questions of a merge: %w", err)
	}
	_, err = db.Exec(ctx, `UPDATE merge_case m SET state = 'done', closed_at = $2, closed_by = $3 WHERE m.state = 'open' AND m.kind = 'ownership' AND m.customer_id = $1
		AND EXISTS (SELECT FROM ownership o WHERE o.customer_id = $1 AND o.vehicle_id = m.vehicle_id AND o.role = 'owner' AND o.to_day IS NULL)`, survivor, by.At, orNull(by.Actor))
	if err != nil {
		return fmt.Errorf("closing the ownership questions of a merge: %w", err)
	}
	return nil
}

// said is the newest answer of one file for one purpose.
type said struct {
	CustomerID uuid.UUID
	Purpose    string
	State      string
	At         time.Time
}

// outweighed finds the purposes for which one file refused on the day of the other's
// grant or after it (spec 7.5), though the grant would stand as the newer row.
func outweighed(ctx context.Context, db postgres.DB, survivor, merged uuid.UUID) (purposes []string, err error) {
	found, err := collect[said](ctx, db, `SELECT DISTINCT ON (customer_id, purpose) customer_id, purpose, state, at FROM consent
		WHERE customer_id IN ($1, $2) ORDER BY customer_id, purpose, at DESC, id DESC`, survivor, merged)
	if err != nil {
		return nil, fmt.Errorf("comparing the consents of a merge: %w", err)
	}
	for _, no := range found {
		if slices.ContainsFunc(found, no.outweighs) {
			purposes = append(purposes, no.Purpose)
		}
	}
	return purposes, nil
}

// outweighs tells that a refusal must be written again to stand against a grant.
func (no said) outweighs(yes said) bool {
	return no.Purpose == yes.Purpose && no.State != "given" && yes.State == "given" && !day(no.At).Before(day(yes.At)) && !no.At.After(yes.At)
}

// refuse writes the refusals that outweigh a grant, as of now.
func (f *Files) refuse(ctx context.Context, db postgres.DB, by By, survivor uuid.UUID, purposes []string) error {
	for _, purpose := range purposes {
		if _, err := db.Exec(ctx, `INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, evidence, at, by_user)
			VALUES ($1, $2, $3, $4, 'refused', 'import', '合并档案：另一份档案在同一天或之后拒绝', $5, $6)`,
			uuid.Must(uuid.NewV7()), by.Store, survivor, purpose, by.At, orNull(by.Actor)); err != nil {
			return fmt.Errorf("keeping the refusal of a merge: %w", err)
		}
		e := by.event(events.ConsentChanged, events.Subjects{"customer": survivor})
		var err error
		if e.Data, err = json.Marshal(map[string]string{"purpose": purpose, "state": "refused"}); err != nil {
			return fmt.Errorf("encoding a consent: %w", err)
		}
		if err := f.bus.PublishAll(ctx, db, []events.Event{e}); err != nil {
			return err
		}
	}
	return nil
}
