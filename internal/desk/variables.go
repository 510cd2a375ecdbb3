package desk

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/policy"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// subject is what a call is about: customer, vehicle, the visit that is followed up,
// the renewal, and the booking that the call is about or has led to.
type subject struct {
	customer customer.Customer
	vehicle  *customer.Vehicle
	visit    *workorder.Order
	renewal  *policy.Renewal
	booking  *appointment.Appointment
}

func (d *Desk) subjectOf(ctx context.Context, db postgres.DB, k task.Task) (subject, error) {
	var s subject
	var err error
	if s.customer, err = d.o.Customers.Get(ctx, db, k.CustomerID); err != nil {
		return subject{}, err
	}
	if k.VehicleID != nil {
		v, err := customer.GetVehicle(ctx, db, *k.VehicleID)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return subject{}, err
		}
		if err == nil {
			s.vehicle = &v
		}
	}
	orders, err := workorder.ByIDs(ctx, db, k.WorkOrderIDs)
	if err != nil {
		return subject{}, err
	}
	if n := len(orders); n > 0 {
		s.visit = &orders[n-1]
	}
	return s, s.promises(ctx, db, k)
}

// promises are the renewal and the booking. Surveys ask for no booking.
func (s *subject) promises(ctx context.Context, db postgres.DB, k task.Task) error {
	if k.RenewalID != nil {
		r, err := policy.GetRenewal(ctx, db, *k.RenewalID)
		if err != nil {
			return err
		}
		s.renewal = &r
	}
	if k.Kind == task.Followup3D {
		return nil
	}
	var err error
	s.booking, err = appointment.ForTask(ctx, db, k.CustomerID, k.ID, k.AppointmentID)
	return err
}

// variables of a call's script as they are when it is bridged.
func (d *Desk) variables(ctx context.Context, db postgres.DB, at attempt, k task.Task) (map[string]any, error) {
	s, err := d.subjectOf(ctx, db, k)
	if err != nil {
		return nil, err
	}
	store, err := dealer.GetStore(ctx, db, at.StoreID)
	if err != nil {
		return nil, err
	}
	vars := map[string]any{}
	d.aboutCustomer(vars, s.customer)
	if err := d.aboutGaps(ctx, db, vars, k.CustomerID); err != nil {
		return nil, err
	}
	aboutStore(vars, store)
	d.aboutVisit(vars, s)
	d.aboutBooking(vars, s)
	vars["is_noshow"] = k.Kind == task.ApptNoShow
	if err := d.aboutRenewal(ctx, db, vars, s, at.StoreID); err != nil {
		return nil, err
	}
	if err := d.aboutUpkeep(ctx, db, vars, s, k); err != nil {
		return nil, err
	}
	vars["greeting"] = script.Greeting(d.o.Clock.Now().In(d.zone))
	return vars, d.aboutAgent(ctx, db, vars, at.AgentID)
}

func (d *Desk) aboutCustomer(vars map[string]any, c customer.Customer) {
	vars["call_name"] = script.CallName(c.SurnameZH, c.Honorific)
	vars["full_name"] = c.NameZH
	vars["is_club_member"] = c.ClubMember
	vars["member_level"] = c.ClubLevel
}

// mostAsked is how many items of a file one call asks for: more than a sentence holds
// is nobody's answer.
const mostAsked = 3

// aboutGaps names what the file misses and the customer can say (档案缺项); a whole file
// leaves the variable out, and with it the question.
func (d *Desk) aboutGaps(ctx context.Context, db postgres.DB, vars map[string]any, customer uuid.UUID) error {
	missing, err := d.report.Gaps(ctx, db, customer)
	if err != nil {
		return err
	}
	var words []string
	for _, w := range report.AskFor(missing) {
		words = append(words, w.ZH)
	}
	if len(words) > 0 {
		vars["blank_fields_zh"] = strings.Join(words[:min(len(words), mostAsked)], "、")
	}
	return nil
}

func aboutStore(vars map[string]any, s dealer.Store) {
	vars["store_name"] = s.ShortNameZH
	if s.ShortNameZH == "" {
		vars["store_name"] = s.NameZH
	}
	vars["hotline"] = s.Hotline
	vars["store_address_zh"] = s.AddressZH
}

func (d *Desk) aboutVisit(vars map[string]any, s subject) {
	vars["is_paint_job"] = false
	if v := s.vehicle; v != nil {
		vars["model"] = cmp.Or(v.Model, v.Series, v.Brand)
		vars["next_service_zh"] = nextService(v.NextDueDate, v.NextDueKm)
	}
	if o := s.visit; o != nil {
		vars["advisor_name"] = o.AdvisorName
		vars["is_paint_job"] = o.IsPaintJob
		vars["work_summary_zh"] = cmp.Or(brief(o.ItemsText, 30), o.Kind.ZH())
		vars["delivered_date_zh"] = d.dateZH(o.DeliveredAt)
		if o.NextDueDate != nil || o.NextDueKm != nil {
			vars["next_service_zh"] = nextService(o.NextDueDate, o.NextDueKm)
		}
	}
}

func (d *Desk) aboutAgent(ctx context.Context, db postgres.DB, vars map[string]any, agent *uuid.UUID) error {
	if agent == nil || d.o.Users == nil {
		return nil
	}
	p, err := d.o.Users(ctx, db, *agent)
	if err != nil {
		return err
	}
	vars["agent_name"], vars["agent_no"] = p.Name, p.EmployeeNo
	return nil
}

// dateZH is a day of this or the last year without the year: 11月17日.
func (d *Desk) dateZH(t *time.Time) string {
	if t == nil {
		return ""
	}
	local := t.In(d.zone)
	return fmt.Sprintf("%d月%d日", int(local.Month()), local.Day())
}

// nextService says what comes first: a date, a mileage, or both (D-12). Dates of
// the database have no zone.
func nextService(day *time.Time, km *int) string {
	switch {
	case day != nil && km != nil:
		return fmt.Sprintf("%s或%d公里", fullDate(*day), *km)
	case day != nil:
		return fullDate(*day)
	case km != nil:
		return fmt.Sprintf("%d公里", *km)
	}
	return ""
}

func fullDate(day time.Time) string {
	return fmt.Sprintf("%d年%d月%d日", day.Year(), int(day.Month()), day.Day())
}
