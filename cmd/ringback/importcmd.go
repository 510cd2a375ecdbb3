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
	Data  string    `default:"./var" help:"Data directory of a demo; an empty one gets the synthetic store. Not used when RINGBACK_DATABASE_URL is set."`
	Store string    `help:"Code of the store the files belong to; not needed when there is only one."`
	AsOf  time.Time `help:"Business time of the import, e.g. 2026-11-20T08:00:00+08:00; default now."`
	JSON  bool      `help:"Print the result as JSON."`
	Force bool      `help:"Also read files whose very bytes were imported before."`
	Files []string  `arg:"" name:"file" help:"Files to import, in order; a ZIP may hold several." type:"path"`
}

// fileResult is what became of one file, with the meanings of data/dms.
type fileResult struct {
	DataRows int            `json:"data_rows"`
	Accepted int            `json:"accepted"`
	Rejected int            `json:"rejected"`
	Split    map[string]int `json:"accepted_split"`
	Rows     []rejectedRow  `json:"rejected_rows"`
	Coded    []codedRow     `json:"rows_with_codes"` // accepted rows only
	Already  bool           `json:"already,omitempty"`
	Error    string         `json:"error,omitempty"`
}

type rejectedRow struct {
	Row    int    `json:"row"`
	Code   string `json:"code"`
	reason string
}

type codedRow struct {
	Row   int      `json:"row"`
	Codes []string `json:"codes"`
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
	n, err := records(e.ctx, t.pool, t.box, t.clock, t.log, t.dir)
	if err != nil {
		return err
	}
	if t.own {
		if _, _, err := demoStore(e.ctx, t.pool, t.clock.Now()); err != nil {
			return err
		}
	}
	scope, err := storeScope(e.ctx, t.pool, c.Store)
	if err != nil {
		return err
	}
	results := map[string]fileResult{}
	var failed error
	for _, path := range c.Files {
		failed = errors.Join(failed, c.file(e, n, scope, path, results))
	}
	if c.JSON {
		totals, err := n.imports.Totals(e.ctx, scope)
		if err != nil {
			return errors.Join(failed, err)
		}
		raw, err := json.MarshalIndent(map[string]any{"files": results, "totals": totals}, "", "  ")
		if err != nil {
			return fmt.Errorf("printing the result: %w", err)
		}
		fmt.Fprintf(e.out, "%s\n", raw)
	}
	return failed
}

// file imports one file, or each of an archive, and notes what became of it.
func (c *importCmd) file(e *env, n *node, scope postgres.Scope, path string, results map[string]fileResult) error {
	name := filepath.Base(path)
	batches, err := c.upload(e, n, scope, path)
	if err != nil && len(batches) == 0 {
		c.note(e, results, name, failedFile(err))
		return fmt.Errorf("%s: %w", name, err)
	}
	var failed error
	for _, b := range batches {
		if b.State == importer.Failed {
			cause := errs.New(errs.Invalid, b.ErrorCode, b.ErrorZH, b.ErrorEN)
			c.note(e, results, b.FileName, failedFile(cause))
			failed = errors.Join(failed, fmt.Errorf("%s: %w", b.FileName, cause))
			continue
		}
		r, err := c.commit(e, n, scope, b)
		if err != nil {
			r = failedFile(err)
			failed = errors.Join(failed, fmt.Errorf("%s: %w", b.FileName, err))
		}
		if len(batches) == 1 && b.FileName != name { // an earlier run's file under another name
			b.FileName = name
		}
		c.note(e, results, b.FileName, r)
	}
	return failed
}

func failedFile(err error) fileResult {
	return fileResult{Split: map[string]int{}, Rows: []rejectedRow{}, Coded: []codedRow{}, Error: err.Error()}
}

func (c *importCmd) note(e *env, results map[string]fileResult, name string, r fileResult) {
	if results[name] = r; !c.JSON {
		r.print(e, name)
	}
}

func (c *importCmd) upload(e *env, n *node, scope postgres.Scope, path string) ([]importer.Batch, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errs.New(errs.Invalid, "file_unreadable", "读不到文件 "+path+"，请检查路径和权限。",
			"The file "+path+" cannot be read; check its path and permissions.").Because(err)
	}
	defer func() { _ = f.Close() }()
	return n.imports.UploadAll(e.ctx, scope, importer.Arrival{Name: filepath.Base(path), Source: importer.FromCommand, Force: c.Force}, f)
}

func (c *importCmd) commit(e *env, n *node, scope postgres.Scope, b importer.Batch) (fileResult, error) {
	if !b.Repeat {
		var err error
		b, err = n.imports.Commit(e.ctx, scope, b.ID, func(done, total int) {
			if !c.JSON {
				fmt.Fprintf(e.log, "\r%s: %d / %d", b.FileName, done, total)
			}
		})
		if !c.JSON {
			fmt.Fprintln(e.log)
		}
		if err != nil {
			return fileResult{}, err
		}
	}
	return resultOf(e.ctx, n, scope, b)
}

func resultOf(ctx context.Context, n *node, scope postgres.Scope, b importer.Batch) (fileResult, error) {
	r := fileResult{DataRows: b.DataRows, Rejected: b.Outcomes["rejected"], Split: map[string]int{}, Rows: []rejectedRow{}, Coded: []codedRow{}, Already: b.Repeat}
	r.Accepted = r.DataRows - r.Rejected
	for o, n := range b.Outcomes {
		if o != "rejected" && n > 0 {
			r.Split[o] = n
		}
	}
	of := b.ID
	if b.RepeatOf != uuid.Nil { // the rows of these bytes are the first import's
		of = b.RepeatOf
	}
	for after := 0; ; {
		rows, err := n.imports.CodedRows(ctx, scope, of, after, 5000)
		if err != nil || len(rows) == 0 {
			return r, err
		}
		for _, row := range rows {
			after = row.RowNo
			if row.Outcome == importer.Rejected {
				r.Rows = append(r.Rows, rejectedRow{row.RowNo, importer.SpecCode(row.Codes[0]), row.ReasonEN})
				continue
			}
			slices.Sort(row.Codes)
			r.Coded = append(r.Coded, codedRow{row.RowNo, row.Codes})
		}
	}
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
		fmt.Fprintf(e.out, "  row %d %s: %s\n", row.Row, row.Code, row.reason)
	}
}

// tool is what a command over the record needs.
type tool struct {
	pool  *postgres.Pool
	box   *seal.Box
	clock *clock.Clock
	log   *slog.Logger
	stop  func() error
	dir   string // data directory
	own   bool   // … with a database of its own in it
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
	if t.own = url == ""; t.own {
		if dir, err = dataDir(data); err != nil {
			return t, err
		}
		if url, t.stop, err = joinOrStart(e.ctx, dir, t.log); err != nil {
			return t, err
		}
	}
	t.dir = dir
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
