package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Channel is the Postgres notification that a commit brought events.
const Channel = "ringback_outbox"

func insert(ctx context.Context, tx postgres.DB, e Event) error {
	subject, err := json.Marshal(e.Subject)
	if err != nil {
		return fmt.Errorf("encoding subjects of %s: %w", e.Kind, err)
	}
	data := e.Data
	if data == nil {
		data = json.RawMessage("{}")
	}
	var actor *uuid.UUID
	if e.Actor != uuid.Nil {
		actor = &e.Actor
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO outbox (id, group_id, store_id, at, kind, actor_id, subject, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Group, e.Store, e.At, string(e.Kind), actor, subject, data); err != nil {
		return fmt.Errorf("writing event %s: %w", e.Kind, err)
	}
	if _, err := tx.Exec(ctx, `SELECT pg_notify($1, '')`, Channel); err != nil {
		return fmt.Errorf("announcing event %s: %w", e.Kind, err)
	}
	return nil
}

type row struct {
	Seq     int64
	ID      uuid.UUID
	GroupID uuid.UUID
	StoreID uuid.UUID
	At      time.Time
	Kind    string
	ActorID *uuid.UUID
	Subject []byte
	Data    []byte
}

func (r row) event() (Event, error) {
	e := Event{Seq: r.Seq, ID: r.ID, Kind: Kind(r.Kind), Group: r.GroupID, Store: r.StoreID, At: r.At, Data: r.Data}
	if r.ActorID != nil {
		e.Actor = *r.ActorID
	}
	if err := json.Unmarshal(r.Subject, &e.Subject); err != nil {
		return Event{}, fmt.Errorf("reading subjects of event %d: %w", r.Seq, err)
	}
	return e, nil
}

// lastSeq is where a starting node begins to listen.
func lastSeq(ctx context.Context, db postgres.DB) (int64, error) {
	var seq int64
	err := db.QueryRow(ctx, `SELECT coalesce(max(seq), 0) FROM outbox`).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("reading the end of the outbox: %w", err)
	}
	return seq, nil
}

func since(ctx context.Context, db postgres.DB, seq int64, limit int) ([]Event, error) {
	rows, err := db.Query(ctx, `
		SELECT seq, id, group_id, store_id, at, kind, actor_id, subject, data
		FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	out := make([]Event, 0, len(found))
	for _, r := range found {
		e, err := r.event()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
