package report

import (
	"context"
	"fmt"
	"strings"
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

// ByPaper are the customers of work orders and policies whose number begins with
// text, newest first. A text shorter than four characters finds nothing.
func (r *Report) ByPaper(ctx context.Context, db postgres.DB, store uuid.UUID, text string, limit int) ([]uuid.UUID, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) < 4 {
		return nil, nil
	}
	like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	rows, err := db.Query(ctx, `
		SELECT DISTINCT x.customer_id FROM (
			(SELECT customer_id FROM work_order WHERE store_id = $1 AND ro_no LIKE $2 ORDER BY ro_no DESC LIMIT $3)
			UNION ALL
			(SELECT customer_id FROM policy WHERE store_id = $1 AND policy_no LIKE $2 ORDER BY policy_no DESC LIMIT $3)) x
		WHERE x.customer_id IS NOT NULL`, store, like, limit)
	if err != nil {
		return nil, fmt.Errorf("searching orders and policies: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("searching orders and policies: %w", err)
	}
	return found, nil
}

// OwnAmong are those of the customers whom the user may see.
func (r *Report) OwnAmong(ctx context.Context, db postgres.DB, user uuid.UUID, customers []uuid.UUID) (map[uuid.UUID]bool, error) {
	rows, err := db.Query(ctx, `SELECT c.id FROM customer c WHERE c.id = ANY ($2) AND `+ownCustomer, user, customers)
	if err != nil {
		return nil, fmt.Errorf("asking which customers are an agent's: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("asking which customers are an agent's: %w", err)
	}
	out := map[uuid.UUID]bool{}
	for _, id := range found {
		out[id] = true
	}
	return out, nil
}
