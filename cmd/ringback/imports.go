package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/importer"
	"ringback/internal/postgres"
)

// upkeep looks after imports: at the start those that a crash interrupted go on, every
// minute the watched folder is looked at, and every hour goes what is kept no longer,
// of merges too.
func (n *node) upkeep(ctx context.Context) error {
	if err := n.eachStore(ctx, scoped(n.imports.Resume)); err != nil && ctx.Err() == nil {
		n.log.Error("an interrupted import could not go on", "error", err)
	}
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for minute := 0; ; minute++ {
		if n.cfg.Drop != "" {
			if err := n.eachStore(ctx, n.drops); err != nil && ctx.Err() == nil {
				n.log.Warn("the watched folder could not be taken over", "dir", n.cfg.Drop, "error", err)
			}
		}
		if minute%60 == 0 {
			if err := n.eachStore(ctx, scoped(n.imports.Sweep)); err != nil && ctx.Err() == nil {
				n.log.Warn("old imports could not be removed", "error", err)
			}
			if err := n.eachStore(ctx, n.sweepMerges); err != nil && ctx.Err() == nil {
				n.log.Warn("the journals of old merges could not be removed", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// drops takes over what stands in a store's part of the watched folder.
func (n *node) drops(ctx context.Context, s dealer.Store) error {
	_, err := n.imports.Scan(ctx, scopeOf(s), importer.Folder{Dir: filepath.Join(n.cfg.Drop, s.Code)})
	return err
}

func (n *node) sweepMerges(ctx context.Context, s dealer.Store) error {
	return n.pool.Scoped(ctx, scopeOf(s), func(ctx context.Context, tx pgx.Tx) error { return customer.SweepMerges(ctx, tx, n.clock.Now()) })
}

func scopeOf(s dealer.Store) postgres.Scope {
	return postgres.Scope{Group: s.GroupID, Stores: []uuid.UUID{s.ID}}
}

func scoped(do func(context.Context, postgres.Scope) error) func(context.Context, dealer.Store) error {
	return func(ctx context.Context, s dealer.Store) error { return do(ctx, scopeOf(s)) }
}

// eachStore does something for every store; those after one that fails have their turn.
func (n *node) eachStore(ctx context.Context, do func(context.Context, dealer.Store) error) error {
	var stores []dealer.Store
	err := n.pool.Scoped(ctx, postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) (err error) {
		stores, err = dealer.ListStores(ctx, tx, uuid.Nil) // stores carry no policy
		return err
	})
	for _, s := range stores {
		if failed := do(ctx, s); failed != nil {
			err = errors.Join(err, fmt.Errorf("store %s: %w", s.Code, failed))
		}
	}
	return err
}
