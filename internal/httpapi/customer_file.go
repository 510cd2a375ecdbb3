package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/crm/task"
	"ringback/internal/auth"
	"ringback/internal/desk"
	"ringback/internal/errs"
)

// CustomerFile is a customer's page without its time line. Days are YYYY-MM-DD.
type CustomerFile struct {
	ID            uuid.UUID      `json:"id"`
	Name          string         `json:"name"`
	Honorific     string         `json:"honorific"`
	Kind          string         `json:"kind" enum:"person,company"`
	Birthday      string         `json:"birthday"`
	Address       string         `json:"address"`
	Advisor       string         `json:"advisor"`
	PreferredTime string         `json:"preferredTime"`
	Tags          []desk.Tag     `json:"tags"`
	Phones        []FilePhone    `json:"phones"`
	Vehicles      []FileVehicle  `json:"vehicles"`
	Promises      []PromiseView  `json:"promises"`
	Consents      []ConsentView  `json:"consents" doc:"every answer, newest first; the newest of a purpose holds"`
	DNC           []DNCView      `json:"dnc" doc:"every entry of the customer's numbers, newest first"`
	Complete      int            `json:"complete" doc:"percent of the required items that are filled"`
	Gaps          []report.Word  `json:"gaps"`
	OpenReviews   int            `json:"openReviews"`
	Merges        []FileMerge    `json:"merges" doc:"files that were merged into this one"`
	Counts        map[string]int `json:"counts" doc:"entries of the time line by kind"`
}

// FilePhone is a number, masked, with what the last call to it came to.
type FilePhone struct {
	ID       uuid.UUID  `json:"id"`
	Masked   string     `json:"masked"`
	Role     string     `json:"role"`
	Status   string     `json:"status"`
	StatusZH string     `json:"statusZh"`
	StatusEN string     `json:"statusEn"`
	Callable bool       `json:"callable"`
	LastAt   *time.Time `json:"lastAt,omitempty"`
	LastZH   string     `json:"lastZh"`
	LastEN   string     `json:"lastEn"`
}

// FileVehicle is a vehicle on the page.
type FileVehicle struct {
	report.OwnVehicle
	MileageAt     string `json:"mileageAt"`
	WarrantyEnd   string `json:"warrantyEnd"`
	NextDueDate   string `json:"nextDueDate"`
	SaleDate      string `json:"saleDate"`
	CompulsoryEnd string `json:"compulsoryEnd"`
	CommercialEnd string `json:"commercialEnd"`
	DaysLeft      *int   `json:"daysLeft,omitempty" doc:"days until the first cover ends; negative: it has ended"`
}

// PromiseView is what is still owed to a customer.
type PromiseView struct {
	ID       uuid.UUID  `json:"id"`
	Kind     string     `json:"kind"`
	KindZH   string     `json:"kindZh"`
	KindEN   string     `json:"kindEn"`
	State    string     `json:"state"`
	StateZH  string     `json:"stateZh"`
	StateEN  string     `json:"stateEn"`
	Plate    string     `json:"plate"`
	Reason   string     `json:"reason" doc:"the rule that made it"`
	DueAt    time.Time  `json:"dueAt"`
	NextAt   *time.Time `json:"nextAt,omitempty"`
	AgreedAt *time.Time `json:"agreedAt,omitempty"`
	Tries    int        `json:"tries"`
	MaxTries int        `json:"maxTries"`
	WhyZH    string     `json:"whyZh" doc:"what holds it; empty: nothing"`
	WhyEN    string     `json:"whyEn"`
	Until    *time.Time `json:"until,omitempty"`
	Assignee string     `json:"assignee"`
}

