package desk

import (
	"slices"
	"time"

	"ringback/crm/appointment"
	"ringback/crm/policy"
	"ringback/crm/script"
	"ringback/crm/task"
)

// RenewalView is the renewal that the call is about. Amounts are fen, days are
// "2006-01-02"; amounts and insurers are blank until who speaks is confirmed (3.2.9).
type RenewalView struct {
	ID            string      `json:"id"`
	Stage         Coded       `json:"stage"`
	Expiry        string      `json:"expiry"`
	Days          int         `json:"days" doc:"until the expiry; negative after it"`
	Insurer       string      `json:"insurer"`
	PremiumFen    int64       `json:"premiumFen"`
	NextContactAt *time.Time  `json:"nextContactAt,omitempty"`
	LostReason    *Coded      `json:"lostReason,omitempty"`
	LostWords     string      `json:"lostWords"`
	Quote         *QuoteView  `json:"quote,omitempty"`
	Approved      []string    `json:"approved"`
	LostReasons   []Coded     `json:"lostReasons"`
	Talks         []TalkEntry `json:"talks"`
}

// QuoteView is the newest quote.
type QuoteView struct {
	State         string     `json:"state" enum:"draft,sending,sent,viewed,accepted,expired,replaced"`
	Insurer       string     `json:"insurer"`
	Asked         string     `json:"asked"`
	CoverZH       string     `json:"coverZh"`
	CompulsoryFen int64      `json:"compulsoryFen"`
	TaxFen        int64      `json:"taxFen"`
	CommercialFen int64      `json:"commercialFen"`
	TotalFen      int64      `json:"totalFen"`
	ValidUntil    string     `json:"validUntil"`
	SentAt        *time.Time `json:"sentAt,omitempty"`
}

// TalkEntry is one line of the renewal's register.
type TalkEntry struct {
	At    time.Time `json:"at"`
	Way   string    `json:"way"`
	From  string    `json:"from"`
	Stage Coded     `json:"stage"`
	Words string    `json:"words"`
}

// BookingView is the appointment that the call is about, or has led to.
type BookingView struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	State   string    `json:"state" enum:"requested,booked,confirmed,arrived,completed,no_show,rescheduled,cancelled"`
	Bay     string    `json:"bay" enum:"fast,general,body"`
	Items   string    `json:"items"`
	Advisor string    `json:"advisor"`
}

// aboutPromises shows the renewal and the booking behind a call.
func (d *Desk) aboutPromises(v *View, a act, s subject, known bool) (err error) {
	if b := s.booking; b != nil {
		v.Booking = &BookingView{ID: b.ID.String(), At: b.StartsAt, State: string(b.State), Bay: b.Kind}
		if known {
			v.Booking.Items, v.Booking.Advisor = b.ItemsZH, b.AdvisorName
		}
	}
	if s.renewal != nil {
		v.Renewal, err = d.renewalView(a, *s.renewal, known)
	}
	return err
}

func (d *Desk) renewalView(a act, r policy.Renewal, known bool) (*RenewalView, error) {
	v := &RenewalView{
		ID: r.ID.String(), Stage: d.coded("renewal_stage", string(r.Stage)), Expiry: r.Expiry.Format(time.DateOnly),
		Days: int(r.Expiry.Sub(d.today(a.now)) / (24 * time.Hour)), NextContactAt: r.NextContactAt, LostWords: r.LostWords,
		Approved: []string{}, LostReasons: d.codes("renewal_lost_reason"), Talks: []TalkEntry{},
	}
	if r.LostReason != "" {
		c := d.coded("renewal_lost_reason", r.LostReason)
		v.LostReason = &c
	}
	if !known {
		return v, nil
	}
	return v, d.uncoverRenewal(v, a, r)
}

func (d *Desk) uncoverRenewal(v *RenewalView, a act, r policy.Renewal) error {
	vars := map[string]any{}
	if err := lastCover(a.ctx, a.tx, vars, r); err != nil {
		return err
	}
	v.Insurer, _ = vars["insurer_last"].(string)
	v.PremiumFen = r.PremiumBeforeFen
	approved, err := policy.Approved(a.ctx, a.tx, a.store())
	if err != nil {
		return err
	}
	v.Approved = append(v.Approved, approved...)
	all, err := policy.QuotesOf(a.ctx, a.tx, r.ID)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		v.Quote = quoteView(all[0])
	}
	talks, err := policy.History(a.ctx, a.tx, r.ID)
	if err != nil {
		return err
	}
	for _, e := range talks[:min(len(talks), 4)] {
		v.Talks = append(v.Talks, TalkEntry{At: e.At, Way: e.Way, From: string(e.FromStage), Stage: d.coded("renewal_stage", string(e.ToStage)), Words: e.Words})
	}
	return nil
}

func quoteView(q policy.Quote) *QuoteView {
	v := &QuoteView{
		State: q.State, Insurer: q.Insurer, Asked: q.Asked, CoverZH: q.CoverZH, CompulsoryFen: q.CompulsoryFen, TaxFen: q.TaxFen,
		CommercialFen: q.CommercialFen, TotalFen: q.TotalFen, ValidUntil: day(q.ValidUntil), SentAt: q.SentAt,
	}
	if q.State == "draft" && q.SMSID != nil {
		v.State = "sending"
	}
	return v
}

// coded is a code of the script library's enumerations with its words.
func (d *Desk) coded(enum, code string) Coded {
	if c, ok := d.o.Scripts.Enums.Code(enum, code); ok {
		return Coded{Code: code, ZH: c.ZH, EN: c.EN}
	}
	return Coded{Code: code, ZH: code, EN: code}
}

func (d *Desk) codes(enum string) []Coded {
	out := []Coded{}
	for _, c := range d.o.Scripts.Enums[enum] {
		out = append(out, Coded{Code: c.Code, ZH: script.FullWidth(c.ZH), EN: c.EN})
	}
	return out
}

// needs is what a result cannot do without (T-E5, T-E6): empty when the call has
// brought it already.
func needs(code string, k task.Task, s subject, now time.Time) string {
	r, b := s.renewal, s.booking
	switch {
	case r != nil && slices.Contains(nextAgreed(), code) && !settled(*r) && (r.NextContactAt == nil || !r.NextContactAt.After(now)):
		return "time"
	case r != nil && code == "I06" && r.Stage.Open():
		return "lost"
	case slices.Contains([]string{"M01", "A02", "A04"}, code) && (b == nil || !b.State.Ahead() || k.AppointmentID != nil && b.ID == *k.AppointmentID):
		return "slot"
	}
	return ""
}

// nextAgreed are the results of a renewal call that need the next contact (E-11).
func nextAgreed() []string { return []string{"I01", "I02", "I03", "I04", "I07", "I08"} }

// bayOf is the kind of bay whose free slots a question offers, empty for any other
// question.
func bayOf(n *script.Node, s subject) string {
	for _, e := range n.Effects {
		if e.Params["at_key"] != n.Key || n.Answer.Type != "datetime" {
			continue
		}
		switch {
		case (e.Do == "update_appointment" || e.Params["reason"] == "rebook") && s.booking != nil:
			return s.booking.Kind
		case e.Do == "create_appointment":
			return appointment.BayFor(e.Params["reason"])
		}
	}
	return ""
}
