package workorder

import (
	"bytes"
	"context"
	"encoding/json"
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
	VehicleID   uuid.UUID
	ContentHash []byte
}

// KnownOrders finds which of the numbers a store has already.
func KnownOrders(ctx context.Context, db postgres.DB, store uuid.UUID, roNos []string) (map[string]Known, error) {
	rows, err := db.Query(ctx, `SELECT id, ro_no, vehicle_id, content_hash FROM work_order WHERE store_id = $1 AND ro_no = ANY ($2)`, store, roNos)
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

// Result is what became of one order, policy or delivery that was written.
type Result struct {
	ID  uuid.UUID
	How dealer.Saved
}

// Upsert is UpsertAll of one order.
func (b *Book) Upsert(ctx context.Context, db postgres.DB, o Order, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	r, err := b.UpsertAll(ctx, db, []Order{o}, at, actor)
	if err != nil {
		return uuid.Nil, "", err
	}
	return r[0].ID, r[0].How, nil
}

// UpsertAll writes orders of one store by their numbers, no number twice. Equal
// content is not written again and publishes nothing (dealer.Same); a changed order
// keeps its id (T-B5). Published after all of them: opened or changed, delivered when
// the hand-over became known (again), voided.
func (b *Book) UpsertAll(ctx context.Context, db postgres.DB, orders []Order, at time.Time, actor uuid.UUID) ([]Result, error) {
	if len(orders) == 0 {
		return nil, nil
	}
	nos := make([]string, len(orders))
	for i, o := range orders {
		nos[i] = o.RoNo
	}
	found, err := query(ctx, db, `SELECT `+columns+` FROM work_order WHERE store_id = $1 AND ro_no = ANY ($2) ORDER BY id FOR UPDATE`, orders[0].StoreID, nos)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*Order, len(found))
	for i := range found {
		known[found[i].RoNo] = &found[i]
	}
	out, write := make([]Result, len(orders)), make([]Order, 0, len(orders))
	for i, o := range orders {
		switch k := known[o.RoNo]; {
		case k == nil:
			o.ID = uuid.Must(uuid.NewV7())
			out[i] = Result{o.ID, dealer.New}
		case bytes.Equal(k.ContentHash, o.ContentHash):
			out[i] = Result{k.ID, dealer.Same}
			continue
		default:
			o.ID = k.ID
			out[i] = Result{k.ID, dealer.Updated}
		}
		write = append(write, o)
	}
	if err := writeOrders(ctx, db, write, at); err != nil {
		return nil, err
	}
	return out, b.tell(ctx, db, write, known, at, actor)
}

func (b *Book) tell(ctx context.Context, db postgres.DB, orders []Order, known map[string]*Order, at time.Time, actor uuid.UUID) error {
	var es []events.Event
	for _, o := range orders {
		data, err := json.Marshal(map[string]string{"ro_no": o.RoNo})
		if err != nil {
			return fmt.Errorf("encoding the event of order %s: %w", o.RoNo, err)
		}
		for _, kind := range whatHappened(o, known[o.RoNo]) {
			es = append(es, events.Event{
				Kind: kind, Group: o.GroupID, Store: o.StoreID, At: at, Actor: actor, Data: data,
				Subject: events.Subjects{"work_order": o.ID, "customer": o.CustomerID, "vehicle": o.VehicleID},
			})
		}
	}
	return b.bus.PublishAll(ctx, db, es)
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
	if o.HandedOver() && (known == nil || !known.HandedOver()) {
		out = append(out, events.WorkOrderDelivered)
	}
	return out
}

// LastCustomers gives the customers of the newest two visits of vehicles, the newer
// first; a void order is no visit.
func LastCustomers(ctx context.Context, db postgres.DB, vehicles []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	type visit struct {
		VehicleID  uuid.UUID
		CustomerID uuid.UUID
	}
	rows, err := db.Query(ctx, `
		SELECT v AS vehicle_id, w.customer_id FROM unnest($1::uuid[]) v CROSS JOIN LATERAL (
			SELECT customer_id, coalesce(delivered_at, settled_at, opened_at) AS at, ro_no FROM work_order WHERE vehicle_id = v AND state <> 'voided'
			ORDER BY coalesce(delivered_at, settled_at, opened_at) DESC NULLS LAST, ro_no DESC LIMIT 2) w
		ORDER BY v, w.at DESC NULLS LAST, w.ro_no DESC`, vehicles)
	if err != nil {
		return nil, fmt.Errorf("reading the last visits: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[visit])
	if err != nil {
		return nil, fmt.Errorf("reading the last visits: %w", err)
	}
	out := map[uuid.UUID][]uuid.UUID{}
	for _, r := range found {
		out[r.VehicleID] = append(out[r.VehicleID], r.CustomerID)
	}
	return out, nil
}
