package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/crm/workorder"
	"ringback/internal/postgres"
)

// taskView says why the customer is called. The work done is named only once who
// speaks is confirmed (3.2.9).
func (d *Desk) taskView(k task.Task, s subject, known bool) *TaskView {
	kind := kindOf(k.Kind)
	v := &TaskView{
		ID: k.ID.String(), Kind: k.Kind, KindZH: kind.ZH, KindEN: kind.EN, DueAt: k.DueAt, Attempts: k.Attempts, CallbackAt: k.CallbackAt,
		WhyZH: kind.ZH, WhyEN: kind.EN,
	}
	o := s.visit
	if o == nil {
		return v
	}
	what := words{"来店", "visit"}
	if known {
		what = words{o.Kind.ZH(), o.Kind.EN()}
	}
	v.WhyZH, v.WhyEN = kind.ZH+"："+d.dateZH(o.DeliveredAt)+" "+what.zh, kind.EN+": "+what.en+d.dateEN(o.DeliveredAt)
	if o.AdvisorName != "" {
		v.WhyZH, v.WhyEN = v.WhyZH+"，"+o.AdvisorName+" 接待", v.WhyEN+", advisor "+o.AdvisorName
	}
	return v
}

func (d *Desk) dateEN(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " of " + t.In(d.zone).Format("2 Jan")
}

func (d *Desk) card(a act, k task.Task, s subject, at *attempt, known bool) (*Card, error) {
	full, err := d.o.Customers.Card(a.ctx, a.tx, k.CustomerID, a.now)
	if err != nil {
		return nil, err
	}
	c := s.customer
	v := &Card{
		ID: c.ID.String(), Name: c.NameZH, Surname: c.SurnameZH, Honorific: c.Honorific, CallName: script.CallName(c.SurnameZH, c.Honorific),
		Tags: TagsOf(c, full.DNC, a.now), Phones: phonesOf(full.Phones, k, at), PreferredTime: c.PreferredTime, Confirmed: known, Covered: !known,
		Visits: []PastVisit{}, Calls: []PastCall{}, OtherVehicles: others(full.Vehicles, s.vehicle),
	}
	if v.Calls, err = pastCalls(a, c.ID, at); err != nil {
		return nil, err
	}
	missing, err := d.report.Gaps(a.ctx, a.tx, c.ID)
	if err != nil {
		return nil, err
	}
	v.Complete, v.Gaps = report.Completeness(len(missing)), report.AskFor(missing)
	if !known {
		d.cover(v, s)
		return v, nil
	}
	return v, d.uncover(v, a, s)
}

// cover leaves only that there is a vehicle and a visit, and who received it.
func (d *Desk) cover(v *Card, s subject) {
	if s.vehicle != nil {
		v.Vehicle = &VehicleView{ID: s.vehicle.ID.String()}
	}
	if s.visit != nil {
		v.Visit = &VisitView{ID: s.visit.ID.String(), Advisor: s.visit.AdvisorName, PreferredCallTime: s.visit.PreferredCallTime}
	}
}

func (d *Desk) uncover(v *Card, a act, s subject) error {
	var err error
	if s.vehicle != nil {
		v.Vehicle = vehicleView(*s.vehicle)
		if v.Visits, err = pastVisits(a, s); err != nil {
			return err
		}
	}
	if s.visit != nil {
		v.Visit = visitView(*s.visit)
	}
	v.LastWords, err = lastWordsOf(a.ctx, a.tx, s.customer.ID)
	return err
}

func vehicleView(x customer.Vehicle) *VehicleView {
	v := &VehicleView{
		ID: x.ID.String(), Plate: x.Plate, Model: x.Model, Series: cmp.Or(x.Series, x.Brand), MileageKm: x.MileageLast,
		MileageAt: day(x.MileageAt), WarrantyEnd: day(x.WarrantyEnd), NextDueDate: day(x.NextDueDate), NextDueKm: x.NextDueKm,
	}
	switch {
	case x.VIN != nil:
		v.VIN = *x.VIN
	case x.FrameNo != nil:
		v.VIN = *x.FrameNo
	}
	return v
}

func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

func visitView(o workorder.Order) *VisitView {
	v := &VisitView{
		ID: o.ID.String(), RoNo: o.RoNo, KindZH: o.Kind.ZH(), KindEN: o.Kind.EN(), OpenedAt: o.OpenedAt, DeliveredAt: o.DeliveredAt,
		PromisedAt: o.PromisedAt, Advisor: o.AdvisorName, Technician: o.Technician, Items: o.ItemsText, TotalFen: o.TotalFen,
		PreferredCallTime: o.PreferredCallTime, Note: o.Note,
	}
	if o.PromisedAt != nil && o.DeliveredAt != nil && o.DeliveredAt.After(*o.PromisedAt) {
		late := int(o.DeliveredAt.Sub(*o.PromisedAt) / time.Minute)
		v.LateMinutes = &late
	}
	return v
}

