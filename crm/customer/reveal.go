package customer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Reveal opens one number of a customer for a person who may read it (spec 5.3.2);
// who, why and how often is the caller's matter. errs.NotFound "phone_not_found"
// when the customer has no such number.
func (f *Files) Reveal(ctx context.Context, db postgres.DB, customer, phone uuid.UUID) (digits string, err error) {
	var sealed []byte
	err = db.QueryRow(ctx, `SELECT phone_enc FROM customer_phone WHERE id = $1 AND customer_id = $2`, phone, customer).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errs.New(errs.NotFound, "phone_not_found", "没有这个电话号码。", "There is no such number.")
	}
	if err != nil {
		return "", fmt.Errorf("reading number %s: %w", phone, err)
	}
	plain, err := f.box.Open(seal.Phone, sealed)
	if err != nil {
		return "", fmt.Errorf("opening number %s: %w", phone, err)
	}
	return string(plain), nil
}
