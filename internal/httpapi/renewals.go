package httpapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// Counted is a code with its words and how many renewals have it.
type Counted struct {
	report.Word
	N          int   `json:"n"`
	PremiumFen int64 `json:"premiumFen"`
}

// RenewalsPage is the pipeline: how many stand where, why they were lost, and the rows
// of one stage.
type RenewalsPage struct {
	Stages []Counted           `json:"stages"`
	Losses []Counted           `json:"losses"`
	Items  []report.RenewalRow `json:"items"`
	Total  int                 `json:"total"`
}

type renewalsInput struct {
	Page
	Stage      string `query:"stage" default:"open" doc:"open, all, or one of spec 2.4.15"`
	LostReason string `query:"lostReason"`
}

func (s *Server) renewals(ctx context.Context, p auth.Principal, in *renewalsInput) (out RenewalsPage, err error) {
	f := report.RenewalFilter{Store: p.Store, Agent: onlyOwn(p), Stage: in.Stage, LostReason: in.LostReason, Limit: in.Limit, Offset: in.Offset}
	if f.Stage == "all" {
		f.Stage = ""
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		var stages, losses []report.Tally
		if stages, err = s.Report.RenewalStages(ctx, tx, p.Store, f.Agent); err != nil {
			return err
		}
		if losses, err = s.Report.RenewalLosses(ctx, tx, p.Store, f.Agent); err != nil {
			return err
		}
		for _, w := range s.enum("renewal_stage") { // in the order of the way
			out.Stages = append(out.Stages, counted(w, stages))
		}
		for _, t := range losses {
			out.Losses = append(out.Losses, counted(s.wordOf("renewal_lost_reason", t.Code), losses))
		}
		out.Items, out.Total, err = s.Report.Renewals(ctx, tx, f)
		for i := range out.Items {
			out.Items[i].Days = daysUntil(out.Items[i].Expiry, s.Clock.Now())
		}
		return err
	})
}

func counted(w report.Word, all []report.Tally) Counted {
	for _, t := range all {
		if t.Code == w.Code {
			return Counted{w, t.N, t.PremiumFen}
		}
	}
	return Counted{Word: w}
}

func (s *Server) wordOf(enum, code string) report.Word {
	if c, ok := s.Library.Enums.Code(enum, code); ok {
		return report.Word{Code: code, ZH: c.ZH, EN: c.EN}
	}
	return report.Word{Code: code, ZH: code, EN: code}
}

// RenewalFile is one renewal whole: its register and its quotes.
type RenewalFile struct {
	report.RenewalRow
	StageWord   report.Word    `json:"stageWord"`
	LostWord    *report.Word   `json:"lostWord,omitempty"`
	Talks       []RenewalTalk  `json:"talks"`
	Quotes      []RenewalQuote `json:"quotes"`
	Approved    []string       `json:"approved"`
	LostReasons []report.Word  `json:"lostReasons"`
}

// RenewalTalk is a line of the register.
type RenewalTalk struct {
	At    time.Time   `json:"at"`
	By    string      `json:"by"`
	Way   string      `json:"way"`
	Stage report.Word `json:"stage"`
	Words string      `json:"words"`
}

// RenewalQuote is one version of the price. Amounts are fen.
type RenewalQuote struct {
	Version       int        `json:"version"`
	State         string     `json:"state" enum:"draft,sending,sent,viewed,accepted,expired,replaced"`
	Insurer       string     `json:"insurer"`
	Asked         string     `json:"asked"`
	CoverZH       string     `json:"coverZh"`
	CompulsoryFen int64      `json:"compulsoryFen"`
	TaxFen        int64      `json:"taxFen"`
	CommercialFen int64      `json:"commercialFen"`
	TotalFen      int64      `json:"totalFen"`
	ValidUntil    string     `json:"validUntil"`
	Proposal      bool       `json:"proposal"`
	Channel       string     `json:"channel"`
	SentAt        *time.Time `json:"sentAt,omitempty"`
}

