package policy

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/message"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Offer is a filled-in quote. Amounts are fen.
type Offer struct {
	Insurer                           string
	CoverZH                           string
	CompulsoryFen, TaxFen, Commercial int64
	ValidUntil                        time.Time
	AgentName, AgentPhone             string // the specialist who is named in the message
}

func (o Offer) check(now time.Time) error {
	switch {
	case o.Insurer == "" || o.CoverZH == "":
		return errs.New(errs.Invalid, "quote_incomplete", "报价缺少保险公司或险种，请补全后再发送。", "The quote lacks the insurer or the cover; complete it and send it again.")
	case o.CompulsoryFen < 0 || o.TaxFen < 0 || o.Commercial < 0 || o.CompulsoryFen+o.TaxFen+o.Commercial == 0:
		return errs.New(errs.Invalid, "quote_amounts", "报价金额不正确，请核对后再发送。", "The quote's amounts are wrong; check them and send it again.")
	case o.ValidUntil.Before(today(now)):
		return errs.New(errs.Invalid, "quote_expired", "报价有效期已过，请改为今天或以后。", "The quote's last valid day is over; choose today or later.")
	}
	return nil
}

// SendQuote fills the renewal's draft in and hands it to the message outbox; it is
// sent, and the renewal quoted, when the gateway takes it. Earlier versions are
// replaced. errs.Forbidden "insurer_not_approved" (T-E7); errs.Conflict
// "quote_blocked" when the customer takes no messages.
func (n *Renewals) SendQuote(ctx context.Context, db postgres.DB, by customer.By, renewal uuid.UUID, o Offer) (Quote, error) {
	r, err := lockRenewal(ctx, db, renewal)
	if err != nil {
		return Quote{}, err
	}
	if _, ok := next(r.Stage, quoteOut); !ok {
		return Quote{}, r.move(quoteOut)
	}
	if err := o.check(by.At); err != nil {
		return Quote{}, err
	}
	if err := mayQuote(ctx, db, by.Store, o.Insurer); err != nil {
		return Quote{}, err
	}
	q, err := n.RequestQuote(ctx, db, by, renewal, Request{Insurer: o.Insurer})
	if err != nil {
		return Quote{}, err
	}
	m, err := n.write(ctx, db, by, r, q, o)
	if err != nil {
		return Quote{}, err
	}
	if m.State == "blocked" {
		return Quote{}, errs.New(errs.Conflict, "quote_blocked", "客户不能接收这条短信（"+m.Reason+"），报价没有发出。请改用其他方式告知客户。",
			"The customer takes no such message ("+m.Reason+"); the quote was not sent. Tell it in another way.")
	}
	if _, err := db.Exec(ctx, `UPDATE quote SET state = 'replaced' WHERE renewal_id = $1 AND id <> $2 AND state IN ('draft', 'sent', 'viewed')`, renewal, q.ID); err != nil {
		return Quote{}, fmt.Errorf("replacing earlier quotes: %w", err)
	}
	return oneQuote(ctx, db, `UPDATE quote SET insurer = $2, cover_zh = $3, compulsory_fen = $4, tax_fen = $5, commercial_fen = $6, valid_until = $7, sms_id = $8
		WHERE id = $1 RETURNING `+quoteColumns, q.ID, o.Insurer, o.CoverZH, o.CompulsoryFen, o.TaxFen, o.Commercial, o.ValidUntil, m.ID)
}

// write hands a quote's message to the outbox. The customer asked for it.
func (n *Renewals) write(ctx context.Context, db postgres.DB, by customer.By, r Renewal, q Quote, o Offer) (message.SMS, error) {
	return n.text(ctx, db, by, r, o, message.Send{Subject: events.Subjects{"renewal": r.ID, "quote": q.ID}})
}

