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
