package policy

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Contact is one talk with the customer and what was agreed.
type Contact struct {
	Way       string     // 电话, 短信, 邮件, 传真, 面谈
	Words     string     // what was said
	Intention string     // A, B, C; empty leaves it
	Next      *time.Time // next contact; nil leaves it
	NextWay   string
}

// Contacted notes that the first call is taken (2.5.4: listed..notified → contacting).
// Later calls change nothing.
func (n *Renewals) Contacted(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID) error {
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return err
	}
	if _, ok := next(r.Stage, contact); !ok {
		return nil
	}
	return n.step(ctx, db, by, r, contact, Contact{Way: "电话"})
}

// SetStage carries the script's word on: interested (I01, I08), following (I03, I07)
// or committed (I04). Each needs the next contact: errs.Invalid
// "next_contact_needed" (T-E6); a promise must be kept before the cover ends:
// "next_contact_late".
func (n *Renewals) SetStage(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, to Stage, c Contact) (Renewal, error) {
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return Renewal{}, err
	}
	e, ok := map[Stage]step{Interested: interest, Following: follow, Committed: commit}[to]
	if !ok {
		return Renewal{}, errs.New(errs.Invalid, "renewal_stage_word", "续保阶段“"+string(to)+"”不能这样设置。", "The stage \""+string(to)+"\" cannot be set like this.")
	}
	if r.Stage == Lapsed && to == Committed { // nothing can be promised before an expiry that has passed
		to, e = Following, follow
	}
	if err := r.agree(c, by.At, to); err != nil {
		return Renewal{}, err
	}
	if to == Interested && (r.Stage == Quoted || r.Stage == Committed) { // further on already: only the next contact is new
		r.take(c, by)
		return r, n.saveRenewal(ctx, db, r, r.Stage, c, by)
	}
	from := r.Stage
	if _, first := next(r.Stage, contact); first {
		r.Stage = Contacting // the talk itself is the first contact
	}
	if err := r.move(e); err != nil {
		return Renewal{}, err
	}
	r.take(c, by)
	return r, n.saveRenewal(ctx, db, r, from, c, by)
}

// agree checks and takes over the next contact.
func (r *Renewal) agree(c Contact, now time.Time, to Stage) error {
	switch {
	case c.Next == nil || !c.Next.After(now):
		return errs.New(errs.Invalid, "next_contact_needed", "请约定下次联系的时间（要晚于现在）。", "Agree on the time of the next contact (later than now).").At("/next_contact_at")
	case to == Committed && c.Next.After(r.Expiry.AddDate(0, 0, 1)):
		return errs.New(errs.Invalid, "next_contact_late", "已承诺续保的客户，下次联系要在保险到期之前。", "A customer who promised to renew must be contacted before the cover ends.").At("/next_contact_at")
	}
	return nil
}

// NextContact keeps when and how the customer wants to be contacted next.
func (n *Renewals) NextContact(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, c Contact) (Renewal, error) {
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return Renewal{}, err
	}
	if !r.Stage.Open() {
		return Renewal{}, r.move(contact)
	}
	if err := r.agree(c, by.At, r.Stage); err != nil {
		return Renewal{}, err
	}
	r.take(c, by)
	return r, n.saveRenewal(ctx, db, r, r.Stage, c, by)
}

func (n *Renewals) step(ctx context.Context, db postgres.DB, by customer.By, r Renewal, e step, c Contact) error {
	from := r.Stage
	if err := r.move(e); err != nil {
		return err
	}
	r.take(c, by)
	return n.saveRenewal(ctx, db, r, from, c, by)
}

// take over what a talk brought: whoever talked last is the renewal's agent.
func (r *Renewal) take(c Contact, by customer.By) {
	at := by.At
	r.LastContactAt = &at
	if by.Actor != uuid.Nil {
		r.AgentID = &by.Actor
	}
	if c.Intention != "" {
		r.Intention = c.Intention
	}
	if c.Next != nil {
		r.NextContactAt, r.NextContactWay = c.Next, c.NextWay
	}
}

// Loss is why a renewal is lost (战败).
type Loss struct {
	Reason     string // spec 2.4.14
	Words      string // the customer's own
	Competitor string
	PriceFen   int64
	Scripted   bool // the script's own branch says it all (refuse_contact, company_policy): no words are asked for
}

// lostWordsLeast is how many characters the customer's words must have (E-08).
const lostWordsLeast = 10

// lostReasons of spec 2.4.14; true: the vehicle is gone, the opportunity invalid.
func lostReasons() map[string]bool {
	return map[string]bool{
		"price": false, "gift": false, "friend": false, "direct": false, "other_dealer": false, "company_policy": false, "claim_bad": false,
		"service_bad": false, "insurer_limit": false, "declined_risk": false, "coverage": false, "late": false, "moved": false, "sold": true,
		"scrapped": true, "no_need": false, "unreachable": false, "refuse_contact": false, "other": false,
	}
}

