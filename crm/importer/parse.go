package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Correction is what a person says about a file; a zero field is left to the
// recognition.
type Correction struct {
	Sheet     string
	Encoding  string
	HeaderRow int
	Kind      Kind
	Fields    map[string]string // heading to field; an empty field: kept, not used
	Password  string            // of an encrypted workbook; it is not kept
}

// Correct reads a batch's file again as a person says. Only a batch of which nothing
// was committed is read again (errs.Conflict).
func (im *Importer) Correct(ctx context.Context, scope postgres.Scope, id uuid.UUID, c Correction) (Batch, error) {
	b, err := im.Batch(ctx, scope, id)
	if err != nil {
		return Batch{}, err
	}
	if !b.readable() {
		return Batch{}, errBegun()
	}
	if c.Kind != "" && layoutOf(c.Kind).kind == "" || c.Encoding != "" && !slices.Contains(Encodings(), c.Encoding) {
		return Batch{}, errs.New(errs.Invalid, "import_correction", "文件类型或编码不正确。", "There is no such kind of file or encoding.")
	}
	return im.parse(ctx, scope, b, c)
}

// readable tells whether nothing of a batch was committed.
func (b Batch) readable() bool {
	return !b.Repeat && (b.State == Uploaded || b.State == Parsed || b.State == Failed)
}

// parse reads the original of a batch and keeps its rows, all or none: a crash
// leaves the batch as it was.
func (im *Importer) parse(ctx context.Context, scope postgres.Scope, b Batch, c Correction) (Batch, error) {
	if c.Password != "" {
		if err := im.kept.unlock(b.ID, c.Password); err != nil {
			return im.fail(ctx, scope, b, err, false)
		}
	}
	o, err := im.kept.open(b.ID)
	if err != nil {
		return im.fail(ctx, scope, b, err, false)
	}
	defer func() { _ = o.Close() }()
	var learned []savedMapping
	if err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		learned, err = mappings(ctx, tx, scope.Stores[0])
		return err
	}); err != nil {
		return Batch{}, err
	}
	h, t, notes, err := look(o, c, learned)
	b.Kind, b.Encoding, b.Sheet, b.HeaderRow, b.Columns, b.Notes = h.layout.kind, t.encoding, t.name, h.row, h.columns, notes
	b.DataRows, b.RowsDone, b.Outcomes, b.Codes, b.Forecast, b.Known = 0, 0, nil, nil, nil, h.saved && len(c.Fields) == 0
	if err != nil {
		return im.fail(ctx, scope, b, err, false)
	}
	b.Asks = !h.saved && len(c.Fields) == 0 && slices.ContainsFunc(learned, func(m savedMapping) bool { return m.Kind == b.Kind })
	kept, err := im.keep(ctx, scope, b, h, t)
	if err != nil {
		return im.fail(ctx, scope, b, err, false)
	}
	return kept, nil
}

// look finds the table of a file and what it is about.
func look(o *original, c Correction, learned []savedMapping) (headed, table, []Note, error) {
	tables, err := openTables(o, c.Encoding)
	if err != nil {
		return headed{}, table{}, nil, err
	}
	var best headed
	var chosen table
	found, lines := false, 0
	for _, t := range tables {
		if c.Sheet != "" && t.name != c.Sheet {
			continue
		}
		top, err := t.top(headLines)
		if err != nil {
			if len(tables) > 1 && errs.KindOf(err) == "" && !spoiled(err) {
				return headed{}, t, nil, err
			}
			return headed{}, t, nil, readTrouble(err)
		}
		lines = max(lines, len(top))
		h, ok := recognise(top, c, learned)
		h.titles, h.lines = titlesOf(top, h.row), linesOf(top, h)
		if chosen.rows == nil || (ok && !found) || (ok == found && (h.fits() > best.fits() || (h.fits() == best.fits() && chosen.hidden && !t.hidden))) {
			best, chosen, found = h, t, ok || found
		}
	}
	switch {
	case chosen.rows == nil:
		return best, chosen, nil, errNoSheet(c.Sheet)
	case !found && len(best.missing) > 0 && best.score > 0:
		return best, chosen, nil, errMissing(best.layout, best.missing)
	case !found && lines < 2:
		return best, chosen, nil, errNoTable("")
	case !found:
		return best, chosen, nil, errNoHeader()
	case len(best.missing) > 0:
		return best, chosen, nil, errMissing(best.layout, best.missing)
	case !best.layout.kind.imported():
		return best, chosen, nil, errNotYet(best.layout)
	}
	return best, chosen, otherSheets(tables, chosen), nil
}

// readTrouble explains damage that shows only while rows are read.
func readTrouble(err error) error {
	if errs.KindOf(err) == "" && spoiled(err) {
		return errDamaged(err)
	}
	return err
}

func otherSheets(tables []table, chosen table) []Note {
	if len(tables) < 2 {
		return nil
	}
	names := ""
	for _, t := range tables {
		if t.name != chosen.name {
			names += "、" + t.name
		}
	}
	names = names[len("、"):]
	return []Note{{"sheets", "读取了工作表“" + chosen.name + "”；没有读取：" + names + "。", "The sheet \"" + chosen.name + "\" was read; not read: " + names + "."}}
}

