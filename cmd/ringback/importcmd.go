package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/internal/clock"
	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/seal"
)

// importCmd takes dealer files over from the command line.
type importCmd struct {
	Data  string    `default:"./var" help:"Data directory of a demo; not used when RINGBACK_DATABASE_URL is set."`
	Store string    `help:"Code of the store the files belong to; not needed when there is only one."`
	AsOf  time.Time `help:"Business time of the import, e.g. 2026-11-20T08:00:00+08:00; default now."`
	JSON  bool      `help:"Print the result as JSON."`
	Files []string  `arg:"" name:"file" help:"Files to import, in order." type:"path"`
}

// fileResult is what became of one file.
type fileResult struct {
	State    string         `json:"state"`
	DataRows int            `json:"data_rows"`
	Accepted int            `json:"accepted"`
	Rejected int            `json:"rejected"`
	Split    map[string]int `json:"accepted_split"`
	Rows     []rejectedRow  `json:"rejected_rows"`
	Already  bool           `json:"already"`
	Error    string         `json:"error,omitempty"`
}

type rejectedRow struct {
	Row    int    `json:"row"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Run imports each file and prints what became of it. A file that cannot be
// taken does not stop the next one, but makes the command fail at the end.
func (c *importCmd) Run(e *env) (err error) {
	t, err := openRecords(e, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if !c.AsOf.IsZero() {
		t.clock = clock.New(time.Until(c.AsOf)) // holds for this command and is never stored
	}
	n, err := records(e.ctx, t.pool, t.box, t.clock, t.log)
	if err != nil {
		return err
	}
	scope, err := storeScope(e.ctx, t.pool, c.Store)
	if err != nil {
		return err
	}
	results := map[string]fileResult{}
	var failed error
	for _, path := range c.Files {
		r, err := c.one(e, n, scope, path)
		if err != nil {
			r.State, r.Error = "failed", err.Error()
			failed = errors.Join(failed, err)
		}
		results[filepath.Base(path)] = r
		if !c.JSON {
			r.print(e, filepath.Base(path))
		}
	}
	if c.JSON {
		raw, err := json.MarshalIndent(map[string]any{"files": results}, "", "  ")
		if err != nil {
			return fmt.Errorf("printing the result: %w", err)
		}
		fmt.Fprintf(e.out, "%s\n", raw)
	}
	return failed
}

func (c *importCmd) one(e *env, n *node, scope postgres.Scope, path string) (fileResult, error) {
	f, err := os.Open(path)
	if err != nil {
		return fileResult{}, errs.New(errs.Invalid, "file_unreadable", "读不到文件 "+path+"，请检查路径和权限。",
			"The file "+path+" cannot be read; check its path and permissions.").Because(err)
	}
	defer func() { _ = f.Close() }()
	b, err := n.imports.Upload(e.ctx, scope, filepath.Base(path), f)
	if err != nil {
		return fileResult{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if !b.Repeat {
		b, err = n.imports.Commit(e.ctx, scope, b.ID, func(done, total int) {
			if !c.JSON {
				fmt.Fprintf(e.log, "\r%s: %d / %d", filepath.Base(path), done, total)
			}
		})
		if !c.JSON {
			fmt.Fprintln(e.log)
		}
		if err != nil {
			return fileResult{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return resultOf(e.ctx, n, scope, b)
}

func resultOf(ctx context.Context, n *node, scope postgres.Scope, b importer.Batch) (fileResult, error) {
	r := fileResult{State: string(b.State), DataRows: b.DataRows, Rejected: b.Outcomes["rejected"], Split: map[string]int{}, Rows: []rejectedRow{}, Already: b.Repeat}
	r.Accepted = r.DataRows - r.Rejected
	for o, n := range b.Outcomes {
		if o != "rejected" && n > 0 {
			r.Split[o] = n
		}
	}
	rows, err := n.imports.RejectedRows(ctx, scope, b.ID, 0, 100000)
	for _, row := range rows {
		code := "(no code)"
		if i := slices.IndexFunc(row.Codes, func(c string) bool { return strings.HasPrefix(c, "E-") }); i >= 0 {
			code = row.Codes[i]
		}
		r.Rows = append(r.Rows, rejectedRow{row.RowNo, code, row.ReasonEN})
	}
	return r, err
}

func (r fileResult) print(e *env, name string) {
	if r.Error != "" {
		fmt.Fprintf(e.out, "%s: not imported\n", name)
		return
	}
	if r.Already {
		fmt.Fprintf(e.out, "%s: imported before, nothing changes (%d rows)\n", name, r.DataRows)
		return
	}
	fmt.Fprintf(e.out, "%s: %d rows, %d accepted %v, %d rejected\n", name, r.DataRows, r.Accepted, r.Split, r.Rejected)
	for _, row := range r.Rows {
		fmt.Fprintf(e.out, "  row %d %s: %s\n", row.Row, row.Code, row.Reason)
	}
}

// tool is what a command over the record needs.
type tool struct {
	pool  *postgres.Pool
	box   *seal.Box
	clock *clock.Clock
	log   *slog.Logger
	stop  func() error
}

func (t tool) close() error {
	t.pool.Close()
	return t.stop()
}

// openRecords opens the configured database, else the one of a data directory:
// a running server's is joined, a resting one is started for the command.
func openRecords(e *env, data string) (tool, error) {
	t := tool{log: slog.New(slog.DiscardHandler), stop: func() error { return nil }}
	cfg, err := config.Load(e.getenv)
	if err != nil {
		return t, err
	}
	url, dir := cfg.DatabaseURL, cfg.Data
	if url == "" {
		if dir, err = dataDir(data); err != nil {
			return t, err
		}
		if url, t.stop, err = joinOrStart(e.ctx, dir, t.log); err != nil {
			return t, err
		}
	}
	key, _, err := sealKey(cfg.Key, dir)
	if err == nil {
		t.box, err = seal.New(key)
	}
	if err == nil {
		t.pool, err = postgres.Open(e.ctx, url, postgres.Options{MaxConns: 4})
	}
	if err == nil {
		t.clock, err = storedClock(e.ctx, t.pool)
	}
	if err != nil {
		return t, errors.Join(err, t.stop())
	}
	return t, nil
}

func joinOrStart(ctx context.Context, dir string, log *slog.Logger) (url string, stop func() error, err error) {
	place := filepath.Join(dir, "postgres")
	if a, err := embedded.Join(place); err == nil {
		return a.AppURL, func() error { return nil }, nil
	}
	c, err := embedded.Start(ctx, embedded.Options{Dir: place, Logger: log})
	if err != nil {
		return "", func() error { return nil }, err
	}
	stop = func() error { return c.Stop(context.WithoutCancel(ctx)) }
	if err := postgres.Migrate(ctx, c.OwnerURL()); err != nil {
		return "", stop, errors.Join(err, stop())
	}
	return c.AppURL(), stop, nil
}

// storedClock is business time as the database keeps it; real time when it keeps none.
func storedClock(ctx context.Context, pool *postgres.Pool) (c *clock.Clock, err error) {
	err = pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		offset, _, err := storedOffset(ctx, tx)
		c = clock.New(offset)
		return err
	})
	return c, err
}

// storeScope finds a store by its code; the only one when no code is given.
func storeScope(ctx context.Context, pool *postgres.Pool, code string) (s postgres.Scope, err error) {
	type found struct {
		ID      uuid.UUID
		GroupID uuid.UUID
	}
	var stores []found
	err = pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, group_id FROM store WHERE $1 = '' OR code = $1`, code)
		if err != nil {
			return fmt.Errorf("finding the store: %w", err)
		}
		stores, err = pgx.CollectRows(rows, pgx.RowToStructByName[found])
		return err
	})
	switch {
	case err != nil:
		return s, err
	case len(stores) == 0:
		return s, errs.New(errs.NotFound, "store_unknown", "没有这家门店。先用 ringback demo --empty 或 ringback user --store 建一家。",
			"There is no such store. Make one first: ringback demo --empty, or ringback user --store.")
	case len(stores) > 1:
		return s, errs.New(errs.Invalid, "store_needed", "有多家门店，请用 --store 指定门店代码。", "There are several stores: name one with --store CODE.")
	}
	return postgres.Scope{Stores: []uuid.UUID{stores[0].ID}, Group: stores[0].GroupID}, nil
}
