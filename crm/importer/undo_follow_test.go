package importer_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/importer"
)

// booked books a visit of the store's one vehicle.
func (s shop) booked(t *testing.T, made, at time.Time) {
	t.Helper()
	s.Scoped(t, s.scope.Stores[0], func(ctx context.Context, tx pgx.Tx) error {
		var vehicle, owner uuid.UUID
		if err := tx.QueryRow(ctx, `SELECT vehicle_id, customer_id FROM work_order`).Scan(&vehicle, &owner); err != nil {
			return err
		}
		by := customer.By{Group: s.scope.Group, Store: s.scope.Stores[0], At: made}
		_, err := s.visit.Make(ctx, tx, by, appointment.New{Customer: owner, Vehicle: vehicle, At: at, Reason: "periodic", Source: "out"})
		return err
	})
}

func (s shop) undone(t *testing.T, b importer.Batch, before [][]string) {
	t.Helper()
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("the record is not as it was:\n%s", firstDifference(before, now))
	}
}

func TestTheUndoOfAnOrderThatWasABookedVisitExpectsTheCustomerAgain(t *testing.T) {
	for name, c := range map[string]struct {
		slot        time.Duration // after 8 in the morning
		line, state string
	}{
		"the car came":           {2 * time.Hour, "WT9,宁Z00001,2026-11-20 09:40,定保,王一一,15400000001,,,,100\n", "arrived"},
		"and was handed over":    {time.Hour / 2, "WT9,宁Z00001,2026-11-20 06:40,定保,王一一,15400000001,,2026-11-20 07:50,2026-11-20 07:55,100\n", "completed"},
		"after it was a no-show": {time.Hour / 2, "WT9,宁Z00001,2026-11-20 06:40,定保,王一一,15400000001,,,,100\n", "arrived late"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, morning())
			s.take(t, "earlier.csv", orderHead+"WT1,宁Z00001,2026-10-18,定保,王一一,15400000001,,2026-10-19 10:00,2026-10-19 11:00,100\n")
			s.booked(t, morning().Add(-20*time.Hour), morning().Add(c.slot))
			if c.state == "arrived late" {
				s.Scoped(t, s.scope.Stores[0], func(ctx context.Context, tx pgx.Tx) error {
					_, err := s.visit.NoShows(ctx, tx, customer.By{Group: s.scope.Group, Store: s.scope.Stores[0], At: morning().Add(time.Hour)})
					return err
				})
			}
			before := s.everything(t)
			b := s.take(t, "today.csv", orderHead+c.line)
			wantRows(t, s.query(t, `SELECT state || CASE WHEN late THEN ' late' ELSE '' END, (work_order_id IS NOT NULL)::text FROM appointment`), c.state+" true")
			s.undone(t, b, before)
		})
	}
}

func TestTheUndoOfAPolicyThatBoundARenewalOpensItsQuoteAgain(t *testing.T) {
	s := open(t, morning().AddDate(0, -7, -10)) // 10 April
	s.take(t, "old.csv", policyHead+"P1,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2025-05-01,2026-04-30,王一,15400000001,true\n")
	s.Exec(t, `INSERT INTO quote (id, store_id, renewal_id, version, state, insurer, compulsory_fen, sent_at, created_at)
		SELECT gen_random_uuid(), store_id, id, 1, 'sent', '示例财险', 95000, created_at, created_at FROM renewal`)
	before := s.everything(t)
	b := s.take(t, "new.csv", policyHead+"P2,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2026-05-01,2027-04-30,王一,15400000001,true\n")
	wantRows(t, s.query(t, `SELECT r.stage, q.state FROM renewal r JOIN quote q ON q.renewal_id = r.id`), "bound accepted")
	s.undone(t, b, before)
	wantRows(t, s.query(t, `SELECT state FROM quote`), "sent")
}

func TestTheUndoOfAPolicyTakesARenewalItEndedBackToItsCalls(t *testing.T) {
	s := open(t, morning().AddDate(0, -7, -10))
	s.take(t, "old.csv", policyHead+"P1,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2025-05-01,2026-04-30,王一,15400000001,true\n")
	open := s.query(t, `SELECT kind, state FROM task ORDER BY 1, 2`)
	b := s.take(t, "new.csv", policyHead+"P2,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2026-05-01,2027-04-30,王一,15400000001,true\n")
	if stopped := s.query(t, `SELECT kind FROM task WHERE state = 'cancelled'`); len(open) > 0 && len(stopped) == 0 {
		t.Errorf("the policy stopped no promise of %v", open)
	}
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	if now := s.query(t, `SELECT kind, state FROM task ORDER BY 1, 2`); !slices.EqualFunc(open, now, slices.Equal) {
		t.Errorf("promises %v, before %v", now, open)
	}
}

func TestFilesUndoneInTheOrderTheyCameLeaveNothingOfEither(t *testing.T) {
	s := open(t, morning())
	s.take(t, "a.csv", orderHead+orderLine(1, "100"))
	before := s.everything(t)
	b := s.take(t, "b.csv", orderHead+orderLine(1, "150"))
	c := s.take(t, "c.csv", orderHead+orderLine(1, "200"))
	if !maps.Equal(b.Outcomes, map[string]int{"updated": 1}) || !maps.Equal(c.Outcomes, b.Outcomes) {
		t.Fatalf("%v, %v", b.Outcomes, c.Outcomes)
	}
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	wantRows(t, s.query(t, `SELECT total_fen::text FROM work_order`), "20000") // the later file stands
	s.undone(t, c, before)
}
