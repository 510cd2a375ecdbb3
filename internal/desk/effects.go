package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/script"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// effects are the actions of scripts (3.2.4) that the desk runs. A script that asks for
// another one is not walked (script.Library.Runs): for close_complaint, reopen_complaint
// and escalate_complaint there is no complaint with states yet, for search_kb no base of
// answers, for register_hotline, create_tech_callback, verify_identity and transfer no
// call that comes in.
func effects() map[string]func(*Desk, *talk, script.Due) error {
	return map[string]func(*Desk, *talk, script.Due) error{
		"schedule_callback": (*Desk).scheduleCallback, "set_preferred_time": (*Desk).preferTime, "mark_phone": (*Desk).markPhone,
		"add_dnc":          func(d *Desk, t *talk, due script.Due) error { return d.addDNC(t, due.Effect.Params["scope"]) },
		"ownership_review": func(d *Desk, t *talk, _ script.Due) error { return d.review(t, "ownership", nil) },
		"record_consent":   (*Desk).consent, "fill_blank": (*Desk).fillBlank, "set_tag": (*Desk).tag,
		"send_sms": (*Desk).sendSMS, "notify": (*Desk).notify, "create_quick_form": (*Desk).createForm, "create_rework": (*Desk).createRework,
		"create_appointment": (*Desk).createVisit, "update_appointment": (*Desk).changeVisit, "set_renewal": (*Desk).setRenewal,
		"set_renewal_lost": (*Desk).loseRenewal, "request_quote": (*Desk).requestQuote, "send_proposal": (*Desk).requestProposal,
		"create_task": (*Desk).askManager, "update_mileage": (*Desk).noteMileage, "set_churn_reason": (*Desk).churnReason,
		"recompute_maintenance": (*Desk).replan,
	}
}

// Actions names what scripts may ask the desk for.
func Actions() []string { return slices.Sorted(maps.Keys(effects())) }

// effect runs one effect of the script. A call that began on an older version may come
// to one that nobody runs: refused with a code, never passed over in silence.
func (d *Desk) effect(t *talk, due script.Due) error {
	if run, ok := effects()[due.Effect.Do]; ok {
		return run(d, t, due)
	}
	return errs.New(errs.Conflict, "effect_unsupported",
		"这一步需要系统办理“"+due.Effect.Do+"”，当前版本还不支持，请选择结果结束这一通并转告主管。",
		"This step needs \""+due.Effect.Do+"\", which this version cannot do yet; choose a result and tell the supervisor.")
}

func (d *Desk) markPhone(t *talk, due script.Due) error {
	return d.o.Customers.MarkPhone(t.ctx, t.tx, t.by(), t.call.PhoneID, customer.Status(due.Effect.Params["status"]))
}

func (d *Desk) fillBlank(t *talk, due script.Due) error {
	return d.review(t, "fill_blank", map[string]string{"text": t.text(due, "from_key"), "response": t.resp.ID.String()})
}

// again tells whether an effect follows a correction: what it wrote is brought in
// line with the answers as they are now. The others happen once (3.2.4).
func again(do string) bool {
	switch do {
	case "schedule_callback", "set_preferred_time", "record_consent", "create_appointment", "update_appointment", "send_sms", "set_renewal",
		"set_renewal_lost", "request_quote", "send_proposal", "update_mileage", "set_churn_reason":
		return true
	}
	return false
}

// given is the answer that a parameter of the effect names, not ok without one.
func (t *talk) given(due script.Due, param string) (script.Given, bool) {
	key := due.Effect.Params[param]
	if key == "" {
		return script.Given{}, false
	}
	g, ok := t.walk.Given(due.Prefix + key)
	return g, ok && g.Skipped == ""
}

func (t *talk) text(due script.Due, param string) string {
	g, ok := t.given(due, param)
	if !ok {
		return ""
	}
	return g.Text()
}

func (t *talk) time(due script.Due, param string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, t.text(due, param))
	return at, err == nil
}

func (d *Desk) scheduleCallback(t *talk, due script.Due) error {
	at, ok := t.time(due, "at_key")
	if !ok {
		return nil
	}
	return d.agree(t, at)
}

