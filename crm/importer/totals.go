package importer

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Totals are what a store's record holds.
type Totals struct {
	Parties         int            `json:"parties"` // each person or company once, bringers too
	WithoutBringers int            `json:"customers_without_bringers"`
	Vehicles        int            `json:"vehicles"`
	WorkOrders      int            `json:"work_orders"`
	Policies        int            `json:"policies"`
	Deliveries      int            `json:"deliveries"`
	Tasks           map[string]int `json:"tasks"` // by kind
}

// Totals counts the records of the scope's stores.
func (im *Importer) Totals(ctx context.Context, scope postgres.Scope) (Totals, error) {
	t := Totals{Tasks: map[string]int{}}
	err := im.o.Pool.Scoped(ctx, scope, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM customer WHERE merged_into IS NULL),
			(SELECT count(*) FROM customer WHERE merged_into IS NULL AND NOT bringer_only), (SELECT count(*) FROM vehicle),
			(SELECT count(*) FROM work_order), (SELECT count(*) FROM policy), (SELECT count(*) FROM sale_delivery)`).
			Scan(&t.Parties, &t.WithoutBringers, &t.Vehicles, &t.WorkOrders, &t.Policies, &t.Deliveries)
		if err != nil {
			return fmt.Errorf("counting the record: %w", err)
		}
		rows, err := tx.Query(ctx, `SELECT kind, count(*)::integer FROM task GROUP BY kind`)
		if err != nil {
			return fmt.Errorf("counting tasks: %w", err)
		}
		var kind string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&kind, &n}, func() error { t.Tasks[kind] = n; return nil })
		if err != nil {
			return fmt.Errorf("counting tasks: %w", err)
		}
		return nil
	})
	return t, err
}
