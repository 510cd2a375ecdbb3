package task

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

func byOf(e events.Event) customer.By {
	return customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At}
}

func without(list []uuid.UUID, id uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(slices.Clone(list), func(have uuid.UUID) bool { return have == id })
}

// onDNC excludes waiting tasks that the new entry forbids.
func (t *Tasks) onDNC(ctx context.Context, tx postgres.DB, e events.Event) error {
	hash, scope, err := customer.DNCHash(ctx, tx, e.Subject["dnc"])
	if err != nil {
		return err
	}
	for _, kind := range Kinds() {
		if !scope.Stops(kind.Class, IsSurvey(kind.Code)) {
			continue
		}
		if _, err := t.end(ctx, tx, byOf(e), exclude, ReasonDNC,
			`kind = $1 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait', 'blocked')
				AND customer_id IN (SELECT customer_id FROM customer_phone WHERE phone_hash = $2)`, kind.Code, hash); err != nil {
			return err
		}
	}
	return nil
}

// onConsent asks again what a customer consents to.
func (t *Tasks) onConsent(ctx context.Context, tx postgres.DB, e events.Event) error {
	return t.heldByConsent(ctx, tx, e.Subject["customer"], byOf(e))
}

// heldByConsent gives back what waited for a consent, and holds what lost it.
func (t *Tasks) heldByConsent(ctx context.Context, tx postgres.DB, who uuid.UUID, by customer.By) error {
	if _, err := t.reconsider(ctx, tx, by, `customer_id = $1 AND blocked_reason = $2`, who, ReasonNoConsent); err != nil {
		return err
	}
	consents, err := customer.Consents(ctx, tx, who)
	if err != nil {
		return err
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE customer_id = $1 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') ORDER BY id FOR UPDATE`, who)
	if err != nil {
		return err
	}
	for _, k := range found {
		if consented(k.Class, consents) {
			continue
		}
		if err := k.move(block); err != nil {
			return err
		}
		k.BlockedReason = ReasonNoConsent
		if err := t.save(ctx, tx, k, by); err != nil {
			return err
		}
	}
	return nil
}

// onPhoneInvalid gives waiting tasks of the number the customer's next one, else
// blocks them until somebody corrects the file, which TR-80 asks for.
func (t *Tasks) onPhoneInvalid(ctx context.Context, tx postgres.DB, e events.Event) error {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE phone_id = $1 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') ORDER BY id FOR UPDATE`, e.Subject["phone"])
	if err != nil {
		return err
	}
	for _, k := range found {
		if err := t.otherPhone(ctx, tx, &k); err != nil {
			return err
		}
		if err := t.save(ctx, tx, k, byOf(e)); err != nil {
			return err
		}
	}
	phone := e.Subject["phone"]
	return t.fixFile(ctx, tx, e.Subject["customer"], &phone, byOf(e))
}

// otherPhone moves a task to the first callable number that is not its present
// one; without one it is blocked as bad_phone.
func (t *Tasks) otherPhone(ctx context.Context, tx postgres.DB, k *Task) error {
	phones, err := t.files.Phones(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	after := 0
	for _, p := range phones {
		if k.PhoneID != nil && p.ID == *k.PhoneID {
			after = p.Priority
		}
	}
	if p, why := choose(phones, after); why == "" {
		k.PhoneID = &p.ID
		return nil
	}
	k.BlockedReason, k.NextAttemptAt, k.CallbackAt = ReasonBadPhone, nil, nil
	return k.move(block)
}

// missingNumber asks a clerk for a number that the task can be called on.
func (t *Tasks) missingNumber(ctx context.Context, tx postgres.DB, k Task, by customer.By) error {
	return t.fixFile(ctx, tx, k.CustomerID, nil, by)
}

// noPhoneKey is the subject of a file without any number.
func noPhoneKey(customer uuid.UUID) string { return customer.String() + "/phone" }

// fixFile is TR-80: a number that reaches nobody, or no number at all, is a task to
// correct the file.
func (t *Tasks) fixFile(ctx context.Context, tx postgres.DB, who uuid.UUID, phone *uuid.UUID, by customer.By) error {
	c, err := t.person(ctx, tx, who)
	if err != nil {
		return err
	}
	o := occasion{on: numberBad, anchor: by.At, subject: noPhoneKey(who), customer: c, phoneFix: phone, note: "没有可拨打的电话号码"}
	if phone != nil {
		o.subject, o.note = phone.String(), "号码打不通或不能用，请核对"
	}
	_, err = t.apply(ctx, tx, o, by)
	return err
}
