package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/dialer"
)

// One customer of two stores: while one store talks to them, the other does not
// call, by a campaign or by hand.
func TestTwoStoresNeverCallOneNumberAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.otherStore()
	w.task(number(1))
	theirs := other.task(number(1))
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond} }
	d, _ := w.dialer()
	other.leaving = d
	w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	w.until("the first store to talk", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'bridged'`) == 1 })
	agent := other.agent("韩梅梅")
	wantCode(t, d.DialTask(t.Context(), other.scope(agent), agent, theirs), "number_busy", "gate_refused")
	camp := other.campaign(d, dialer.Progressive, agent)
	other.until("its leader to have looked", func() bool { dec, ok := d.Decision(camp.ID); return ok && !dec.At.IsZero() })
	if n := other.count(`SELECT count(*) FROM attempt`); n != 0 {
		t.Errorf("the other store planned %d calls to the number", n)
	}
	if len(w.exchange.wrongs) > 0 || w.exchange.placed() != 1 {
		t.Error(w.exchange.wrongs, w.exchange.numbers())
	}
}

// A customer who told one store not to be called is called by no store any more:
// neither by what is planned already nor by what a running campaign would plan.
func TestARefusalToldToOneStoreStopsTheCampaignsOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.otherStore()
	planned, waiting := other.task(number(1)), other.task(number(2))
	d, _ := w.dialer()
	other.leaving = d
	camp := other.campaign(d, dialer.Progressive, other.agent("韩梅梅"))
	attempt := other.plannedBy(camp, planned)
	for n := range 2 {
		w.in(func(ctx context.Context, tx pgx.Tx) error {
			_, err := w.files.AddDNC(ctx, tx, customer.By{Group: w.group, Store: w.store, At: w.clock.Now()},
				customer.DNC{Digits: number(n + 1), Scope: customer.ScopeAll, Source: "customer"})
			return err
		})
	}
	w.run(d)
	other.until("both to be refused", func() bool {
		return other.count(`SELECT count(*) FROM refusal WHERE task_id = ANY ($1) AND rule = 'CG-05'`, []uuid.UUID{planned, waiting}) == 2
	})
	if got := other.text(`SELECT state FROM attempt WHERE id = $1`, attempt); got != "refused" {
		t.Errorf("the planned attempt is %s", got)
	}
	if n := w.exchange.placed(); n != 0 {
		t.Errorf("%d INVITEs", n)
	}
}
