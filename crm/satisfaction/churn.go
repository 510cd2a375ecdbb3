package satisfaction

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// Sign is one sign that a customer may leave: serviced elsewhere (M04), two declined
// reminders (M07, T-D6), a missed appointment that is not made up for (A05).
type Sign struct {
	Customer uuid.UUID
	Vehicle  *uuid.UUID
	Task     uuid.UUID // the call it was heard in
	Reason   string    // disposition
}

// NoteSign keeps a sign, once per call and reason.
func NoteSign(ctx context.Context, db postgres.DB, by customer.By, s Sign) error {
	_, err := db.Exec(ctx, `INSERT INTO churn_signal (id, store_id, customer_id, vehicle_id, task_id, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (task_id, reason) DO NOTHING`, uuid.Must(uuid.NewV7()), by.Store, s.Customer, s.Vehicle, s.Task, s.Reason, by.At)
	if err != nil {
		return fmt.Errorf("noting a sign of churn: %w", err)
	}
	return nil
}

// Signs counts a customer's signs.
func Signs(ctx context.Context, db postgres.DB, customer uuid.UUID) (n int, err error) {
	err = db.QueryRow(ctx, `SELECT count(*) FROM churn_signal WHERE customer_id = $1 AND reason <> $2`, customer, said).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting signs of churn: %w", err)
	}
	return n, nil
}

// said is the reason of a row that holds what a customer said, and no sign.
const said = "said"

// Cause is why a customer goes elsewhere or does not come, as told in a call.
type Cause struct {
	Customer uuid.UUID
	Vehicle  *uuid.UUID
	Task     uuid.UUID // the call it was told in
	Code     string    // spec 2.4.17; empty: only words
	Words    string    // the customer's own
}

// NoteCause keeps a cause, once per call: a corrected answer takes its place.
func NoteCause(ctx context.Context, db postgres.DB, by customer.By, c Cause) error {
	_, err := db.Exec(ctx, `INSERT INTO churn_signal (id, store_id, customer_id, vehicle_id, task_id, reason, at, cause, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (task_id, reason) DO UPDATE SET cause = $8, words = $9`,
		uuid.Must(uuid.NewV7()), by.Store, c.Customer, c.Vehicle, c.Task, said, by.At, c.Code, c.Words)
	if err != nil {
		return fmt.Errorf("noting why a customer stays away: %w", err)
	}
	return nil
}
