package httpapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/clock"
	"ringback/internal/errs"
)

type slotsInput struct {
	Bay  string `query:"bay" enum:"fast,general,body" default:"general"`
	From string `query:"from" format:"date" doc:"first day; empty: today"`
	Days int    `query:"days" minimum:"1" maximum:"14" default:"7"`
}

// SlotDay is one business day with its slots; those that have begun are left out.
type SlotDay struct {
	Day   string     `json:"day"`
	Slots []SlotView `json:"slots"`
}

// SlotView is half an hour of a bay.
type SlotView struct {
	At   time.Time `json:"at"`
	Free int       `json:"free"`
}

func (s *Server) slots(ctx context.Context, p auth.Principal, in *slotsInput) (out listOf[SlotDay], err error) {
	now := s.Clock.Now()
	first, err := dayFrom(in.From, now)
	if err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		for i := range in.Days {
			day := first.AddDate(0, 0, i)
			places, err := appointment.DayOf(ctx, tx, p.Store, in.Bay, day)
			if err != nil {
				return err
			}
			v := SlotDay{Day: day.Format(time.DateOnly)}
			for _, place := range places {
				if place.At.After(now) {
					v.Slots = append(v.Slots, SlotView{At: place.At, Free: place.Free()})
				}
			}
			out.Items = append(out.Items, v)
		}
		out.Total = len(out.Items)
		return nil
	})
}

// dayFrom reads a business day; empty is today's.
func dayFrom(text string, now time.Time) (time.Time, error) {
	zone := clock.Shanghai()
	if text == "" {
		text = now.In(zone).Format(time.DateOnly)
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return day, errs.New(errs.Invalid, "day_unreadable", "日期看不懂，请写成 2026-11-20。", "The day cannot be read; write it as 2026-11-20.").At("day")
	}
	return day, nil
}

// BayDay is one kind of bay on a day.
type BayDay struct {
	Bay    string              `json:"bay" enum:"fast,general,body"`
	Places []appointment.Place `json:"places"`
}

// VisitDay is a day's board.
type VisitDay struct {
	Day    string            `json:"day"`
	Bays   []BayDay          `json:"bays"`
	Visits []report.VisitRow `json:"visits"`
}

type visitDayInput struct {
	Day string `query:"day" format:"date" doc:"empty: today"`
}

func (s *Server) visitDay(ctx context.Context, p auth.Principal, in *visitDayInput) (out VisitDay, err error) {
	day, err := dayFrom(in.Day, s.Clock.Now())
	if err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.boardOf(ctx, tx, p, day)
		return err
	})
}

func (s *Server) boardOf(ctx context.Context, tx pgx.Tx, p auth.Principal, day time.Time) (out VisitDay, err error) {
	out.Day = day.Format(time.DateOnly)
	for _, kind := range appointment.Kinds() {
		places, err := appointment.DayOf(ctx, tx, p.Store, kind, day)
		if err != nil {
			return out, err
		}
		out.Bays = append(out.Bays, BayDay{Bay: kind, Places: places})
	}
	out.Visits, err = s.Report.Visits(ctx, tx, p.Store, day, day.AddDate(0, 0, 1), onlyOwn(p))
	return out, err
}

type visitMakeInput struct {
	Body struct {
		CustomerID uuid.UUID `json:"customerId"`
		VehicleID  string    `json:"vehicleId,omitempty" format:"uuid"`
		At         time.Time `json:"at"`
		Reason     string    `json:"reason" enum:"first,periodic,repair,accident,paint,diagnosis,rework"`
		Items      string    `json:"items,omitempty" maxLength:"200"`
		Source     string    `json:"source" enum:"in,advisor,online,rework,out"`
	}
}

func (s *Server) visitMake(ctx context.Context, p auth.Principal, in *visitMakeInput) (VisitDay, error) {
	b := in.Body
	return s.changeVisits(ctx, p, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		if err := s.mayOpen(ctx, tx, p, b.CustomerID); err != nil {
			return appointment.Appointment{}, err
		}
		c, err := s.Customers.Get(ctx, tx, b.CustomerID)
		if err != nil {
			return appointment.Appointment{}, err
		}
		n := appointment.New{Customer: c.ID, At: b.At, Reason: b.Reason, Items: strings.TrimSpace(b.Items), Source: b.Source, Advisor: c.AdvisorName}
		if n.Items == "" {
			n.Items = appointment.ReasonZH(b.Reason)
		}
		if n.Vehicle, err = ownVehicle(ctx, tx, c.ID, b.VehicleID); err != nil {
			return appointment.Appointment{}, err
		}
		return s.Visits.Make(ctx, tx, by, n)
	})
}

