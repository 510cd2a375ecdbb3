package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// ownCustomer is true when user $1 may see customer c as "own or of a task"
// (spec 5.2): a task is theirs, they called the customer, or an open task waits in a
// campaign they call for. $1 null: everybody of the store.
const ownCustomer = `($1::uuid IS NULL
	OR EXISTS (SELECT 1 FROM attempt a WHERE a.customer_id = c.id AND a.agent_id = $1)
	OR EXISTS (SELECT 1 FROM task t WHERE t.customer_id = c.id AND (t.assignee_id = $1
		OR (t.state IN ('pending', 'queued', 'in_progress', 'retry_wait') AND EXISTS (SELECT 1 FROM campaign g JOIN campaign_agent m ON m.campaign_id = g.id
			WHERE g.task_kind = t.kind AND g.state IN ('running', 'paused', 'draining') AND m.user_id = $1)))))`

// ownCustomers is the same rule as a set, for lists: they are read from the few
// customers that are an agent's, not by asking about each of the store's. User is the
// parameter's place.
func ownCustomers(user string) string {
	return `(SELECT a.customer_id FROM attempt a WHERE a.agent_id = ` + user + `
		UNION ALL SELECT t.customer_id FROM task t WHERE t.assignee_id = ` + user + `
		UNION ALL SELECT t.customer_id FROM campaign_agent m JOIN campaign g ON g.id = m.campaign_id JOIN task t ON t.store_id = g.store_id AND t.kind = g.task_kind
			WHERE m.user_id = ` + user + ` AND g.state IN ('running', 'paused', 'draining') AND t.state IN ('pending', 'queued', 'in_progress', 'retry_wait'))`
}

// OwnCustomer tells whether a user sees a customer as theirs or by a task of theirs.
func (r *Report) OwnCustomer(ctx context.Context, db postgres.DB, user, customer uuid.UUID) (yes bool, err error) {
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM customer c WHERE c.id = $2 AND `+ownCustomer+`)`, user, customer).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("asking whether customer %s is an agent's: %w", customer, err)
	}
	return yes, nil
}

// LastCall is what the newest call to a number came to.
type LastCall struct {
	PhoneID    uuid.UUID
	BusinessAt time.Time
	LineResult string
}

// LastCalls are the newest calls to each of a customer's numbers.
func (r *Report) LastCalls(ctx context.Context, db postgres.DB, customer uuid.UUID) (map[uuid.UUID]LastCall, error) {
	rows, err := db.Query(ctx, `SELECT DISTINCT ON (phone_id) phone_id, business_at, line_result FROM attempt
		WHERE customer_id = $1 AND dialed_at IS NOT NULL ORDER BY phone_id, business_at DESC`, customer)
	if err != nil {
		return nil, fmt.Errorf("reading the last calls to customer %s: %w", customer, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[LastCall])
	if err != nil {
		return nil, fmt.Errorf("reading the last calls to customer %s: %w", customer, err)
	}
	out := map[uuid.UUID]LastCall{}
	for _, c := range found {
		out[c.PhoneID] = c
	}
	return out, nil
}
