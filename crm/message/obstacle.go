package message

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// commercialCap is the most commercial messages to a customer in 30 days (3.5).
const commercialCap = 2

// waiting is a message as the rules look at it.
type waiting struct {
	id           uuid.UUID // zero: not written yet
	group, store uuid.UUID
	customer     uuid.UUID
	class        string
	asked        bool
	number       number
	at           time.Time
}

type number struct {
	hash   []byte
	status customer.Status
	kind   string // mobile, landline
}

// unfit is why no message reaches the number.
func (n number) unfit() string {
	switch {
	case !n.status.Callable():
		return "bad_number"
	case n.kind != "mobile":
		return "landline"
	}
	return ""
}

func numberOf(ctx context.Context, db postgres.DB, phone uuid.UUID) (n number, err error) {
	if err = db.QueryRow(ctx, `SELECT phone_hash, status, kind FROM customer_phone WHERE id = $1`, phone).Scan(&n.hash, &n.status, &n.kind); err != nil {
		return n, fmt.Errorf("reading the number of a message: %w", err)
	}
	return n, nil
}

// obstacle is why a message may not go, empty when it may: asked when it is
// written and again when it is handed over.
func obstacle(ctx context.Context, db postgres.DB, w waiting) (string, error) {
	reason, err := refusedScope(ctx, db, w)
	if err != nil || reason != "" || w.class != "commercial" {
		return reason, err
	}
	consents, err := customer.Consents(ctx, db, w.customer)
	if err != nil {
		return "", err
	}
	if !w.asked && consents[customer.PurposeMarketing] != "given" { // unanswered counts as refused
		return "no_consent", nil
	}
	return capped(ctx, db, w)
}

// refusedScope asks do-not-call: scopes sms and all stop every message, commercial
// stops advertising, and reminders too unless the store sends those all the same
// (T-E11).
func refusedScope(ctx context.Context, db postgres.DB, w waiting) (string, error) {
	scopes, err := customer.DNCOf(ctx, db, w.group, [][]byte{w.number.hash}, w.at)
	if err != nil {
		return "", err
	}
	for _, scope := range scopes {
		stop := scope == customer.ScopeSMS || scope == customer.ScopeAll || scope == customer.ScopeCommercial && w.class == "commercial"
		if scope == customer.ScopeCommercial && w.class == "reminder" {
			despite, err := remindsDespite(ctx, db, w.store)
			if err != nil {
				return "", err
			}
			stop = !despite
		}
		if stop {
			return "dnc_" + string(scope), nil
		}
	}
	return "", nil
}

// remindsDespite is the store's setting expiry_reminder_despite_dnc, off by default.
func remindsDespite(ctx context.Context, db postgres.DB, store uuid.UUID) (yes bool, err error) {
	err = db.QueryRow(ctx, `SELECT coalesce((settings->>'expiry_reminder_despite_dnc')::boolean, false) FROM store WHERE id = $1`, store).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("reading a setting of store %s: %w", store, err)
	}
	return yes, nil
}

func capped(ctx context.Context, db postgres.DB, w waiting) (string, error) {
	var n int
	err := db.QueryRow(ctx, `SELECT count(*) FROM sms WHERE customer_id = $1 AND created_at > $2 AND id <> $3
		AND class = 'commercial' AND state IN ('queued', 'sent', 'delivered')`, w.customer, w.at.AddDate(0, 0, -30), w.id).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("counting messages to customer %s: %w", w.customer, err)
	}
	if n >= commercialCap {
		return "commercial_cap", nil
	}
	return "", nil
}
