package dialer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/telephony"
)

// optOutKey is what the apology offers to whoever wants no such calls (spec 2.5.2).
const optOutKey = "1"

// pressed: the customer pressed a key while the apology played. Key 1 puts the
// number on the do-not-call list for surveys and for commercial calls, in every
// store of the group; pressed twice it is written once.
func (c *call) pressed(ctx context.Context, e telephony.CallEvent) error {
	if e.Detail != optOutKey {
		return nil
	}
	by := customer.By{Group: c.attempt.GroupID, Store: c.attempt.StoreID, At: c.d.clock.Now()}
	return c.d.in(ctx, by.Group, by.Store, func(ctx context.Context, tx pgx.Tx) error {
		for _, scope := range []customer.Scope{customer.ScopeSurvey, customer.ScopeCommercial} {
			_, err := c.d.files.AddDNC(ctx, tx, by, customer.DNC{
				PhoneID: c.attempt.PhoneID, Scope: scope, Source: "customer", From: by.At, Evidence: keyEvidence(c.attempt.ID),
			})
			if err != nil {
				return fmt.Errorf("keeping an opt-out by key: %w", err)
			}
		}
		return nil
	})
}

func keyEvidence(attempt uuid.UUID) string { return "key 1 in call " + attempt.String() }
