package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// exportsAtOnce is how many files of lists a node writes side by side.
const exportsAtOnce = 3

type listExportInput struct {
	ListAsked
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Language string `query:"language" enum:"zh-CN,en" default:"zh-CN"`
}

// listExport gives a list as a file. Who took how many rows of what is in the audit
// log.
func (s *Server) listExport(ctx context.Context, in *listExportInput) (*huma.StreamResponse, error) {
	return s.asFile(ctx, fileAsked{op: "get-lists-export", need: auth.ExportRows, name: in.List, format: in.Format}, func(ctx context.Context, p auth.Principal, to *os.File) (int, error) {
		return s.listFile(ctx, p, in, to)
	})
}

// fileAsked is a file that somebody wants.
type fileAsked struct {
	op     string
	need   auth.Permission
	name   string // of the file, without the moment and the format
	format string // csv or xlsx
}

// asFile gives what write writes. It is written whole before the first byte leaves, in
// a nameless temporary file: what fails is told as an error and not as half a file,
// and a caller who goes away ends the query.
func (s *Server) asFile(ctx context.Context, f fileAsked, write func(ctx context.Context, p auth.Principal, to *os.File) (rows int, err error)) (*huma.StreamResponse, error) {
	p, err := principal(ctx, f.need)
	if err != nil {
		return nil, problemOf(err, "")
	}
	select {
	case s.exporting <- struct{}{}:
		defer func() { <-s.exporting }()
	default:
		return nil, s.told(ctx, f.op, errs.New(errs.TooMany, "exports_busy", "正在生成的导出文件太多，请一分钟后再试。", "Too many files are being made; try again in a minute."), p)
	}
	file, err := nameless()
	if err != nil {
		return nil, s.told(ctx, f.op, err, p)
	}
	n, err := write(ctx, p, file)
	if err != nil {
		_ = file.Close()
		return nil, s.told(ctx, f.op, err, p)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer func() { _ = file.Close() }()
		types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
		name := f.name + "_" + s.Clock.Now().Format("20060102_1504") + "." + f.format
		hc.SetHeader("Content-Type", types[f.format])
		hc.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		hc.SetHeader("X-Rows", strconv.Itoa(n))
		hc.SetHeader("Cache-Control", "no-store")
		if at, err := file.Seek(0, io.SeekEnd); err == nil {
			hc.SetHeader("Content-Length", strconv.FormatInt(at, 10))
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			s.Log.Error("reading a file again", "file", f.name, "error", err)
			return
		}
		_, _ = io.Copy(hc.BodyWriter(), file) // who went away misses nothing
	}}, nil
}

// nameless is a temporary file that nobody else opens and that goes with its handle.
func nameless() (*os.File, error) {
	file, err := os.CreateTemp("", "ringback-list-*")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("hiding a temporary file: %w", err)
	}
	return file, nil
}

func (s *Server) listFile(ctx context.Context, p auth.Principal, in *listExportInput, to *os.File) (n int, err error) {
	q, err := s.listQuery(p, &in.ListAsked, "", 1)
	if err != nil {
		return 0, err
	}
	return n, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		st, err := storeRef(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		if n, err = s.rowsTo(ctx, tx, p, q, s.Report.NewListFile(q, in.Language == "en", st.Name, p.User.NameZH, s.Clock.Now()), in.Format, to); err != nil {
			return err
		}
		return auth.Audit(ctx, tx, auth.Entry{
			Group: p.User.Group, Store: p.Store, User: p.User.ID, At: time.Now(), Action: "list.export", Object: in.List,
			Detail: map[string]any{"rows": n, "filters": filled(in.Filters), "sort": q.Sort, "columns": mapped(q.Columns, func(c report.ListColumn) string { return c.Code }), "format": in.Format},
		})
	})
}

// rowsTo writes a list's rows, as many as p may take at once.
func (s *Server) rowsTo(ctx context.Context, tx pgx.Tx, p auth.Principal, q report.ListQuery, f report.ListFile, format string, to *os.File) (int, error) {
	if err := s.mayTake(ctx, tx, p, q); err != nil {
		return 0, err
	}
	if err := emptied(to); err != nil {
		return 0, err
	}
	return s.Report.Write(ctx, tx, f, format, to)
}

// emptied takes back what a try that is run again has written.
func emptied(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("emptying a list's file: %w", err)
	}
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// mayTake refuses more rows than a role may take along at once.
func (s *Server) mayTake(ctx context.Context, tx pgx.Tx, p auth.Principal, q report.ListQuery) error {
	most := p.MostExported()
	if most == 0 {
		return nil
	}
	n, err := s.Report.ListCount(ctx, tx, q, most)
	if err == nil && n.More {
		return errs.New(errs.Forbidden, "export_many", fmt.Sprintf("您一次最多可以导出 %d 行。请缩小筛选范围，或请主管导出。", most),
			fmt.Sprintf("You may take at most %d rows at once. Narrow the filters, or ask a supervisor.", most))
	}
	return err
}
