package desk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/policy"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/postgres"
)

// today is the date of a moment, as the database keeps dates.
func (d *Desk) today(at time.Time) time.Time {
	y, m, day := at.In(d.zone).Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// aboutRenewal gives the scripts of insurance their figures.
func (d *Desk) aboutRenewal(ctx context.Context, db postgres.DB, vars map[string]any, s subject, store uuid.UUID) error {
	r := s.renewal
	if r == nil {
		return nil
	}
	vars["expiry_date_zh"] = r.Expiry.Format("1月2日")
	if days := int(r.Expiry.Sub(d.today(d.o.Clock.Now())) / (24 * time.Hour)); days > 0 {
		vars["days_to_expiry"] = days
	}
	if s.vehicle != nil {
		vars["plate_masked"] = s.vehicle.MaskedPlate()
	}
	if err := lastCover(ctx, db, vars, *r); err != nil {
		return err
	}
	approved, err := policy.Approved(ctx, db, store)
	if err != nil {
		return err
	}
	vars["approved_insurers_zh"] = strings.Join(approved, "、")
	return d.aboutQuote(ctx, db, vars, r.ID)
}

// lastCover names the policies that expire, the commercial one first.
func lastCover(ctx context.Context, db postgres.DB, vars map[string]any, r policy.Renewal) error {
	all, err := policy.OfVehicle(ctx, db, r.VehicleID)
	if err != nil {
		return err
	}
	if r.PremiumBeforeFen > 0 {
		vars["premium_last"] = policy.Yuan(r.PremiumBeforeFen)
	}
	for _, p := range all {
		if !p.EndDay.Equal(r.Expiry) {
			continue
		}
		if p.Kind == policy.Commercial || vars["insurer_last"] == nil {
			vars["insurer_last"] = p.Insurer
		}
		if p.ClaimsCount != nil {
			vars["claims_last_year"] = *p.ClaimsCount
		}
	}
	return nil
}

// aboutQuote names the quote that stands.
func (d *Desk) aboutQuote(ctx context.Context, db postgres.DB, vars map[string]any, renewal uuid.UUID) error {
	all, err := policy.QuotesOf(ctx, db, renewal)
	if err != nil {
		return err
	}
	for _, q := range all {
		if q.State != "sent" && q.State != "viewed" || q.ValidUntil == nil {
			continue
		}
		vars["quote_insurer"], vars["quote_total"], vars["quote_cover_zh"] = q.Insurer, policy.Yuan(q.TotalFen), q.CoverZH
		vars["quote_sent_zh"], vars["quote_valid_until_zh"] = d.dateZH(q.SentAt), q.ValidUntil.Format("1月2日")
		return nil
	}
	return nil
}

// aboutUpkeep gives the reminders when the vehicle is due, and what was written to
// the customer about it.
func (d *Desk) aboutUpkeep(ctx context.Context, db postgres.DB, vars map[string]any, s subject, k task.Task) error {
	if s.vehicle == nil || k.Kind != task.FirstService && k.Kind != task.PeriodicService && k.Kind != task.WarrantyExpiry {
		return nil
	}
	known, err := workorder.UpkeepOf(ctx, db, k.StoreID, []uuid.UUID{s.vehicle.ID}, d.o.Clock.Now())
	if err != nil || len(known) == 0 {
		return err
	}
	plans, err := workorder.Plans(ctx, db, k.StoreID)
	if err != nil {
		return err
	}
	u := known[0]
	c, _ := workorder.PlanFor(plans, u.VehicleKind, u.Model).Next(u, d.zone)
	dueWords(vars, c)
	if u.LastOn != nil {
		vars["last_service_zh"] = fullDate(*u.LastOn)
	}
	if km := cmp.Or(u.LastKm, s.vehicle.MileageLast); km != nil {
		vars["last_km"] = *km
	}
	vars["touch_no"] = k.Attempts + 1
	if err := lastAdvice(ctx, db, vars, u, c.First); err != nil {
		return err
	}
	written, err := d.o.Messages.LastInvitation(ctx, db, s.customer.ID, s.vehicle.ID)
	if err == nil && written != nil {
		vars["letter_sent_zh"] = d.dateZH(written)
	}
	return err
}

func dueWords(vars map[string]any, c workorder.Cycle) {
	vars["next_due_km"] = "保养手册规定的" // …公里
	if c.DueKm > 0 {
		vars["next_due_km"] = c.DueKm
	}
	if !c.Due.IsZero() {
		vars["next_due_date_zh"], vars["first_due_date_zh"] = fullDate(c.Due), fullDate(c.Due)
	}
	vars["first_due_km"] = vars["next_due_km"]
}

// lastAdvice is what the workshop advised at the last visit, else what is done at a
// maintenance anyway.
func lastAdvice(ctx context.Context, db postgres.DB, vars map[string]any, u workorder.Upkeep, first bool) error {
	vars["recommended_items_zh"] = "更换机油、机油滤清器和全车检查"
	if u.VehicleKind == "ebike" {
		vars["recommended_items_zh"] = "刹车、轮胎、电池和电路检查"
	}
	if u.LastID == nil || first {
		return nil
	}
	o, err := workorder.Get(ctx, db, *u.LastID)
	if err == nil && strings.TrimSpace(o.AdviceText) != "" {
		vars["recommended_items_zh"] = brief(o.AdviceText, 40)
	}
	return err
}
