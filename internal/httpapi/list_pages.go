package httpapi

import (
	"context"

	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/auth"
)

// ListAbout is what a list's page is made of.
type ListAbout struct {
	report.Word
	Columns      []report.ListColumn `json:"columns"`
	Filters      []report.ListFilter `json:"filters"`
	Sort         string              `json:"sort" doc:"without a choice: a column, with - descending"`
	Persons      []report.Ref        `json:"persons" doc:"whom a filter of kind person may name"`
	MayExport    bool                `json:"mayExport"`
	MostExported int                 `json:"mostExported" doc:"rows of one file; 0: as many as there are"`
	MayShare     bool                `json:"mayShare" doc:"views with the whole store"`
}

// ListAnswer is one page of a list.
type ListAnswer struct {
	Columns []report.ListColumn `json:"columns" doc:"in the order of the cells"`
	Items   []report.ListRow    `json:"items"`
	Sort    string              `json:"sort"`
	From    int                 `json:"from" doc:"number of the first row"`
	Next    string              `json:"next" doc:"cursor of the next page; empty: this is the last"`
	Prev    string              `json:"prev" doc:"cursor of the page before; empty: this is the first"`
}

// ListNamed is the list in a path.
type ListNamed struct {
	List string `path:"list" doc:"customers, vehicles, orders, policies or tasks"`
}

// ListAsked narrows a list; filters are "code:value".
type ListAsked struct {
	ListNamed
	Filters []string `query:"filter,explode" maxItems:"30" doc:"code:value; a range is from..to"`
	Sort    string   `query:"sort" maxLength:"40"`
	Columns []string `query:"columns" maxItems:"60"`
}

type listInput struct {
	ListAsked
	Cursor string `query:"cursor" maxLength:"1000"`
	Limit  int    `query:"limit" default:"50"`
}

type listCountInput struct {
	ListAsked
	Exact bool `query:"exact" doc:"count them all, however many"`
}

func (s *Server) listAbout(ctx context.Context, p auth.Principal, in *ListNamed) (out ListAbout, err error) {
	l, err := report.FindList(in.List)
	if err != nil {
		return out, err
	}
	out = ListAbout{
		Word: l.Word, Columns: l.Columns, Filters: l.Filters, Sort: l.Sort,
		MayExport: p.May(auth.ExportRows), MostExported: p.MostExported(), MayShare: p.May(auth.ShareViews),
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out.Persons, err = s.Report.Persons(ctx, tx, p.Store)
		return err
	})
}

// listQuery reads what is asked of a list, within the principal's right.
func (s *Server) listQuery(p auth.Principal, in *ListAsked, cursor string, limit int) (q report.ListQuery, err error) {
	l, err := report.FindList(in.List)
	if err != nil {
		return q, err
	}
	return s.Report.ReadList(l, report.ListAsk{
		Store: p.Store, Agent: onlyOwn(p), Now: s.Clock.Now(), Filters: in.Filters, Sort: in.Sort, Columns: in.Columns, Cursor: cursor, Limit: limit,
	})
}

func (s *Server) listPage(ctx context.Context, p auth.Principal, in *listInput) (out ListAnswer, err error) {
	q, err := s.listQuery(p, &in.ListAsked, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		page, err := s.Report.ListPage(ctx, tx, q)
		out = ListAnswer{Columns: q.Columns, Items: page.Rows, Sort: q.Sort, From: page.From, Next: page.Next, Prev: page.Prev}
		return err
	})
}

func (s *Server) listCount(ctx context.Context, p auth.Principal, in *listCountInput) (out report.ListCount, err error) {
	q, err := s.listQuery(p, &in.ListAsked, "", 1)
	if err != nil {
		return out, err
	}
	most := report.CountedTo
	if in.Exact {
		most = 0
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Report.ListCount(ctx, tx, q, most)
		return err
	})
}
