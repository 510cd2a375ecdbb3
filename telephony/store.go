package telephony

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/postgres"
)

// store writes call and call_event.
type store struct {
	pool *postgres.Pool
	node uuid.UUID
}

// errRefused is returned for rows that the database will never take.
var errRefused = errors.New("the database refuses the row")

// write puts a batch into the database in one transaction. Writing it again
// changes nothing. When the database refuses one call's rows the others are
// written by themselves, so that one bad row does not hold up the rest.
func (s store) write(ctx context.Context, batch []record) error {
	err := s.writeOnce(ctx, batch)
	if err == nil || !refused(err) {
		return err
	}
	for _, one := range byCall(batch) {
		if err := s.writeOnce(ctx, one); err != nil && !refused(err) {
			return err
		}
	}
	return nil
}

// refused tells a row that can never be written from a database that is away.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code[:2] == "23")
}

func byCall(batch []record) [][]record {
	at := map[uuid.UUID]int{}
	var groups [][]record
	for _, r := range batch {
		i, ok := at[r.call.ID]
		if !ok {
			i = len(groups)
			at[r.call.ID] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

func (s store) writeOnce(ctx context.Context, batch []record) error {
	calls := newest(batch)
	err := s.pool.Scoped(ctx, scopeOf(calls), func(ctx context.Context, tx pgx.Tx) error {
		if err := s.saveCalls(ctx, tx, calls); err != nil {
			return err
		}
		return saveTimeline(ctx, tx, batch)
	})
	if err != nil {
		return fmt.Errorf("writing %d rows of calls: %w", len(batch), err)
	}
	return nil
}

// newest is the last known row of each call of a batch.
func newest(batch []record) []row {
	var calls []row
	for _, of := range byCall(batch) {
		calls = append(calls, of[len(of)-1].call)
	}
	return calls
}

func scopeOf(calls []row) postgres.Scope {
	var s postgres.Scope
	seen := map[uuid.UUID]bool{}
	for _, c := range calls {
		if !seen[c.Store] {
			seen[c.Store] = true
			s.Stores = append(s.Stores, c.Store)
		}
	}
	return s
}

// saveCalls inserts calls or brings them up to date. Times never go back to null:
// a call's row may be written before and after a loss.
func (s store) saveCalls(ctx context.Context, db postgres.DB, calls []row) error {
	b := &pgx.Batch{}
	for _, c := range calls {
		b.Queue(`
			INSERT INTO call (id, group_id, store_id, direction, node_id, agent_id, trunk_id, called_last4, caller_number,
				began_at, answered_at, bridged_at, ended_at, end_cause)
			VALUES ($1, $2, $3, 'out', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			ON CONFLICT (id) DO UPDATE SET
				agent_id = coalesce(excluded.agent_id, call.agent_id), trunk_id = coalesce(excluded.trunk_id, call.trunk_id),
				answered_at = coalesce(excluded.answered_at, call.answered_at), bridged_at = coalesce(excluded.bridged_at, call.bridged_at),
				ended_at = coalesce(excluded.ended_at, call.ended_at), end_cause = coalesce(nullif(excluded.end_cause, ''), call.end_cause)`,
			c.ID, c.Group, c.Store, s.node, c.AgentID, c.TrunkID, c.CalledLast4, c.CallerNumber,
			c.BeganAt, c.AnsweredAt, c.BridgedAt, c.EndedAt, c.EndCause)
	}
	if err := db.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("saving calls: %w", err)
	}
	return nil
}

// saveTimeline appends to call_event; rows that are there already stay.
func saveTimeline(ctx context.Context, db postgres.DB, batch []record) error {
	n := len(batch)
	calls, stores := make([]uuid.UUID, n), make([]uuid.UUID, n)
	seqs, ats, kinds, datas := make([]int32, n), make([]int64, n), make([]string, n), make([]string, n)
	for i, r := range batch {
		data, err := json.Marshal(r.event.Data)
		if err != nil {
			return fmt.Errorf("encoding a call event: %w: %w", errRefused, err)
		}
		calls[i], stores[i], datas[i] = r.call.ID, r.call.Store, string(data)
		seqs[i], ats[i], kinds[i] = int32(r.event.Seq), r.event.AtUS, r.event.Kind
	}
	_, err := db.Exec(ctx, `
		INSERT INTO call_event (call_id, seq, store_id, at_us, kind, data)
		SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::bigint[], $5::text[], $6::jsonb[])
		ON CONFLICT (call_id, seq) DO NOTHING`, calls, seqs, stores, ats, kinds, datas)
	if err != nil {
		return fmt.Errorf("saving call events: %w", err)
	}
	return nil
}

// TimelineEvent is one step of a call as it is kept.
type TimelineEvent struct {
	At   time.Time
	Kind string
	Data json.RawMessage
}

// Timeline is what happened in a call, in order; empty when nothing is known of it.
func Timeline(ctx context.Context, db postgres.DB, call uuid.UUID) ([]TimelineEvent, error) {
	rows, err := db.Query(ctx, `
		SELECT c.began_at + make_interval(secs => e.at_us / 1e6) AS at, e.kind, e.data
		FROM call_event e JOIN call c ON c.id = e.call_id
		WHERE e.call_id = $1 ORDER BY e.seq`, call)
	if err != nil {
		return nil, fmt.Errorf("reading a call's timeline: %w", err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByName[TimelineEvent])
	if err != nil {
		return nil, fmt.Errorf("reading a call's timeline: %w", err)
	}
	return events, nil
}
