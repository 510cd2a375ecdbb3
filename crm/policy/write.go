package policy

import (
	"context"
	"fmt"
	"time"

	"ringback/internal/postgres"
)

// rows are policies as unnest takes them.
type rows struct{ postgres.Columns }

func (c *rows) add(p Policy) {
	extra := "{}"
	if p.Extra != nil {
		extra = string(p.Extra)
	}
	c.Add(p.ID, p.GroupID, p.StoreID, p.PolicyNo, string(p.Kind), p.Insurer, p.VehicleID, p.CustomerID, p.InsuredName, p.ApplicantName, p.StartDay,
		p.EndDay, p.PremiumFen, p.VehicleTaxFen, p.CommissionBP, p.CommissionFen, p.ClaimsCount, p.Underwriting, p.UnderwritingText, p.SoldBy,
		p.SoldOn, p.PreviousInsurer, p.Channel, string(p.Source), extra, p.ContentHash, p.ImportBatchID, p.IsSynthetic)
}

// write inserts policies and changes known ones, all in one statement.
func write(ctx context.Context, db postgres.DB, c rows, at time.Time) error {
	if len(c.Columns) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `
		INSERT INTO policy (`+columns+`, created_at, updated_at)
		SELECT id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, insured_name, applicant_name, start_day, end_day, premium_fen,
			vehicle_tax_fen, commission_bp, commission_fen, claims_count, underwriting, underwriting_text, sold_by, sold_on, previous_insurer, channel, source,
			extra::jsonb, content_hash, import_batch_id, is_synthetic, $29, $29
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::date[], $12::date[],
			$13::bigint[], $14::bigint[], $15::integer[], $16::bigint[], $17::integer[], $18::text[], $19::text[], $20::text[], $21::date[], $22::text[],
			$23::text[], $24::text[], $25::text[], $26::bytea[], $27::uuid[], $28::boolean[])
			AS r (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, insured_name, applicant_name, start_day, end_day, premium_fen,
			vehicle_tax_fen, commission_bp, commission_fen, claims_count, underwriting, underwriting_text, sold_by, sold_on, previous_insurer, channel, source,
			extra, content_hash, import_batch_id, is_synthetic)
		ON CONFLICT (store_id, policy_no) DO UPDATE SET kind = EXCLUDED.kind, insurer = EXCLUDED.insurer, vehicle_id = EXCLUDED.vehicle_id, customer_id = EXCLUDED.customer_id,
			insured_name = EXCLUDED.insured_name, applicant_name = EXCLUDED.applicant_name, start_day = EXCLUDED.start_day, end_day = EXCLUDED.end_day,
			premium_fen = EXCLUDED.premium_fen, vehicle_tax_fen = EXCLUDED.vehicle_tax_fen, commission_bp = EXCLUDED.commission_bp,
			commission_fen = EXCLUDED.commission_fen, claims_count = EXCLUDED.claims_count, underwriting = EXCLUDED.underwriting,
			underwriting_text = EXCLUDED.underwriting_text, sold_by = EXCLUDED.sold_by, sold_on = EXCLUDED.sold_on, previous_insurer = EXCLUDED.previous_insurer,
			channel = EXCLUDED.channel, source = EXCLUDED.source, extra = EXCLUDED.extra, content_hash = EXCLUDED.content_hash,
			import_batch_id = EXCLUDED.import_batch_id,
			updated_at = $29`, c.Args(at)...)
	if err != nil {
		return fmt.Errorf("writing policies: %w", err)
	}
	return nil
}