func (s *Server) renewal(ctx context.Context, p auth.Principal, in *IDInput) (out RenewalFile, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.renewalFile(ctx, tx, p, in.ID)
		return err
	})
}

func (s *Server) renewalFile(ctx context.Context, tx pgx.Tx, p auth.Principal, id uuid.UUID) (out RenewalFile, err error) {
	rows, _, err := s.Report.Renewals(ctx, tx, report.RenewalFilter{Store: p.Store, Agent: onlyOwn(p), ID: &id, Limit: 1})
	if err != nil {
		return out, err
	}
	if len(rows) == 0 {
		return out, errs.New(errs.NotFound, "renewal_not_found", "没有这条续保机会。", "There is no such renewal.")
	}
	out.RenewalRow, out.StageWord, out.LostReasons = rows[0], s.wordOf("renewal_stage", rows[0].Stage), s.enum("renewal_lost_reason")
	out.Days = daysUntil(out.Expiry, s.Clock.Now())
	if out.LostReason != "" {
		w := s.wordOf("renewal_lost_reason", out.LostReason)
		out.LostWord = &w
	}
	if out.Approved, err = policy.Approved(ctx, tx, p.Store); err != nil {
		return out, err
	}
	quotes, err := policy.QuotesOf(ctx, tx, id)
	if err != nil {
		return out, err
	}
	out.Quotes = mapped(quotes, quoteRow)
	out.Talks, err = s.talks(ctx, tx, id)
	return out, err
}

func quoteRow(q policy.Quote) RenewalQuote {
	v := RenewalQuote{
		Version: q.Version, State: q.State, Insurer: q.Insurer, Asked: q.Asked, CoverZH: q.CoverZH, CompulsoryFen: q.CompulsoryFen, TaxFen: q.TaxFen,
		CommercialFen: q.CommercialFen, TotalFen: q.TotalFen, Proposal: q.Proposal, Channel: q.Channel, SentAt: q.SentAt,
	}
	if q.ValidUntil != nil {
		v.ValidUntil = q.ValidUntil.Format(time.DateOnly)
	}
	if q.State == "draft" && q.SMSID != nil {
		v.State = "sending"
	}
	return v
}