func pastVisits(a act, s subject) ([]PastVisit, error) {
	var except []uuid.UUID
	if s.visit != nil {
		except = append(except, s.visit.ID)
	}
	orders, err := workorder.Visits(a.ctx, a.tx, s.vehicle.ID, except, 5)
	if err != nil {
		return nil, err
	}
	out := make([]PastVisit, len(orders))
	for i, o := range orders {
		out[i] = PastVisit{ID: o.ID.String(), At: o.DeliveredAt, KindZH: o.Kind.ZH(), KindEN: o.Kind.EN(), TotalFen: o.TotalFen, RoNo: o.RoNo}
		if o.DeliveredAt == nil {
			out[i].At = o.OpenedAt
		}
	}
	return out, nil
}

func others(all []customer.Vehicle, own *customer.Vehicle) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(v customer.Vehicle) bool { return own != nil && v.ID == own.ID }))
}

func phonesOf(phones []customer.Phone, k task.Task, at *attempt) []PhoneView {
	current := k.PhoneID
	if at != nil {
		current = &at.PhoneID
	}
	out := make([]PhoneView, len(phones))
	for i, p := range phones {
		out[i] = PhoneView{ID: p.ID.String(), Masked: p.Masked, Role: p.Role, Status: string(p.Status), Current: current != nil && *current == p.ID}
	}
	return out
}

// TagsOf a customer: what an agent must know before speaking.
func TagsOf(c customer.Customer, dnc []customer.Scope, now time.Time) []Tag {
	out := []Tag{}
	add := func(yes bool, code, zh, en, tone string) {
		if yes {
			out = append(out, Tag{Code: code, ZH: zh, EN: en, Tone: tone})
		}
	}
	add(c.FreezeUntil != nil && c.FreezeUntil.After(now), "complaint", "投诉中", "complaint open", "bad")
	for _, s := range dnc {
		add(true, "dnc_"+string(s), "勿扰："+dncWords(s).zh, "do not call: "+dncWords(s).en, "warn")
	}
	add(c.IsVIP, "vip", "大客户", "key account", "info")
	add(c.ClubMember, "club", "俱乐部会员", "club member", "info")
	add(c.BringerOnly, "bringer", "送修人", "brings the car", "info")
	add(c.Kind == "company", "company", "单位客户", "company", "info")
	for _, t := range c.Tags {
		add(true, t, t, t, "info")
	}
	return out
}

func dncWords(s customer.Scope) words {
	switch s {
	case customer.ScopeAll:
		return words{"全部来电", "all calls"}
	case customer.ScopeSurvey:
		return words{"满意度调查", "surveys"}
	case customer.ScopeCommercial:
		return words{"商业营销", "commercial"}
	}
	return words{"短信", "SMS"}
}

type callRow struct {
	ID          uuid.UUID
	BusinessAt  time.Time
	Kind        string
	LineResult  string
	Disposition string
}

// pastCalls are the customer's last five calls before this one.
func pastCalls(a act, id uuid.UUID, at *attempt) ([]PastCall, error) {
	var now uuid.UUID
	if at != nil {
		now = at.ID
	}
	rows, err := a.tx.Query(a.ctx, `SELECT t.id, t.business_at, k.kind, t.line_result, t.disposition FROM attempt t JOIN task k ON k.id = t.task_id
		WHERE t.customer_id = $1 AND t.id <> $2 AND t.dialed_at IS NOT NULL ORDER BY t.business_at DESC LIMIT 5`, id, now)
	if err != nil {
		return nil, fmt.Errorf("reading earlier calls: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[callRow])
	if err != nil {
		return nil, fmt.Errorf("reading earlier calls: %w", err)
	}
	out := make([]PastCall, len(found))
	for i, r := range found {
		w := resultWords(r.Disposition, r.LineResult)
		out[i] = PastCall{ID: r.ID.String(), At: r.BusinessAt, KindZH: kindOf(r.Kind).ZH, KindEN: kindOf(r.Kind).EN, ResultZH: w.zh, ResultEN: w.en}
	}
	return out, nil
}

func resultWords(disposition, line string) words {
	if x, ok := task.FindDisposition(disposition); ok {
		return words{script.FullWidth(x.ZH), x.EN}
	}
	if r, ok := task.FindLineResult(line); ok {
		return words{r.ZH, r.EN}
	}
	return words{"", ""}
}

// lastWordsOf is what the customer said in an earlier call.
func lastWordsOf(ctx context.Context, db postgres.DB, id uuid.UUID) (*LastWords, error) {
	var w LastWords
	err := db.QueryRow(ctx, `SELECT a.saved_at, a.verbatim FROM answer a JOIN response r ON r.id = a.response_id
		WHERE r.customer_id = $1 AND r.finished_at IS NOT NULL AND a.verbatim IS NOT NULL AND a.key IN ('opinion', 'why', 'quick.verbatim', 'car_now')
		ORDER BY a.saved_at DESC LIMIT 1`, id).Scan(&w.At, &w.Text)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the customer's last words: %w", err)
	}
	return &w, nil
}
