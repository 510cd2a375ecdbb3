package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/dialer/sim"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// WhatIfPage is a campaign's what-if: what it would be worked out from now, and
// the answers that are kept.
type WhatIfPage struct {
	Campaign   dialer.CampaignView `json:"campaign"`
	MostBP     int                 `json:"mostBp" doc:"the highest cap that the rule pack allows, basis points"`
	MostAgents int                 `json:"mostAgents"`
	Calls      int                 `json:"calls" doc:"calls of the campaign so far; 0: nothing can be worked out yet"`
	Agents     int                 `json:"agents" doc:"who dial for it"`
	Hours      sim.Day             `json:"hours" doc:"the store's call windows, in minutes of the day"`
	Sources    []sim.Source        `json:"sources"`
	Asked      []dialer.WhatIf     `json:"asked" doc:"newest first"`
}

func (s *Server) whatIf(ctx context.Context, p auth.Principal, in *IDInput) (out WhatIfPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if out.Campaign, err = s.Dialer.View(ctx, tx, in.ID); err != nil {
			return err
		}
		if out.Asked, err = s.Dialer.WhatIfs(ctx, tx, in.ID); err != nil {
			return err
		}
		traces, err := s.Dialer.Traces(ctx, tx, in.ID)
		if e, ok := errs.Of(err); ok && e.Code == "campaign_no_calls" {
			return nil
		}
		if err != nil {
			return err
		}
		scenario, sources := traces.Scenario()
		out.MostBP, out.MostAgents = traces.MostBP(), dialer.MostAgents
		out.Calls, out.Agents, out.Hours, out.Sources = len(traces.Own), scenario.Agents, traces.Day, sources
		return nil
	})
}

type whatIfInput struct {
	IDInput
	Body dialer.Question
}

// whatIfAsk takes a question down and begins to work it out.
func (s *Server) whatIfAsk(ctx context.Context, p auth.Principal, in *whatIfInput) (out dialer.WhatIf, err error) {
	var plan dialer.WhatIfPlan
	err = s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if plan, err = s.Dialer.AskWhatIf(ctx, tx, p.Scope(), in.ID, in.Body); err != nil {
			return err
		}
		out, err = s.Dialer.LookAtWhatIf(ctx, tx, in.ID, plan.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	s.Background(func(ctx context.Context) {
		if err := s.Dialer.PlayWhatIf(ctx, p.Scope(), plan); err != nil {
			s.Log.Error("working out a what-if", "campaign", in.ID, "what_if", plan.ID, "error", err)
		}
	})
	return out, nil
}

type whatIfRunInput struct {
	IDInput
	Run uuid.UUID `path:"run" format:"uuid"`
}

// whatIfRun tells how far a question is. A question at which nobody looks for some
// time is given up.
func (s *Server) whatIfRun(ctx context.Context, p auth.Principal, in *whatIfRunInput) (out dialer.WhatIf, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Dialer.LookAtWhatIf(ctx, tx, in.ID, in.Run)
		return err
	})
}

func (s *Server) whatIfCancel(ctx context.Context, p auth.Principal, in *whatIfRunInput) (out dialer.WhatIf, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.Dialer.CancelWhatIf(ctx, tx, in.ID, in.Run); err != nil {
			return err
		}
		out, err = s.Dialer.LookAtWhatIf(ctx, tx, in.ID, in.Run)
		return err
	})
}
