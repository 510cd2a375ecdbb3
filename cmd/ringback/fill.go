package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/crm/policy"
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
	if files, err = fs.Sub(demoHistory, "demo"); err != nil {
		return fmt.Errorf("opening the demo's history: %w", err)
	}
	if err := takeOver(ctx, w, files, "history.csv"); err != nil {
		return fmt.Errorf("importing the visits of half a year ago: %w", err)
	}
	return d.approve(ctx, w)
}

// demoHistory are visits half a year before the demo's day: the dealer's files begin in
// autumn, so that no vehicle of theirs is due for its next maintenance yet.
//
//go:embed demo/history.csv
var demoHistory embed.FS

// approve puts the demo's insurers on the store's list, so that they may be quoted.
func (d *demoCmd) approve(ctx context.Context, w demoWorld) error {
	return w.n.pool.Scoped(ctx, w.scope(), func(ctx context.Context, tx pgx.Tx) error {
		for _, name := range []string{"甲财险", "乙财险", "丙财险"} {
			if err := policy.Approve(ctx, tx, w.store.ID, name, true); err != nil {
				return err
			}
		}
		return nil
	})
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

// demoCampaigns are prepared: the first rings as soon as an agent signs on, the others
// wait for the supervisor to start them.
func demoCampaigns() []dialer.NewCampaign {
	return []dialer.NewCampaign{
		{Name: "三日回访 · 演示", TaskKind: task.Followup3D, Mode: dialer.Progressive},
		{Name: "保养提醒 · 演示", TaskKind: task.PeriodicService, Mode: dialer.Progressive},
		{Name: "续保到期提醒 · 演示", TaskKind: task.RenewalFinal, Mode: dialer.Preview},
		{Name: "续保首呼 · 演示", TaskKind: task.RenewalFirst, Mode: dialer.Preview},
	}
}

// prepareCampaigns makes the demo's campaigns, once.
func (d *demoCmd) prepareCampaigns(ctx context.Context, w demoWorld) error {
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
		agents, err := w.agents(ctx, tx)
		if err != nil {
			return err
		}
		for i, in := range slices.Backward(demoCampaigns()) { // lists show the newest first
			in.AgentIDs = agents
			for _, n := range options.CallerNumbers {
				in.CallerNumberID = n.ID
			}
			c, err := w.n.dialer.Create(ctx, tx, w.scope(), in)
			if err != nil {
				return err
			}
			if i > 0 {
				continue
			}
			if _, err := w.n.dialer.Start(ctx, tx, w.scope(), c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// agents are the demo's users with a desk phone.
func (w demoWorld) agents(ctx context.Context, tx pgx.Tx) (ids []uuid.UUID, err error) {
	for _, u := range demoUsers() {
		if u.extension == "" {
			continue
		}
		id, err := w.n.people.UserID(ctx, tx, u.login)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
