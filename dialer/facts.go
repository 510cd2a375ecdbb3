package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// taskFacts is what the database knows about one task when the gate looks.
type taskFacts struct {
	TaskID        uuid.UUID
	GroupID       uuid.UUID
	StoreID       uuid.UUID
	Kind          string
	Class         string
	State         string
	CustomerID    uuid.UUID
	NotUserIDs    []uuid.UUID `db:"not_user_ids"`
	AssigneeID    *uuid.UUID
	Attempts      int
	MaxAttempts   int
	NotBefore     time.Time
	NextAttemptAt *time.Time
	CallbackAt    *time.Time
	Synthetic     bool
	PreferredFrom *int // minutes from midnight
	PreferredTo   *int
	PhoneID       *uuid.UUID
	PhoneEnc      []byte
	PhoneHash     []byte
	Last4         *string
	PhoneStatus   *string
	CallWindows   []byte
	CallDays      []int32
	DNC           []string `db:"dnc"`
	DNCForever    bool     `db:"dnc_forever"`
	DNCUntil      *time.Time
	Called        []time.Time
	Spoken        []time.Time
}

// readFacts reads tasks with everything the rules need. The number is the
// task's own, else the customer's best one.
func readFacts(ctx context.Context, db postgres.DB, ids []uuid.UUID, now time.Time) ([]taskFacts, error) {
	rows, err := db.Query(ctx, `
		SELECT t.id AS task_id, t.group_id, t.store_id, t.kind, t.class, t.state, t.customer_id, t.not_user_ids, t.assignee_id, t.attempts,
			t.max_attempts, t.not_before, t.next_attempt_at, t.callback_at, (c.is_synthetic OR s.is_synthetic) AS synthetic,
			(extract(epoch FROM c.preferred_from) / 60)::int AS preferred_from, (extract(epoch FROM c.preferred_to) / 60)::int AS preferred_to,
			p.id AS phone_id, p.phone_enc, p.phone_hash, p.last4, p.status AS phone_status, s.call_windows, s.call_days,
			coalesce(d.scopes, '{}') AS dnc, coalesce(d.forever, false) AS dnc_forever, d.until AS dnc_until,
			coalesce(n.called, '{}') AS called, coalesce(n.spoken, '{}') AS spoken
		FROM task t JOIN customer c ON c.id = t.customer_id JOIN store s ON s.id = t.store_id
		LEFT JOIN LATERAL (SELECT * FROM customer_phone p
			WHERE p.customer_id = t.customer_id AND (t.phone_id IS NULL OR p.id = t.phone_id)
			ORDER BY (p.status IN ('ok', 'unknown')) DESC, p.priority, p.created_at, p.id LIMIT 1) p ON true
		LEFT JOIN LATERAL (SELECT array_agg(scope) AS scopes, bool_or(to_at IS NULL) AS forever, max(to_at) AS until FROM number_dnc
			WHERE group_id = t.group_id AND phone_hash = p.phone_hash AND from_at <= $2 AND (to_at IS NULL OR to_at > $2)) d ON true
		LEFT JOIN LATERAL (SELECT array_agg(at ORDER BY at) AS called, array_agg(at ORDER BY at) FILTER (WHERE answered) AS spoken
			FROM number_attempt WHERE group_id = t.group_id AND phone_hash = p.phone_hash AND at > $2::timestamptz - interval '8 days') n ON true
		WHERE t.id = ANY($1)`, ids, now)
	if err != nil {
		return nil, fmt.Errorf("reading what the gate looks at: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[taskFacts])
	if err != nil {
		return nil, fmt.Errorf("reading what the gate looks at: %w", err)
	}
	return found, nil
}

// facts opens the number and puts the rules' view together; way is nil when no
// trunk is chosen yet.
func (d *Dialer) facts(t taskFacts, way *line, now time.Time) (Facts, error) {
	h, err := readHours(t.CallWindows, t.CallDays)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{
		Now: now, Zone: d.zone, Kind: t.Kind, Class: t.Class, Attempts: t.Attempts, Max: t.MaxAttempts,
		Agreed: t.agreed(), Synthetic: t.Synthetic, DNC: t.DNC, Called: t.Called, Spoken: t.Spoken, Hours: h,
	}
	if t.PreferredFrom != nil && t.PreferredTo != nil && *t.PreferredFrom < *t.PreferredTo {
		f.Preferred = &span{*t.PreferredFrom, *t.PreferredTo}
	}
	if !t.DNCForever && t.DNCUntil != nil {
		f.DNCUntil = *t.DNCUntil
	}
	if way != nil {
		f.HasLine, f.Simulator = true, way.IsSimulator
	}
	if t.PhoneID == nil {
		return f, nil
	}
	number, err := d.box.Open(seal.Phone, t.PhoneEnc)
	if err != nil {
		return Facts{}, fmt.Errorf("opening the number of task %s: %w", t.TaskID, err)
	}
	f.Number, f.PhoneStatus = string(number), *t.PhoneStatus
	return f, nil
}

// agreed: the customer named a time for this call (C02).
func (t taskFacts) agreed() bool { return t.CallbackAt != nil }