// Lose ends an opportunity with its reason and the customer's words; a vehicle that
// is sold or scrapped makes it invalid instead (T-E9). errs.Invalid "lost_reason",
// "lost_words" (T-E5).
func (n *Renewals) Lose(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, l Loss) (Renewal, error) {
	gone, known := lostReasons()[l.Reason]
	switch {
	case !known:
		return Renewal{}, errs.New(errs.Invalid, "lost_reason", "请选择战败原因。", "Choose why the renewal is lost.").At("/reason")
	case !gone && !l.Scripted && utf8.RuneCountInString(l.Words) < lostWordsLeast:
		return Renewal{}, errs.New(errs.Invalid, "lost_words", "请如实记录客户的原话，至少 10 个字。", "Record the customer's own words, at least 10 characters.").At("/words")
	}
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return Renewal{}, err
	}
	from, at, e := r.Stage, by.At, lose
	if gone {
		e, r.InvalidReason = void, l.Reason
	} else {
		r.LostReason, r.LostWords, r.LostAt, r.LostConfirmedAt = l.Reason, l.Words, &at, &at
	}
	if err := r.move(e); err != nil {
		return Renewal{}, err
	}
	r.Competitor, r.NextContactAt = l.Competitor, nil
	if l.PriceFen > 0 {
		r.CompetitorPriceFen = &l.PriceFen
	}
	r.take(Contact{}, by)
	return r, n.saveRenewal(ctx, db, r, from, Contact{Way: "电话", Words: l.Words}, by)
}

// ConfirmLoss gives a lapse that became a loss its true reason.
func (n *Renewals) ConfirmLoss(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, l Loss) (Renewal, error) {
	if _, known := lostReasons()[l.Reason]; !known || utf8.RuneCountInString(l.Words) < lostWordsLeast {
		return Renewal{}, errs.New(errs.Invalid, "lost_words", "请选择战败原因，并如实记录至少 10 个字。", "Choose the reason and record at least 10 characters.").At("/words")
	}
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return Renewal{}, err
	}
	if r.Stage != Lost {
		return Renewal{}, r.move(reopen)
	}
	at := by.At
	r.LostReason, r.LostWords, r.LostConfirmedAt, r.Competitor = l.Reason, l.Words, &at, l.Competitor
	return r, n.saveRenewal(ctx, db, r, Lost, Contact{Words: l.Words}, by)
}

// Unlose takes a loss back that was written down in the talk that is going on: the
// agent went back and the customer listens after all.
func (n *Renewals) Unlose(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID) error {
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return err
	}
	from := r.Stage
	if err := r.move(reopen); err != nil {
		return err
	}
	r.LostReason, r.LostWords, r.LostAt, r.LostConfirmedAt, r.Competitor, r.CompetitorPriceFen = "", "", nil, nil, "", nil
	return n.saveRenewal(ctx, db, r, from, Contact{Way: "电话", Words: "通话中更正"}, by)
}

// Reopen is a manager's word on a lost one, until 30 days after the expiry.
func (n *Renewals) Reopen(ctx context.Context, db postgres.DB, by customer.By, id uuid.UUID, words string) (Renewal, error) {
	r, err := lockRenewal(ctx, db, id)
	if err != nil {
		return Renewal{}, err
	}
	if today(by.At).After(r.Expiry.AddDate(0, 0, lapsedDays)) {
		return Renewal{}, errs.New(errs.Conflict, "renewal_too_old", "到期已超过 30 天，不能重新打开。", "The cover ended more than 30 days ago; it cannot be reopened.")
	}
	if err := r.move(reopen); err != nil {
		return Renewal{}, err
	}
	r.LostAt = nil
	return r, n.saveRenewal(ctx, db, r, Lost, Contact{Words: words}, by)
}

// ConfirmMonth confirms a month's list: every listed opportunity of the store with
// these ids (E-03). It tells how many were confirmed.
func (n *Renewals) ConfirmMonth(ctx context.Context, db postgres.DB, by customer.By, ids []uuid.UUID) (int, error) {
	found, err := renewals(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE store_id = $1 AND id = ANY ($2) AND stage = 'listed' ORDER BY id FOR UPDATE`, by.Store, ids)
	if err != nil {
		return 0, err
	}
	for _, r := range found {
		at := by.At
		if err := r.move(confirm); err != nil {
			return 0, err
		}
		r.ConfirmedAt = &at
		if err := n.saveRenewal(ctx, db, r, Listed, Contact{}, by); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
