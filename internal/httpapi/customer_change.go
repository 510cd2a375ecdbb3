package httpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/clock"
	"ringback/internal/errs"
)

// revealsPerDay is how many numbers one user may read in clear a day (spec 5.3.2).
const revealsPerDay = 10

// revealReasons are the list of spec 5.3.2.
func revealReasons() []report.Word {
	return []report.Word{
		{Code: "verify", ZH: "客户要求核对", EN: "the customer asks to check it"},
		{Code: "dial_by_hand", ZH: "线路无法拨通需手工拨打", EN: "the line fails; to be dialled by hand"},
		{Code: "complaint", ZH: "投诉处理", EN: "handling a complaint"},
		{Code: "other", ZH: "其他", EN: "other"},
	}
}

type revealInput struct {
	IDInput
	Phone uuid.UUID `path:"phone"`
	Body  struct {
		Reason string `json:"reason" enum:"verify,dial_by_hand,complaint,other"`
		Note   string `json:"note,omitempty" maxLength:"200"`
	}
}

// Revealed is a number in clear, and how many more today.
type Revealed struct {
	Number string `json:"number"`
	Left   int    `json:"left"`
}

func (s *Server) revealPhone(ctx context.Context, p auth.Principal, in *revealInput) (out Revealed, err error) {
	note := strings.TrimSpace(in.Body.Note)
	if in.Body.Reason == "other" && note == "" {
		return out, errs.New(errs.Invalid, "reveal_note_missing", "选择“其他”时请写明原因。", "Say why when you choose other.").At("note")
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.mayOpen(ctx, tx, p, in.ID); err != nil {
			return err
		}
		used, err := auth.CountSince(ctx, tx, p, "phone.reveal", realToday())
		if err != nil {
			return err
		}
		if used >= revealsPerDay {
			return errs.New(errs.TooMany, "reveal_limit", fmt.Sprintf("今天已经查看了 %d 个完整号码，达到上限。可以用拨打按钮直接拨出，不需要看号码。", used),
				fmt.Sprintf("You have read %d full numbers today, which is the limit. You can dial without seeing the number.", used))
		}
		if out.Number, err = s.Customers.Reveal(ctx, tx, in.ID, in.Phone); err != nil {
			return err
		}
		out.Left = revealsPerDay - used - 1
		return s.audit(ctx, tx, p, "phone.reveal", in.ID, map[string]string{"phone": in.Phone.String(), "reason": in.Body.Reason, "note": note})
	})
}

// realToday is the real day's first moment in the store's zone: throttles count in
// real time.
func realToday() time.Time {
	l := time.Now().In(clock.Shanghai())
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, l.Location())
}

func (s *Server) audit(ctx context.Context, tx pgx.Tx, p auth.Principal, action string, object uuid.UUID, detail map[string]string) error {
	return auth.Audit(ctx, tx, auth.Entry{Group: p.User.Group, Store: p.Store, User: p.User.ID, At: time.Now(), Action: action, Object: object.String(), Detail: detail})
}

type consentInput struct {
	IDInput
	Body struct {
		Purpose  string `json:"purpose"`
		State    string `json:"state" enum:"given,refused,withdrawn"`
		Channel  string `json:"channel" enum:"paper,call,sms,online"`
		Evidence string `json:"evidence,omitempty" maxLength:"200"`
	}
}

func (s *Server) addConsent(ctx context.Context, p auth.Principal, in *consentInput) (CustomerFile, error) {
	b := in.Body
	if _, ok := s.Library.Enums.Code("consent_purpose", b.Purpose); !ok {
		return CustomerFile{}, errs.New(errs.Invalid, "purpose_unknown", "没有这种授权用途。", "There is no such purpose.").At("purpose")
	}
	return s.changeFile(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		return s.Customers.RecordConsent(ctx, tx, by, customer.Consent{
			Customer: in.ID, Purpose: b.Purpose, State: b.State, Channel: b.Channel, Evidence: strings.TrimSpace(b.Evidence),
		})
	})
}

type dncInput struct {
	IDInput
	Body struct {
		PhoneID  uuid.UUID `json:"phoneId"`
		Scope    string    `json:"scope" enum:"all,survey,commercial,sms"`
		Source   string    `json:"source" enum:"customer,agent,regulator,court"`
		Evidence string    `json:"evidence,omitempty" maxLength:"200"`
	}
}

