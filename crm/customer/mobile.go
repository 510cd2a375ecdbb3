package customer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// MobileOf is the customer's first number that takes messages; errs.Conflict
// "no_mobile" without one.
func MobileOf(ctx context.Context, db postgres.DB, customer uuid.UUID) (id uuid.UUID, err error) {
	err = db.QueryRow(ctx, `SELECT id FROM customer_phone WHERE customer_id = $1 AND kind = 'mobile' AND status IN ('ok', 'unknown')
		ORDER BY priority, created_at, id LIMIT 1`, customer).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, errs.New(errs.Conflict, "no_mobile", "客户没有可用的手机号，发不了短信。请先补全客户电话。",
			"The customer has no mobile number that works, so no message can be sent. Complete the phones first.")
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("finding a mobile number of %s: %w", customer, err)
	}
	return id, nil
}

// SetVehicleStatus notes that a vehicle is out of use (M08), sold or back: active,
// sold, scrapped, idle, stolen.
func SetVehicleStatus(ctx context.Context, db postgres.DB, vehicle uuid.UUID, status string, by By) error {
	if _, err := db.Exec(ctx, `UPDATE vehicle SET status = $2, updated_at = $3 WHERE id = $1`, vehicle, status, by.At); err != nil {
		return fmt.Errorf("noting the state of vehicle %s: %w", vehicle, err)
	}
	return nil
}

// GetMany reads several customers by id.
func GetMany(ctx context.Context, db postgres.DB, ids []uuid.UUID) (map[uuid.UUID]Customer, error) {
	rows, err := db.Query(ctx, `SELECT `+customerColumns+` FROM customer WHERE id = ANY ($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading customers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Customer])
	if err != nil {
		return nil, fmt.Errorf("reading customers: %w", err)
	}
	out := make(map[uuid.UUID]Customer, len(found))
	for _, c := range found {
		out[c.ID] = c
	}
	return out, nil
}
