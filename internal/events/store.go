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

func insert(ctx context.Context, tx postgres.DB, es []Event) error {
	var ids, groups, stores []uuid.UUID
	var ats []time.Time
	var kinds, subjects, datas []string
	var actors []*uuid.UUID
	for _, e := range es {
		subject, err := json.Marshal(e.Subject)
		if err != nil {
			return fmt.Errorf("encoding subjects of %s: %w", e.Kind, err)
		}
		data, actor := "{}", (*uuid.UUID)(nil)
		if e.Data != nil {
			data = string(e.Data)
		}
		if e.Actor != uuid.Nil {
			actor = &e.Actor
		}
		ids, groups, stores, ats, kinds = append(ids, e.ID), append(groups, e.Group), append(stores, e.Store), append(ats, e.At), append(kinds, string(e.Kind))
		actors, subjects, datas = append(actors, actor), append(subjects, string(subject)), append(datas, data)
	}
	if _, err := tx.Exec(ctx, `
		WITH put AS (INSERT INTO outbox (id, group_id, store_id, at, kind, actor_id, subject, data)
			SELECT id, grp, store, at, kind, actor, subject::jsonb, data::jsonb
			FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::uuid[], $7::text[], $8::text[])
				WITH ORDINALITY AS r (id, grp, store, at, kind, actor, subject, data, n) ORDER BY n)
		SELECT pg_notify($9, '')`,
		ids, groups, stores, ats, kinds, actors, subjects, datas, Channel); err != nil {
		return fmt.Errorf("writing event %s: %w", es[0].Kind, err)
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
