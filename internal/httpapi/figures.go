package httpapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// FiguresInput chooses period, stores and agent.
type FiguresInput struct {
	Period string `query:"period" enum:"day,week,month,own" default:"month"`
	Day    string `query:"day" doc:"a day of the period, 2026-11-20; empty: today"`
	From   string `query:"from" doc:"first day, with period own"`
	To     string `query:"to" doc:"last day, with period own"`
	Store  string `query:"store" doc:"a store's id, or all; empty: the active store"`
	Agent  string `query:"agentId" format:"uuid"`
}

// FiguresPage is the page of figures.
type FiguresPage struct {
	Period   FigurePeriod `json:"period"`
	Own      bool         `json:"own" doc:"only the reader's own calls"`
	Stores   []StoreRef   `json:"stores" doc:"that may be chosen"`
	Agents   []report.Ref `json:"agents" doc:"who called in the period"`
	Blocks   []FigureBox  `json:"blocks"`
	Business time.Time    `json:"businessNow"`
}

// FigurePeriod is a span of business days, both included.
type FigurePeriod struct {
	Kind       string `json:"kind" enum:"day,week,month,own"`
	From       string `json:"from"`
	To         string `json:"to"`
	BeforeFrom string `json:"beforeFrom"`
	BeforeTo   string `json:"beforeTo"`
	Running    bool   `json:"running"`
}

// FigureBox is a block of figures.
type FigureBox struct {
	report.Word
	Figures []FigureView `json:"figures"`
}

// asked is what a request comes to: whose rows, which days.
type asked struct {
	query  report.FigureQuery
	scope  postgres.Scope
	own    bool        // only the reader's own rows
	stores []uuid.UUID // that may be chosen
}

// figureQuery checks period and stores. In a store where p's role shows only
// one's own figures it asks for these, whatever agent is named.
func (s *Server) figureQuery(ctx context.Context, p auth.Principal, in *FiguresInput) (asked, error) {
	now := s.Clock.Now()
	period, err := s.Report.PeriodOf(in.Period, in.Day, in.From, in.To, now)
	if err != nil {
		return asked{}, err
	}
	whole, err := s.Auth.StoresWith(ctx, p, auth.SeeFigures)
	if err != nil {
		return asked{}, err
	}
	a := asked{query: report.FigureQuery{Period: period, Now: now, Agent: optional(in.Agent)}, scope: p.Scope()}
	if a.stores, err = s.Auth.StoresWith(ctx, p, auth.SeeOwnFigures); err != nil {
		return asked{}, err
	}
	switch {
	case in.Store == "all" && len(whole) > 0:
		a.scope.Stores = whole
	case in.Store == "all":
		a.scope.Stores = a.stores
	case in.Store != "":
		id := optional(in.Store)
		if id == nil || !slices.Contains(a.stores, *id) {
			return asked{}, errs.New(errs.Forbidden, "store_not_yours", "您没有这家门店的指标权限。请选择自己的门店。",
				"You may not see this store's figures. Choose one of yours.").At("store")
		}
		a.scope.Stores = []uuid.UUID{*id}
	}
	if !slices.Contains(whole, a.scope.Stores[0]) {
		a.own, a.query.Agent = true, &p.User.ID
	}
	return a, nil
}

func (s *Server) figures(ctx context.Context, p auth.Principal, in *FiguresInput) (out FiguresPage, err error) {
	a, err := s.figureQuery(ctx, p, in)
	if err != nil {
		return out, err
	}
	return out, s.Pool.Scoped(ctx, a.scope, func(ctx context.Context, tx pgx.Tx) error {
		blocks, err := s.Report.Figures(ctx, tx, a.query)
		if err != nil {
			return err
		}
		out = FiguresPage{Period: figurePeriod(a.query.Period, a.query.Now), Own: a.own, Business: a.query.Now, Blocks: mapped(blocks, figureBox)}
		if out.Stores, err = storeRefs(ctx, tx, a.stores); err != nil || a.own {
			return err
		}
		out.Agents, err = s.Report.Callers(ctx, tx, a.query.Period)
		return err
	})
}

func storeRefs(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) ([]StoreRef, error) {
	out := make([]StoreRef, 0, len(ids))
	for _, id := range ids {
		st, err := dealer.GetStore(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, StoreRef{ID: st.ID, Name: st.NameZH})
	}
	return out, nil
}

func figurePeriod(p report.Period, now time.Time) FigurePeriod {
	from, to := p.Days()
	bFrom, bTo := p.Before().Days()
	return FigurePeriod{Kind: p.Kind, From: from, To: to, BeforeFrom: bFrom, BeforeTo: bTo, Running: p.Running(now)}
}

type figureRowsInput struct {
	FiguresInput
	Page
	ID   string `path:"id"`
	Part string `query:"part"`
	Side string `query:"side" enum:"all,num,den,rest,open" default:"all"`
}

// FigureRowView is one row behind a figure, in words.
type FigureRowView struct {
	Noun     string      `json:"noun" enum:"call,task,order,customer,form,rework,renewal,quote,policy" doc:"what id names"`
	ID       uuid.UUID   `json:"id"`
	At       time.Time   `json:"at"`
	Customer report.Ref  `json:"customer"`
	Agent    *report.Ref `json:"agent,omitempty"`
	StoreID  uuid.UUID   `json:"storeId"`
	PartZH   string      `json:"partZh"`
	PartEN   string      `json:"partEn"`
	ValueZH  string      `json:"valueZh"`
	ValueEN  string      `json:"valueEn"`
	Num      int64       `json:"num"`
	Den      int64       `json:"den"`
	Open     bool        `json:"open"`
}

func (s *Server) figureRows(ctx context.Context, p auth.Principal, in *figureRowsInput) (out listOf[FigureRowView], err error) {
	a, err := s.figureQuery(ctx, p, &in.FiguresInput)
	if err != nil {
		return out, err
	}
	d, err := report.FigureByID(in.ID)
	if err != nil {
		return out, err
	}
	side := strings.TrimPrefix(in.Side, "all")
	return out, s.Pool.Scoped(ctx, a.scope, func(ctx context.Context, tx pgx.Tx) error {
		rows, total, err := s.Report.Behind(ctx, tx, d, report.Opening{FigureQuery: a.query, Part: in.Part, Side: side, Limit: in.Limit, Offset: in.Offset})
		out = listOf[FigureRowView]{Items: mapped(rows, func(r report.FigureRow) FigureRowView { return figureRow(d, r) }), Total: total}
		return err
	})
}

func figureRow(d report.Definition, r report.FigureRow) FigureRowView {
	v := FigureRowView{
		Noun: r.Noun, ID: r.ID, At: r.At, Customer: report.Ref{ID: r.CustomerID, Name: r.CustomerName}, Agent: ref(r.AgentID, r.AgentName),
		StoreID: r.StoreID, Num: r.Num, Den: r.Den, Open: r.Open,
	}
	w := d.SayRow(r.Noun, r.Value)
	v.ValueZH, v.ValueEN = w.ZH, w.EN
	if r.Part != nil {
		w = d.PartWord(*r.Part)
		v.PartZH, v.PartEN = w.ZH, w.EN
	}
	return v
}