// ResendQuote sends the quote that stands once more, once under a key. The renewal
// does not move by it: errs.Conflict "quote_none" without such a quote.
func (n *Renewals) ResendQuote(ctx context.Context, db postgres.DB, by customer.By, renewal uuid.UUID, key string) (message.SMS, error) {
	r, err := GetRenewal(ctx, db, renewal)
	if err != nil {
		return message.SMS{}, err
	}
	standing, err := quotes(ctx, db, `SELECT `+quoteColumns+` FROM quote WHERE renewal_id = $1 AND state IN ('sent', 'viewed') ORDER BY version DESC LIMIT 1`, renewal)
	if err != nil {
		return message.SMS{}, err
	}
	if len(standing) == 0 || standing[0].ValidUntil == nil {
		return message.SMS{}, errs.New(errs.Conflict, "quote_none", "这位客户还没有发出的报价，不能重发。请先填写并发送报价。", "No quote has been sent to this customer yet; send one first.")
	}
	q := standing[0]
	o := Offer{
		Insurer: q.Insurer, CoverZH: q.CoverZH, CompulsoryFen: q.CompulsoryFen, TaxFen: q.TaxFen, Commercial: q.CommercialFen, ValidUntil: *q.ValidUntil,
	}
	return n.text(ctx, db, by, r, o, message.Send{Subject: events.Subjects{"renewal": r.ID}, Once: "quote/" + q.ID.String() + "/" + key})
}

func (n *Renewals) text(ctx context.Context, db postgres.DB, by customer.By, r Renewal, o Offer, s message.Send) (message.SMS, error) {
	store, err := dealer.GetStore(ctx, db, by.Store)
	if err != nil {
		return message.SMS{}, err
	}
	if s.Phone, err = customer.MobileOf(ctx, db, r.CustomerID); err != nil {
		return message.SMS{}, err
	}
	who, err := customer.GetMany(ctx, db, []uuid.UUID{r.CustomerID})
	if err != nil {
		return message.SMS{}, err
	}
	name := "" // the template's own word for nobody's name
	if c := who[r.CustomerID]; c.SurnameZH != "" && c.Honorific != "" {
		name = c.SurnameZH + c.Honorific
	}
	s.Customer, s.Template, s.Asked = r.CustomerID, "renewal_quote", true
	s.Class, s.Text, err = n.texts("renewal_quote", map[string]any{
		"store_name": store.ShortNameZH, "hotline": store.Hotline, "call_name": name, "quote_insurer": o.Insurer, "quote_cover_zh": o.CoverZH,
		"q_ctali": Yuan(o.CompulsoryFen), "q_tax": Yuan(o.TaxFen), "q_comm": Yuan(o.Commercial), "quote_total": Yuan(o.CompulsoryFen + o.TaxFen + o.Commercial),
		"quote_valid_until_zh": o.ValidUntil.Format("1月2日"), "agent_name": o.AgentName, "agent_phone": cmp.Or(o.AgentPhone, store.Hotline),
	})
	if err != nil {
		return message.SMS{}, err
	}
	return n.box.Queue(ctx, db, by, s)
}

// onHanded: the gateway took a message about a renewal. A quote is out then, and the
// introduction has been given (2.5.4).
func (n *Renewals) onHanded(ctx context.Context, tx postgres.DB, e events.Event) error {
	id, ok := e.Subject["renewal"]
	if !ok {
		return nil
	}
	by := customer.By{Group: e.Group, Store: e.Store, At: e.At}
	r, err := lockRenewal(ctx, tx, id)
	if err != nil {
		return err
	}
	does, c := notify, Contact{Way: "短信"}
	if quote, about := e.Subject["quote"]; about {
		if _, err := tx.Exec(ctx, `UPDATE quote SET state = 'sent', sent_at = $2 WHERE id = $1 AND state = 'draft'`, quote, e.At); err != nil {
			return fmt.Errorf("marking a quote as sent: %w", err)
		}
		does = quoteOut
	}
	if _, ok := next(r.Stage, does); !ok {
		return nil
	}
	return n.step(ctx, tx, by, r, does, c)
}

// acceptQuote: a policy follows, so the last quote out was the one.
func (n *Renewals) acceptQuote(ctx context.Context, db postgres.DB, r Renewal) error {
	_, err := db.Exec(ctx, `UPDATE quote SET state = 'accepted' WHERE id = (SELECT id FROM quote WHERE renewal_id = $1 AND state IN ('sent', 'viewed')
		ORDER BY version DESC LIMIT 1)`, r.ID)
	if err != nil {
		return fmt.Errorf("accepting a quote: %w", err)
	}
	return nil
}

// ExpireQuotes ends quotes whose last valid day is over. Twice changes nothing.
func (n *Renewals) ExpireQuotes(ctx context.Context, db postgres.DB, by customer.By) error {
	_, err := db.Exec(ctx, `UPDATE quote SET state = 'expired' WHERE store_id = $1 AND state IN ('sent', 'viewed') AND valid_until < $2`, by.Store, today(by.At))
	if err != nil {
		return fmt.Errorf("ending old quotes: %w", err)
	}
	return nil
}
