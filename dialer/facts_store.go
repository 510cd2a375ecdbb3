package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/postgres"
)

// taskFacts is what the database knows about one task when the gate looks.
type taskFacts struct {
	TaskID           uuid.UUID
	GroupID          uuid.UUID
	StoreID          uuid.UUID
	Kind             string
	Class            string
	Reason           string
	State            string
	BlockedReason    string
	CustomerID       uuid.UUID
	CustomerName     string
	NotUserIDs       []uuid.UUID `db:"not_user_ids"`
	Skill            string
	Unskilled        []uuid.UUID
	AssigneeID       *uuid.UUID
	Attempts         int
	MaxAttempts      int
	NotBefore        time.Time
	DueAt            time.Time
	NextAttemptAt    *time.Time
	CallbackAt       *time.Time
	AgreedAt         *time.Time
	Synthetic        bool
	Registered       bool
	ConsentService   *string
	ConsentMarketing *string
	DeceasedAt       *time.Time
	LegalHold        string
	FreezeUntil      *time.Time
	BlockedFrom      []string
	PreferredFrom    *int // minutes from midnight
	PreferredTo      *int
	PhoneID          *uuid.UUID
	PhoneEnc         []byte
	PhoneHash        []byte
	Last4            *string
	PhoneStatus      *string
	CallWindows      []byte
	CallDays         []int32
	Settings         string
	DNCScopes        []string     `db:"dnc_scopes"`
	DNCFrom          []time.Time  `db:"dnc_from"`
	DNCUntil         []*time.Time `db:"dnc_until"`
	CalledAt         []time.Time
	CalledOwn        []bool
	CalledAnswered   []bool
	CalledAgreed     []bool
	CalledClass      []string
	Surveys          []time.Time

	calendar dealer.Calendar
}

// readFacts reads tasks with everything the rules need, in one statement however
// many they are. The number is the task's own, else the customer's best one.
// Facts about numbers come from every store of the group.
func (d *Dialer) readFacts(ctx context.Context, db postgres.DB, ids []uuid.UUID, now time.Time) ([]taskFacts, error) {
	rows, err := db.Query(ctx, `
		SELECT t.id AS task_id, t.group_id, t.store_id, t.kind, t.class, t.reason, t.state, t.blocked_reason, t.customer_id, c.name_zh AS customer_name,
			t.not_user_ids, t.skill, t.assignee_id, t.attempts, t.max_attempts, t.not_before, t.due_at, t.next_attempt_at, t.callback_at,
			CASE WHEN t.callback_at IS NULL THEN NULL ELSE (SELECT max(a.business_at) FROM attempt a WHERE a.task_id = t.id AND a.disposition = 'C02') END AS agreed_at,
			CASE WHEN t.skill = '' THEN '{}' ELSE ARRAY(SELECT k.user_id FROM user_skill k WHERE k.store_id = t.store_id
				GROUP BY k.user_id HAVING NOT bool_or(k.skill = t.skill)) END AS unskilled,
			(c.is_synthetic OR s.is_synthetic) AS synthetic,
			(cardinality(t.work_order_ids) > 0 OR t.vehicle_id IS NOT NULL OR c.source <> 'import') AS registered,
			(SELECT k.state FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'service_call' ORDER BY k.at DESC, k.id DESC LIMIT 1) AS consent_service,
			(SELECT k.state FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'marketing' ORDER BY k.at DESC, k.id DESC LIMIT 1) AS consent_marketing,
			c.deceased_at, c.legal_hold, c.freeze_until,
			ARRAY(SELECT DISTINCT a.caller_number FROM attempt a WHERE a.task_id = t.id AND a.line_result = 'blocked') AS blocked_from,
			(extract(epoch FROM coalesce(t.window_from, c.preferred_from)) / 60)::int AS preferred_from,
			(extract(epoch FROM coalesce(t.window_to, c.preferred_to)) / 60)::int AS preferred_to,
			p.id AS phone_id, p.phone_enc, p.phone_hash, p.last4, p.status AS phone_status, s.call_windows, s.call_days, s.settings::text AS settings,
			coalesce(b.scopes, '{}') AS dnc_scopes, coalesce(b.froms, '{}') AS dnc_from, coalesce(b.untils, '{}') AS dnc_until,
			coalesce(n.at, '{}') AS called_at, coalesce(n.own, '{}') AS called_own, coalesce(n.answered, '{}') AS called_answered,
			coalesce(n.agreed, '{}') AS called_agreed, coalesce(n.class, '{}') AS called_class, coalesce(v.at, '{}') AS surveys
		FROM task t JOIN customer c ON c.id = t.customer_id JOIN store s ON s.id = t.store_id
		LEFT JOIN LATERAL (SELECT * FROM customer_phone p
			WHERE p.customer_id = t.customer_id AND (t.phone_id IS NULL OR p.id = t.phone_id)
			ORDER BY (p.status IN ('ok', 'unknown')) DESC, p.priority, p.created_at, p.id LIMIT 1) p ON true
		LEFT JOIN LATERAL (SELECT array_agg(x.scope) AS scopes, array_agg(x.from_at) AS froms, array_agg(x.to_at) AS untils
			FROM customer_phone q JOIN number_dnc x ON x.group_id = t.group_id AND x.phone_hash = q.phone_hash
			WHERE q.customer_id = t.customer_id AND (x.to_at IS NULL OR x.to_at > $2)) b ON true
		LEFT JOIN LATERAL (SELECT array_agg(x.at ORDER BY x.at) AS at, array_agg(x.phone_hash = p.phone_hash ORDER BY x.at) AS own,
				array_agg(x.answered ORDER BY x.at) AS answered, array_agg(x.agreed ORDER BY x.at) AS agreed, array_agg(x.class ORDER BY x.at) AS class
			FROM customer_phone q JOIN number_attempt x ON x.group_id = t.group_id AND x.phone_hash = q.phone_hash AND x.at > $2::timestamptz - interval '31 days'
			WHERE q.customer_id = t.customer_id) n ON true
		LEFT JOIN LATERAL (SELECT array_agg(x.at ORDER BY x.at) AS at
			FROM customer_phone q JOIN number_survey x ON x.group_id = t.group_id AND x.phone_hash = q.phone_hash
			WHERE q.customer_id = t.customer_id AND x.at > $2::timestamptz - interval '366 days') v ON true
		WHERE t.id = ANY($1)`, ids, now)
	if err != nil {
		return nil, fmt.Errorf("reading what the gate looks at: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[taskFacts])
	if err != nil {
		return nil, fmt.Errorf("reading what the gate looks at: %w", err)
	}
	days, err := d.days(ctx, db)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].calendar = days
	}
	return found, nil
}

// daysFor is how long a calendar that was read is used.
const daysFor = 30 * time.Second

// days is the working calendar, read anew every half minute.
func (d *Dialer) days(ctx context.Context, db postgres.DB) (dealer.Calendar, error) {
	d.mu.Lock()
	c, at := d.calendar, d.calendarAt
	d.mu.Unlock()
	if !at.IsZero() && realNow().Sub(at) < daysFor {
		return c, nil
	}
	c, err := dealer.LoadCalendar(ctx, db)
	if err != nil {
		return dealer.Calendar{}, err
	}
	d.mu.Lock()
	d.calendar, d.calendarAt = c, realNow()
	d.mu.Unlock()
	return c, nil
}
