package httpapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// ReviewView is one question about files, with the files it is about.
type ReviewView struct {
	report.ReviewRow
	File      report.ReviewFile  `json:"file"`
	Other     *report.ReviewFile `json:"other,omitempty" doc:"missing: the question is about one file"`
	UndoUntil *time.Time         `json:"undoUntil,omitempty" doc:"of the merge that stands on the answer"`
}

type reviewsInput struct {
	Page
	State string `query:"state" enum:",open,same,different,done"`
	Kind  string `query:"kind" enum:",same_person,ownership,phone,fill_blank"`
}

func (s *Server) reviews(ctx context.Context, p auth.Principal, in *reviewsInput) (out listOf[ReviewView], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		rows, total, err := s.Report.Reviews(ctx, tx, report.ReviewFilter{State: in.State, Kind: in.Kind, Limit: in.Limit, Offset: in.Offset})
		if err != nil {
			return err
		}
		out.Total = total
		out.Items, err = s.reviewViews(ctx, tx, rows)
		return err
	})
}

func (s *Server) reviewViews(ctx context.Context, tx pgx.Tx, rows []report.ReviewRow) ([]ReviewView, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		if ids = append(ids, r.CustomerID); r.OtherID != nil {
			ids = append(ids, *r.OtherID)
		}
	}
	files, err := s.Report.ReviewFiles(ctx, tx, ids)
	return mapped(rows, func(r report.ReviewRow) ReviewView {
		v := ReviewView{ReviewRow: r, File: files[r.CustomerID]}
		if r.OtherID != nil {
			other := files[*r.OtherID]
			v.Other = &other
		}
		if r.MergedAt != nil {
			until := r.MergedAt.Add(customer.UnmergeFor)
			v.UndoUntil = &until
		}
		return v
	}), err
}

// ReviewSide is one file of a question whole.
type ReviewSide struct {
	report.ReviewFile
	Phones   []FilePhone       `json:"phones"`
	Vehicles []FileVehicle     `json:"vehicles"`
	DNC      []customer.Scope  `json:"dnc"`
	Consents map[string]string `json:"consents" doc:"the newest answer by purpose"`
}

// ReviewField is what two files say of one thing.
type ReviewField struct {
	Code    string        `json:"code" enum:"name,honorific,id_no,birthday,address,email,segment,club,preferred_time,advisor,cs_agent,renewal_agent"`
	Kept    string        `json:"kept" doc:"what the surviving file says; empty: nothing"`
	Merged  string        `json:"merged"`
	Differs bool          `json:"differs" doc:"both say something else: a person may choose"`
	Holds   customer.Side `json:"holds" enum:"survivor,merged" doc:"whose word holds unless somebody chooses"`
}

// ReviewPage is one question with its two files beside each other: first the one that
// would survive.
type ReviewPage struct {
	ReviewView
	Sides      []ReviewSide  `json:"sides"`
	Fields     []ReviewField `json:"fields"`
	ObstacleZH string        `json:"obstacleZh" doc:"why they cannot be merged as they are; empty: nothing known"`
	ObstacleEN string        `json:"obstacleEn"`
}

func (s *Server) review(ctx context.Context, p auth.Principal, in *IDInput) (out ReviewPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.reviewPage(ctx, tx, p, in.ID)
		return err
	})
}

func (s *Server) reviewPage(ctx context.Context, tx pgx.Tx, p auth.Principal, id uuid.UUID) (out ReviewPage, err error) {
	row, err := s.Report.Review(ctx, tx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, errs.New(errs.NotFound, "case_unknown", "没有这个待核对的问题。", "There is no such question.")
	}
	if err != nil {
		return out, fmt.Errorf("reading question %s: %w", id, err)
	}
	views, err := s.reviewViews(ctx, tx, []report.ReviewRow{row})
	if err != nil {
		return out, err
	}
	out.ReviewView = views[0]
	files := []report.ReviewFile{out.File}
	if out.Other != nil {
		c, err := s.Customers.Compare(ctx, tx, s.actor(p), out.File.ID, out.Other.ID)
		if err != nil {
			return out, err
		}
		if files = append(files, *out.Other); c.Survivor == out.Other.ID {
			files[0], files[1] = files[1], files[0]
		}
		out.Fields = mapped(c.Fields, func(f customer.FieldPair) ReviewField {
			return ReviewField{Code: f.Code, Kept: f.Survivor, Merged: f.Merged, Differs: f.Differs, Holds: f.Holds}
		})
		if told, ok := errs.Of(c.Obstacle); ok {
			out.ObstacleZH, out.ObstacleEN = told.ZH, told.EN
		}
	}
	for _, f := range files {
		side, err := s.reviewSide(ctx, tx, f)
		if err != nil {
			return out, err
		}
		out.Sides = append(out.Sides, side)
	}
	return out, nil
}

