package importer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Upload reads a file into the one store of scope and keeps its rows; nothing of
// the record changes before Commit. A file that cannot be imported is errs.Invalid
// and kept as a failed batch. Bytes that were imported before give a batch that is
// done, with Repeat set and every row counted same.
func (im *Importer) Upload(ctx context.Context, scope postgres.Scope, name string, r io.Reader) (Batch, error) {
	return im.upload(ctx, scope, name, r, false)
}

// UploadForced is Upload that reads bytes again which were imported before.
func (im *Importer) UploadForced(ctx context.Context, scope postgres.Scope, name string, r io.Reader) (Batch, error) {
	return im.upload(ctx, scope, name, r, true)
}

func (im *Importer) upload(ctx context.Context, scope postgres.Scope, name string, r io.Reader, force bool) (Batch, error) {
	if len(scope.Stores) != 1 {
		return Batch{}, errs.New(errs.Invalid, "import_one_store", "请先选择一家门店再导入。", "Choose one store before importing.")
	}
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Batch{}, fmt.Errorf("receiving %s: %w", name, err)
	}
	sum := sha256.Sum256(raw)
	b := Batch{ID: uuid.Must(uuid.NewV7()), FileName: name, SizeBytes: int64(len(raw)), CreatedAt: im.o.Clock.Now()}
	if len(raw) > MaxBytes {
		return im.fail(ctx, scope, b, sum[:], errTooLarge())
	}
	if !force {
		if repeat, ok, err := im.repeat(ctx, scope, b, sum[:]); err != nil || ok {
			return repeat, err
		}
	}
	h, s, err := read(raw)
	if err != nil {
		return im.fail(ctx, scope, b, sum[:], err)
	}
	b.Kind, b.Encoding, b.Sheet, b.HeaderRow, b.Columns, b.DataRows = h.layout.kind, s.encoding, s.name, h.row, h.columns, len(h.data)
	return im.keep(ctx, scope, b, sum[:], h, s.date1904)
}

// read finds the table of a file and what it is about.
func read(raw []byte) (headed, sheet, error) {
	s, err := readAny(raw)
	if err != nil {
		return headed{}, sheet{}, err
	}
	h, ok := findHeader(s.lines)
	switch {
	case !ok && len(h.missing) > 0:
		return h, s, errMissing(h.layout, h.missing)
	case !ok && len(s.lines) < 2:
		return h, s, errNoTable("")
	case !ok:
		return h, s, errNoHeader()
	case len(h.missing) > 0:
		return h, s, errMissing(h.layout, h.missing)
	case len(h.data) == 0:
		return h, s, errNoRows()
	}
	return h, s, nil
}

// repeat answers bytes that were imported before.
func (im *Importer) repeat(ctx context.Context, scope postgres.Scope, b Batch, sum []byte) (Batch, bool, error) {
	var found bool
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		before, ok, err := doneBefore(ctx, tx, scope.Stores[0], sum)
		if found = ok; err != nil || !ok {
			return err
		}
		at := b.CreatedAt
		before.ID, before.FileName, before.CreatedAt, before.FinishedAt = b.ID, b.FileName, at, &at
		accepted := before.DataRows - before.Outcomes[string(Rejected)]
		before.Outcomes = map[string]int{string(Same): accepted}
		if n := before.DataRows - accepted; n > 0 {
			before.Outcomes[string(Rejected)] = n
		}
		before.Repeat, before.ErrorCode = true, repeatCode
		before.ErrorZH = "这个文件以前已经导入过，内容完全相同，没有改动任何数据。"
		before.ErrorEN = "This very file was imported before; nothing was changed."
		b = before
		return insertBatch(ctx, tx, scope, before, sum, mapping{Columns: before.Columns})
	})
	return b, found, err
}

// fail keeps a file that cannot be imported, so that the list shows it and why.
func (im *Importer) fail(ctx context.Context, scope postgres.Scope, b Batch, sum []byte, cause error) (Batch, error) {
	told, ok := errs.Of(cause)
	if !ok {
		return Batch{}, cause
	}
	at := b.CreatedAt
	b.State, b.FinishedAt, b.ErrorCode, b.ErrorZH, b.ErrorEN = Failed, &at, told.Code, told.ZH, told.EN
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		return insertBatch(ctx, tx, scope, b, sum, mapping{})
	})
	if err != nil {
		return Batch{}, err
	}
	return b, cause
}

// keep writes the batch and all its rows.
func (im *Importer) keep(ctx context.Context, scope postgres.Scope, b Batch, sum []byte, h headed, date1904 bool) (Batch, error) {
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		at, err := im.rules(ctx, tx, scope.Stores[0], date1904)
		if err != nil {
			return err
		}
		rows := judge(h, at)
		c := countVerdicts(rows)
		b.State, b.Outcomes, b.Codes = Parsed, c.Outcomes, c.Codes
		if err := insertBatch(ctx, tx, scope, b, sum, mapping{Columns: h.columns, Date1904: date1904}); err != nil {
			return err
		}
		if err := insertRows(ctx, tx, im.o.Box, scope.Stores[0], b.ID, rows); err != nil {
			return err
		}
		return im.tell(ctx, tx, scope, b)
	})
	return b, err
}

func (im *Importer) rules(ctx context.Context, db postgres.DB, store uuid.UUID, date1904 bool) (rules, error) {
	s, err := dealer.GetStore(ctx, db, store)
	if err != nil {
		return rules{}, err
	}
	return rules{
		zone: clock.Shanghai(), now: im.o.Clock.Now(), date1904: date1904, synthetic: s.IsSynthetic,
		phone: cn.PhoneOptions{AreaCode: s.AreaCode, Hotline: s.Hotline},
	}, nil
}

func countVerdicts(rows []verdict) counts {
	c := counts{Outcomes: map[string]int{}, Codes: map[string]int{}}
	for _, v := range rows {
		c.Outcomes[string(v.outcome)]++
		for _, code := range v.codes {
			c.Codes[string(code)]++
		}
	}
	return c
}

func (im *Importer) tell(ctx context.Context, tx postgres.DB, scope postgres.Scope, b Batch) error {
	e := events.Event{
		Kind: events.ImportChanged, Group: scope.Group, Store: scope.Stores[0], At: im.o.Clock.Now(), Actor: scope.User,
		Subject: events.Subjects{"import": b.ID},
	}
	return im.o.Bus.Publish(ctx, tx, e, map[string]any{"state": b.State, "done": b.RowsDone, "total": b.DataRows})
}
