package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/policy"
	"ringback/crm/workorder"
	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// Commit writes the rows of a parsed batch into the record, 500 to a transaction,
// in the order of the file. It may be called again after a crash and goes on where
// it stopped; a batch that is done is left alone. progress (may be nil) hears of
// every chunk. errs.Conflict for a failed batch.
func (im *Importer) Commit(ctx context.Context, scope postgres.Scope, id uuid.UUID, progress func(done, total int)) (Batch, error) {
	for {
		b, err := im.commitChunk(ctx, scope, id)
		if err != nil {
			return b, err
		}
		if progress != nil {
			progress(b.RowsDone, b.DataRows)
		}
		if b.State == Done {
			im.o.Logger.InfoContext(ctx, "import done", "batch", b.ID, "file", b.FileName, "kind", b.Kind, "rows", b.DataRows, "outcomes", b.Outcomes)
			return b, nil
		}
	}
}

func (im *Importer) commitChunk(ctx context.Context, scope postgres.Scope, id uuid.UUID) (b Batch, err error) {
	err = im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		var m mapping
		if b, m, err = batchByID(ctx, tx, id, " FOR UPDATE"); err != nil || b.State == Done {
			return err
		}
		if b.State == Failed {
			return errBatchState()
		}
		rows, err := queryRows(ctx, tx, im.o.Box, `SELECT `+rowColumns+` FROM import_row
			WHERE batch_id = $1 AND outcome = 'waiting' ORDER BY row_no LIMIT $2`, id, chunkRows)
		if err != nil {
			return err
		}
		if err := im.apply(ctx, tx, scope, b, m, rows); err != nil {
			return err
		}
		return im.advance(ctx, tx, scope, &b, len(rows) < chunkRows)
	})
	return b, err
}

func (im *Importer) apply(ctx context.Context, tx postgres.DB, scope postgres.Scope, b Batch, m mapping, rows []Row) error {
	at, err := im.rules(ctx, tx, scope.Stores[0], m.Date1904)
	if err != nil {
		return err
	}
	w := writer{im: im, tx: tx, batch: b.ID, by: customer.By{Group: scope.Group, Store: scope.Stores[0], Actor: scope.User, At: at.now}}
	recs := make([]*record, len(rows))
	for i, row := range rows {
		recs[i] = &record{no: row.RowNo, columns: m.Columns, cells: row.Cells, at: at}
	}
	if b.Kind == WorkOrders {
		if w.known, err = workorder.KnownOrders(ctx, tx, w.by.Store, numbers(recs, "ro_no")); err != nil {
			return err
		}
	}
	if b.Kind == Policies {
		if w.policies, err = policy.KnownPolicies(ctx, tx, w.by.Store, numbers(recs, "policy_no")); err != nil {
			return err
		}
	}
	for i, r := range recs {
		if err := w.row(ctx, b.Kind, r, &rows[i]); err != nil {
			return fmt.Errorf("row %d: %w", r.no, err)
		}
	}
	return finishRows(ctx, tx, b.ID, rows)
}

// numbers are the rows' own numbers: of orders or policies.
func numbers(recs []*record, field string) []string {
	out := make([]string, len(recs))
	for i, r := range recs {
		out[i] = number(r.text(field))
	}
	return out
}

// advance writes how far the batch is and tells the screens.
func (im *Importer) advance(ctx context.Context, tx postgres.DB, scope postgres.Scope, b *Batch, last bool) error {
	c, done, err := recount(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	b.State, b.RowsDone, b.Outcomes, b.Codes = Committing, done, c.Outcomes, c.Codes
	if last {
		at := im.o.Clock.Now()
		b.State, b.FinishedAt = Done, &at
	}
	figures, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encoding the counts of batch %s: %w", b.ID, err)
	}
	if _, err := tx.Exec(ctx, `UPDATE import_batch SET state = $2, rows_done = $3, counts = $4, finished_at = $5 WHERE id = $1`,
		b.ID, b.State, b.RowsDone, figures, b.FinishedAt); err != nil {
		return fmt.Errorf("writing the progress of batch %s: %w", b.ID, err)
	}
	return im.tell(ctx, tx, scope, *b)
}

// writer puts the rows of one chunk into the record.
type writer struct {
	im       *Importer
	tx       postgres.DB
	batch    uuid.UUID
	by       customer.By
	known    map[string]workorder.Known // orders of the chunk that are there already
	policies map[string]policy.Known    // … and policies
}

func (w writer) row(ctx context.Context, kind Kind, r *record, row *Row) error {
	switch kind {
	case WorkOrders:
		return w.order(ctx, r, row)
	case Customers:
		return w.customer(ctx, r, row)
	case Users:
		return w.staff(ctx, r, row)
	case DNC:
		return w.dnc(ctx, r, row)
	case Policies:
		return w.policy(ctx, r, row)
	case Deliveries:
		return w.delivery(ctx, r, row)
	}
	return fmt.Errorf("no writer for kind %s", kind)
}

