package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/auth"
)

type figuresExportInput struct {
	FiguresInput
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Language string `query:"language" enum:"zh-CN,en" default:"zh-CN"`
}

type fileAnswer struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

// figuresExport writes the figures, and no row behind them, to a file; who took it
// along is in the audit log.
func (s *Server) figuresExport(ctx context.Context, in *figuresExportInput) (*fileAnswer, error) {
	p, err := principal(ctx, auth.SeeFigures)
	if err != nil {
		return nil, problemOf(err, "")
	}
	file, err := s.figuresFile(ctx, p, in)
	if err != nil {
		return nil, s.told(ctx, "get-figures-export", err, p)
	}
	types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	return &fileAnswer{
		ContentType: types[in.Format], ContentDisposition: `attachment; filename="figures_` + in.Period + "." + in.Format + `"`, Body: file,
	}, nil
}

func (s *Server) figuresFile(ctx context.Context, p auth.Principal, in *figuresExportInput) (file []byte, err error) {
	a, err := s.figureQuery(ctx, p, &in.FiguresInput)
	if err != nil {
		return nil, err
	}
	return file, s.Pool.Scoped(ctx, a.scope, func(ctx context.Context, tx pgx.Tx) error {
		blocks, err := s.Report.Figures(ctx, tx, a.query)
		if err != nil {
			return err
		}
		stores, err := storeRefs(ctx, tx, a.scope.Stores)
		if err != nil {
			return err
		}
		sheet := s.Report.NewSheet(in.Language == "en", strings.Join(mapped(stores, func(r StoreRef) string { return r.Name }), "、"), a.query.Period, a.query.Now, blocks)
		if in.Format == "csv" {
			file, err = sheet.CSV()
		} else {
			file, err = sheet.XLSX()
		}
		if err != nil {
			return err
		}
		for _, store := range a.scope.Stores {
			from, to := a.query.Period.Days()
			e := auth.Entry{
				Group: p.User.Group, Store: store, User: p.User.ID, At: time.Now(), Action: "figures.export",
				Detail: map[string]string{"from": from, "to": to, "format": in.Format},
			}
			if err := auth.Audit(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}
