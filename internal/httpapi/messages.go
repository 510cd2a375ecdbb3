package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/message"
	"ringback/crm/report"
	"ringback/internal/auth"
)

// MessagesPage is the outbox of short messages, with how many stand in which state.
type MessagesPage struct {
	States []report.StateCount `json:"states"`
	Items  []report.MessageRow `json:"items"`
	Total  int                 `json:"total"`
}

type messagesInput struct {
	Page
	State string `query:"state" enum:",queued,sent,delivered,failed,blocked,cancelled"`
}

func (s *Server) messages(ctx context.Context, p auth.Principal, in *messagesInput) (out MessagesPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if out.States, err = s.Report.MessageStates(ctx, tx); err != nil {
			return err
		}
		out.Items, out.Total, err = s.Report.Messages(ctx, tx, in.State, in.Limit, in.Offset)
		return err
	})
}

func (s *Server) messageAgain(ctx context.Context, p auth.Principal, in *IDInput) (out message.SMS, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Messages.Again(ctx, tx, s.by(p), in.ID)
		return err
	})
}

// LetterRow is one letter with its printed page.
type LetterRow struct {
	report.PostRow
	Paper message.Paper `json:"paper"`
}

// LettersPage is the batch of letters, with how many stand in which state.
type LettersPage struct {
	States []report.StateCount `json:"states"`
	Items  []LetterRow         `json:"items"`
	Total  int                 `json:"total"`
}

type lettersInput struct {
	Page
	State string `query:"state" enum:",waiting,printed,mailed,returned,dropped,cancelled" default:"waiting"`
}

func (s *Server) letters(ctx context.Context, p auth.Principal, in *lettersInput) (out LettersPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if out.States, err = s.Report.LetterStates(ctx, tx); err != nil {
			return err
		}
		rows, total, err := s.Report.Letters(ctx, tx, in.State, in.Limit, in.Offset)
		out.Total = total
		out.Items = mapped(rows, func(r report.PostRow) LetterRow { return LetterRow{r, message.Print(r.Template, r.Fields)} })
		return err
	})
}

type letterMarkInput struct {
	Body struct {
		IDs []uuid.UUID `json:"ids" minItems:"1" maxItems:"500"`
		To  string      `json:"to" enum:"printed,mailed,returned"`
	}
}

func (s *Server) lettersMark(ctx context.Context, p auth.Principal, in *letterMarkInput) (out Changed, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		for _, id := range in.Body.IDs {
			if err := s.Messages.MarkLetter(ctx, tx, s.by(p), id, in.Body.To); err != nil {
				return err
			}
			out.N++
		}
		return nil
	})
}