// preferTime keeps the hour of an agreed time as the customer's preferred one.
func (d *Desk) preferTime(t *talk, due script.Due) error {
	at, ok := t.time(due, "from_key")
	if !ok {
		return nil
	}
	local := at.In(d.zone)
	from := time.Date(0, 1, 1, local.Hour(), local.Minute(), 0, 0, time.UTC)
	return d.o.Customers.SetPreferredTime(t.ctx, t.tx, t.by(), t.resp.CustomerID, local.Format("15:04")+" 左右",
		from.Format("15:04"), from.Add(time.Hour).Format("15:04"))
}

func (d *Desk) review(t *talk, kind string, evidence map[string]string) error {
	r := customer.Review{Kind: kind, Customer: t.resp.CustomerID, Evidence: evidence}
	if evidence == nil {
		r.Evidence = map[string]string{"response": t.resp.ID.String()}
	}
	if s, err := d.matter(t); err != nil {
		return err
	} else if s.vehicle != nil {
		r.Vehicle = s.vehicle.ID
	}
	return d.o.Customers.OpenReview(t.ctx, t.tx, t.by(), r)
}

// consent keeps a yes or a no; an answer that is neither says nothing.
func (d *Desk) consent(t *talk, due script.Due) error {
	state := ""
	switch t.text(due, "value_key") {
	case "yes", "short":
		state = "given"
	case "no", "norec":
		state = "refused"
	default:
		return nil
	}
	return d.o.Customers.RecordConsent(t.ctx, t.tx, t.by(), customer.Consent{
		Customer: t.resp.CustomerID, Purpose: due.Effect.Params["purpose"],
		State: state, Channel: "call", Evidence: "response " + t.resp.ID.String(),
	})
}

// tag marks what a member suggests: the file's tags are a clerk's, so it goes to
// the customer-service manager as a notice.
func (d *Desk) tag(t *talk, due script.Due) error {
	return d.o.Messages.Notify(t.ctx, t.tx, t.by(), "cs_manager", "", "客户标签："+due.Effect.Params["tag"], t.about())
}

// about names the ids of the call for a notice.
func (t *talk) about() events.Subjects {
	return events.Subjects{"customer": t.resp.CustomerID, "attempt": t.resp.AttemptID, "response": t.resp.ID, "task": t.resp.TaskID}
}

// sendSMS sends a template once per call, and once per booking when it is about one.
func (d *Desk) sendSMS(t *talk, due script.Due) error {
	id := due.Effect.Params["template"]
	if id == "renewal_quote" {
		return d.quoteAgain(t)
	}
	m, ok := d.o.Scripts.Templates.Message(id)
	if !ok {
		return errs.New(errs.Conflict, "template_gone", "短信模板“"+id+"”已不在系统里。", "The message template \""+id+"\" is not in the system.")
	}
	vars, about, once := t.resp.Variables, t.about(), t.resp.ID.String()
	if id == "appt_confirm" {
		s, err := d.matter(t)
		if err != nil || s.booking == nil {
			return err
		}
		vars = maps.Clone(vars)
		d.aboutBooking(vars, s)
		about["appointment"], once = s.booking.ID, s.booking.ID.String()
	}
	_, err := d.o.Messages.Queue(t.ctx, t.tx, t.by(), message.Send{
		Customer: t.resp.CustomerID, Phone: t.call.PhoneID, Template: id,
		Class: m.Class, Text: script.Fill(m.ZH, vars), Asked: true, Once: id + "/" + once, Subject: about,
	})
	return err
}

func (d *Desk) notify(t *talk, due script.Due) error {
	role, urgency := due.Effect.Params["role"], due.Effect.Params["urgency"]
	name, _ := t.resp.Variables["full_name"].(string)
	text := "客户" + name + "（尾号 " + t.call.CalledLast4 + "）反映车辆不能安全使用，请马上联系客户安排检查或救援。"
	if urgency != "now" {
		text = "客户" + name + "（尾号 " + t.call.CalledLast4 + "）反映维修后原故障又出现，请今天联系客户安排返修。"
	}
	return d.o.Messages.Notify(t.ctx, t.tx, t.by(), role, urgency, text, t.about())
}

