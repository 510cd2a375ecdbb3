package importer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Folder is a directory that the dealer's own system exports into at night. Files
// are taken over in the order of their kinds and moved to done or failed, with a
// text beside a failed one that says why.
//
//	new ─▶ still for a while ─▶ read ─▶ committed ─▶ done/
//	                               ├─▶ refused ─▶ failed/ (+ .txt)
//	                               └─▶ header changed ─▶ done/, the batch waits for a person
type Folder struct {
	Dir   string
	Still time.Duration // how long a file must not have changed; 0: 10 s
}

// Scan takes over what stands ready. It gives how many files it moved; a file that
// fails does not stop the next one. Of the nodes that watch a store's folder one at a
// time takes over: the others move nothing meanwhile. The lock goes with its
// transaction, also when the node dies.
func (im *Importer) Scan(ctx context.Context, scope postgres.Scope, f Folder) (moved int, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(held context.Context, tx pgx.Tx) error {
		if err := postgres.Unhurried(held, tx); err != nil {
			return err
		}
		var mine bool
		if err := tx.QueryRow(held, `SELECT pg_try_advisory_xact_lock(hashtextextended('drop ' || $1::text, 0))`, scope.Stores[0]).Scan(&mine); err != nil {
			return fmt.Errorf("asking for the watched folder: %w", err)
		}
		if !mine {
			return nil
		}
		moved, err = im.scan(ctx, scope, f) // in transactions of its own
		return err
	})
	return moved, err
}

func (im *Importer) scan(ctx context.Context, scope postgres.Scope, f Folder) (int, error) {
	ready, err := f.ready()
	if err != nil || len(ready) == 0 {
		return 0, err
	}
	type taken struct {
		path    string
		batches []Batch
		err     error
	}
	var all []taken
	for _, path := range ready {
		t := taken{path: path}
		if t.batches, t.err = im.receiveFile(ctx, scope, path); t.err != nil && errs.KindOf(t.err) != errs.Invalid {
			return 0, t.err // the database or the disk: the file stays and is tried again
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b taken) int { return lowest(a.batches) - lowest(b.batches) })
	moved := 0
	for _, t := range all {
		for _, b := range t.batches {
			if b.State != Parsed || b.Asks {
				continue
			}
			if _, err := im.Commit(ctx, scope, b.ID, nil); err != nil {
				return moved, err
			}
		}
		if err := f.move(t.path, t.err); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

func lowest(batches []Batch) int {
	low := 99
	for _, b := range batches {
		if r := b.Kind.rank(); r >= 0 {
			low = min(low, r)
		}
	}
	return low
}

func (im *Importer) receiveFile(ctx context.Context, scope postgres.Scope, path string) ([]Batch, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a file of the watched folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	return im.UploadAll(ctx, scope, Arrival{Name: filepath.Base(path), Source: FromFolder}, f)
}

// ready lists the files that nobody writes any more, the oldest first.
func (f Folder) ready() ([]string, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the watched folder: %w", err)
	}
	still := f.Still
	if still == 0 {
		still = 10 * time.Second
	}
	type found struct {
		path string
		at   time.Time
	}
	var out []found
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || hiddenFile(e.Name()) || unfinished(e.Name()) || time.Since(info.ModTime()) < still {
			continue
		}
		out = append(out, found{filepath.Join(f.Dir, e.Name()), info.ModTime()})
	}
	slices.SortStableFunc(out, func(a, b found) int { return a.at.Compare(b.at) })
	paths := make([]string, len(out))
	for i, o := range out {
		paths[i] = o.path
	}
	return paths, nil
}

// unfinished are the names that file transfers use until they are done.
func unfinished(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".part", ".tmp", ".filepart", ".crdownload", ".partial":
		return true
	}
	return false
}

// move puts a file away under a name that is free, and says why it failed.
func (f Folder) move(path string, cause error) error {
	dir := filepath.Join(f.Dir, "done")
	if cause != nil {
		dir = filepath.Join(f.Dir, "failed")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making a folder for taken files: %w", err)
	}
	base := filepath.Base(path)
	to := filepath.Join(dir, base)
	for n := 1; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		ext := filepath.Ext(base)
		to = filepath.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(base, ext), n, ext))
	}
	if err := os.Rename(path, to); err != nil {
		return fmt.Errorf("putting a taken file away: %w", err)
	}
	told, ok := errs.Of(cause)
	if cause == nil || !ok {
		return nil
	}
	if err := os.WriteFile(to+".txt", []byte(told.ZH+"\n"+told.EN+"\n"), 0o644); err != nil {
		return fmt.Errorf("saying why a file failed: %w", err)
	}
	return nil
}
