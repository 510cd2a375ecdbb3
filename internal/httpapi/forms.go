package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/crm/report"
	"ringback/internal/auth"
)

// QuickFormRow is one quick-handling form (快速处理表).
type QuickFormRow struct {
	ID          uuid.UUID     `json:"id"`
	No          string        `json:"no"`
	Customer    report.Ref    `json:"customer"`
	Categories  []report.Word `json:"categories"`
	Level       report.Word   `json:"level"`
	Verbatim    string        `json:"verbatim"`
	Demand      string        `json:"demand"`
	ContactTime string        `json:"contactTime"`
	SafeToDrive string        `json:"safeToDrive"`
	Departments []report.Word `json:"departments"`
	CreatedBy   string        `json:"createdBy"`
	CreatedAt   time.Time     `json:"createdAt"`
	AttemptID   *uuid.UUID    `json:"attemptId,omitempty"`
}

func (s *Server) quickForms(ctx context.Context, p auth.Principal, in *Page) (out listOf[QuickFormRow], err error) {
	out.Items = []QuickFormRow{}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		forms, err := complaint.List(ctx, tx, complaint.Filter{Limit: in.Limit + in.Offset})
		if err != nil {
			return err
		}
		out.Total = len(forms)
		for i, f := range forms {
			if i < in.Offset {
				continue
			}
			row, err := formRow(ctx, tx, f)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, row)
		}
		return nil
	})
}

func (s *Server) formOfCall(ctx context.Context, tx pgx.Tx, attempt uuid.UUID) (*QuickFormRow, error) {
	forms, err := complaint.List(ctx, tx, complaint.Filter{Attempt: attempt, Limit: 1})
	if err != nil || len(forms) == 0 {
		return nil, err
	}
	row, err := formRow(ctx, tx, forms[0])
	return &row, err
}

func formRow(ctx context.Context, tx pgx.Tx, f complaint.QuickForm) (QuickFormRow, error) {
	row := QuickFormRow{
		ID: f.ID, No: f.No, Customer: report.Ref{ID: f.CustomerID}, Categories: words(complaint.Categories(), f.Categories),
		Level: word(complaint.Levels(), f.Level), Verbatim: f.Verbatim, Demand: f.Demand, ContactTime: f.ContactTime, SafeToDrive: f.SafeToDrive,
		Departments: words(complaint.Departments(), f.Departments), CreatedAt: f.CreatedAt, AttemptID: f.AttemptID,
	}
	err := tx.QueryRow(ctx, `
		SELECT coalesce((SELECT name_zh FROM customer WHERE id = $1), ''), coalesce((SELECT name_zh FROM app_user WHERE id = $2), '')`,
		f.CustomerID, f.CreatedBy).Scan(&row.Customer.Name, &row.CreatedBy)
	if err != nil {
		return row, fmt.Errorf("naming the people of form %s: %w", f.No, err)
	}
	return row, nil
}

func word(list []complaint.Code, code string) report.Word {
	c := complaint.Find(list, code)
	return report.Word{Code: code, ZH: c.ZH, EN: c.EN}
}

func words(list []complaint.Code, codes []string) []report.Word {
	return mapped(codes, func(c string) report.Word { return word(list, c) })
}
