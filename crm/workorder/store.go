package workorder

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Book writes work orders and publishes what changed.
type Book struct{ bus *events.Bus }

// NewBook makes a book that publishes on bus.
func NewBook(bus *events.Bus) *Book { return &Book{bus: bus} }

const columns = `id, group_id, store_id, ro_no, kind, kind_text, state, vehicle_id, customer_id, advisor_name, technician,
	opened_at, promised_at, inspected_at, settled_at, delivered_at, delivery_assumed, mileage_in, parts_fen, labour_fen, other_fen,
	discount_fen, total_fen, paid_by, is_paint_job, fault_text, items_text, advice_text, next_due_date, next_due_km,
	preferred_call_time, note, extra, content_hash, import_batch_id, is_synthetic`

// Get reads one order; errs.NotFound "work_order_not_found".
func Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Order, error) {
	return one(ctx, db, `SELECT `+columns+` FROM work_order WHERE id = $1`, id)
}

// ByNo reads one order by its number in a store; errs.NotFound.
func ByNo(ctx context.Context, db postgres.DB, store uuid.UUID, roNo string) (Order, error) {
	return one(ctx, db, `SELECT `+columns+` FROM work_order WHERE store_id = $1 AND ro_no = $2`, store, roNo)
}

func one(ctx context.Context, db postgres.DB, sql string, args ...any) (Order, error) {
	found, err := query(ctx, db, sql, args...)
	if err != nil {
		return Order{}, err
	}
	if len(found) == 0 {
		return Order{}, errs.New(errs.NotFound, "work_order_not_found", "没有这张工单。", "There is no such work order.")
	}
	return found[0], nil
}

func query(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Order, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading work orders: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Order])
	if err != nil {
		return nil, fmt.Errorf("reading work orders: %w", err)
	}
	return found, nil
}

// ByIDs reads several orders, oldest delivery first.
func ByIDs(ctx context.Context, db postgres.DB, ids []uuid.UUID) ([]Order, error) {
	return query(ctx, db, `SELECT `+columns+` FROM work_order WHERE id = ANY ($1) ORDER BY delivered_at, ro_no`, ids)
}

// Visits are the newest limit orders of a vehicle that are not void, without
// those in except (the visit that is being followed up).
func Visits(ctx context.Context, db postgres.DB, vehicle uuid.UUID, except []uuid.UUID, limit int) ([]Order, error) {
	return query(ctx, db, `SELECT `+columns+` FROM work_order
		WHERE vehicle_id = $1 AND state <> 'voided' AND NOT id = ANY ($2)
		ORDER BY coalesce(delivered_at, settled_at, opened_at) DESC NULLS LAST, ro_no DESC LIMIT $3`, vehicle, except, limit)
}

// DeliveredBetween lists the orders handed over in a span of time, oldest first: for the
// nightly pass that finds deliveries which were still ahead when imported.
func DeliveredBetween(ctx context.Context, db postgres.DB, store uuid.UUID, from, to time.Time) ([]Order, error) {
	return query(ctx, db, `SELECT `+columns+` FROM work_order
		WHERE store_id = $1 AND state <> 'voided' AND delivered_at >= $2 AND delivered_at < $3 ORDER BY delivered_at, ro_no`, store, from, to)
}

// Known is an order that is there already.
type Known struct {
	ID          uuid.UUID
	RoNo        string
	ContentHash []byte
}

