package importer

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Source tells which way a file came.
type Source string

// Sources of files.
const (
	FromUpload  Source = "upload"  // a person at the console
	FromCommand Source = "command" // ringback import
	FromFolder  Source = "folder"  // the watched folder
	FromAPI     Source = "api"     // a nightly drop
)

// Upload reads a file into the one store of scope and keeps its rows; nothing of
// the record changes before Commit. A file that cannot be imported is errs.Invalid
// and kept as a failed batch, whose reading may be corrected (Correct). Bytes that
// were imported before give a batch that is done, with Repeat set and every row
// counted same; bytes whose import has begun give that batch. An archive of several
// files is for [Importer.UploadAll].
func (im *Importer) Upload(ctx context.Context, scope postgres.Scope, name string, r io.Reader) (Batch, error) {
	return im.Receive(ctx, scope, Arrival{Name: name, Source: FromUpload}, r)
}

// UploadForced is Upload that reads bytes again which were imported before.
func (im *Importer) UploadForced(ctx context.Context, scope postgres.Scope, name string, r io.Reader) (Batch, error) {
	return im.Receive(ctx, scope, Arrival{Name: name, Source: FromUpload, Force: true}, r)
}

// Arrival says what comes, and how.
type Arrival struct {
	Name   string
	Source Source
	Force  bool // also bytes that were imported before
}

// Receive is Upload of one arrival: it keeps the original, then reads it.
func (im *Importer) Receive(ctx context.Context, scope postgres.Scope, a Arrival, r io.Reader) (Batch, error) {
	b, err := im.take(ctx, scope, a, r)
	if err != nil || b.State != Uploaded {
		return b, err
	}
	read, err := im.parse(ctx, scope, b, Correction{})
	if e, ok := errs.Of(err); ok && e.Code == begunCode { // the same bytes came twice at once, and the other is being imported
		return im.Batch(ctx, scope, b.ID)
	}
	return read, err
}

// take keeps a file as it came. The batch is uploaded, unless its bytes are known or
// it cannot even be kept.
func (im *Importer) take(ctx context.Context, scope postgres.Scope, a Arrival, r io.Reader) (Batch, error) {
	if len(scope.Stores) != 1 {
		return Batch{}, errs.New(errs.Invalid, "import_one_store", "请先选择一家门店再导入。", "Choose one store before importing.")
	}
	b := im.arrived(a)
	got, err := im.kept.receive(b.ID, r, MaxBytes)
	b.SizeBytes, b.sum = got.size, got.sum
	if err != nil {
		return im.notKept(ctx, scope, b, err)
	}
	if known, ok, err := im.known(ctx, scope, b, a.Force); err != nil || ok {
		return known, err
	}
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if err := insertBatch(ctx, tx, scope, b, mapping{Force: a.Force}); err != nil {
			return err
		}
		return im.tell(ctx, tx, scope, b)
	})
	return b, err
}

func (im *Importer) arrived(a Arrival) Batch {
	return Batch{ID: uuid.Must(uuid.NewV7()), FileName: a.Name, Source: a.Source, CreatedAt: im.o.Clock.Now(), State: Uploaded, force: a.Force}
}

// notKept is an arrival that could not be kept. One that is too large stands in the
// list with its reason.
func (im *Importer) notKept(ctx context.Context, scope postgres.Scope, b Batch, err error) (Batch, error) {
	if errs.KindOf(err) != errs.Invalid {
		return Batch{}, err
	}
	return im.fail(ctx, scope, b, err, true)
}

// known answers bytes that were imported before, or whose import has begun.
func (im *Importer) known(ctx context.Context, scope postgres.Scope, b Batch, force bool) (out Batch, ok bool, err error) {
	if force {
		return out, false, nil
	}
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if out, ok, err = sameBytes(ctx, tx, scope.Stores[0], b.sum, `state IN ('uploaded', 'parsed', 'committing')`); err != nil || ok {
			return err
		}
		before, done, err := sameBytes(ctx, tx, scope.Stores[0], b.sum, `state = 'done' AND error_code = ''`)
		if err != nil || !done {
			return err
		}
		out, ok = repeatOf(before, b), true
		return insertBatch(ctx, tx, scope, out, mapping{Columns: out.Columns})
	})
	if err != nil || !ok {
		return Batch{}, false, err
	}
	return out, true, im.kept.remove(b.ID) // the first copy stays
}

// repeatOf is the batch of bytes that a batch imported before: every row is counted
// same, nothing is changed.
func repeatOf(before, b Batch) Batch {
	at := b.CreatedAt
	b.RepeatOf = before.ID
	accepted := before.DataRows - before.Outcomes[string(Rejected)]
	b.Kind, b.Encoding, b.Sheet, b.HeaderRow, b.Columns = before.Kind, before.Encoding, before.Sheet, before.HeaderRow, before.Columns
	b.DataRows, b.RowsDone, b.Codes = before.DataRows, before.DataRows, before.Codes
	b.Outcomes = map[string]int{string(Same): accepted}
	if n := before.DataRows - accepted; n > 0 {
		b.Outcomes[string(Rejected)] = n
	}
	b.State, b.FinishedAt, b.Repeat, b.ErrorCode = Done, &at, true, repeatCode
	b.ErrorZH = "这个文件以前已经导入过，内容完全相同，没有改动任何数据。"
	b.ErrorEN = "This very file was imported before; nothing was changed."
	return b
}

// fail keeps a file that cannot be imported, so that the list shows it and why.
func (im *Importer) fail(ctx context.Context, scope postgres.Scope, b Batch, cause error, fresh bool) (Batch, error) {
	told, ok := errs.Of(cause)
	if !ok || told.Kind != errs.Invalid {
		return b, cause
	}
	at := im.o.Clock.Now()
	b.State, b.FinishedAt, b.ErrorCode, b.ErrorZH, b.ErrorEN = Failed, &at, told.Code, told.ZH, told.EN
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		write := updateBatch
		if fresh {
			write = insertBatch
		}
		if err := write(ctx, tx, scope, b, mapping{Columns: b.Columns}); err != nil {
			return err
		}
		return im.tell(ctx, tx, scope, b)
	})
	if err != nil {
		return Batch{}, err
	}
	im.o.Logger.InfoContext(ctx, "import refused", "batch", b.ID, "code", told.Code, "bytes", b.SizeBytes, "sha256", hex.EncodeToString(b.sum))
	return b, cause
}

// Resume goes on with what a crash or a shutdown interrupted: files that were kept
// but not read, and batches whose commit had begun. Doing it twice, or on two nodes,
// changes nothing.
func (im *Importer) Resume(ctx context.Context, scope postgres.Scope) error {
	var going []Batch
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		going, err = batchesWhere(ctx, tx, `state IN ('uploaded', 'committing') ORDER BY created_at, id`)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range going {
		if b.State == Uploaded {
			if b, err = im.parse(ctx, scope, b, Correction{}); err != nil && errs.KindOf(err) != errs.Invalid {
				return fmt.Errorf("going on with %s: %w", b.FileName, err)
			}
			continue // whoever sent it looks at the preview
		}
		if _, err := im.Commit(ctx, scope, b.ID, nil); err != nil {
			return fmt.Errorf("going on with %s: %w", b.FileName, err)
		}
	}
	return nil
}