func (s *Server) reviewSide(ctx context.Context, tx pgx.Tx, f report.ReviewFile) (out ReviewSide, err error) {
	now := s.Clock.Now()
	card, err := s.Customers.Card(ctx, tx, f.ID, now)
	if err != nil {
		return out, err
	}
	out = ReviewSide{ReviewFile: f, DNC: card.DNC, Consents: card.Consents}
	if out.Phones, err = s.filePhones(ctx, tx, f.ID, card.Phones); err != nil {
		return out, err
	}
	vehicles, err := s.Report.VehiclesOf(ctx, tx, f.ID)
	out.Vehicles = mapped(vehicles, func(v report.OwnVehicle) FileVehicle { return fileVehicle(v, now) })
	return out, err
}

// actor says who changes something now.
func (s *Server) actor(p auth.Principal) customer.By {
	return customer.By{Group: p.User.Group, Store: p.Store, Actor: p.User.ID, At: s.Clock.Now()}
}

type reviewAnswerInput struct {
	IDInput
	Body struct {
		Answer string                   `json:"answer" enum:"same,different"`
		Note   string                   `json:"note,omitempty" maxLength:"200"`
		Picks  map[string]customer.Side `json:"picks,omitempty" doc:"by field whose word holds: survivor or merged"`
	}
}

// reviewAnswer decides a question. To find two files different is for who answers
// reviews; to make one of them needs the right to merge (spec 5.2).
func (s *Server) reviewAnswer(ctx context.Context, p auth.Principal, in *reviewAnswerInput) (out ReviewPage, err error) {
	same := in.Body.Answer == "same"
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if same && !p.May(auth.MergeFiles) {
			if row, err := s.Report.Review(ctx, tx, in.ID); err != nil || row.Kind != "fill_blank" { // filling a blank merges nothing
				return errs.New(errs.Forbidden, "merge_approve", "您可以提议合并，但合并要由客服经理或服务经理批准。请点“提议合并”。",
					"You may propose a merge; a customer-service or service manager approves it. Choose \"propose\" instead.").Because(err)
			}
		}
		note := strings.TrimSpace(in.Body.Note)
		merge, err := s.Customers.AnswerCase(ctx, tx, s.actor(p), customer.Answer{Case: in.ID, Same: same, Note: note, Picks: in.Body.Picks})
		if err != nil {
			return err
		}
		detail := map[string]string{"answer": in.Body.Answer}
		if merge != uuid.Nil {
			detail["merge"] = merge.String()
		}
		if err := s.audit(ctx, tx, p, "review.answer", in.ID, detail); err != nil {
			return err
		}
		out, err = s.reviewPage(ctx, tx, p, in.ID)
		return err
	})
}

type proposeInput struct {
	IDInput
	Body struct {
		Other uuid.UUID `json:"other" doc:"the file that may be the same customer's"`
		Note  string    `json:"note" minLength:"1" maxLength:"200" doc:"what speaks for it"`
	}
}

// proposeMerge asks by hand whether two files are one.
func (s *Server) proposeMerge(ctx context.Context, p auth.Principal, in *proposeInput) (out ReviewPage, err error) {
	note := strings.TrimSpace(in.Body.Note)
	if note == "" {
		return out, errs.New(errs.Invalid, "proposal_empty", "请写明为什么认为是同一位客户。", "Say why you take them for one customer.").At("note")
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		id, err := s.Customers.Propose(ctx, tx, s.actor(p), in.ID, in.Body.Other, note)
		if err != nil {
			return err
		}
		if err := s.audit(ctx, tx, p, "customer.merge_proposed", in.ID, map[string]string{"other": in.Body.Other.String(), "case": id.String()}); err != nil {
			return err
		}
		out, err = s.reviewPage(ctx, tx, p, id)
		return err
	})
}

// mergeUndo takes a merge back and answers with how many files are there again.
func (s *Server) mergeUndo(ctx context.Context, p auth.Principal, in *IDInput) (Changed, error) {
	return Changed{2}, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.Customers.Unmerge(ctx, tx, s.actor(p), in.ID); err != nil {
			return err
		}
		return s.audit(ctx, tx, p, "customer.unmerge", in.ID, nil)
	})
}

// FileMerge is a merge on a customer's page.
type FileMerge struct {
	report.MergeTrace
	UndoUntil time.Time `json:"undoUntil"`
	MayUndo   bool      `json:"mayUndo"`
}

func (s *Server) fileMerges(ctx context.Context, tx pgx.Tx, p auth.Principal, id uuid.UUID) ([]FileMerge, error) {
	found, err := s.Report.MergesOf(ctx, tx, id)
	return mapped(found, func(m report.MergeTrace) FileMerge {
		until := m.At.Add(customer.UnmergeFor)
		return FileMerge{MergeTrace: m, UndoUntil: until, MayUndo: p.May(auth.MergeFiles) && !m.Above && !s.Clock.Now().After(until)}
	}), err
}
