package workorder_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/workorder"
	"ringback/internal/errs"
	"ringback/internal/postgres/pgtest"
)

func TestAStoreKeepsPlansOfItsOwnByKindAndModel(t *testing.T) { // D-12
	t.Parallel()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	other := pgtest.StoreIn(t, db, group)
	good := workorder.Plan{VehicleKind: "car", Model: " Ｎ９ 纯电 ", FirstMonths: 6, FirstKm: 10000, PeriodMonths: 12, PeriodKm: 20000, StopAfterDays: 120}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		save := func(change func(*workorder.Plan)) error {
			p := good
			change(&p)
			return workorder.SavePlan(ctx, tx, store, p, day("2026-11-20"))
		}
		for name, c := range map[string]struct {
			change func(*workorder.Plan)
			code   string
		}{
			"no months":             {func(p *workorder.Plan) { p.FirstMonths = 0 }, "maintenance_plan"},
			"more than five years":  {func(p *workorder.Plan) { p.PeriodMonths = 61 }, "maintenance_plan"},
			"no kilometres":         {func(p *workorder.Plan) { p.PeriodKm = -1 }, "maintenance_plan"},
			"beyond 100,000 km":     {func(p *workorder.Plan) { p.FirstKm = 100_001 }, "maintenance_plan"},
			"never stops":           {func(p *workorder.Plan) { p.StopAfterDays = 731 }, "maintenance_plan"},
			"a name without an end": {func(p *workorder.Plan) { p.Model = strings.Repeat("长", 61) }, "maintenance_model"},
		} {
			if err := save(c.change); !errors.Is(err, errs.New(errs.Invalid, c.code, "", "")) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, km := range []int{20000, 15000} { // the second one changes the first
			if err := save(func(p *workorder.Plan) { p.PeriodKm = km }); err != nil {
				return err
			}
		}
		own, err := workorder.Plans(ctx, tx, store)
		if err != nil || len(own) != 1 || own[0].Model != "N9 纯电" || own[0].PeriodKm != 15000 {
			t.Fatalf("kept: %+v, %v", own, err)
		}
		if got := workorder.PlanFor(own, "car", "示例品牌丁 N9 纯电 四驱"); got.PeriodMonths != 12 {
			t.Errorf("the model follows %+v", got)
		}
		if _, err := workorder.DropPlan(ctx, tx, other, own[0].ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another store's plan: %v", err)
		}
		if gone, err := workorder.DropPlan(ctx, tx, store, own[0].ID); err != nil || gone.Model != "N9 纯电" {
			t.Errorf("deleted: %+v, %v", gone, err)
		}
		for _, id := range []uuid.UUID{own[0].ID, uuid.New()} {
			if _, err := workorder.DropPlan(ctx, tx, store, id); errs.KindOf(err) != errs.NotFound {
				t.Errorf("a plan that is gone: %v", err)
			}
		}
		return nil
	})
}