func (s *Server) talks(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]RenewalTalk, error) {
	entries, err := policy.History(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var out []RenewalTalk
	for _, e := range entries {
		v := RenewalTalk{At: e.At, Way: e.Way, Stage: s.wordOf("renewal_stage", string(e.ToStage)), Words: e.Words}
		if e.ActorID != nil {
			err := tx.QueryRow(ctx, `SELECT coalesce((SELECT name_zh FROM app_user WHERE id = $1), '')`, *e.ActorID).Scan(&v.By)
			if err != nil {
				return nil, fmt.Errorf("naming who talked about renewal %s: %w", id, err)
			}
		}
		out = append(out, v)
	}
	return out, nil
}

type confirmRenewalsInput struct {
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"500"`
	}
}

// Changed is how many rows a command changed.
type Changed struct {
	N int `json:"n"`
}

func (s *Server) renewalsConfirm(ctx context.Context, p auth.Principal, in *confirmRenewalsInput) (out Changed, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out.N, err = s.Renewals.ConfirmMonth(ctx, tx, s.by(p), in.Body.IDs)
		return err
	})
}

type quoteInput struct {
	IDInput
	Body struct {
		Insurer       string `json:"insurer"`
		CoverZH       string `json:"coverZh" maxLength:"80"`
		CompulsoryFen int64  `json:"compulsoryFen" minimum:"0"`
		TaxFen        int64  `json:"taxFen" minimum:"0"`
		CommercialFen int64  `json:"commercialFen" minimum:"0"`
		ValidUntil    string `json:"validUntil" format:"date"`
	}
}

func (s *Server) renewalQuote(ctx context.Context, p auth.Principal, in *quoteInput) (RenewalFile, error) {
	b := in.Body
	until, err := time.Parse(time.DateOnly, b.ValidUntil)
	if err != nil {
		return RenewalFile{}, errs.New(errs.Invalid, "quote_day", "请填写报价有效到哪一天。", "Give the day until which the quote is valid.").At("validUntil")
	}
	out, err := s.changeRenewal(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		_, err := s.Renewals.SendQuote(ctx, tx, by, in.ID, policy.Offer{
			Insurer: b.Insurer, CoverZH: strings.TrimSpace(b.CoverZH), CompulsoryFen: b.CompulsoryFen, TaxFen: b.TaxFen, Commercial: b.CommercialFen,
			ValidUntil: until, AgentName: p.User.NameZH,
		})
		return err
	})
	if e, ok := errs.Of(err); ok && e.Code == "insurer_not_approved" { // T-E7: refused, and on the record
		return out, s.noteRefused(ctx, p, in.ID, b.Insurer, err)
	}
	return out, err
}

func (s *Server) noteRefused(ctx context.Context, p auth.Principal, id uuid.UUID, insurer string, refusal error) error {
	err := s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		return s.audit(ctx, tx, p, "quote.refused", id, map[string]string{"insurer": insurer})
	})
	if err != nil {
		return err
	}
	return refusal
}

type renewalNextInput struct {
	IDInput
	Body struct {
		At    time.Time `json:"at"`
		Way   string    `json:"way" enum:"电话,短信,邮件,传真,面谈" default:"电话"`
		Words string    `json:"words,omitempty" maxLength:"500"`
		Stage string    `json:"stage,omitempty" enum:"interested,following,committed"`
	}
}

func (s *Server) renewalNext(ctx context.Context, p auth.Principal, in *renewalNextInput) (RenewalFile, error) {
	b := in.Body
	c := policy.Contact{Way: "电话", Words: strings.TrimSpace(b.Words), Next: &b.At, NextWay: b.Way}
	return s.changeRenewal(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) (err error) {
		if b.Stage == "" {
			_, err = s.Renewals.NextContact(ctx, tx, by, in.ID, c)
			return err
		}
		_, err = s.Renewals.SetStage(ctx, tx, by, in.ID, policy.Stage(b.Stage), c)
		return err
	})
}

type renewalLostInput struct {
	IDInput
	Body struct {
		Reason     string `json:"reason"`
		Words      string `json:"words" maxLength:"500" doc:"the customer's own, at least 10 characters"`
		Competitor string `json:"competitor,omitempty" maxLength:"80"`
	}
}

func (s *Server) renewalLost(ctx context.Context, p auth.Principal, in *renewalLostInput) (RenewalFile, error) {
	b := in.Body
	l := policy.Loss{Reason: b.Reason, Words: strings.TrimSpace(b.Words), Competitor: strings.TrimSpace(b.Competitor)}
	return s.changeRenewal(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		r, err := policy.GetRenewal(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if r.Stage == policy.Lost { // a lapse gets its true reason
			_, err = s.Renewals.ConfirmLoss(ctx, tx, by, in.ID, l)
			return err
		}
		_, err = s.Renewals.Lose(ctx, tx, by, in.ID, l)
		return err
	})
}

type renewalReopenInput struct {
	IDInput
	Body struct {
		Words string `json:"words" maxLength:"200"`
	}
}

func (s *Server) renewalReopen(ctx context.Context, p auth.Principal, in *renewalReopenInput) (RenewalFile, error) {
	return s.changeRenewal(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		_, err := s.Renewals.Reopen(ctx, tx, by, in.ID, strings.TrimSpace(in.Body.Words))
		return err
	})
}

// changeRenewal changes a renewal that the caller may see, and answers with it.
func (s *Server) changeRenewal(ctx context.Context, p auth.Principal, id uuid.UUID, change func(ctx context.Context, tx pgx.Tx, by customer.By) error) (out RenewalFile, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := s.renewalFile(ctx, tx, p, id); err != nil {
			return err
		}
		if err := change(ctx, tx, s.by(p)); err != nil {
			return err
		}
		out, err = s.renewalFile(ctx, tx, p, id)
		return err
	})
}
