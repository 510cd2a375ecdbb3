package dialer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/internal/postgres"
)

// BenchmarkForecast asks the whole gate about a store's list: facts read from
// Postgres in steps of a thousand, fourteen rules each, over time.
func BenchmarkForecast(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newWorld(b)
			w.many(n)
			d, _ := w.dialer()
			in := dialer.ForecastInput{Store: w.store, Kind: "followup_3d", Number: w.number, Mode: dialer.Progressive}
			for b.Loop() {
				err := w.db.Pool.Scoped(b.Context(), postgres.Scope{Stores: w.scope(w.store).Stores, Group: w.group}, func(ctx context.Context, tx pgx.Tx) error {
					f, err := d.Forecast(ctx, tx, in)
					if f.Total != n {
						b.Errorf("%d tasks, want %d", f.Total, n)
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}

// many adds tasks whose customers have a history: calls, a do-not-call entry, a
// survey, a consent.
func (w *world) many(n int) {
	w.t.Helper()
	for i := range n {
		w.task(fmt.Sprintf("154%08d", i))
	}
	now := w.clock.Now()
	w.db.Exec(w.t, `INSERT INTO number_attempt (group_id, phone_hash, attempt_id, at, class)
		SELECT $1, p.phone_hash, p.id, $2::timestamptz - (k || ' days')::interval, 'service' FROM customer_phone p, generate_series(3, 9, 3) k`, w.group, now)
	w.db.Exec(w.t, `INSERT INTO number_survey (group_id, phone_hash, task_id, at) SELECT $1, phone_hash, id, $2::timestamptz - interval '100 days' FROM customer_phone`, w.group, now)
	w.db.Exec(w.t, `INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at)
		SELECT id, $1, phone_hash, last4, 'commercial', 'customer', $2 FROM customer_phone`, w.group, now)
	w.db.Exec(w.t, `INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, at)
		SELECT id, store_id, id, 'service_call', 'given', 'paper', $1 FROM customer`, now)
	w.db.Exec(w.t, `ANALYZE`)
}
