package message

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Letter is one printed letter: the template's page with Fields merged in.
type Letter struct {
	ID         uuid.UUID         `json:"id"`
	StoreID    uuid.UUID         `json:"store_id"`
	CustomerID uuid.UUID         `json:"customer_id"`
	Template   string            `json:"template"`
	Rule       string            `json:"rule"`
	Fields     map[string]string `json:"fields"`
	Postcode   string            `json:"postcode"`
	State      string            `json:"state"`
	Reason     string            `json:"reason"`
	Subject    events.Subjects   `json:"subject"`
	CreatedAt  time.Time         `json:"created_at"`
	PrintedAt  *time.Time        `json:"printed_at"`
	MailedAt   *time.Time        `json:"mailed_at"`
}

const letterColumns = `id, store_id, customer_id, template, rule, fields, postcode, state, reason, subject, created_at, printed_at, mailed_at`

// Post is a letter to write.
type Post struct {
	Customer uuid.UUID
	Template string
	Rule     string
	Once     string
	Fields   map[string]string // address and postcode among them
	Subject  events.Subjects
}

// Write puts a letter on the list to print. Without an address it is kept as
// dropped, which the list counts (T-D7). A letter that was written before under
// the same Once key comes back as it is, with false.
func (b *Box) Write(ctx context.Context, db postgres.DB, by customer.By, p Post) (l Letter, created bool, err error) {
	state, reason := "waiting", ""
	if p.Fields["address"] == "" {
		state, reason = "dropped", "no_address"
	}
	if p.Subject == nil {
		p.Subject = events.Subjects{}
	}
	found, err := letters(ctx, db, `
		INSERT INTO letter (id, group_id, store_id, customer_id, template, rule, once_key, fields, postcode, state, reason, subject, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7, ''), $8, $9, $10, $11, $12, $13)
		ON CONFLICT (store_id, once_key) WHERE once_key IS NOT NULL DO NOTHING RETURNING `+letterColumns,
		uuid.Must(uuid.NewV7()), by.Group, by.Store, p.Customer, p.Template, p.Rule, p.Once, p.Fields, p.Fields["postcode"], state, reason,
		p.Subject, by.At)
	if err != nil || len(found) == 1 {
		return first(found), err == nil, err
	}
	found, err = letters(ctx, db, `SELECT `+letterColumns+` FROM letter WHERE store_id = $1 AND once_key = $2`, by.Store, p.Once)
	return first(found), false, err
}

func first(found []Letter) Letter {
	if len(found) == 0 {
		return Letter{}
	}
	return found[0]
}

func letters(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Letter, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading letters: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Letter])
	if err != nil {
		return nil, fmt.Errorf("reading letters: %w", err)
	}
	return found, nil
}

// Letters lists letters of a state in the order they are mailed: by postcode.
func Letters(ctx context.Context, db postgres.DB, state string, limit, offset int) ([]Letter, error) {
	return letters(ctx, db, `SELECT `+letterColumns+` FROM letter WHERE state = $1 ORDER BY postcode, created_at, id LIMIT $2 OFFSET $3`,
		state, limit, offset)
}

// LastInvitation is when a customer was last written to about a vehicle's maintenance:
// a letter on its way, or a message that the gateway took. Nil: never.
func (b *Box) LastInvitation(ctx context.Context, db postgres.DB, customer, vehicle uuid.UUID) (at *time.Time, err error) {
	err = db.QueryRow(ctx, `SELECT max(at) FROM (
		SELECT coalesce(mailed_at, printed_at) AS at FROM letter WHERE customer_id = $1 AND subject->>'upkeep' = $2::text AND state IN ('printed', 'mailed')
		UNION ALL SELECT sent_at FROM sms WHERE customer_id = $1 AND subject->>'upkeep' = $2::text AND state IN ('sent', 'delivered')) w`,
		customer, vehicle.String()).Scan(&at)
	if err != nil {
		return nil, fmt.Errorf("reading what was written about vehicle %s: %w", vehicle, err)
	}
	return at, nil
}

// MarkLetter moves a letter on: printed, mailed, returned. errs.Conflict
// "letter_state" when it does not stand right before that.
func (b *Box) MarkLetter(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, to string) error {
	before := map[string]string{"printed": "waiting", "mailed": "printed", "returned": "mailed"}[to]
	err := db.QueryRow(ctx, `
		UPDATE letter SET state = $2, printed_at = CASE WHEN $2 = 'printed' THEN $4 ELSE printed_at END,
			mailed_at = CASE WHEN $2 = 'mailed' THEN $4 ELSE mailed_at END
		WHERE id = $1 AND state = $3 RETURNING id`, id, to, before, by.At).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.New(errs.Conflict, "letter_state", "信件状态已变化，本次操作没有执行。请刷新后再试。",
			"The letter has moved on; nothing was done. Refresh and try again.")
	}
	if err != nil {
		return fmt.Errorf("marking letter %s as %s: %w", id, to, err)
	}
	return nil
}
