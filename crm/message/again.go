package message

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Again sends a message once more, in the same words: one that failed, was held back
// or did not reach the customer. Each message is repeated once; the repeat may be
// repeated in its turn. What held it back is looked at anew. errs.Conflict
// "message_waits" while it is still on its way.
func (b *Box) Again(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID) (SMS, error) {
	m, err := Get(ctx, db, id)
	if err != nil {
		return SMS{}, errs.New(errs.NotFound, "message_not_found", "没有这条短信。", "There is no such message.").Because(err)
	}
	if m.State == "queued" {
		return SMS{}, errs.New(errs.Conflict, "message_waits", "这条短信还在排队，不用重发。", "This message is still waiting to go; there is no need to send it again.")
	}
	var asked bool
	if err := db.QueryRow(ctx, `SELECT asked FROM sms WHERE id = $1`, id).Scan(&asked); err != nil {
		return SMS{}, fmt.Errorf("reading message %s: %w", id, err)
	}
	again, created, err := b.QueueOnce(ctx, db, by, Send{
		Customer: m.CustomerID, Phone: m.PhoneID, Template: m.Template, Class: m.Class, Text: m.TextZH, Asked: asked, Rule: m.Rule,
		Once: "again/" + id.String(), Subject: m.Subject,
	})
	if err == nil && !created {
		return again, errs.New(errs.Conflict, "message_repeated", "这条短信已经重发过一次。如需再发，请对重发的那条操作。",
			"This message was sent again before. To send it once more, repeat the newer one.")
	}
	return again, err
}
