package workorder

import (
	"bytes"
	"context"
	"errors"
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
	InvoiceFen        int64      `json:"invoice_fen"`
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

// SaveDelivery writes a delivery by vehicle, day and customer and publishes
// sale.delivered, also for one that is still ahead: who plans by it looks at its
// time (W-FUTURE). Equal content is not written again and publishes nothing.
func (b *Book) SaveDelivery(ctx context.Context, db postgres.DB, d Delivery, at time.Time, actor uuid.UUID) (uuid.UUID, dealer.Saved, error) {
	var hash []byte
	how := dealer.Updated
	err := db.QueryRow(ctx, `SELECT id, content_hash FROM sale_delivery
		WHERE store_id = $1 AND vehicle_id = $2 AND delivered_day = $3 AND customer_id = $4 FOR UPDATE`,
		d.StoreID, d.VehicleID, d.DeliveredDay, d.CustomerID).Scan(&d.ID, &hash)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		d.ID, how = uuid.Must(uuid.NewV7()), dealer.New
	case err != nil:
		return uuid.Nil, "", fmt.Errorf("looking up a delivery: %w", err)
	case bytes.Equal(hash, d.ContentHash):
		return d.ID, dealer.Same, nil
	}
	return d.ID, how, b.writeDelivery(ctx, db, d, how, at, actor)
}

func (b *Book) writeDelivery(ctx context.Context, db postgres.DB, d Delivery, how dealer.Saved, at time.Time, actor uuid.UUID) error {
	if d.Extra == nil {
		d.Extra = []byte("{}")
	}
	_, err := db.Exec(ctx, `
		INSERT INTO sale_delivery (`+deliveryColumns+`, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)
		ON CONFLICT (store_id, vehicle_id, delivered_day, customer_id) DO UPDATE SET delivered_at = $6, consultant_name = $8, contract_no = $9,
			invoice_fen = $10, first_service_until = $11, insurer = $12, policy_no = $13, gifts = $14, documents = $15, note = $16, extra = $17,
			content_hash = $18, import_batch_id = $19, updated_at = $21`,
		d.ID, d.GroupID, d.StoreID, d.VehicleID, d.CustomerID, d.DeliveredAt, d.DeliveredDay, d.ConsultantName, d.ContractNo, d.InvoiceFen,
		d.FirstServiceUntil, d.Insurer, d.PolicyNo, d.Gifts, d.Documents, d.Note, d.Extra, d.ContentHash, d.ImportBatchID, d.IsSynthetic, at)
	if err != nil {
		return fmt.Errorf("writing a delivery: %w", err)
	}
	e := events.Event{
		Kind: events.SaleDelivered, Group: d.GroupID, Store: d.StoreID, At: at, Actor: actor,
		Subject: events.Subjects{"delivery": d.ID, "vehicle": d.VehicleID, "customer": d.CustomerID},
	}
	return b.bus.Publish(ctx, db, e, map[string]any{"how": how, "day": d.DeliveredDay.Format(time.DateOnly)})
}
