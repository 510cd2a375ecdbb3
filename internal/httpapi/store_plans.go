package httpapi

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/workorder"
	"ringback/internal/auth"
)

const (
	planChanged = "plan.change"
	planDropped = "plan.drop"
)

// StorePlan is how often a model is maintained: whichever of months and kilometres
// comes first (D-12).
type StorePlan struct {
	ID            *uuid.UUID `json:"id,omitempty" doc:"of the store's own plans; a shipped one has none"`
	VehicleKind   string     `json:"vehicleKind" enum:"car,ebike"`
	Model         string     `json:"model" maxLength:"500" doc:"part of the model's name; empty: every model"`
	FirstMonths   int        `json:"firstMonths"`
	FirstKm       int        `json:"firstKm"`
	PeriodMonths  int        `json:"periodMonths"`
	PeriodKm      int        `json:"periodKm"`
	StopAfterDays int        `json:"stopAfterDays" doc:"overdue that long, nobody is reminded any more"`
}

// StorePlans are the store's own plans, the shipped ones behind them, and who changed
// them last.
type StorePlans struct {
	Own     []StorePlan `json:"own"`
	Shipped []StorePlan `json:"shipped"`
	Last    *auth.Last  `json:"last,omitempty"`
}

func (s *Server) plans(ctx context.Context, p auth.Principal, _ *struct{}) (StorePlans, error) {
	return s.changePlans(ctx, p, func(context.Context, pgx.Tx) error { return nil })
}

type planInput struct {
	Body StorePlan
}

func (s *Server) planSave(ctx context.Context, p auth.Principal, in *planInput) (StorePlans, error) {
	b := in.Body
	plan := workorder.Plan{
		VehicleKind: b.VehicleKind, Model: b.Model, FirstMonths: b.FirstMonths, FirstKm: b.FirstKm, PeriodMonths: b.PeriodMonths, PeriodKm: b.PeriodKm,
		StopAfterDays: b.StopAfterDays,
	}
	return s.changePlans(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := workorder.SavePlan(ctx, tx, p.Store, plan, s.Clock.Now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, p, planChanged, p.Store, planDetail(plan))
	})
}

func (s *Server) planDrop(ctx context.Context, p auth.Principal, in *IDInput) (StorePlans, error) {
	return s.changePlans(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := workorder.DropPlan(ctx, tx, p.Store, in.ID)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, p, planDropped, p.Store, planDetail(gone))
	})
}

// changePlans changes the store's plans and answers with them.
func (s *Server) changePlans(ctx context.Context, p auth.Principal, change func(ctx context.Context, tx pgx.Tx) error) (out StorePlans, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		own, err := workorder.Plans(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		out.Own, out.Shipped = mapped(own, storePlan), mapped(workorder.ShippedPlans(), storePlan)
		out.Last, err = auth.LastOf(ctx, tx, p.Store, planChanged, planDropped)
		return err
	})
}

func storePlan(p workorder.Plan) StorePlan {
	out := StorePlan{
		VehicleKind: p.VehicleKind, Model: p.Model, FirstMonths: p.FirstMonths, FirstKm: p.FirstKm, PeriodMonths: p.PeriodMonths, PeriodKm: p.PeriodKm,
		StopAfterDays: p.StopAfterDays,
	}
	if p.ID != uuid.Nil {
		out.ID = &p.ID
	}
	return out
}

// planDetail is a plan in the audit log.
func planDetail(p workorder.Plan) map[string]string {
	return map[string]string{
		"kind": p.VehicleKind, "model": p.Model, "first": fmt.Sprintf("%d months, %d km", p.FirstMonths, p.FirstKm),
		"period": fmt.Sprintf("%d months, %d km", p.PeriodMonths, p.PeriodKm), "stop_after_days": fmt.Sprint(p.StopAfterDays),
	}
}
