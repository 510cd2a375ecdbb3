package workorder

import (
	"context"
	"fmt"
	"time"

	"ringback/internal/postgres"
)

// writeOrders inserts orders and changes known ones, all in one statement.
func writeOrders(ctx context.Context, db postgres.DB, orders []Order, at time.Time) error {
	if len(orders) == 0 {
		return nil
	}
	var c postgres.Columns
	for _, o := range orders {
		extra := "{}"
		if o.Extra != nil {
			extra = string(o.Extra)
		}
		c.Add(o.ID, o.GroupID, o.StoreID, o.RoNo, string(o.Kind), o.KindText, string(o.State), o.VehicleID, o.CustomerID, o.AdvisorName, o.Technician,
			o.OpenedAt, o.PromisedAt, o.InspectedAt, o.SettledAt, o.DeliveredAt, o.DeliveryAssumed, o.MileageIn, o.PartsFen, o.LabourFen, o.OtherFen,
			o.DiscountFen, o.TotalFen, o.PaidBy, o.IsPaintJob, o.FaultText, o.ItemsText, o.AdviceText, o.NextDueDate, o.NextDueKm, o.PreferredCallTime,
			o.Note, extra, o.ContentHash, o.ImportBatchID, o.IsSynthetic)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO work_order (`+columns+`, created_at, updated_at)
		SELECT id, group_id, store_id, ro_no, kind, kind_text, state, vehicle_id, customer_id, advisor_name, technician, opened_at, promised_at, inspected_at,
			settled_at, delivered_at, delivery_assumed, mileage_in, parts_fen, labour_fen, other_fen, discount_fen, total_fen, paid_by, is_paint_job, fault_text,
			items_text, advice_text, next_due_date, next_due_km, preferred_call_time, note, extra::jsonb, content_hash, import_batch_id, is_synthetic, $37, $37
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::text[], $11::text[],
			$12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::boolean[], $18::integer[], $19::bigint[],
			$20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::text[], $25::boolean[], $26::text[], $27::text[], $28::text[], $29::date[],
			$30::integer[], $31::text[], $32::text[], $33::text[], $34::bytea[], $35::uuid[], $36::boolean[])
			AS r (id, group_id, store_id, ro_no, kind, kind_text, state, vehicle_id, customer_id, advisor_name, technician, opened_at, promised_at, inspected_at,
			settled_at, delivered_at, delivery_assumed, mileage_in, parts_fen, labour_fen, other_fen, discount_fen, total_fen, paid_by, is_paint_job, fault_text,
			items_text, advice_text, next_due_date, next_due_km, preferred_call_time, note, extra, content_hash, import_batch_id, is_synthetic)
		ON CONFLICT (store_id, ro_no) DO UPDATE SET kind = EXCLUDED.kind, kind_text = EXCLUDED.kind_text, state = EXCLUDED.state, vehicle_id = EXCLUDED.vehicle_id, customer_id = EXCLUDED.customer_id,
			advisor_name = EXCLUDED.advisor_name, technician = EXCLUDED.technician, opened_at = EXCLUDED.opened_at, promised_at = EXCLUDED.promised_at,
			inspected_at = EXCLUDED.inspected_at, settled_at = EXCLUDED.settled_at, delivered_at = EXCLUDED.delivered_at,
			delivery_assumed = EXCLUDED.delivery_assumed, mileage_in = EXCLUDED.mileage_in, parts_fen = EXCLUDED.parts_fen, labour_fen = EXCLUDED.labour_fen,
			other_fen = EXCLUDED.other_fen, discount_fen = EXCLUDED.discount_fen, total_fen = EXCLUDED.total_fen, paid_by = EXCLUDED.paid_by,
			is_paint_job = EXCLUDED.is_paint_job, fault_text = EXCLUDED.fault_text, items_text = EXCLUDED.items_text, advice_text = EXCLUDED.advice_text,
			next_due_date = EXCLUDED.next_due_date, next_due_km = EXCLUDED.next_due_km, preferred_call_time = EXCLUDED.preferred_call_time, note = EXCLUDED.note,
			extra = EXCLUDED.extra, content_hash = EXCLUDED.content_hash, import_batch_id = EXCLUDED.import_batch_id,
			updated_at = $37`, c.Args(at)...)
	if err != nil {
		return fmt.Errorf("writing work orders: %w", err)
	}
	return nil
}
