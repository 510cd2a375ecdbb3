package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// maxUpload is spec 7.2's 200 MB with room for the form around it.
const maxUpload = 201 << 20

// ImportView is one imported file.
type ImportView struct {
	ID         uuid.UUID      `json:"id"`
	FileName   string         `json:"fileName"`
	SizeBytes  int64          `json:"sizeBytes"`
	Kind       importer.Kind  `json:"kind"`
	Encoding   string         `json:"encoding"`
	Sheet      string         `json:"sheet"`
	HeaderRow  int            `json:"headerRow"`
	Columns    []ImportColumn `json:"columns"`
	State      string         `json:"state" enum:"parsed,committing,done,failed"`
	Error      *ImportTrouble `json:"error,omitempty"`
	DataRows   int            `json:"dataRows"`
	RowsDone   int            `json:"rowsDone"`
	Counts     map[string]int `json:"counts"`
	Codes      map[string]int `json:"codes"`
	CreatedAt  time.Time      `json:"createdAt"`
	FinishedAt *time.Time     `json:"finishedAt,omitempty"`
	Already    bool           `json:"already"`
	Tasks      int            `json:"tasksCreated"`
}

// ImportColumn is a heading of the file and the field it was taken for; empty: kept, not used.
type ImportColumn struct {
	Heading string `json:"heading"`
	Field   string `json:"field"`
}

// ImportTrouble is why a file could not be taken.
type ImportTrouble struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// ImportRow is one row of a file with what became of it.
type ImportRow struct {
	RowNo    int      `json:"rowNo"`
	Outcome  string   `json:"outcome" enum:"waiting,new,same,updated,superseded,merged,rejected"`
	Codes    []string `json:"codes"`
	Field    string   `json:"field"`
	ReasonZH string   `json:"reasonZh"`
	ReasonEN string   `json:"reasonEn"`
	Cells    []string `json:"cells"`
}

// ImportRows is a page of rows under the file's headings.
type ImportRows struct {
	Header []string    `json:"header"`
	Items  []ImportRow `json:"items"`
	Total  int         `json:"total"`
}

func importView(b importer.Batch) ImportView {
	v := ImportView{
		ID: b.ID, FileName: b.FileName, SizeBytes: b.SizeBytes, Kind: b.Kind, Encoding: b.Encoding, Sheet: b.Sheet, HeaderRow: b.HeaderRow,
		Columns: mapped(b.Columns, func(c importer.Column) ImportColumn { return ImportColumn(c) }), State: string(b.State),
		DataRows: b.DataRows, RowsDone: b.RowsDone, Counts: b.Outcomes, Codes: b.Codes, CreatedAt: b.CreatedAt, FinishedAt: b.FinishedAt, Already: b.Repeat,
	}
	if b.ErrorCode != "" {
		v.Error = &ImportTrouble{b.ErrorCode, b.ErrorZH, b.ErrorEN}
	}
	return v
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

func (s *Server) upload(ctx context.Context, in *uploadInput) (*answer[ImportView], error) {
	p, err := principal(ctx, auth.RunImports)
	if err != nil {
		return nil, problemOf(err, "")
	}
	f := in.RawBody.Data().File
	defer func() { _ = f.Close() }()
	b, err := s.Importer.Upload(ctx, p.Scope(), f.Filename, f)
	if err != nil && b.ID == uuid.Nil {
		return nil, s.told(ctx, "post-imports", err, p)
	}
	return &answer[ImportView]{Body: filled(importView(b))}, nil // a file that cannot be taken is kept and says why
}

func (s *Server) imports(ctx context.Context, p auth.Principal, _ *struct{}) (out listOf[ImportView], err error) {
	batches, err := s.Importer.Batches(ctx, p.Scope(), 20)
	out = listOf[ImportView]{Items: mapped(batches, importView), Total: len(batches)}
	if err != nil {
		return out, err
	}
	for i := range out.Items {
		if out.Items[i].Tasks, err = s.tasksOf(ctx, p, out.Items[i].ID); err != nil {
			return out, err
		}
	}
	return out, nil
}

// tasksOf counts the promises that a file's orders led to.
func (s *Server) tasksOf(ctx context.Context, p auth.Principal, batch uuid.UUID) (n int, err error) {
	return n, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			SELECT count(*) FROM task t WHERE EXISTS (
			    SELECT FROM work_order w WHERE w.id = ANY (t.work_order_ids) AND w.import_batch_id = $1)`, batch).Scan(&n)
		if err != nil {
			return fmt.Errorf("counting the tasks of file %s: %w", batch, err)
		}
		return nil
	})
}

func (s *Server) importBatch(ctx context.Context, p auth.Principal, in *IDInput) (ImportView, error) {
	pre, err := s.Importer.Preview(ctx, p.Scope(), in.ID)
	if err != nil {
		return ImportView{}, err
	}
	v := importView(pre.Batch)
	v.Tasks, err = s.tasksOf(ctx, p, in.ID)
	return v, err
}

type rowsInput struct {
	IDInput
	Outcome string `query:"outcome" enum:"all,rejected,coded" default:"all"`
	After   int    `query:"after" minimum:"0" default:"0" doc:"row number to go on behind"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

func (s *Server) importRows(ctx context.Context, p auth.Principal, in *rowsInput) (out ImportRows, err error) {
	pre, err := s.Importer.Preview(ctx, p.Scope(), in.ID)
	if err != nil {
		return out, err
	}
	out.Header = mapped(pre.Batch.Columns, func(c importer.Column) string { return c.Heading })
	rows, total := pre.Rows, pre.Batch.DataRows
	switch in.Outcome {
	case "rejected":
		rows, err = s.Importer.RejectedRows(ctx, p.Scope(), in.ID, in.After, in.Limit)
		total = pre.Batch.Outcomes["rejected"]
	case "coded":
		rows, err = s.Importer.CodedRows(ctx, p.Scope(), in.ID, in.After, in.Limit)
		total = len(rows)
	}
	out.Total = total
	out.Items = mapped(rows, func(r importer.Row) ImportRow {
		return ImportRow{RowNo: r.RowNo, Outcome: string(r.Outcome), Codes: r.Codes, Field: r.Field, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN, Cells: r.Cells}
	})
	return out, err
}

// importCommit begins to take a file over; the topic imports tells how far it is.
func (s *Server) importCommit(ctx context.Context, p auth.Principal, in *IDInput) (ImportView, error) {
	pre, err := s.Importer.Preview(ctx, p.Scope(), in.ID)
	if err != nil {
		return ImportView{}, err
	}
	if pre.Batch.State == importer.Failed {
		return ImportView{}, errs.New(errs.Conflict, "import_failed", "这个文件读不出来，不能导入。请按提示修改后重新上传。",
			"This file cannot be taken over. Correct it as described and upload it again.")
	}
	s.Background(func(ctx context.Context) {
		if _, err := s.Importer.Commit(ctx, p.Scope(), in.ID, func(int, int) {}); err != nil {
			s.Log.Error("taking a file over", "batch", in.ID, "error", err)
		}
	})
	v := importView(pre.Batch)
	if v.State == string(importer.Parsed) {
		v.State = string(importer.Committing)
	}
	return v, nil
}
