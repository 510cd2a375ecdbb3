package desk

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAFileWithGapsIsAskedForAFewOfThemAndAWholeOneForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("followup_7d", "service", "followup_7d")
	w.db.Exec(t, `UPDATE task SET work_order_ids = ARRAY[$1]::uuid[]`, w.order)
	w.bridged()
	card := w.view().Card
	shown := map[string]bool{}
	for _, g := range card.Gaps {
		shown[g.Code] = true
	}
	if !shown["address"] || !shown["email"] || shown["vin"] || shown["advisor"] || shown["plate"] || card.Complete <= 0 || card.Complete >= 100 {
		t.Errorf("the card shows %v, %d %%", card.Gaps, card.Complete)
	}
	if said := w.to("blanks", args{"satisfaction": 5}).view().Script.Node.ZH; said != "为了更好地服务您，想补充一下档案：第二电话、地址、邮编。" && said != "为了更好地服务您,想补充一下档案:第二电话、地址、邮编。" {
		t.Errorf("asked %q", said)
	}
	w.db.Exec(t, `UPDATE customer SET address_zh = '湖滨路 1 号', postcode = '214000', birthday = '1980-01-01', preferred_time = '下午', email = 'a@example.com'`)
	w.db.Exec(t, `UPDATE vehicle SET sale_date = '2024-01-01'`)
	w.db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at) VALUES ($1, $2, $3, '', '\x02', '0138', 'mobile', $4)`, id(), w.store, w.customer, w.clock.Now())
	w.db.Exec(t, `INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, source, content_hash, created_at, updated_at)
		VALUES ($1, $2, $3, 'P', 'commercial', '示例财险', $4, $5, '2026-01-01', '2026-12-31', 'own', '', $6, $6)`, id(), w.group, w.store, w.vehicle, w.customer, w.clock.Now())
	vars := map[string]any{}
	w.scoped(func(ctx context.Context, tx pgx.Tx) error { return w.desk.aboutGaps(ctx, tx, vars, w.customer) })
	if len(vars) > 0 {
		t.Errorf("a whole file is asked for %v", vars)
	}
}
