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
	err = db.QueryRow(ctx, `SELECT count(*) FROM churn_signal WHERE customer_id = $1`, customer).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting signs of churn: %w", err)
	}
	return n, nil
}