// settle keeps a row's outcome with codes that only the record could tell.
func (row *Row) settle(o Outcome, target uuid.UUID, codes ...cn.Code) {
	row.Outcome = o
	if target != uuid.Nil {
		row.TargetID = &target
	}
	for _, c := range codes {
		if c != "" && !slices.Contains(row.Codes, string(c)) {
			row.Codes = append(row.Codes, string(c))
		}
	}
}

func (row *Row) reject(t trouble) {
	row.Outcome, row.Field, row.ReasonZH, row.ReasonEN = Rejected, t.field, t.zh, t.en
	row.settle(Rejected, uuid.Nil, cn.Code(t.code))
}

func saved(s dealer.Saved) Outcome {
	switch s {
	case dealer.Same:
		return Same
	case dealer.Updated:
		return Updated
	}
	return Created
}

func (w writer) order(ctx context.Context, r *record, row *Row) error {
	o, bad := readOrder(r)
	if bad != nil {
		row.reject(*bad)
		return nil
	}
	if known, ok := w.known[o.order.RoNo]; ok && slices.Equal(known.ContentHash, o.order.ContentHash) {
		row.settle(Same, known.ID)
		return nil
	}
	o.who.Second = slices.Contains(row.Codes, "W-DUP-VIN")
	if o.owner.Full != "" {
		if _, err := w.im.files.See(ctx, w.tx, w.by, customer.Sighting{Name: o.owner, Vehicle: o.who.Vehicle, Source: "work_order", Synthetic: o.who.Synthetic}); err != nil {
			return err
		}
	}
	seen, err := w.im.files.See(ctx, w.tx, w.by, o.who)
	if err != nil {
		return err
	}
	return w.saveOrder(ctx, o, seen, row)
}

func (w writer) saveOrder(ctx context.Context, o orderRow, seen customer.Seen, row *Row) error {
	if seen.Vehicle == uuid.Nil {
		row.reject(*required("plate", "车牌号和 VIN"))
		return nil
	}
	o.order.GroupID, o.order.StoreID, o.order.CustomerID, o.order.VehicleID = w.by.Group, w.by.Store, seen.Customer, seen.Vehicle
	o.order.ImportBatchID = &w.batch
	id, how, err := w.im.book.Upsert(ctx, w.tx, o.order, w.by.At, w.by.Actor)
	if err != nil {
		return err
	}
	km, err := w.im.files.NoteReading(ctx, w.tx, w.by, seen.Vehicle, customer.Reading{
		Km: o.order.MileageIn, On: o.who.Vehicle.On,
		NextDueDate: o.order.NextDueDate, NextDueKm: o.order.NextDueKm,
	})
	if err != nil {
		return err
	}
	row.settle(saved(how), id, append(seen.Codes, km)...)
	return nil
}

func (w writer) customer(ctx context.Context, r *record, row *Row) error {
	c, bad := readCustomer(r)
	if bad != nil {
		row.reject(*bad)
		return nil
	}
	c.who.Shared = slices.Contains(row.Codes, "W-SHARED")
	seen, err := w.im.files.See(ctx, w.tx, w.by, c.who)
	if err != nil {
		return err
	}
	if c.marketing != "" {
		if err := w.im.files.RecordConsent(ctx, w.tx, w.by, customer.Consent{
			Customer: seen.Customer, Purpose: customer.PurposeMarketing,
			State: c.marketing, Channel: "import", Evidence: "import " + w.batch.String(),
		}); err != nil {
			return err
		}
	}
	outcome := Merged
	if seen.New {
		outcome = Created
	}
	row.settle(outcome, seen.Customer, seen.Codes...)
	return nil
}

func (w writer) staff(ctx context.Context, r *record, row *Row) error {
	s, bad := readStaff(r)
	if bad != nil {
		row.reject(*bad)
		return nil
	}
	id, how, err := dealer.SaveStaff(ctx, w.tx, w.im.o.Box, w.by.Group, w.by.Store, s, w.by.At)
	if err != nil {
		return err
	}
	if s.Mobile != "" && how != dealer.Same {
		if err := w.im.files.MarkStaff(ctx, w.tx, w.by, s.Mobile); err != nil {
			return err
		}
	}
	row.settle(saved(how), id)
	return nil
}

func (w writer) dnc(ctx context.Context, r *record, row *Row) error {
	d, bad := readDNC(r)
	if bad != nil {
		row.reject(*bad)
		return nil
	}
	outcome := Same
	for _, digits := range d.digits {
		added, err := w.im.files.AddDNC(ctx, w.tx, w.by, customer.DNC{
			Digits: digits, Scope: d.scope, Source: d.source, From: d.from,
			Evidence: "import " + w.batch.String(),
		})
		if err != nil {
			return err
		}
		if added {
			outcome = Created
		}
	}
	row.settle(outcome, uuid.Nil)
	return nil
}
