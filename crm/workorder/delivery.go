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

// Delivery is a new vehicle handed to its customer (spec 2.2.10).
type Delivery struct {
	ID                uuid.UUID  `json:"id"`
	GroupID           uuid.UUID  `json:"-"`
	StoreID           uuid.UUID  `json:"store_id"`
	VehicleID         uuid.UUID  `json:"vehicle_id"`
	CustomerID        uuid.UUID  `json:"customer_id"`
	DeliveredAt       time.Time  `json:"delivered_at"`
	DeliveredDay      time.Time  `json:"delivered_day"` // business day in the store's zone
	ConsultantName    string     `json:"consultant_name"`
	ContractNo        string     `json:"contract_no"`
	InvoiceFen        *int64     `json:"invoice_fen"`
	FirstServiceUntil *time.Time `json:"first_service_until"`
	Insurer           string     `json:"insurer"`
	PolicyNo          string     `json:"policy_no"`
	Gifts             string     `json:"gifts"`
	Documents         string     `json:"documents"` // 档案七项 as the file says
	Note              string     `json:"note"`
	Extra             []byte     `json:"-"`
	ContentHash       []byte     `json:"-"`
	ImportBatchID     *uuid.UUID `json:"-"`
	IsSynthetic       bool       `json:"-"`
}

const deliveryColumns = `id, group_id, store_id, vehicle_id, customer_id, delivered_at, delivered_day, consultant_name, contract_no, invoice_fen,
	first_service_until, insurer, policy_no, gifts, documents, note, extra, content_hash, import_batch_id, is_synthetic`

// GetDelivery reads one delivery; errs.NotFound "delivery_not_found".
func GetDelivery(ctx context.Context, db postgres.DB, id uuid.UUID) (Delivery, error) {
	found, err := queryDeliveries(ctx, db, `SELECT `+deliveryColumns+` FROM sale_delivery WHERE id = $1`, id)
	if err != nil {
		return Delivery{}, err
	}
	if len(found) == 0 {
		return Delivery{}, errs.New(errs.NotFound, "delivery_not_found", "没有这条交车记录。", "There is no such delivery.")
	}
	return found[0], nil
}

// DeliveriesOf lists a vehicle's deliveries, the newest first.
func DeliveriesOf(ctx context.Context, db postgres.DB, vehicle uuid.UUID) ([]Delivery, error) {
	return queryDeliveries(ctx, db, `SELECT `+deliveryColumns+` FROM sale_delivery WHERE vehicle_id = $1 ORDER BY delivered_at DESC, id`, vehicle)
}

// SoldBetween lists a store's deliveries of the business days [from, to], oldest
// first: for the nightly pass that finds what only time brings.
func SoldBetween(ctx context.Context, db postgres.DB, store uuid.UUID, from, to time.Time) ([]Delivery, error) {
	return queryDeliveries(ctx, db, `SELECT `+deliveryColumns+` FROM sale_delivery
		WHERE store_id = $1 AND delivered_day BETWEEN $2 AND $3 ORDER BY delivered_at, id`, store, from, to)
}

func queryDeliveries(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Delivery, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading deliveries: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Delivery])
	if err != nil {
		return nil, fmt.Errorf("reading deliveries: %w", err)
	}
	return found, nil
}

// SaveDelivery is SaveDeliveries of one.
func (b *Book) SaveDelivery(ctx context.Context, db postgres.DB, d Delivery, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	r, err := b.SaveDeliveries(ctx, db, []Delivery{d}, at, actor)
	if err != nil {
		return uuid.Nil, "", err
	}
	return r[0].ID, r[0].How, nil
}

// deliveryKey is what a delivery is known by.
type deliveryKey struct {
	vehicle, customer uuid.UUID
	day               string
}

func (d Delivery) key() deliveryKey {
	return deliveryKey{d.VehicleID, d.CustomerID, d.DeliveredDay.Format(time.DateOnly)}
}