// ConsentView is one answer about a purpose.
type ConsentView struct {
	ID        uuid.UUID `json:"id"`
	Purpose   string    `json:"purpose"`
	PurposeZH string    `json:"purposeZh"`
	PurposeEN string    `json:"purposeEn"`
	State     string    `json:"state" enum:"given,refused,withdrawn"`
	Channel   string    `json:"channel"`
	Evidence  string    `json:"evidence"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
}

// DNCView is a do-not-call entry of one of the customer's numbers.
type DNCView struct {
	ID       uuid.UUID  `json:"id"`
	Masked   string     `json:"masked"`
	Scope    string     `json:"scope" enum:"all,survey,commercial,sms"`
	ScopeZH  string     `json:"scopeZh"`
	ScopeEN  string     `json:"scopeEn"`
	Source   string     `json:"source"`
	From     time.Time  `json:"from"`
	To       *time.Time `json:"to,omitempty"`
	Open     bool       `json:"open"`
	Evidence string     `json:"evidence"`
	By       string     `json:"by"`
}

// customer gives a file; of one that was merged away the survivor's, by its own id.
func (s *Server) customer(ctx context.Context, p auth.Principal, in *IDInput) (out CustomerFile, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		id, err := customer.Survivor(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out, err = s.customerFile(ctx, tx, p, id)
		return err
	})
}

func (s *Server) customerFile(ctx context.Context, tx pgx.Tx, p auth.Principal, id uuid.UUID) (out CustomerFile, err error) {
	if err := s.mayOpen(ctx, tx, p, id); err != nil {
		return out, err
	}
	now := s.Clock.Now()
	card, err := s.Customers.Card(ctx, tx, id, now)
	if err != nil {
		return out, err
	}
	c := card.Customer
	out = CustomerFile{
		ID: c.ID, Name: c.NameZH, Honorific: c.Honorific, Kind: c.Kind, Birthday: c.Birthday, Address: c.AddressZH, Advisor: c.AdvisorName,
		PreferredTime: c.PreferredTime, Tags: desk.TagsOf(c, card.DNC, now), OpenReviews: card.Reviews,
	}
	if out.Phones, err = s.filePhones(ctx, tx, id, card.Phones); err != nil {
		return out, err
	}
	vehicles, err := s.Report.VehiclesOf(ctx, tx, id)
	if err != nil {
		return out, err
	}
	out.Vehicles = mapped(vehicles, func(v report.OwnVehicle) FileVehicle { return fileVehicle(v, now) })
	promises, err := s.Report.Promises(ctx, tx, id, now)
	if err != nil {
		return out, err
	}
	out.Promises = mapped(promises, promiseView)
	if err := s.fileHistory(ctx, tx, c, now, &out); err != nil {
		return out, err
	}
	if out.Merges, err = s.fileMerges(ctx, tx, p, id); err != nil {
		return out, err
	}
	gaps, err := s.Report.Gaps(ctx, tx, id)
	if err != nil {
		return out, err
	}
	out.Complete, out.Gaps = report.Completeness(len(gaps)), mapped(gaps, report.RequiredItem)
	out.Counts, err = s.Report.StoryCounts(ctx, tx, id)
	return out, err
}

// mayOpen refuses, as if it were not there, a file that is not the caller's to see
// (T-X1): agents see their own customers and those of their tasks (5.2).
func (s *Server) mayOpen(ctx context.Context, tx pgx.Tx, p auth.Principal, id uuid.UUID) error {
	mine := onlyOwn(p)
	if mine == nil {
		return nil
	}
	yes, err := s.Report.OwnCustomer(ctx, tx, *mine, id)
	if err == nil && !yes {
		return errs.New(errs.NotFound, "customer_not_found", "没有这位客户的档案。", "There is no such customer.")
	}
	return err
}

// onlyOwn is the user whose own customers a principal is held to; nil: the store's.
func onlyOwn(p auth.Principal) *uuid.UUID {
	if p.May(auth.SeeAllCustomers) {
		return nil
	}
	return &p.User.ID
}

func (s *Server) fileHistory(ctx context.Context, tx pgx.Tx, c customer.Customer, now time.Time, out *CustomerFile) error {
	consents, err := customer.ConsentHistory(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	out.Consents = mapped(consents, func(e customer.ConsentEntry) ConsentView {
		w := s.word("consent_purpose", e.Purpose)
		return ConsentView{ID: e.ID, Purpose: e.Purpose, PurposeZH: w.ZH, PurposeEN: w.EN, State: e.State, Channel: e.Channel, Evidence: e.Evidence, At: e.At, By: e.ByName}
	})
	entries, err := customer.DNCHistory(ctx, tx, c.GroupID, c.ID)
	if err != nil {
		return err
	}
	out.DNC = mapped(entries, func(e customer.DNCEntry) DNCView {
		w := s.word("dnc_scope", string(e.Scope))
		return DNCView{
			ID: e.ID, Masked: report.Masked(e.Last4), Scope: string(e.Scope), ScopeZH: w.ZH, ScopeEN: w.EN, Source: e.Source, From: e.FromAt, To: e.ToAt,
			Open: !e.FromAt.After(now) && (e.ToAt == nil || e.ToAt.After(now)), Evidence: e.Evidence, By: e.ByName,
		}
	})
	return nil
}

func (s *Server) filePhones(ctx context.Context, tx pgx.Tx, id uuid.UUID, phones []customer.Phone) ([]FilePhone, error) {
	last, err := s.Report.LastCalls(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return mapped(phones, func(n customer.Phone) FilePhone {
		w := report.PhoneStatus(string(n.Status))
		v := FilePhone{ID: n.ID, Masked: n.Masked, Role: n.Role, Status: string(n.Status), StatusZH: w.ZH, StatusEN: w.EN, Callable: n.Status.Callable()}
		if c, ok := last[n.ID]; ok {
			w := report.LineResult(c.LineResult)
			v.LastAt, v.LastZH, v.LastEN = &c.BusinessAt, w.ZH, w.EN
		}
		return v
	}), nil
}

func fileVehicle(v report.OwnVehicle, now time.Time) FileVehicle {
	out := FileVehicle{
		OwnVehicle: v, MileageAt: dayText(v.MileageAt), WarrantyEnd: dayText(v.WarrantyEnd), NextDueDate: dayText(v.NextDueDate),
		SaleDate: dayText(v.SaleDate), CompulsoryEnd: dayText(v.CompulsoryEnd), CommercialEnd: dayText(v.CommercialEnd),
	}
	for _, end := range []*time.Time{v.CompulsoryEnd, v.CommercialEnd} {
		if end == nil {
			continue
		}
		if n := daysUntil(*end, now); out.DaysLeft == nil || n < *out.DaysLeft {
			out.DaysLeft = &n
		}
	}
	return out
}

func dayText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

func promiseView(t report.Promise) PromiseView {
	k, _ := task.FindKind(t.Kind)
	st := report.TaskState(t.State)
	v := PromiseView{
		ID: t.ID, Kind: t.Kind, KindZH: k.ZH, KindEN: k.EN, State: t.State, StateZH: st.ZH, StateEN: st.EN, Plate: t.Plate, Reason: t.Reason, DueAt: t.DueAt,
		NextAt: t.NextAttemptAt, AgreedAt: t.CallbackAt, Tries: t.Attempts, MaxTries: t.MaxAttempts, WhyZH: t.WhyZH, WhyEN: t.WhyEN, Until: t.UntilAt, Assignee: t.Assignee,
	}
	if v.WhyZH == "" && t.BlockedReason != "" {
		w := report.BlockedReason(t.BlockedReason)
		v.WhyZH, v.WhyEN = w.ZH, w.EN
	}
	return v
}

// word is a code of the library's lists in both languages.
func (s *Server) word(list, code string) report.Word {
	if c, ok := s.Library.Enums.Code(list, code); ok {
		return report.Word{Code: code, ZH: c.ZH, EN: c.EN}
	}
	return report.Word{Code: code, ZH: code, EN: code}
}
