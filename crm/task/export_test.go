package task

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// DueByRank is Due of a list that is too long to be sorted whole.
func DueByRank(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, now time.Time, limit int) ([]DueTask, error) {
	return due(ctx, db, store, kind, now, limit, 0)
}
