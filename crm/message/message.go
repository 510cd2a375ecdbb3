// Package message owns short messages waiting for the gateway and notices to
// roles in a store.
//
// It writes rows and says when a message may not go (spec 3.5, 2.4.22); it does
// not hand anything to a carrier yet: a row stays queued until a gateway takes
// it. Words come from the script library's templates and are filled in by the
// caller.
package message

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Box takes messages and notices.
type Box struct{ bus *events.Bus }

// NewBox publishes on bus.
func NewBox(bus *events.Bus) *Box { return &Box{bus: bus} }

// SMS is one short message. State goes queued ─▶ sent ─▶ delivered | failed, or
// is blocked from the start.
type SMS struct {
	ID         uuid.UUID
	StoreID    uuid.UUID
	CustomerID uuid.UUID
	PhoneID    uuid.UUID
	Template   string
	TextZH     string
	State      string
	Reason     string
	CreatedAt  time.Time
	SentAt     *time.Time
}

// Send is a message to queue.
type Send struct {
	Customer, Phone uuid.UUID
	Template        string
	Class           string // service, reminder, commercial, care
	Text            string // filled in
}

// commercialCap is the most commercial messages to a customer in 30 days (3.5).
const commercialCap = 2

// Queue writes a message. One that may not go (the number is on the do-not-message
// list, or the customer had enough advertising) is kept as blocked with the reason.
func (b *Box) Queue(ctx context.Context, db postgres.DB, by customer.By, s Send) (SMS, error) {
	reason, err := b.obstacle(ctx, db, by, s)
	if err != nil {
		return SMS{}, err
	}
	m := SMS{
		ID: uuid.Must(uuid.NewV7()), StoreID: by.Store, CustomerID: s.Customer, PhoneID: s.Phone, Template: s.Template, TextZH: s.Text,
		State: "queued", Reason: reason, CreatedAt: by.At,
	}
	if reason != "" {
		m.State = "blocked"
	}
	_, err = db.Exec(ctx, `INSERT INTO sms (id, store_id, customer_id, phone_id, template, text_zh, state, reason, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.StoreID, m.CustomerID, m.PhoneID, m.Template, m.TextZH, m.State, m.Reason, m.CreatedAt)
	if err != nil {
		return SMS{}, fmt.Errorf("queueing message %s: %w", s.Template, err)
	}
	return m, nil
}

func (b *Box) obstacle(ctx context.Context, db postgres.DB, by customer.By, s Send) (string, error) {
	var hash []byte
	if err := db.QueryRow(ctx, `SELECT phone_hash FROM customer_phone WHERE id = $1`, s.Phone).Scan(&hash); err != nil {
		return "", fmt.Errorf("reading the number of a message: %w", err)
	}
	scopes, err := customer.DNCOf(ctx, db, by.Group, [][]byte{hash}, by.At)
	if err != nil {
		return "", err
	}
	for _, scope := range scopes {
		if scope == "sms" || scope == "all" || scope == "commercial" && s.Class == "commercial" {
			return "dnc_" + string(scope), nil
		}
	}
	if s.Class != "commercial" {
		return "", nil
	}
	return capped(ctx, db, by, s)
}

func capped(ctx context.Context, db postgres.DB, by customer.By, s Send) (string, error) {
	var n int
	err := db.QueryRow(ctx, `SELECT count(*) FROM sms WHERE customer_id = $1 AND created_at > $2 AND state <> 'blocked'
		AND template IN ('renewal_intro', 'renewal_quote', 'club_intro')`, s.Customer, by.At.AddDate(0, 0, -30)).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("counting messages to customer %s: %w", s.Customer, err)
	}
	if n >= commercialCap {
		return "commercial_cap", nil
	}
	return "", nil
}

// OfCustomer lists messages, newest first.
func OfCustomer(ctx context.Context, db postgres.DB, id uuid.UUID, limit int) ([]SMS, error) {
	rows, err := db.Query(ctx, `SELECT id, store_id, customer_id, phone_id, template, text_zh, state, reason, created_at, sent_at FROM sms
		WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2`, id, limit)
	if err != nil {
		return nil, fmt.Errorf("reading messages of customer %s: %w", id, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[SMS])
	if err != nil {
		return nil, fmt.Errorf("reading messages of customer %s: %w", id, err)
	}
	return found, nil
}

// Notice tells a role in the store something.
type Notice struct {
	ID        uuid.UUID
	StoreID   uuid.UUID
	Role      string
	Urgency   string
	TextZH    string
	Subject   events.Subjects
	CreatedAt time.Time
	SeenAt    *time.Time
}

// Notify writes a notice and publishes notice.sent.
func (b *Box) Notify(ctx context.Context, db postgres.DB, by customer.By, role, urgency, text string, subject events.Subjects) error {
	raw, err := json.Marshal(subject)
	if err != nil {
		return fmt.Errorf("encoding the subject of a notice: %w", err)
	}
	id := uuid.Must(uuid.NewV7())
	if _, err := db.Exec(ctx, `INSERT INTO notice (id, store_id, role, urgency, text_zh, subject, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, by.Store, role, urgency, text, raw, by.At); err != nil {
		return fmt.Errorf("writing a notice to %s: %w", role, err)
	}
	about := events.Subjects{"notice": id}
	for k, v := range subject {
		about[k] = v
	}
	return b.bus.Publish(ctx, db, events.Event{Kind: events.NoticeSent, Group: by.Group, Store: by.Store, At: by.At, Actor: by.Actor, Subject: about},
		map[string]string{"role": role, "urgency": urgency})
}

// Notices to roles, newest first.
func Notices(ctx context.Context, db postgres.DB, roles []string, limit int) ([]Notice, error) {
	rows, err := db.Query(ctx, `SELECT id, store_id, role, urgency, text_zh, subject, created_at, seen_at FROM notice
		WHERE role = ANY ($1) ORDER BY created_at DESC LIMIT $2`, roles, limit)
	if err != nil {
		return nil, fmt.Errorf("reading notices: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Notice])
	if err != nil {
		return nil, fmt.Errorf("reading notices: %w", err)
	}
	return found, nil
}
