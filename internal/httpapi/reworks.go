package httpapi

import (
	"context"

	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/crm/report"
	"ringback/internal/auth"
)

// ReworksPage are the reports of rework, and the causes one may have.
type ReworksPage struct {
	Causes []report.Word      `json:"causes"`
	Items  []report.ReworkRow `json:"items"`
	Total  int                `json:"total"`
}

type reworksInput struct {
	Page
	State string `query:"state" enum:",reported,confirmed,rejected"`
}

func (s *Server) reworks(ctx context.Context, p auth.Principal, in *reworksInput) (out ReworksPage, err error) {
	out.Causes = s.enum("rework_cause")
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out.Items, out.Total, err = s.Report.Reworks(ctx, tx, in.State, in.Limit, in.Offset)
		return err
	})
}

type reworkInput struct {
	IDInput
	Body struct {
		Confirm bool   `json:"confirm"`
		Cause   string `json:"cause,omitempty" doc:"spec 2.4.13; needed to confirm"`
		Words   string `json:"words,omitempty" maxLength:"200" doc:"needed to reject"`
	}
}

func (s *Server) reworkDecide(ctx context.Context, p auth.Principal, in *reworkInput) (out Changed, err error) {
	return Changed{1}, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		return complaint.NewForms(s.Bus).DecideRework(ctx, tx, in.ID, complaint.Decision{
			Confirm: in.Body.Confirm, Cause: in.Body.Cause, Words: in.Body.Words, By: p.User.ID, At: s.Clock.Now(),
		})
	})
}
