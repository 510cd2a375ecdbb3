// Package message owns what a store writes to its customers: short messages on
// their way to a gateway, letters to print, and notices to roles in the store.
//
// It writes rows, says when a message may not go (spec 3.5, 2.4.22), hands it to
// the gateway and keeps its receipt. Words come from the script library's
// templates and are filled in by the caller; why something is written is the
// task rules' business. States of a short message:
//
//	queued ─ handed to the gateway ─▶ sent ─ receipt ─▶ delivered │ failed
//	   │ └─ refused by the gateway for good, or too often ─▶ failed
//	   ├─ may not go, or came too late ─▶ blocked
//	   └─ its reason is gone ─▶ cancelled
//
// of a letter: waiting ─▶ printed ─▶ mailed ─▶ returned; waiting ─▶ cancelled;
// dropped from the start when there is no address (T-D7).
package message

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Box takes messages, letters and notices.
type Box struct{ bus *events.Bus }

// NewBox publishes on bus.
func NewBox(bus *events.Bus) *Box { return &Box{bus: bus} }

// SMS is one short message.
type SMS struct {
	ID         uuid.UUID       `json:"id"`
	StoreID    uuid.UUID       `json:"store_id"`
	CustomerID uuid.UUID       `json:"customer_id"`
	PhoneID    uuid.UUID       `json:"phone_id"`
	Template   string          `json:"template"`
	Class      string          `json:"class"`
	Rule       string          `json:"rule"`
	TextZH     string          `json:"text_zh"`
	Segments   int             `json:"segments"`
	State      string          `json:"state"`
	Reason     string          `json:"reason"`     // why blocked or cancelled
	ErrorCode  string          `json:"error_code"` // the gateway's
	Subject    events.Subjects `json:"subject"`
	NotBefore  *time.Time      `json:"not_before"`
	CreatedAt  time.Time       `json:"created_at"`
	SentAt     *time.Time      `json:"sent_at"`
	ReceiptAt  *time.Time      `json:"receipt_at"`
}

const columns = `id, store_id, customer_id, phone_id, template, class, rule, text_zh, segments, state, reason, error_code, subject, not_before,
	created_at, sent_at, receipt_at`

// Send is a message to queue.
type Send struct {
	Customer, Phone uuid.UUID
	Template        string
	Class           string // service, reminder, commercial, care
	Text            string // filled in
	Asked           bool   // the customer asked for it in a call: that is their consent
	Rule            string // TR-30, or empty
	Once            string // a second message of the store with this key is not written; empty: no such guard
	NotBefore       time.Time
	Useless         time.Time       // not worth sending from here on; zero: always
	Subject         events.Subjects // what it is about: renewal, quote, appointment, task
}

// Queue writes a message. One that may not go (the number is on the do-not-message
// list, the customer had enough advertising or never agreed to any) is kept as
// blocked with the reason. A message that was written before under the same Once
// key comes back as it is.
func (b *Box) Queue(ctx context.Context, db postgres.DB, by customer.By, s Send) (SMS, error) {
	m, _, err := b.QueueOnce(ctx, db, by, s)
	return m, err
}

// QueueOnce is Queue that tells whether the message is new.
func (b *Box) QueueOnce(ctx context.Context, db postgres.DB, by customer.By, s Send) (m SMS, created bool, err error) {
	n, err := numberOf(ctx, db, s.Phone)
	if err != nil {
		return SMS{}, false, err
	}
	reason, err := obstacle(ctx, db, waiting{group: by.Group, store: by.Store, customer: s.Customer, class: s.Class, asked: s.Asked, number: n, at: by.At})
	if err != nil {
		return SMS{}, false, err
	}
	if why := n.unfit(); why != "" {
		reason = why
	}
	state, text := "queued", Complete(s.Text, s.Class)
	if hasGap(text) {
		reason = "template_incomplete"
	}
	if reason != "" {
		state = "blocked"
	}
	if s.Subject == nil {
		s.Subject = events.Subjects{}
	}
	m, err = one(ctx, db, `
		INSERT INTO sms (id, group_id, store_id, customer_id, phone_id, template, class, asked, rule, once_key, text_zh, segments, subject, not_before,
			useless_at, state, reason, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULLIF($10, ''), $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (store_id, once_key) WHERE once_key IS NOT NULL DO NOTHING RETURNING `+columns,
		uuid.Must(uuid.NewV7()), by.Group, by.Store, s.Customer, s.Phone, s.Template, s.Class, s.Asked, s.Rule, s.Once, text, Segments(text), s.Subject,
		orAt(s.NotBefore, by.At), orNull(s.Useless), state, reason, by.At)
	if errors.Is(err, pgx.ErrNoRows) {
		m, err = one(ctx, db, `SELECT `+columns+` FROM sms WHERE store_id = $1 AND once_key = $2`, by.Store, s.Once)
		return m, false, err
	}
	return m, err == nil, err
}

func orAt(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func one(ctx context.Context, db postgres.DB, sql string, args ...any) (SMS, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return SMS{}, fmt.Errorf("writing a message: %w", err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[SMS])
	if err != nil {
		return SMS{}, fmt.Errorf("reading a message: %w", err)
	}
	return m, nil
}

func list(ctx context.Context, db postgres.DB, sql string, args ...any) ([]SMS, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[SMS])
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return found, nil
}

// Get reads one message.
func Get(ctx context.Context, db postgres.DB, id uuid.UUID) (SMS, error) {
	return one(ctx, db, `SELECT `+columns+` FROM sms WHERE id = $1`, id)
}

// OfCustomer lists messages, newest first.
func OfCustomer(ctx context.Context, db postgres.DB, id uuid.UUID, limit int) ([]SMS, error) {
	return list(ctx, db, `SELECT `+columns+` FROM sms WHERE customer_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, id, limit)
}

// Newest lists a store's messages, newest first; state may be empty.
func Newest(ctx context.Context, db postgres.DB, state string, limit, offset int) ([]SMS, error) {
	return list(ctx, db, `SELECT `+columns+` FROM sms WHERE $1 = '' OR state = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`,
		state, limit, offset)
}

// Revoke cancels the waiting messages and letters about something whose reason is
// gone: subject noun ("appointment", "renewal") and id. rule may be empty for all.
func (b *Box) Revoke(ctx context.Context, db postgres.DB, noun string, id uuid.UUID, rule, reason string) error {
	return b.RevokeAll(ctx, db, noun, []uuid.UUID{id}, rule, reason)
}

// RevokeAll is Revoke for several subjects of one noun.
func (b *Box) RevokeAll(ctx context.Context, db postgres.DB, noun string, ids []uuid.UUID, rule, reason string) error {
	subjects := make([]string, len(ids))
	for i, id := range ids {
		subjects[i] = id.String()
	}
	if _, err := db.Exec(ctx, `UPDATE sms SET state = 'cancelled', reason = $4
		WHERE state = 'queued' AND subject->>$1 = ANY ($2) AND ($3 = '' OR rule = $3)`, noun, subjects, rule, reason); err != nil {
		return fmt.Errorf("revoking messages about %s %v: %w", noun, ids, err)
	}
	if _, err := db.Exec(ctx, `UPDATE letter SET state = 'cancelled', reason = $4
		WHERE state = 'waiting' AND subject->>$1 = ANY ($2) AND ($3 = '' OR rule = $3)`, noun, subjects, rule, reason); err != nil {
		return fmt.Errorf("revoking letters about %s %v: %w", noun, ids, err)
	}
	return nil
}
