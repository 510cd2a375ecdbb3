package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/crm/task"
	"ringback/internal/auth"
	"ringback/internal/desk"
)

// TaskView is one promise to call.
type TaskView struct {
	report.TaskRow
	Customer report.Ref       `json:"customer"`
	KindZH   string           `json:"kindZh"`
	KindEN   string           `json:"kindEn"`
	StateZH  string           `json:"stateZh"`
	StateEN  string           `json:"stateEn"`
	Refusals []report.Refused `json:"refusals"`
}

type tasksInput struct {
	Page
	Kind     string `query:"kind"`
	State    string `query:"state" default:"open"`
	Customer string `query:"customerId" format:"uuid"`
}

func (s *Server) tasks(ctx context.Context, p auth.Principal, in *tasksInput) (out listOf[TaskView], err error) {
	state := in.State
	if state == "all" {
		state = ""
	}
	f := report.TaskFilter{Kind: in.Kind, State: state, Customer: optional(in.Customer), Limit: in.Limit, Offset: in.Offset}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		rows, total, err := s.Report.Tasks(ctx, tx, f)
		if err != nil {
			return err
		}
		out = listOf[TaskView]{Items: mapped(rows, taskView), Total: total}
		for i := range out.Items {
			if out.Items[i].Refusals, _, err = s.Report.Refusals(ctx, tx, &out.Items[i].ID, "", 20, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

func taskView(r report.TaskRow) TaskView {
	k, _ := task.FindKind(r.Kind)
	st := report.TaskState(r.State)
	return TaskView{TaskRow: r, Customer: report.Ref{ID: r.CustomerID, Name: r.CustomerName}, KindZH: k.ZH, KindEN: k.EN, StateZH: st.ZH, StateEN: st.EN}
}

// CustomerHit is one line of a search.
type CustomerHit struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Phones []string  `json:"phones"`
	Plates []string  `json:"plates"`
	Model  string    `json:"model"`
}

type searchInput struct {
	Q string `query:"q" maxLength:"100"`
}

func (s *Server) customers(ctx context.Context, p auth.Principal, in *searchInput) (out listOf[CustomerHit], err error) {
	out.Items = []CustomerHit{}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		hits, err := s.Customers.Search(ctx, tx, p.Store, in.Q, 30)
		if err != nil {
			return err
		}
		for _, h := range hits {
			hit := CustomerHit{ID: h.ID, Name: h.NameZH, Phones: []string{}, Plates: []string{}, Model: h.Model}
			if h.Last4 != "" {
				hit.Phones = append(hit.Phones, report.Masked(h.Last4))
			}
			if h.Plate != "" {
				hit.Plates = append(hit.Plates, h.Plate)
			}
			out.Items = append(out.Items, hit)
		}
		out.Total = len(out.Items)
		return nil
	})
}

// CustomerPage is a customer's file with its one time line.
type CustomerPage struct {
	desk.Card
	TimeLine []MomentView `json:"timeline"`
}

// MomentView is one entry of the time line, in words.
type MomentView struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind" enum:"visit,call,answer,form,task"`
	TitleZH  string    `json:"titleZh"`
	TitleEN  string    `json:"titleEn"`
	DetailZH string    `json:"detailZh"`
	DetailEN string    `json:"detailEn"`
	RefID    uuid.UUID `json:"refId"`
}

func (s *Server) customer(ctx context.Context, p auth.Principal, in *IDInput) (out CustomerPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		card, err := s.Desk.FileCard(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out.Card = *card
		moments, err := s.Report.TimeLine(ctx, tx, in.ID)
		out.TimeLine = mapped(moments, momentView)
		return err
	})
}

// momentView puts codes into words.
func momentView(m report.Moment) MomentView {
	v := MomentView{At: m.At, Kind: m.Kind, TitleZH: m.TitleZH, TitleEN: m.TitleEN, DetailZH: m.DetailZH, DetailEN: m.DetailEN, RefID: m.RefID}
	var w report.Word
	switch m.Kind {
	case "call":
		w = callWord(m.Code)
	case "task":
		w = report.TaskState(m.Code)
		if k, ok := task.FindKind(m.TitleZH); ok {
			v.TitleZH, v.TitleEN = k.ZH, k.EN
		}
	default:
		return v
	}
	v.TitleZH, v.TitleEN = v.TitleZH+" · "+w.ZH, v.TitleEN+" · "+w.EN
	return v
}

func callWord(code string) report.Word {
	if d, ok := task.FindDisposition(code); ok {
		return report.Word{Code: code, ZH: d.ZH, EN: d.EN}
	}
	if w := report.LineResult(code); w.ZH != code {
		return w
	}
	return report.AttemptState(code)
}
