package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// writer puts the rows of one chunk into the record, each noun's rows together.
type writer struct {
	im    *Importer
	tx    postgres.DB
	batch uuid.UUID
	by    customer.By
	rows  []Row
	recs  []*record
}

func (im *Importer) apply(ctx context.Context, tx postgres.DB, scope postgres.Scope, b Batch, m mapping, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	at, err := im.rules(ctx, tx, scope.Stores[0], m.Date1904)
	if err != nil {
		return err
	}
	at.now = *b.CommitAt
	w := writer{im: im, tx: tx, batch: b.ID, by: customer.By{Group: scope.Group, Store: scope.Stores[0], Actor: scope.User, At: at.now}, rows: rows}
	for _, row := range rows {
		w.recs = append(w.recs, &record{no: row.RowNo, columns: m.Columns, cells: row.Cells, at: at})
	}
	if err := w.put(ctx, b.Kind); err != nil {
		return fmt.Errorf("rows %d to %d: %w", rows[0].RowNo, rows[len(rows)-1].RowNo, err)
	}
	return finishRows(ctx, tx, b.ID, rows)
}

func (w *writer) put(ctx context.Context, kind Kind) error {
	switch kind {
	case WorkOrders:
		return w.orders(ctx)
	case Customers:
		return w.customers(ctx, readCustomer)
	case Members:
		return w.customers(ctx, readMember)
	case Vehicles:
		return w.vehicles(ctx)
	case Users:
		return w.staff(ctx)
	case DNC:
		return w.dnc(ctx)
	case Appointments:
		return w.appointments(ctx)
	case Policies:
		return w.policies(ctx)
	case Deliveries, EbikeSales:
		return w.deliveries(ctx)
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

// reject gives the reason; its code comes first.
func (row *Row) reject(t trouble) {
	row.Outcome, row.Field, row.ReasonZH, row.ReasonEN = Rejected, t.field, t.zh, t.en
	row.Codes = append([]string{t.code}, slices.DeleteFunc(row.Codes, func(c string) bool { return c == t.code })...)
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
