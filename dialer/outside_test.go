package dialer_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/dialer"
	"ringback/internal/errs"
	"ringback/internal/seal"
)

// forbidden are numbers that no path may send out: emergency, carrier, short, 400,
// premium, foreign.
func forbidden() []string {
	return []string{"110", "10086", "95588", "4008001234", "16838888", "008613800000000", "+8613800000000"}
}

// O-25: a number outside the allow-list leaves by no path. Each refusal is kept
// and shown.
func TestO25ANumberOutsideTheAllowListIsNeverDialed(t *testing.T) {
	t.Parallel()
	for _, digits := range forbidden() {
		t.Run(digits, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			byCampaign, byPreview, byHand, atClaim := w.task(number(1)), w.task(number(2)), w.task(number(3)), w.task(number(4))
			agent, reader := w.agent("李雷"), w.agent("韩梅梅")
			d, _ := w.dialer()
			preview := w.campaign(d, dialer.Preview, reader)
			planned := w.plannedBy(preview, atClaim)
			w.in(func(ctx context.Context, tx pgx.Tx) error { // the preview agent has it in hand
				if err := w.agents.PledgeIdle(ctx, tx, preview.ID, []uuid.UUID{reader}); err != nil {
					return err
				}
				if _, err := w.agents.ToPreview(ctx, tx, preview.ID, byPreview, nil); err != nil {
					return err
				}
				_, err := w.tasks.Take(ctx, tx, byPreview, reader, customer.By{Group: w.group, Store: w.store, At: w.clock.Now()})
				return err
			})
			w.isNow(digits, byCampaign, byHand, atClaim, byPreview)
			w.run(d)
			w.campaign(d, dialer.Progressive, agent)
			w.refusedBy(byCampaign, "the campaign")
			w.until("the planned attempt to be refused", func() bool { return w.text(`SELECT state FROM attempt WHERE id = $1`, planned) == "refused" })
			w.refusedBy(atClaim, "the claim")
			if e, ok := errs.Of(d.DialTask(t.Context(), w.scope(agent), agent, byHand)); !ok || e.Code != "gate_refused" {
				t.Errorf("by hand: %v", e)
			}
			w.refusedBy(byHand, "the call by hand")
			if e, ok := errs.Of(d.DialPreview(t.Context(), w.scope(reader), reader)); !ok || e.Code != "gate_refused" {
				t.Errorf("after reading: %v", e)
			}
			w.refusedBy(byPreview, "the previewed call")
			if n := w.exchange.placed(); n != 0 {
				t.Errorf("%d INVITEs: %v", n, w.exchange.numbers())
			}
			w.in(func(ctx context.Context, tx pgx.Tx) error {
				why, err := d.WhyTask(ctx, tx, byCampaign)
				if err != nil || why.Answer.Code != "CG-01" || len(why.Refusals) == 0 {
					t.Errorf("why: %+v, %v", why, err)
				}
				return err
			})
		})
	}
}

// isNow gives the tasks' customers another number, as if a file had been wrong.
func (w *world) isNow(digits string, tasks ...uuid.UUID) {
	for i, id := range tasks {
		w.db.Exec(w.t, `UPDATE customer_phone SET phone_enc = $2, phone_hash = $3 WHERE id = (SELECT phone_id FROM task WHERE id = $1)`,
			id, w.box.Seal(seal.Phone, []byte(digits)), w.box.Hash(seal.Phone, digits+string(rune('a'+i))))
	}
}

func (w *world) refusedBy(task uuid.UUID, path string) {
	w.t.Helper()
	w.until("a refusal by "+path, func() bool {
		return w.count(`SELECT count(*) FROM refusal WHERE task_id = $1 AND rule = 'CG-01' AND outcome = 'stop' AND reason_zh <> '' AND reason_en <> ''`, task) == 1
	})
}
