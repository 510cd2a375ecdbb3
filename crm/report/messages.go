package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// MessageRow is one short message in the outbox.
type MessageRow struct {
	ID           uuid.UUID  `json:"id"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	Last4        string     `json:"-" db:"last4"`
	Phone        string     `json:"phone" db:"-"`
	Template     string     `json:"template"`
	Class        string     `json:"class"`
	Rule         string     `json:"rule"`
	Text         string     `json:"text"`
	Segments     int        `json:"segments"`
	State        string     `json:"state" enum:"queued,sent,delivered,failed,blocked,cancelled"`
	Reason       string     `json:"reason"`
	ErrorCode    string     `json:"errorCode"`
	NotBefore    *time.Time `json:"notBefore,omitempty"`
	CreatedAt    time.Time  `json:"createdAt"`
	SentAt       *time.Time `json:"sentAt,omitempty"`
	ReceiptAt    *time.Time `json:"receiptAt,omitempty"`
	counted
}

// Messages lists a store's short messages, the newest first; state may be empty.
func (r *Report) Messages(ctx context.Context, db postgres.DB, state string, limit, offset int) ([]MessageRow, int, error) {
	rows, err := db.Query(ctx, `
		SELECT m.id, m.customer_id, c.name_zh AS customer_name, p.last4, m.template, m.class, m.rule, m.text_zh AS text, m.segments, m.state, m.reason,
		       m.error_code, m.not_before, m.created_at, m.sent_at, m.receipt_at, (count(*) OVER ())::int AS total
		FROM sms m JOIN customer c ON c.id = m.customer_id JOIN customer_phone p ON p.id = m.phone_id
		WHERE $1 = '' OR m.state = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2 OFFSET $3`, state, limit, offset)
	out, total, err := page[MessageRow](rows, err, "messages")
	for i := range out {
		out[i].Phone = Masked(out[i].Last4)
	}
	return out, total, err
}

// PostRow is one letter.
type PostRow struct {
	ID           uuid.UUID         `json:"id"`
	CustomerID   uuid.UUID         `json:"customerId"`
	CustomerName string            `json:"customerName"`
	Template     string            `json:"template"`
	Rule         string            `json:"rule"`
	Fields       map[string]string `json:"fields"`
	Postcode     string            `json:"postcode"`
	State        string            `json:"state" enum:"waiting,printed,mailed,returned,dropped,cancelled"`
	Reason       string            `json:"reason"`
	CreatedAt    time.Time         `json:"createdAt"`
	PrintedAt    *time.Time        `json:"printedAt,omitempty"`
	MailedAt     *time.Time        `json:"mailedAt,omitempty"`
	counted
}

// Letters lists a store's letters in the order they are mailed: by postcode.
func (r *Report) Letters(ctx context.Context, db postgres.DB, state string, limit, offset int) ([]PostRow, int, error) {
	rows, err := db.Query(ctx, `
		SELECT l.id, l.customer_id, c.name_zh AS customer_name, l.template, l.rule, l.fields, l.postcode, l.state, l.reason, l.created_at, l.printed_at,
		       l.mailed_at, (count(*) OVER ())::int AS total
		FROM letter l JOIN customer c ON c.id = l.customer_id
		WHERE $1 = '' OR l.state = $1 ORDER BY l.postcode, l.created_at, l.id LIMIT $2 OFFSET $3`, state, limit, offset)
	return page[PostRow](rows, err, "letters")
}

// StateCount is how many messages or letters stand in a state.
type StateCount struct {
	State string `json:"state"`
	N     int    `json:"n"`
}

// MessageStates counts the store's short messages by state.
func (r *Report) MessageStates(ctx context.Context, db postgres.DB) ([]StateCount, error) {
	return stateCounts(ctx, db, `SELECT state, count(*)::int AS n FROM sms GROUP BY state ORDER BY state`)
}

// LetterStates counts the store's letters by state.
func (r *Report) LetterStates(ctx context.Context, db postgres.DB) ([]StateCount, error) {
	return stateCounts(ctx, db, `SELECT state, count(*)::int AS n FROM letter GROUP BY state ORDER BY state`)
}

func stateCounts(ctx context.Context, db postgres.DB, sql string) ([]StateCount, error) {
	rows, err := db.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("counting messages: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[StateCount])
	if err != nil {
		return nil, fmt.Errorf("counting messages: %w", err)
	}
	return out, nil
}