func (s *Server) addDNC(ctx context.Context, p auth.Principal, in *dncInput) (CustomerFile, error) {
	return s.changeFile(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		phones, err := s.Customers.Phones(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(phones, func(n customer.Phone) bool { return n.ID == in.Body.PhoneID }) {
			return errs.New(errs.NotFound, "phone_not_found", "没有这个电话号码。", "There is no such number.")
		}
		added, err := s.Customers.AddDNC(ctx, tx, by, customer.DNC{
			PhoneID: in.Body.PhoneID, Scope: customer.Scope(in.Body.Scope), Source: in.Body.Source, From: by.At, Evidence: strings.TrimSpace(in.Body.Evidence),
		})
		if err == nil && !added {
			return errs.New(errs.Conflict, "dnc_known", "这个号码已经有同一范围的勿扰。", "This number has a do-not-call entry of that scope already.")
		}
		return err
	})
}

type endDNCInput struct {
	IDInput
	Entry uuid.UUID `path:"entry"`
	Body  struct {
		Reason string `json:"reason" maxLength:"200"`
	}
}

func (s *Server) endDNC(ctx context.Context, p auth.Principal, in *endDNCInput) (CustomerFile, error) {
	return s.changeFile(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		if err := s.Customers.EndDNC(ctx, tx, by, in.ID, in.Entry, strings.TrimSpace(in.Body.Reason)); err != nil {
			return err
		}
		return s.audit(ctx, tx, p, "dnc.end", in.Entry, map[string]string{"customer": in.ID.String()})
	})
}

type preferredInput struct {
	IDInput
	Body struct {
		Words string `json:"words" maxLength:"60" doc:"in the customer's words; empty: none"`
		From  string `json:"from,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"15:00; empty: no hours were named"`
		To    string `json:"to,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	}
}

func (s *Server) setPreferred(ctx context.Context, p auth.Principal, in *preferredInput) (CustomerFile, error) {
	b := in.Body
	if (b.From == "") != (b.To == "") || (b.From != "" && b.From >= b.To) {
		return CustomerFile{}, errs.New(errs.Invalid, "hours_invalid", "时段要有开始和结束，并且开始早于结束。", "Hours need a beginning and a later end.").At("to")
	}
	return s.changeFile(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		return s.Customers.SetPreferredTime(ctx, tx, by, in.ID, strings.TrimSpace(b.Words), b.From, b.To)
	})
}

type blanksInput struct {
	IDInput
	Body struct {
		Address  string `json:"address,omitempty" maxLength:"400"`
		Postcode string `json:"postcode,omitempty" maxLength:"20"`
		Birthday string `json:"birthday,omitempty" maxLength:"40" doc:"1988-05-04, or 05-04 without the year"`
		Email    string `json:"email,omitempty" maxLength:"200"`
	}
}

// fillBlanks adds what the customer told where the file says nothing.
func (s *Server) fillBlanks(ctx context.Context, p auth.Principal, in *blanksInput) (CustomerFile, error) {
	return s.changeFile(ctx, p, in.ID, func(ctx context.Context, tx pgx.Tx, by customer.By) error {
		b := in.Body
		filled, err := s.Customers.FillBlanks(ctx, tx, by, in.ID, customer.Blanks{Address: b.Address, Postcode: b.Postcode, Birthday: b.Birthday, Email: b.Email})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, p, "customer.fill", in.ID, map[string]string{"filled": strings.Join(filled, " ")})
	})
}

// changeFile runs a change of a customer the caller may open, and answers with the
// file as it is then.
func (s *Server) changeFile(ctx context.Context, p auth.Principal, id uuid.UUID, change func(ctx context.Context, tx pgx.Tx, by customer.By) error) (out CustomerFile, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.mayOpen(ctx, tx, p, id); err != nil {
			return err
		}
		if now, err := customer.Survivor(ctx, tx, id); err != nil {
			return err
		} else if now != id {
			return errs.New(errs.Conflict, "customer_merged", "这份档案已经合并到另一份档案里，本次修改没有保存。请刷新页面，在合并后的档案里修改。",
				"This file was merged into another; nothing was saved. Reload the page and change the file that is left.")
		}
		if _, err := s.Customers.Get(ctx, tx, id); err != nil {
			return err
		}
		if err := change(ctx, tx, customer.By{Group: p.User.Group, Store: p.Store, Actor: p.User.ID, At: s.Clock.Now()}); err != nil {
			return err
		}
		out, err = s.customerFile(ctx, tx, p, id)
		return err
	})
}
