package desk

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/policy"
	"ringback/crm/script"
	"ringback/internal/errs"
)

// renewalOf is the renewal that a talk is about.
func (d *Desk) renewalOf(t *talk) (policy.Renewal, error) {
	s, err := d.matter(t)
	if err != nil {
		return policy.Renewal{}, err
	}
	if s.renewal == nil {
		return policy.Renewal{}, noRenewal()
	}
	return *s.renewal, nil
}

func noRenewal() error {
	return errs.New(errs.Conflict, "no_renewal", "这通电话没有对应的续保机会，请选择别的结果结束这一通。", "There is no renewal behind this call; end it with another result.")
}

// settled: a policy came, or the vehicle is gone; what is said now moves nothing.
func settled(r policy.Renewal) bool { return r.Stage == policy.Bound || r.Stage == policy.Invalid }

// setRenewal moves the renewal on, with the next contact that was agreed (2.5.4). The
// agent who went back over a loss takes it back by this.
func (d *Desk) setRenewal(t *talk, due script.Due) error {
	r, err := d.renewalOf(t)
	if err != nil || settled(r) {
		return err
	}
	at, ok := t.time(due, "next_contact_key")
	if due.Effect.Params["next_contact_in"] != "" {
		at, ok = soon(t.now, r.Expiry, d.zone), true
	}
	if !ok {
		return nil
	}
	if r.Stage == policy.Lost {
		if err := d.o.Renewals.Unlose(t.ctx, t.tx, t.by(), r.ID); err != nil {
			return err
		}
	}
	return d.agreeNext(t.act, r.ID, policy.Stage(due.Effect.Params["stage"]), at)
}

func (d *Desk) agreeNext(a act, renewal uuid.UUID, to policy.Stage, at time.Time) error {
	if err := d.agreeable(a, at); err != nil {
		return err
	}
	_, err := d.o.Renewals.SetStage(a.ctx, a.tx, a.by(), renewal, to, policy.Contact{Way: "电话", Next: &at, NextWay: "电话"})
	return err
}

// soon is a day from now (P1D), or in an hour when the cover ends before that.
func soon(now, expiry time.Time, zone *time.Location) time.Time {
	y, m, day := expiry.Date()
	if at := now.AddDate(0, 0, 1); at.Before(time.Date(y, m, day+1, 0, 0, 0, 0, zone)) {
		return at
	}
	return now.Add(time.Hour)
}

// loseRenewal ends the renewal with its reason and the customer's words. One that is
// lost already takes the corrected reason.
func (d *Desk) loseRenewal(t *talk, due script.Due) error {
	s, err := d.matter(t)
	if err != nil || s.renewal == nil || settled(*s.renewal) {
		return err
	}
	l := policy.Loss{Reason: due.Effect.Params["reason"], Scripted: true}
	if l.Reason == "" {
		l = policy.Loss{Reason: t.text(due, "reason_key"), Words: t.text(due, "words_key")}
		l.Competitor, l.PriceFen = rival(t.text(due, "competitor_key"))
	}
	return d.lose(t.act, *s.renewal, l)
}

func (d *Desk) lose(a act, r policy.Renewal, l policy.Loss) error {
	if r.Stage == policy.Lost {
		if err := d.o.Renewals.Unlose(a.ctx, a.tx, a.by(), r.ID); err != nil {
			return err
		}
	}
	_, err := d.o.Renewals.Lose(a.ctx, a.tx, a.by(), r.ID, l)
	return err
}

var priceSaid = regexp.MustCompile(`(\d[\d,]*(?:\.\d{1,2})?)\s*(万)?`)

// rival reads who got the policy and for how much: "平安，2,800元" is 平安 at 280,000 fen.
// A figure below 100 yuan is no premium.
func rival(said string) (name string, fen int64) {
	for _, m := range priceSaid.FindAllStringSubmatch(said, -1) {
		yuan, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		if m[2] != "" {
			yuan *= 10_000
		}
		if err == nil && yuan >= 100 && yuan < 1_000_000 {
			return said, int64(yuan*100 + 0.5)
		}
	}
	return said, 0
}