// keep writes the batch and all its rows in one transaction.
func (im *Importer) keep(ctx context.Context, scope postgres.Scope, b Batch, h headed, t table) (Batch, error) {
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		if err := postgres.Unhurried(ctx, tx); err != nil { // large sheets take their time to unpack
			return err
		}
		now, _, err := batchByID(ctx, tx, b.ID, " FOR UPDATE")
		if err != nil {
			return err
		}
		if !now.readable() { // its commit began meanwhile
			return errBegun()
		}
		at, err := im.rules(ctx, tx, scope.Stores[0], t.date1904)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_row WHERE batch_id = $1`, b.ID); err != nil {
			return fmt.Errorf("reading batch %s again: %w", b.ID, err)
		}
		r := reading{tx: tx, box: im.o.Box, store: scope.Stores[0], batch: b.ID, h: h, at: at, count: counts{Outcomes: map[string]int{}, Codes: map[string]int{}}}
		if err := r.run(ctx, t); err != nil {
			return err
		}
		b.DataRows, b.Outcomes, b.Codes, b.Forecast = r.rows, r.count.Outcomes, r.count.Codes, r.told
		b.Notes = append(append(b.Notes, t.notes()...), r.notes()...)
		b.State, b.ErrorCode, b.ErrorZH, b.ErrorEN, b.FinishedAt = Parsed, "", "", "", nil
		m := mapping{Columns: h.columns, Known: b.Known, Date1904: t.date1904, Below: h.below, Force: b.force}
		if b.Kind != WorkOrders && b.Kind != Policies { // those are told by their numbers
			b.Forecast = im.rehearse(ctx, tx, scope, b, m)
		}
		if err := updateBatch(ctx, tx, scope, b, m); err != nil {
			return err
		}
		return im.tell(ctx, tx, scope, b)
	})
	return b, err
}

// reading is one pass over the rows of a table.
type reading struct {
	tx    postgres.DB
	box   *seal.Box
	store uuid.UUID
	batch uuid.UUID
	h     headed
	at    rules

	rows  int
	count counts
	part  []verdict
	all   comparison
	ahead forecast
	told  map[string]int // what the commit would do
}

// partRows is how many rows are written at once.
const partRows = 1000

func (r *reading) run(ctx context.Context, t table) error {
	for l, err := range t.rows {
		if err != nil {
			return readTrouble(err)
		}
		if l.no <= r.h.row+r.h.below {
			continue
		}
		if !r.h.isData(l) {
			r.all.footer(l)
			continue
		}
		if r.rows++; r.rows > maxRows {
			return errTooLarge()
		}
		v := judgeLine(r.h, l, r.at)
		r.all.add(v)
		if r.part = append(r.part, v); len(r.part) == partRows {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
	if r.rows == 0 {
		return errNoRows()
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	return r.compare(ctx)
}

func (r *reading) flush(ctx context.Context) error {
	r.count.add(r.part)
	if err := r.ahead.look(ctx, r.tx, r.store, r.h.layout.kind, r.part); err != nil {
		return err
	}
	err := insertRows(ctx, r.tx, r.box, r.store, r.batch, r.part)
	r.part = r.part[:0]
	return err
}

// compare settles what only the whole file tells: repeats, two customers of one
// vehicle, numbers of many.
func (r *reading) compare(ctx context.Context) error {
	changed := r.all.judge(r.h.layout.kind)
	r.told = r.ahead.tally(changed)
	for _, v := range changed {
		if v.outcome != Waiting {
			r.count.Outcomes[string(Waiting)]--
			r.count.Outcomes[string(v.outcome)]++
		}
		for _, c := range v.codes {
			r.count.Codes[string(c)]++
		}
	}
	if r.count.Outcomes[string(Waiting)] == 0 {
		delete(r.count.Outcomes, string(Waiting))
	}
	return addVerdicts(ctx, r.tx, r.batch, changed)
}

func (r *reading) notes() []Note {
	out := r.all.notes(r.h.layout.kind, r.rows)
	if r.h.layout.kind == Customers && !r.h.has("marketing") {
		out = append(out, Note{
			"E-CONS", "没有“是否同意营销”列：这些客户的营销同意记为未回答，不会拨打营销电话。",
			"There is no column for consent to marketing: it stays unanswered, and these customers get no commercial calls.",
		})
	}
	return out
}

func (h headed) has(field string) bool {
	return slices.ContainsFunc(h.columns, func(c Column) bool { return c.Field == field })
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

func (c counts) add(rows []verdict) {
	for _, v := range rows {
		c.Outcomes[string(v.outcome)]++
		for _, code := range v.codes {
			c.Codes[string(code)]++
		}
	}
}

func (im *Importer) tell(ctx context.Context, tx postgres.DB, scope postgres.Scope, b Batch) error {
	e := events.Event{
		Kind: events.ImportChanged, Group: scope.Group, Store: scope.Stores[0], At: im.o.Clock.Now(), Actor: scope.User,
		Subject: events.Subjects{"import": b.ID},
	}
	return im.o.Bus.Publish(ctx, tx, e, map[string]any{"state": b.State, "done": b.RowsDone, "total": b.DataRows})
}
