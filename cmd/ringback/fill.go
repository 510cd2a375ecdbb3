package main

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/postgres"
)

// fill imports the dealer files that ship with the product into a new store. A
// start that was cut short goes on where it stopped: a file is imported once.
func (d *demoCmd) fill(ctx context.Context, w demoWorld) error {
	if d.Empty {
		return nil
	}
	files, err := importer.DemoFiles()
	if err != nil {
		return fmt.Errorf("opening the demo's files: %w", err)
	}
	for _, name := range importer.DemoOrder() {
		if err := takeOver(ctx, w, files, name); err != nil {
			return fmt.Errorf("importing %s: %w", name, err)
		}
	}
	return nil
}

func takeOver(ctx context.Context, w demoWorld, files fs.FS, name string) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b, err := w.n.imports.Upload(ctx, w.scope(), name, f)
	if err != nil || b.Repeat {
		return err
	}
	_, err = w.n.imports.Commit(ctx, w.scope(), b.ID, func(int, int) {})
	return err
}

func (w demoWorld) scope() postgres.Scope {
	return postgres.Scope{Stores: []uuid.UUID{w.store.ID}, Group: w.store.GroupID}
}

// prepareCampaign starts the demo's campaign, once: sign on, and it rings.
func (d *demoCmd) prepareCampaign(ctx context.Context, w demoWorld) error {
	if d.Empty {
		return nil
	}
	return w.n.pool.Scoped(ctx, w.scope(), func(ctx context.Context, tx pgx.Tx) error {
		have, err := w.n.dialer.List(ctx, tx)
		if err != nil || len(have) > 0 {
			return err
		}
		options, err := w.n.dialer.Options(ctx, tx, w.store.ID)
		if err != nil {
			return err
		}
		in := dialer.NewCampaign{Name: "三日回访 · 演示", TaskKind: task.Followup3D, Mode: dialer.Progressive}
		for _, n := range options.CallerNumbers {
			in.CallerNumberID = n.ID
		}
		for _, u := range demoUsers() {
			if u.extension == "" {
				continue
			}
			id, err := w.n.people.UserID(ctx, tx, u.login)
			if err != nil {
				return err
			}
			in.AgentIDs = append(in.AgentIDs, id)
		}
		c, err := w.n.dialer.Create(ctx, tx, w.scope(), in)
		if err != nil {
			return err
		}
		_, err = w.n.dialer.Start(ctx, tx, w.scope(), c.ID)
		return err
	})
}
