package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// ListView is a kept way to look at a list.
type ListView struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Owner     string    `json:"owner"`
	Shared    bool      `json:"shared"`
	MayChange bool      `json:"mayChange"`
	Opens     bool      `json:"opens" doc:"the caller's page begins with it"`
	Filters   []string  `json:"filters"`
	Sort      string    `json:"sort"`
	Columns   []string  `json:"columns"`
	ProblemZH string    `json:"problemZh" doc:"why it cannot be used any more; empty: it can"`
	ProblemEN string    `json:"problemEn"`
}

type viewBody struct {
	Name    string   `json:"name"`
	Shared  bool     `json:"shared,omitempty"`
	Filters []string `json:"filters,omitempty" maxItems:"30"`
	Sort    string   `json:"sort,omitempty" maxLength:"40"`
	Columns []string `json:"columns,omitempty" maxItems:"60"`
}

type viewMade struct {
	ListNamed
	Body viewBody
}

// ViewNamed is the view in a path.
type ViewNamed struct {
	ListNamed
	ID uuid.UUID `path:"id"`
}

type viewChanged struct {
	ViewNamed
	Body viewBody
}

type viewFirst struct {
	ListNamed
	Body struct {
		ID *uuid.UUID `json:"id,omitempty" doc:"none: the page begins with the whole list"`
	}
}

func keeper(p auth.Principal) report.Keeper {
	return report.Keeper{Group: p.User.Group, Store: p.Store, User: p.User.ID, Shares: p.May(auth.ShareViews), Now: time.Now()}
}

func (s *Server) views(ctx context.Context, p auth.Principal, in *ListNamed) (out listOf[ListView], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.viewsOf(ctx, tx, p, in.List)
		return err
	})
}

// viewsOf are the views a principal sees, each with what is wrong with it by now.
func (s *Server) viewsOf(ctx context.Context, tx pgx.Tx, p auth.Principal, list string) (out listOf[ListView], err error) {
	if _, err := report.FindList(list); err != nil {
		return out, err
	}
	kept, err := s.Report.Views(ctx, tx, p.User.ID, list)
	if err != nil {
		return out, err
	}
	persons, err := s.Report.Persons(ctx, tx, p.Store)
	if err != nil {
		return out, err
	}
	for _, v := range kept {
		shown := ListView{
			ID: v.ID, Name: v.Name, Owner: v.Owner, Shared: v.Shared, MayChange: !v.Shared || p.May(auth.ShareViews), Opens: v.Opens,
			Filters: v.Filters, Sort: v.Sort, Columns: v.Columns,
		}
		if e, ok := errs.Of(s.viewHolds(p, list, v.Filters, v.Sort, v.Columns, persons)); ok {
			shown.ProblemZH, shown.ProblemEN = e.ZH, e.EN
		}
		out.Items = append(out.Items, shown)
	}
	out.Total = len(out.Items)
	return out, nil
}

// viewHolds tells whether a view can be used: its filters, order and columns exist, and
// so do the persons it names.
func (s *Server) viewHolds(p auth.Principal, list string, filters []string, sort string, columns []string, persons []report.Ref) error {
	q, err := s.listQuery(p, &ListAsked{ListNamed{list}, filters, sort, columns}, "", 1)
	if err != nil {
		return err
	}
	for _, id := range q.Persons() {
		if !slices.ContainsFunc(persons, func(r report.Ref) bool { return r.ID == id }) {
			return errs.New(errs.Invalid, "view_person_gone", "筛选中的人员已不在本店。请重新选择人员后保存。", "A person in the filters is no longer in this store. Choose another and save the view again.")
		}
	}
	return nil
}

func (s *Server) viewMake(ctx context.Context, p auth.Principal, in *viewMade) (listOf[ListView], error) {
	return s.keepView(ctx, p, in.List, uuid.Nil, in.Body)
}

func (s *Server) viewChange(ctx context.Context, p auth.Principal, in *viewChanged) (listOf[ListView], error) {
	return s.keepView(ctx, p, in.List, in.ID, in.Body)
}

func (s *Server) keepView(ctx context.Context, p auth.Principal, list string, id uuid.UUID, b viewBody) (listOf[ListView], error) {
	return s.changeViews(ctx, p, list, func(ctx context.Context, tx pgx.Tx) error {
		persons, err := s.Report.Persons(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		if err := s.viewHolds(p, list, b.Filters, b.Sort, b.Columns, persons); err != nil {
			return err
		}
		_, err = s.Report.SaveView(ctx, tx, keeper(p), report.View{ID: id, List: list, Name: b.Name, Shared: b.Shared, Filters: filled(b.Filters), Sort: b.Sort, Columns: filled(b.Columns)})
		return err
	})
}

func (s *Server) viewDrop(ctx context.Context, p auth.Principal, in *ViewNamed) (listOf[ListView], error) {
	return s.changeViews(ctx, p, in.List, func(ctx context.Context, tx pgx.Tx) error {
		return s.Report.DropView(ctx, tx, keeper(p), in.List, in.ID)
	})
}

func (s *Server) viewOpen(ctx context.Context, p auth.Principal, in *viewFirst) (listOf[ListView], error) {
	return s.changeViews(ctx, p, in.List, func(ctx context.Context, tx pgx.Tx) error {
		return s.Report.OpenWith(ctx, tx, keeper(p), in.List, in.Body.ID)
	})
}

// changeViews changes something and answers with the views as they are then.
func (s *Server) changeViews(ctx context.Context, p auth.Principal, list string, change func(ctx context.Context, tx pgx.Tx) error) (out listOf[ListView], err error) {
	if _, err := report.FindList(list); err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		out, err = s.viewsOf(ctx, tx, p, list)
		return err
	})
}
