package customer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// Surveyed keeps that the customer behind a number has given a survey (D-24). It
// holds for every store of the group; a second time for one task changes nothing.
func (f *Files) Surveyed(ctx context.Context, db postgres.DB, by By, hash []byte, task uuid.UUID) error {
	_, err := db.Exec(ctx, `INSERT INTO number_survey (group_id, phone_hash, task_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		by.Group, hash, task, by.At)
	if err != nil {
		return fmt.Errorf("keeping that a number was surveyed: %w", err)
	}
	return nil
}