// KnownOrders finds which of the numbers a store has already.
func KnownOrders(ctx context.Context, db postgres.DB, store uuid.UUID, roNos []string) (map[string]Known, error) {
	rows, err := db.Query(ctx, `SELECT id, ro_no, content_hash FROM work_order WHERE store_id = $1 AND ro_no = ANY ($2)`, store, roNos)
	if err != nil {
		return nil, fmt.Errorf("looking up work orders: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Known])
	if err != nil {
		return nil, fmt.Errorf("looking up work orders: %w", err)
	}
	out := make(map[string]Known, len(found))
	for _, k := range found {
		out[k.RoNo] = k
	}
	return out, nil
}

// Upsert writes an order by its number in the store. Equal content is not
// written again and publishes nothing (dealer.Same); a changed order keeps its id
// (T-B5). Published: opened or changed, delivered when the hand-over became
// known, voided.
func (b *Book) Upsert(ctx context.Context, db postgres.DB, o Order, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	known, err := ByNo(ctx, db, o.StoreID, o.RoNo)
	switch {
	case errs.KindOf(err) == errs.NotFound:
		o.ID = uuid.Must(uuid.NewV7())
		return o.ID, dealer.New, b.write(ctx, db, o, nil, at, actor)
	case err != nil:
		return uuid.Nil, "", err
	case bytes.Equal(known.ContentHash, o.ContentHash):
		return known.ID, dealer.Same, nil
	}
	o.ID = known.ID
	return o.ID, dealer.Updated, b.write(ctx, db, o, &known, at, actor)
}

func (b *Book) write(ctx context.Context, db postgres.DB, o Order, known *Order, at time.Time, actor uuid.UUID) error {
	if o.Extra == nil {
		o.Extra = []byte("{}")
	}
	_, err := db.Exec(ctx, `
		INSERT INTO work_order (`+columns+`, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
			$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $37)
		ON CONFLICT (store_id, ro_no) DO UPDATE SET kind = $5, kind_text = $6, state = $7, vehicle_id = $8, customer_id = $9,
			advisor_name = $10, technician = $11, opened_at = $12, promised_at = $13, inspected_at = $14, settled_at = $15, delivered_at = $16,
			delivery_assumed = $17, mileage_in = $18, parts_fen = $19, labour_fen = $20, other_fen = $21, discount_fen = $22, total_fen = $23,
			paid_by = $24, is_paint_job = $25, fault_text = $26, items_text = $27, advice_text = $28, next_due_date = $29, next_due_km = $30,
			preferred_call_time = $31, note = $32, extra = $33, content_hash = $34, import_batch_id = $35, updated_at = $37`,
		o.ID, o.GroupID, o.StoreID, o.RoNo, o.Kind, o.KindText, o.State, o.VehicleID, o.CustomerID, o.AdvisorName, o.Technician,
		o.OpenedAt, o.PromisedAt, o.InspectedAt, o.SettledAt, o.DeliveredAt, o.DeliveryAssumed, o.MileageIn, o.PartsFen, o.LabourFen, o.OtherFen,
		o.DiscountFen, o.TotalFen, o.PaidBy, o.IsPaintJob, o.FaultText, o.ItemsText, o.AdviceText, o.NextDueDate, o.NextDueKm,
		o.PreferredCallTime, o.Note, o.Extra, o.ContentHash, o.ImportBatchID, o.IsSynthetic, at)
	if err != nil {
		return fmt.Errorf("writing work order %s: %w", o.RoNo, err)
	}
	return b.tell(ctx, db, o, known, at, actor)
}

func (b *Book) tell(ctx context.Context, db postgres.DB, o Order, known *Order, at time.Time, actor uuid.UUID) error {
	for _, kind := range whatHappened(o, known) {
		e := events.Event{
			Kind: kind, Group: o.GroupID, Store: o.StoreID, At: at, Actor: actor,
			Subject: events.Subjects{"work_order": o.ID, "customer": o.CustomerID, "vehicle": o.VehicleID},
		}
		if err := b.bus.Publish(ctx, db, e, map[string]string{"ro_no": o.RoNo}); err != nil {
			return err
		}
	}
	return nil
}

// whatHappened names the events of a write; known is nil for a new order.
func whatHappened(o Order, known *Order) []events.Kind {
	var out []events.Kind
	if known == nil {
		out = append(out, events.WorkOrderOpened)
	} else {
		out = append(out, events.WorkOrderChanged)
	}
	if o.State == Voided {
		if known != nil && known.State != Voided {
			out = append(out, events.WorkOrderVoided)
		}
		return out
	}
	if o.DeliveredAt != nil && (known == nil || known.DeliveredAt == nil) {
		out = append(out, events.WorkOrderDelivered)
	}
	return out
}
