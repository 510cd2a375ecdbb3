package httpapi

import (
	"context"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/dialer"
	"ringback/internal/auth"
)

// SpanInput chooses a period of business days.
type SpanInput struct {
	Period string `query:"period" enum:"day,week,month,own" default:"day"`
	Day    string `query:"day" doc:"a day of the period, 2026-11-20; empty: today"`
	From   string `query:"from" doc:"first day, with period own"`
	To     string `query:"to" doc:"last day, with period own"`
}

type campaignResultsInput struct {
	IDInput
	SpanInput
}

// CampaignResultsPage is what a campaign's calls of a period came to.
type CampaignResultsPage struct {
	Campaign report.Ref   `json:"campaign"`
	Period   FigurePeriod `json:"period"`
	report.CampaignResults
	MayExport    bool `json:"mayExport"`
	MostExported int  `json:"mostExported" doc:"calls of one file; 0: as many as there are"`
}

// campaignSpan is a campaign and the period it is looked at in.
type campaignSpan struct {
	dialer.Campaign
	period report.Period
}

func (s *Server) span(ctx context.Context, tx pgx.Tx, id uuid.UUID, in SpanInput) (out campaignSpan, err error) {
	if out.period, err = s.Report.PeriodOf(in.Period, in.Day, in.From, in.To, s.Clock.Now()); err != nil {
		return out, err
	}
	out.Campaign, err = s.Dialer.Get(ctx, tx, id)
	return out, err
}

func (s *Server) campaignResults(ctx context.Context, p auth.Principal, in *campaignResultsInput) (out CampaignResultsPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		c, err := s.span(ctx, tx, in.ID, in.SpanInput)
		if err != nil {
			return err
		}
		out = CampaignResultsPage{
			Campaign: report.Ref{ID: c.ID, Name: c.Name}, Period: figurePeriod(c.period, s.Clock.Now()),
			MayExport: p.May(auth.ExportRows), MostExported: p.MostExported(),
		}
		out.CampaignResults, err = s.Report.CampaignResults(ctx, tx, in.ID, c.period, time.Now())
		return err
	})
}

// CampaignDay is a campaign's business day so far, and when its list ends if the rest
// of it goes as that did.
type CampaignDay struct {
	report.CampaignDay
	Ends dialer.Ends `json:"ends"`
}

func (s *Server) campaignDay(ctx context.Context, p auth.Principal, in *IDInput) (out CampaignDay, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if out.Ends, err = s.Dialer.Ends(ctx, tx, in.ID); err != nil {
			return err
		}
		out.CampaignDay, err = s.Report.CampaignDay(ctx, tx, in.ID, s.Clock.Now(), time.Now())
		return err
	})
}

type campaignExportInput struct {
	IDInput
	SpanInput
	What     string `query:"what" enum:"results,calls" default:"results"`
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Language string `query:"language" enum:"zh-CN,en" default:"zh-CN"`
}

// campaignExport gives a campaign's results, or the calls they are made of, as a file.
func (s *Server) campaignExport(ctx context.Context, in *campaignExportInput) (*huma.StreamResponse, error) {
	f := fileAsked{op: "get-campaigns-id-results-export", need: auth.ExportRows, name: "campaign_" + in.What, format: in.Format}
	return s.asFile(ctx, f, func(ctx context.Context, p auth.Principal, to *os.File) (n int, err error) {
		return n, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
			n, err = s.campaignFile(ctx, tx, p, in, to)
			return err
		})
	})
}

func (s *Server) campaignFile(ctx context.Context, tx pgx.Tx, p auth.Principal, in *campaignExportInput, to *os.File) (n int, err error) {
	c, err := s.span(ctx, tx, in.ID, in.SpanInput)
	if err != nil {
		return 0, err
	}
	st, err := storeRef(ctx, tx, p.Store)
	if err != nil {
		return 0, err
	}
	if in.What == "calls" {
		n, err = s.campaignCallsTo(ctx, tx, p, c, in, st.Name, to)
	} else {
		n, err = s.campaignResultsTo(ctx, tx, p, c, in, st.Name, to)
	}
	if err != nil {
		return 0, err
	}
	from, until := c.period.Days()
	return n, auth.Audit(ctx, tx, auth.Entry{
		Group: p.User.Group, Store: p.Store, User: p.User.ID, At: time.Now(), Action: "campaign.export", Object: in.ID.String(),
		Detail: map[string]any{"what": in.What, "rows": n, "from": from, "to": until, "format": in.Format},
	})
}

func (s *Server) campaignCallsTo(ctx context.Context, tx pgx.Tx, p auth.Principal, c campaignSpan, in *campaignExportInput, store string, to *os.File) (int, error) {
	from, until := c.period.Days()
	q, err := s.Report.ReadList(report.CampaignCalls(c.ID), report.ListAsk{
		Store: p.Store, Agent: onlyOwn(p), Now: s.Clock.Now(), Filters: []string{"day:" + from + ".." + until}, Limit: 1,
	})
	if err != nil {
		return 0, err
	}
	f := s.Report.NewListFile(q, in.Language == "en", store+" · "+c.Name, p.User.NameZH, s.Clock.Now())
	return s.rowsTo(ctx, tx, p, q, f, in.Format, to)
}

func (s *Server) campaignResultsTo(ctx context.Context, tx pgx.Tx, p auth.Principal, c campaignSpan, in *campaignExportInput, store string, to *os.File) (int, error) {
	results, err := s.Report.CampaignResults(ctx, tx, c.ID, c.period, time.Now())
	if err != nil {
		return 0, err
	}
	if err := emptied(to); err != nil {
		return 0, err
	}
	return s.Report.NewResultsFile(in.Language == "en", store, c.Name, p.User.NameZH, c.period, s.Clock.Now(), results).Write(in.Format, to)
}
