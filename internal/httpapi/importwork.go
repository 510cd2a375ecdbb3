package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// ImportTop is the beginning of a file as it is, masked, with what its first row
// becomes under the present columns.
type ImportTop struct {
	Sheets    []string          `json:"sheets"`
	Sheet     string            `json:"sheet"`
	Encodings []string          `json:"encodings"`
	Lines     []ImportLine      `json:"lines"`
	SampleRow int               `json:"sampleRow"`
	Sample    map[string]string `json:"sample" doc:"field to what the sample row's cell means"`
}

// ImportLine is one line of a file.
type ImportLine struct {
	No    int      `json:"no"`
	Cells []string `json:"cells"`
}

type topInput struct {
	IDInput
	Sheet    string `query:"sheet"`
	Encoding string `query:"encoding"`
}

func (s *Server) importTop(ctx context.Context, p auth.Principal, in *topInput) (out ImportTop, err error) {
	peek, err := s.Importer.Look(ctx, p.Scope(), in.ID, in.Sheet, in.Encoding)
	if err != nil {
		return out, err
	}
	out.SampleRow, out.Sample, err = s.Importer.Sample(ctx, p.Scope(), in.ID)
	out.Sheets, out.Sheet, out.Encodings = peek.Sheets, peek.Sheet, importer.Encodings()
	out.Lines = mapped(peek.Lines, func(l importer.PeekLine) ImportLine {
		return ImportLine{l.No, mapped(l.Cells, importer.MaskText)}
	})
	return filled(out), err
}

// ImportKind is a kind of file with the fields its columns may be taken for.
type ImportKind struct {
	Kind   importer.Kind    `json:"kind"`
	ZH     string           `json:"zh"`
	EN     string           `json:"en"`
	Fields []importer.Field `json:"fields"`
}

func (s *Server) importKinds(_ context.Context, _ auth.Principal, _ *struct{}) (listOf[ImportKind], error) {
	var out listOf[ImportKind]
	for _, k := range importer.Kinds() {
		zh, en := k.Words()
		out.Items = append(out.Items, ImportKind{k, zh, en, importer.FieldsOf(k)})
	}
	out.Total = len(out.Items)
	return out, nil
}

type correctionInput struct {
	IDInput
	Body struct {
		Kind      importer.Kind     `json:"kind,omitempty"`
		Encoding  string            `json:"encoding,omitempty"`
		Sheet     string            `json:"sheet,omitempty"`
		HeaderRow int               `json:"headerRow,omitempty" minimum:"0" maximum:"1000000"`
		Fields    map[string]string `json:"fields,omitempty" doc:"heading to field; empty: kept, not used"`
		Password  string            `json:"password,omitempty" maxLength:"255" doc:"of an encrypted workbook; it is not kept"`
	}
}

// importCorrect reads a file again as a person says. A file that is still wrong keeps
// its place in the list and says why.
func (s *Server) importCorrect(ctx context.Context, p auth.Principal, in *correctionInput) (ImportView, error) {
	b, err := s.Importer.Correct(ctx, p.Scope(), in.ID, importer.Correction{
		Kind: in.Body.Kind, Encoding: in.Body.Encoding, Sheet: in.Body.Sheet, HeaderRow: in.Body.HeaderRow, Fields: in.Body.Fields, Password: in.Body.Password,
	})
	if err != nil && b.State == importer.Failed && errs.KindOf(err) == errs.Invalid {
		err = nil
	}
	return importView(b), err
}

func (s *Server) importUndo(ctx context.Context, p auth.Principal, in *IDInput) (ImportView, error) {
	b, err := s.Importer.Undo(ctx, p.Scope(), in.ID)
	return importView(b), err
}