// ownVehicle is the vehicle named, or the customer's only one; zero when it is open
// which one comes.
func ownVehicle(ctx context.Context, tx pgx.Tx, who uuid.UUID, named string) (uuid.UUID, error) {
	own, err := customer.VehiclesOf(ctx, tx, who)
	if err != nil {
		return uuid.Nil, err
	}
	if named == "" {
		if len(own) == 1 {
			return own[0].ID, nil
		}
		return uuid.Nil, nil
	}
	id := optional(named)
	if id == nil || !slices.ContainsFunc(own, func(v customer.Vehicle) bool { return v.ID == *id }) {
		return uuid.Nil, errs.New(errs.Invalid, "not_their_vehicle", "这辆车不在这位客户名下，请重新选择车辆。", "This vehicle is not in the customer's file; choose again.").At("vehicleId")
	}
	return *id, nil
}

type visitMoveInput struct {
	IDInput
	Body struct {
		At time.Time `json:"at"`
	}
}

func (s *Server) visitMove(ctx context.Context, p auth.Principal, in *visitMoveInput) (VisitDay, error) {
	return s.changeVisit(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		return s.Visits.Move(ctx, tx, by, in.ID, in.Body.At)
	})
}

type visitReasonInput struct {
	IDInput
	Body struct {
		Reason string `json:"reason" maxLength:"200"`
	}
}

func (s *Server) visitCancel(ctx context.Context, p auth.Principal, in *visitReasonInput) (VisitDay, error) {
	return s.changeVisit(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		return s.Visits.Cancel(ctx, tx, by, in.ID, strings.TrimSpace(in.Body.Reason))
	})
}

func (s *Server) visitMissed(ctx context.Context, p auth.Principal, in *visitReasonInput) (VisitDay, error) {
	return s.changeVisit(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		return s.Visits.Missed(ctx, tx, by, in.ID, strings.TrimSpace(in.Body.Reason))
	})
}

type visitConfirmInput struct {
	IDInput
	Body struct {
		Part string `json:"part" enum:"customer,parts,bay"`
	}
}

func (s *Server) visitConfirm(ctx context.Context, p auth.Principal, in *visitConfirmInput) (VisitDay, error) {
	return s.changeVisit(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		return s.Visits.Confirm(ctx, tx, by, in.ID, appointment.Part(in.Body.Part))
	})
}

func (s *Server) visitArrive(ctx context.Context, p auth.Principal, in *IDInput) (VisitDay, error) {
	return s.changeVisit(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		return s.Visits.Arrive(ctx, tx, by, in.ID, uuid.Nil, by.At)
	})
}

type visitChange func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error)

// changeVisit changes a booking of a customer whom the caller may open.
func (s *Server) changeVisit(ctx context.Context, p auth.Principal, id uuid.UUID, change visitChange) (VisitDay, error) {
	return s.changeVisits(ctx, p, func(ctx context.Context, tx pgx.Tx, by customer.By) (appointment.Appointment, error) {
		a, err := appointment.Get(ctx, tx, id)
		if err != nil {
			return a, err
		}
		if err := s.mayOpen(ctx, tx, p, a.CustomerID); err != nil {
			return a, err
		}
		return change(ctx, tx, by)
	})
}

// changeVisits answers with the board of the day that the change ended on.
func (s *Server) changeVisits(ctx context.Context, p auth.Principal, change visitChange) (out VisitDay, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		a, err := change(ctx, tx, s.by(p))
		if err != nil {
			return err
		}
		day, err := dayFrom("", a.StartsAt)
		if err != nil {
			return err
		}
		out, err = s.boardOf(ctx, tx, p, day)
		return err
	})
}

// by says to the rooms who changes something.
func (s *Server) by(p auth.Principal) customer.By {
	return customer.By{Group: p.User.Group, Store: p.Store, Actor: p.User.ID, At: s.Clock.Now()}
}