// requestQuote opens the draft that a specialist fills in.
func (d *Desk) requestQuote(t *talk, due script.Due) error {
	r, err := d.renewalOf(t)
	if err != nil || settled(r) {
		return err
	}
	q := policy.Request{Insurer: t.text(due, "insurer_key"), Asked: cmp.Or(t.labels(due, "cover_key"), t.text(due, "text_key"))}
	_, err = d.o.Renewals.RequestQuote(t.ctx, t.tx, t.by(), r.ID, q)
	return err
}

// labels are the words of the options that a parameter's answer chose.
func (t *talk) labels(due script.Due, param string) string {
	g, ok := t.given(due, param)
	n := t.walk.Script().ByKey(due.Effect.Params[param])
	if !ok || n == nil || n.Answer == nil {
		return ""
	}
	var out []string
	for _, code := range g.Codes {
		if o := n.Answer.Option(code); o != nil {
			out = append(out, script.FullWidth(o.ZH))
		}
	}
	return strings.Join(out, "、")
}

// requestProposal asks for the written proposal (车辆保险建议书), with where to send it.
func (d *Desk) requestProposal(t *talk, due script.Due) error {
	r, err := d.renewalOf(t)
	if err != nil || settled(r) {
		return err
	}
	q := policy.Request{Proposal: true, Channel: "email"}
	if g, ok := t.given(due, "channel_key"); ok && slices.Contains(g.Codes, "fax") {
		q.Channel = "fax"
	}
	if to := t.text(due, "to_key"); to != "" {
		q.Asked = "建议书发到 " + to
		if !strings.Contains(to, "@") {
			q.Channel = "fax"
		}
	}
	_, err = d.o.Renewals.RequestQuote(t.ctx, t.tx, t.by(), r.ID, q)
	return err
}

// quoteAgain sends the quote that stands once more: the customer did not get it.
func (d *Desk) quoteAgain(t *talk) error {
	r, err := d.renewalOf(t)
	if err != nil || settled(r) {
		return err
	}
	_, err = d.o.Renewals.ResendQuote(t.ctx, t.tx, t.by(), r.ID, t.resp.ID.String())
	return err
}

// askManager puts the customer's wish on the manager's list (T-S6): nobody promises a
// discount in a call.
func (d *Desk) askManager(t *talk, due script.Due) error {
	r, err := d.renewalOf(t)
	if err != nil || settled(r) {
		return err
	}
	words := "客户要求优惠：" + t.text(due, "note_key")
	return d.o.Tasks.ForManager(t.ctx, t.tx, t.by(), t.resp.TaskID, due.Effect.Params["type"], words)
}

type quoteArgs struct {
	AttemptID     uuid.UUID `json:"attemptId"`
	Insurer       string    `json:"insurer"`
	CoverZH       string    `json:"coverZh"`
	CompulsoryFen int64     `json:"compulsoryFen"`
	TaxFen        int64     `json:"taxFen"`
	CommercialFen int64     `json:"commercialFen"`
	ValidUntil    string    `json:"validUntil" doc:"last valid day, 2006-01-02"`
}

// quote is the quick action 报价 (P): amounts in, SMS out.
func (d *Desk) quote(a act, in quoteArgs) (None, error) {
	at, err := a.mine(in.AttemptID)
	if err != nil {
		return None{}, err
	}
	s, _, err := d.aboutAttempt(a, at)
	if err != nil {
		return None{}, err
	}
	if s.renewal == nil {
		return None{}, noRenewal()
	}
	until, err := time.Parse(time.DateOnly, in.ValidUntil)
	if err != nil {
		return None{}, errs.New(errs.Invalid, "quote_day", "请填写报价有效到哪一天。", "Give the day until which the quote is valid.").At("validUntil")
	}
	vars := map[string]any{}
	if err := d.aboutAgent(a.ctx, a.tx, vars, &a.User); err != nil {
		return None{}, err
	}
	name, _ := vars["agent_name"].(string)
	_, err = d.o.Renewals.SendQuote(a.ctx, a.tx, a.by(), s.renewal.ID, policy.Offer{
		Insurer: in.Insurer, CoverZH: in.CoverZH, CompulsoryFen: in.CompulsoryFen, TaxFen: in.TaxFen, Commercial: in.CommercialFen,
		ValidUntil: until, AgentName: name,
	})
	defer d.o.Changed(a.User)
	return None{}, err
}