// importErrors gives the rejected rows as a workbook that opens only with the
// password told beside it: it holds customers' numbers. Who takes it is in the audit log.
func (s *Server) importErrors(ctx context.Context, in *IDInput) (*huma.StreamResponse, error) {
	p, err := principal(ctx, auth.RunImports)
	if err != nil {
		return nil, problemOf(err, "")
	}
	b, err := s.Importer.Batch(ctx, p.Scope(), in.ID)
	if err == nil && b.Outcomes[string(importer.Rejected)] == 0 {
		err = errs.New(errs.NotFound, "import_no_errors", "这个文件没有被拒绝的行。", "No row of this file was rejected.")
	}
	if err == nil {
		err = s.Pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
			return auth.Audit(ctx, tx, auth.Entry{
				Group: p.User.Group, Store: p.Store, User: p.User.ID, At: time.Now(), Action: "import.errors", Object: in.ID.String(),
				Detail: map[string]int{"rows": b.Outcomes[string(importer.Rejected)]},
			})
		})
	}
	if err != nil {
		return nil, s.told(ctx, "get-imports-errors", err, p)
	}
	password := rand.Text()[:10]
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		name, kind := b.ErrorFileName(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		if path.Ext(name) == ".zip" {
			kind = "application/zip"
		}
		hc.SetHeader("Content-Type", kind)
		hc.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		hc.SetHeader("X-File-Password", password)
		hc.SetHeader("Cache-Control", "no-store")
		if err := s.Importer.ErrorFile(hc.Context(), p.Scope(), in.ID, password, hc.BodyWriter()); err != nil {
			s.Log.Error("writing an error file", "batch", in.ID, "error", err)
		}
	}}, nil
}

// dropInput is a file as the body of a request: curl -T does it.
type dropInput struct {
	Name string `path:"name" doc:"the file's name"`
	Hold bool   `query:"hold" doc:"only read the file; a person commits it"`
	body io.Reader
}

// Resolve takes the body as a stream: a large file is never held in memory.
func (in *dropInput) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

// ending asks a question when a body has come whole; its error stands for the end.
type ending struct {
	io.Reader
	ask func() error
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		if no := e.ask(); no != nil {
			return n, no
		}
	}
	return n, err
}

// importDrop takes a nightly export: it is read, and committed unless the header of
// this store's files of the kind has changed.
func (s *Server) importDrop(ctx context.Context, in *dropInput) (*answer[listOf[ImportView]], error) {
	p, err := principal(ctx, auth.RunImports)
	if err != nil {
		return nil, problemOf(err, "")
	}
	body := &ending{in.body, func() error { return stillMay(ctx, auth.RunImports) }}
	batches, err := s.Importer.UploadAll(ctx, p.Scope(), importer.Arrival{Name: path.Base(in.Name), Source: importer.FromAPI}, body)
	if err != nil && (len(batches) == 0 || errs.KindOf(err) != errs.Invalid) {
		return nil, s.told(ctx, "put-imports-drop-name", err, p)
	}
	var ready []uuid.UUID
	for _, b := range batches {
		if b.State == importer.Parsed && !b.Asks && !in.Hold {
			ready = append(ready, b.ID)
		}
	}
	s.commit(p, ready...)
	return &answer[listOf[ImportView]]{Body: listOf[ImportView]{Items: mapped(batches, importView), Total: len(batches)}}, nil
}

// APIKeyMade is a new key; it is shown this once.
type APIKeyMade struct {
	auth.APIKey
	Key string `json:"key"`
}

type keyInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

func (s *Server) keyCreate(ctx context.Context, p auth.Principal, in *keyInput) (out APIKeyMade, err error) {
	return out, s.Pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
		out.APIKey, out.Key, err = auth.CreateKey(ctx, tx, p.Scope(), in.Body.Name, auth.KeyPermissions())
		return err
	})
}

func (s *Server) keys(ctx context.Context, p auth.Principal, _ *struct{}) (out listOf[auth.APIKey], err error) {
	err = s.Pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
		out.Items, err = auth.Keys(ctx, tx)
		return err
	})
	out.Total = len(out.Items)
	return filled(out), err
}

func (s *Server) keyRevoke(ctx context.Context, p auth.Principal, in *IDInput) (struct{}, error) {
	return struct{}{}, s.Pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
		return auth.RevokeKey(ctx, tx, p.Scope(), in.ID)
	})
}

// importRoutes are the routes with bodies of their own.
func (s *Server) importRoutes() {
	huma.Register(s.api, huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/imports", Summary: "Upload a file", OperationID: "post-imports",
		DefaultStatus: 201, MaxBodyBytes: maxUpload, BodyReadTimeout: -1,
	}, s.upload)
	huma.Register(s.api, huma.Operation{
		Method: http.MethodPut, Path: "/api/v1/imports/drop/{name}", Summary: "A nightly export as the body (session or API key)",
		OperationID: "put-imports-drop-name", DefaultStatus: 202, BodyReadTimeout: -1,
	}, s.importDrop)
	huma.Register(s.api, huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/imports/{id}/errors", Summary: "Rejected rows as a workbook with a password", OperationID: "get-imports-id-errors",
	}, s.importErrors)
}
