package dialer

import (
	"context"
	"fmt"
	"time"

	"ringback/internal/postgres"
)

// restCaller lets the caller number of a blocked call rest when networks and handsets
// have blocked too many of its last calls (spec 2.5.2: more than 15 % of 200).
// Calls from before its last rest do not count again. The store's other numbers
// take over (CG-12); without one its campaigns wait until it has rested.
func (d *Dialer) restCaller(ctx context.Context, db postgres.DB, a Attempt, now time.Time) error {
	var settings string
	if err := db.QueryRow(ctx, `SELECT settings::text FROM store WHERE id = $1`, a.StoreID).Scan(&settings); err != nil {
		return fmt.Errorf("reading the store's rules: %w", err)
	}
	rules, err := d.rulesOf(a.StoreID, settings)
	if err != nil {
		return err
	}
	c := rules.Caller
	tag, err := db.Exec(ctx, `
		UPDATE caller_number n SET state = 'cooling', cooling_until = $4
		FROM (SELECT count(*) AS calls, count(*) FILTER (WHERE x.line_result = 'blocked') AS blocked FROM (
			SELECT k.line_result FROM attempt k JOIN caller_number o ON o.store_id = k.store_id AND o.number = k.caller_number
			WHERE k.store_id = $1 AND k.caller_number = $2 AND k.ended_at IS NOT NULL AND k.business_at > coalesce(o.cooling_until, '-infinity')
			ORDER BY k.business_at DESC LIMIT $3) x) y
		WHERE n.store_id = $1 AND n.number = $2 AND (n.state = 'ok' OR n.state = 'cooling' AND n.cooling_until <= $6)
			AND y.calls >= $3 AND y.blocked * 10000 > y.calls * $5`,
		a.StoreID, a.CallerNumber, c.OfCalls, now.Add(c.Rests.Std()), c.BlockedBP, now)
	if err != nil {
		return fmt.Errorf("letting a caller number rest: %w", err)
	}
	if tag.RowsAffected() > 0 {
		d.log.Warn("a caller number was blocked too often and rests", "number", a.CallerNumber, "store", a.StoreID, "until", now.Add(c.Rests.Std()))
	}
	return nil
}
