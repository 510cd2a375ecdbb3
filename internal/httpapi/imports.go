package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

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
	KindZH     string         `json:"kindZh"`
	KindEN     string         `json:"kindEn"`
	Encoding   string         `json:"encoding"`
	Sheet      string         `json:"sheet"`
	HeaderRow  int            `json:"headerRow"`
	Columns    []ImportColumn `json:"columns"`
	State      string         `json:"state" enum:"uploaded,parsed,committing,done,failed,undone"`
	Error      *ImportTrouble `json:"error,omitempty"`
	DataRows   int            `json:"dataRows"`
	RowsDone   int            `json:"rowsDone"`
	Counts     map[string]int `json:"counts"`
	Codes      map[string]int `json:"codes"`
	CreatedAt  time.Time      `json:"createdAt"`
	FinishedAt *time.Time     `json:"finishedAt,omitempty"`
	Already    bool           `json:"already"`
	Tasks      int            `json:"tasksCreated"`
	Reviews    int            `json:"reviews" doc:"questions for a clerk that the file led to"`
	Source     string         `json:"source" enum:"upload,command,folder,api"`
	Asks       bool           `json:"asks" doc:"the store's header changed: a person should look before it is committed"`
	Known      bool           `json:"known" doc:"read as this store's file with the same header was read before"`
	Notes      []ImportNote   `json:"notes" doc:"what was noticed about the file as a whole"`
	Forecast   map[string]int `json:"forecast" doc:"what the commit would make of the waiting rows, where that can be told"`
	UndoUntil  *time.Time     `json:"undoUntil,omitempty" doc:"until when the batch may be undone"`
}

// ImportNote is something noticed about a file as a whole.
type ImportNote struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
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
		Tasks: b.Tasks, Reviews: b.Reviews, Source: string(b.Source), Asks: b.Asks, Known: b.Known, Forecast: b.Forecast,
		Notes: mapped(b.Notes, func(n importer.Note) ImportNote { return ImportNote(n) }),
	}
	v.KindZH, v.KindEN = b.Kind.Words()
	if b.State == importer.Done && b.FinishedAt != nil && !b.Repeat {
		until := b.FinishedAt.Add(importer.UndoFor)
		v.UndoUntil = &until
	}
	if b.ErrorCode != "" {
		v.Error = &ImportTrouble{b.ErrorCode, b.ErrorZH, b.ErrorEN}
	}
	return filled(v)
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

func (s *Server) upload(ctx context.Context, in *uploadInput) (*answer[ImportView], error) {
	p, err := principal(ctx, auth.RunImports)
	if err == nil {
		err = stillMay(ctx, auth.RunImports) // the file has come meanwhile
	}
	if err != nil {
		return nil, problemOf(err, "")
	}
	f := in.RawBody.Data().File
	defer func() { _ = f.Close() }()
	batches, err := s.Importer.UploadAll(ctx, p.Scope(), importer.Arrival{Name: f.Filename, Source: importer.FromUpload}, f)
	if len(batches) == 0 {
		return nil, s.told(ctx, "post-imports", err, p)
	}
	return &answer[ImportView]{Body: importView(batches[0])}, nil // a file that cannot be taken is kept and says why
}

func (s *Server) imports(ctx context.Context, p auth.Principal, _ *struct{}) (listOf[ImportView], error) {
	batches, err := s.Importer.Batches(ctx, p.Scope(), 30)
	return listOf[ImportView]{Items: mapped(batches, importView), Total: len(batches)}, err
}

func (s *Server) importBatch(ctx context.Context, p auth.Principal, in *IDInput) (ImportView, error) {
	b, err := s.Importer.Batch(ctx, p.Scope(), in.ID)
	return importView(b), err
}

type rowsInput struct {
	IDInput
	Outcome string `query:"outcome" enum:"all,rejected,coded" default:"all"`
	After   int    `query:"after" minimum:"0" default:"0" doc:"row number to go on behind"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// importRows shows rows as they stand in the file, with the numbers of phones and
// persons masked: nobody needs them whole to see what is wrong (spec 5.3.1).
func (s *Server) importRows(ctx context.Context, p auth.Principal, in *rowsInput) (out ImportRows, err error) {
	b, err := s.Importer.Batch(ctx, p.Scope(), in.ID)
	if err != nil {
		return out, err
	}
	rows, err := s.Importer.Rows(ctx, p.Scope(), in.ID, importer.Which(in.Outcome), in.After, in.Limit)
	out.Header = mapped(b.Columns, func(c importer.Column) string { return c.Heading })
	out.Total = map[string]int{"all": b.DataRows, "rejected": b.Outcomes[string(importer.Rejected)]}[in.Outcome]
	if in.Outcome == "coded" {
		out.Total = len(rows)
	}
	out.Items = mapped(rows, func(r importer.Row) ImportRow {
		r = r.Explained().Masked(b.Columns)
		return ImportRow{RowNo: r.RowNo, Outcome: string(r.Outcome), Codes: r.Codes, Field: r.Field, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN, Cells: r.Cells}
	})
	return out, err
}

// importCommit begins to take a file over; the topic imports tells how far it is.
func (s *Server) importCommit(ctx context.Context, p auth.Principal, in *IDInput) (ImportView, error) {
	b, err := s.Importer.Batch(ctx, p.Scope(), in.ID)
	if err != nil {
		return ImportView{}, err
	}
	if b.State == importer.Failed || b.State == importer.Undone || b.State == importer.Uploaded {
		return ImportView{}, errs.New(errs.Conflict, "import_failed", "这个文件还不能导入：没有通过检查，或已经撤销。请按提示修改后重新上传。",
			"This file cannot be taken over: it did not pass, or it was undone. Correct it as described and upload it again.")
	}
	s.commit(p, in.ID)
	v := importView(b)
	if v.State == string(importer.Parsed) {
		v.State = string(importer.Committing)
	}
	return v, nil
}

// commit takes a batch over while the request goes on.
func (s *Server) commit(p auth.Principal, ids ...uuid.UUID) {
	s.Background(func(ctx context.Context) {
		for _, id := range ids {
			if _, err := s.Importer.Commit(ctx, p.Scope(), id, nil); err != nil {
				s.Log.Error("taking a file over", "batch", id, "error", err)
			}
		}
	})
}