// SaveDeliveries writes deliveries of one store by vehicle, day and customer and
// publishes sale.delivered after all of them, also for one that is still ahead: who
// plans by it looks at its time (W-FUTURE). Equal content is not written again and
// publishes nothing; the second of two with one key counts as the same.
func (b *Book) SaveDeliveries(ctx context.Context, db postgres.DB, deliveries []Delivery, at time.Time, actor uuid.UUID) ([]Result, error) {
	if len(deliveries) == 0 {
		return nil, nil
	}
	vehicles := make([]uuid.UUID, len(deliveries))
	for i, d := range deliveries {
		vehicles[i] = d.VehicleID
	}
	found, err := queryDeliveries(ctx, db, `SELECT `+deliveryColumns+` FROM sale_delivery WHERE vehicle_id = ANY ($1) ORDER BY id FOR UPDATE`, vehicles)
	if err != nil {
		return nil, err
	}
	known := make(map[deliveryKey]Delivery, len(found))
	for _, d := range found {
		known[d.key()] = d
	}
	out := make([]Result, len(deliveries))
	var c postgres.Columns
	var es []events.Event
	written := map[deliveryKey]bool{}
	for i, d := range deliveries {
		k, ok := known[d.key()]
		out[i] = Result{k.ID, dealer.Updated}
		switch {
		case !ok:
			out[i] = Result{uuid.Must(uuid.NewV7()), dealer.New}
		case written[d.key()] || bytes.Equal(k.ContentHash, d.ContentHash):
			out[i].How = dealer.Same
			continue
		}
		d.ID = out[i].ID
		known[d.key()], written[d.key()] = d, true
		addDelivery(&c, d)
		e, err := delivered(d, out[i].How, at, actor)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	if err := writeDeliveries(ctx, db, c, at); err != nil {
		return nil, err
	}
	return out, b.bus.PublishAll(ctx, db, es)
}

func delivered(d Delivery, how dealer.Saved, at time.Time, actor uuid.UUID) (events.Event, error) {
	data, err := json.Marshal(map[string]any{"how": how, "day": d.DeliveredDay.Format(time.DateOnly)})
	if err != nil {
		return events.Event{}, fmt.Errorf("encoding the event of a delivery: %w", err)
	}
	return events.Event{
		Kind: events.SaleDelivered, Group: d.GroupID, Store: d.StoreID, At: at, Actor: actor, Data: data,
		Subject: events.Subjects{"delivery": d.ID, "vehicle": d.VehicleID, "customer": d.CustomerID},
	}, nil
}

func addDelivery(c *postgres.Columns, d Delivery) {
	extra := "{}"
	if d.Extra != nil {
		extra = string(d.Extra)
	}
	c.Add(d.ID, d.GroupID, d.StoreID, d.VehicleID, d.CustomerID, d.DeliveredAt, d.DeliveredDay, d.ConsultantName, d.ContractNo, d.InvoiceFen,
		d.FirstServiceUntil, d.Insurer, d.PolicyNo, d.Gifts, d.Documents, d.Note, extra, d.ContentHash, d.ImportBatchID, d.IsSynthetic)
}

func writeDeliveries(ctx context.Context, db postgres.DB, c postgres.Columns, at time.Time) error {
	if len(c) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `
		INSERT INTO sale_delivery (`+deliveryColumns+`, created_at, updated_at)
		SELECT id, group_id, store_id, vehicle_id, customer_id, delivered_at, delivered_day, consultant_name, contract_no, invoice_fen, first_service_until,
			insurer, policy_no, gifts, documents, note, extra::jsonb, content_hash, import_batch_id, is_synthetic, $21, $21
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::date[], $8::text[], $9::text[], $10::bigint[], $11::date[],
			$12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::bytea[], $19::uuid[], $20::boolean[])
			AS r (id, group_id, store_id, vehicle_id, customer_id, delivered_at, delivered_day, consultant_name, contract_no, invoice_fen, first_service_until,
			insurer, policy_no, gifts, documents, note, extra, content_hash, import_batch_id, is_synthetic)
		ON CONFLICT (store_id, vehicle_id, delivered_day, customer_id) DO UPDATE SET delivered_at = EXCLUDED.delivered_at, consultant_name = EXCLUDED.consultant_name, contract_no = EXCLUDED.contract_no,
			invoice_fen = EXCLUDED.invoice_fen, first_service_until = EXCLUDED.first_service_until, insurer = EXCLUDED.insurer, policy_no = EXCLUDED.policy_no,
			gifts = EXCLUDED.gifts, documents = EXCLUDED.documents, note = EXCLUDED.note, extra = EXCLUDED.extra, content_hash = EXCLUDED.content_hash,
			import_batch_id = EXCLUDED.import_batch_id,
			updated_at = $21`, c.Args(at)...)
	if err != nil {
		return fmt.Errorf("writing deliveries: %w", err)
	}
	return nil
}