// createForm saves the quick form (快速处理表) from its answers.
func (d *Desk) createForm(t *talk, due script.Due) error {
	s, err := d.matter(t)
	if err != nil {
		return err
	}
	q := complaint.QuickForm{
		GroupID: t.resp.GroupID, StoreID: t.resp.StoreID, AttemptID: &t.resp.AttemptID, ResponseID: &t.resp.ID,
		CustomerID: t.resp.CustomerID, CreatedBy: t.User, CreatedAt: t.now,
	}
	if s.vehicle != nil {
		q.VehicleID = &s.vehicle.ID
	}
	if s.visit != nil {
		q.WorkOrderID = &s.visit.ID
	}
	q.Categories, q.Level = []string{due.Effect.Params["category"]}, "L2"
	t.formAnswers(&q, due.Prefix)
	if q.Verbatim == "" {
		q.Verbatim = t.text(due, "verbatim_key")
	}
	return d.saveForm(t, q)
}

// saveForm writes the form, over the one that an earlier call of the task left.
func (d *Desk) saveForm(t *talk, q complaint.QuickForm) error {
	before, err := formOf(t.ctx, t.tx, t.resp.TaskID)
	if err != nil {
		return err
	}
	if before == nil {
		_, err = d.o.Complaints.Create(t.ctx, t.tx, q)
		return err
	}
	q.ID, q.No = before.ID, before.No
	return d.o.Complaints.Amend(t.ctx, t.tx, q)
}

// formOf is the quick form that the calls of a task have led to, nil when there
// is none.
func formOf(ctx context.Context, db postgres.DB, task uuid.UUID) (*complaint.QuickForm, error) {
	var id uuid.UUID
	err := db.QueryRow(ctx, `SELECT q.id FROM quick_form q JOIN response r ON r.id = q.response_id WHERE r.task_id = $1
		ORDER BY q.created_at LIMIT 1`, task).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the quick form of task %s: %w", task, err)
	}
	q, err := complaint.ByID(ctx, db, id)
	return &q, err
}

// formAnswers writes what was answered in the form into it.
func (t *talk) formAnswers(q *complaint.QuickForm, prefix string) {
	word := func(key string, to *string) {
		if g, ok := t.walk.Given(prefix + key); ok && g.Skipped == "" && g.Text() != "" {
			*to = g.Text()
		}
	}
	word("verbatim", &q.Verbatim)
	word("level", &q.Level)
	word("demand", &q.Demand)
	word("contact_time", &q.ContactTime)
	word("safe_to_drive", &q.SafeToDrive)
	if g, ok := t.walk.Given(prefix + "category"); ok && len(g.Codes) > 0 {
		q.Categories = g.Codes
	}
	q.Departments = complaint.DepartmentsOf(q.Categories)
}

// amend carries a corrected answer of the quick form into the saved form.
func (d *Desk) amend(t *talk, saved []script.Given) error {
	prefix := t.walk.QuickPrefix()
	touched := false
	for _, g := range saved {
		touched = touched || len(g.Key) > len(prefix) && g.Key[:len(prefix)] == prefix
	}
	if !touched || !t.walk.FormDone() {
		return nil
	}
	q, err := formOf(t.ctx, t.tx, t.resp.TaskID)
	if err != nil || q == nil {
		return err
	}
	t.formAnswers(q, prefix)
	return d.o.Complaints.Amend(t.ctx, t.tx, *q)
}

func (d *Desk) createRework(t *talk, due script.Due) error {
	s, err := d.matter(t)
	if err != nil {
		return err
	}
	r := complaint.Rework{StoreID: t.resp.StoreID, CustomerID: t.resp.CustomerID, ResponseID: &t.resp.ID, FaultText: t.text(due, "verbatim_key"), Cause: due.Effect.Params["cause"], ReportedAt: t.now}
	if s.visit != nil {
		r.WorkOrderID = &s.visit.ID
	}
	return d.o.Complaints.ReportRework(t.ctx, t.tx, r)
}
