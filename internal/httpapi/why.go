package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/auth"
)

// ForecastInput is a campaign as it stands on the page.
type ForecastInput struct {
	TaskKind string      `query:"taskKind" required:"true" maxLength:"40"`
	Number   string      `query:"callerNumberId" format:"uuid"`
	Mode     dialer.Mode `query:"mode" enum:"preview,progressive,predictive" default:"progressive"`
}

func (in ForecastInput) of(store uuid.UUID) dialer.ForecastInput {
	out := dialer.ForecastInput{Store: store, Kind: in.TaskKind, Mode: in.Mode}
	if id := optional(in.Number); id != nil {
		out.Number = *id
	}
	return out
}

func (s *Server) forecast(ctx context.Context, p auth.Principal, in *ForecastInput) (out dialer.Forecast, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Dialer.Forecast(ctx, tx, in.of(p.Store))
		return err
	})
}

type forecastTasksInput struct {
	ForecastInput
	Page
	Bucket string `query:"bucket" required:"true" maxLength:"20" doc:"now, today, tomorrow, or the code of a reason."`
}

func (s *Server) forecastTasks(ctx context.Context, p auth.Principal, in *forecastTasksInput) (out listOf[dialer.ForecastLine], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		rows, total, err := s.Dialer.ForecastTasks(ctx, tx, in.of(p.Store), in.Bucket, in.Limit, in.Offset)
		out = listOf[dialer.ForecastLine]{Items: mapped(rows, same[dialer.ForecastLine]), Total: total}
		return err
	})
}

// WhyView is why one task was not called, with its kind in words.
type WhyView struct {
	dialer.Why
	KindZH string `json:"kindZh"`
	KindEN string `json:"kindEn"`
}

func whyView(w dialer.Why) WhyView {
	k, _ := task.FindKind(w.Kind)
	return WhyView{Why: w, KindZH: k.ZH, KindEN: k.EN}
}

func (s *Server) whyTask(ctx context.Context, p auth.Principal, in *IDInput) (out WhyView, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		w, err := s.Dialer.WhyTask(ctx, tx, in.ID)
		out = whyView(w)
		return err
	})
}

func (s *Server) whyCustomer(ctx context.Context, p auth.Principal, in *IDInput) (out listOf[WhyView], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		list, err := s.Dialer.WhyCustomer(ctx, tx, in.ID)
		out = listOf[WhyView]{Items: mapped(list, whyView), Total: len(list)}
		return err
	})
}
