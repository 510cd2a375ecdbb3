package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/postgres"
)

// upkeep looks after imports: at the start those that a crash interrupted go on, and
// every hour goes what is kept no longer.
func (n *node) upkeep(ctx context.Context) error {
	if err := n.eachStore(ctx, n.imports.Resume); err != nil && ctx.Err() == nil {
		n.log.Error("an interrupted import could not go on", "error", err)
	}
	t := time.NewTicker(time.Hour)
	defer t.Stop()
	for {
		if err := n.eachStore(ctx, n.imports.Sweep); err != nil && ctx.Err() == nil {
			n.log.Warn("old imports could not be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// eachStore does something for every store; those after one that fails have their turn.
func (n *node) eachStore(ctx context.Context, do func(context.Context, postgres.Scope) error) error {
	var stores []dealer.Store
	err := n.pool.Scoped(ctx, postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) (err error) {
		stores, err = dealer.ListStores(ctx, tx, uuid.Nil) // stores carry no policy
		return err
	})
	for _, s := range stores {
		if failed := do(ctx, postgres.Scope{Group: s.GroupID, Stores: []uuid.UUID{s.ID}}); failed != nil {
			err = errors.Join(err, fmt.Errorf("store %s: %w", s.Code, failed))
		}
	}
	return err
}
