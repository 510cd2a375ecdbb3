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

// listExport gives a list as a file. It is written whole before the first byte
// leaves, in a nameless temporary file: what fails is told as an error and not as half
// a file, and a caller who goes away ends the query. Who took how many rows of what is
// in the audit log.
func (s *Server) listExport(ctx context.Context, in *listExportInput) (*huma.StreamResponse, error) {
	p, err := principal(ctx, auth.ExportRows)
	if err != nil {
		return nil, problemOf(err, "")
	}
	select {
	case s.exporting <- struct{}{}:
		defer func() { <-s.exporting }()
	default:
		return nil, s.told(ctx, "get-lists-export", errs.New(errs.TooMany, "exports_busy", "正在生成的导出文件太多，请一分钟后再试。", "Too many files are being made; try again in a minute."), p)
	}
	file, n, err := s.listFile(ctx, p, in)
	if err != nil {
		return nil, s.told(ctx, "get-lists-export", err, p)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer func() { _ = file.Close() }()
		types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
		name := in.List + "_" + s.Clock.Now().Format("20060102_1504") + "." + in.Format
		hc.SetHeader("Content-Type", types[in.Format])
		hc.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		hc.SetHeader("X-Rows", strconv.Itoa(n))
		hc.SetHeader("Cache-Control", "no-store")
		if at, err := file.Seek(0, io.SeekEnd); err == nil {
			hc.SetHeader("Content-Length", strconv.FormatInt(at, 10))
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			s.Log.Error("reading a list's file again", "list", in.List, "error", err)
			return
		}
		_, _ = io.Copy(hc.BodyWriter(), file) // who went away misses nothing
	}}, nil
}

// listFile writes the file; the caller closes it, which also removes it.
func (s *Server) listFile(ctx context.Context, p auth.Principal, in *listExportInput) (file *os.File, n int, err error) {
	q, err := s.listQuery(p, &in.ListAsked, "", 1)
	if err != nil {
		return nil, 0, err
	}
	if file, err = os.CreateTemp("", "ringback-list-*"); err != nil {
		return nil, 0, fmt.Errorf("making a list's file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	if err := os.Remove(file.Name()); err != nil { // nobody else opens it, and it goes with the last handle
		return nil, 0, fmt.Errorf("hiding a list's file: %w", err)
	}
	return file, n, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.mayTake(ctx, tx, p, q); err != nil {
			return err
		}
		if err := emptied(file); err != nil {
			return err
		}
		st, err := storeRef(ctx, tx, p.Store)
		if err != nil {
			return err
		}
		f := s.Report.NewListFile(q, in.Language == "en", st.Name, p.User.NameZH, s.Clock.Now())
		if n, err = s.Report.Write(ctx, tx, f, in.Format, file); err != nil {
			return err
		}
		return auth.Audit(ctx, tx, auth.Entry{
			Group: p.User.Group, Store: p.Store, User: p.User.ID, At: time.Now(), Action: "list.export", Object: in.List,
			Detail: map[string]any{"rows": n, "filters": filled(in.Filters), "sort": q.Sort, "columns": mapped(q.Columns, func(c report.ListColumn) string { return c.Code }), "format": in.Format},
		})
	})
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
