package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// CampaignLine is a campaign on the wallboard.
type CampaignLine struct {
	ID         uuid.UUID            `json:"id"`
	Name       string               `json:"name"`
	State      dialer.CampaignState `json:"state" enum:"draft,running,paused,draining,completed,cancelled"`
	Mode       dialer.Mode          `json:"mode" enum:"manual,preview,progressive,predictive"`
	Left       int                  `json:"left"`
	Lines      int                  `json:"lines"`
	Ready      int                  `json:"ready"`
	DecisionZH string               `json:"decisionZh"`
	DecisionEN string               `json:"decisionEn"`
}

func errNoCampaign() error {
	return errs.New(errs.NotFound, "campaign_not_found", "没有这个外呼活动，或它属于别的门店。", "There is no such campaign, or it belongs to another store.")
}

func (s *Server) campaigns(ctx context.Context, p auth.Principal, _ *struct{}) (out listOf[dialer.CampaignView], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		list, err := s.Dialer.List(ctx, tx)
		out = listOf[dialer.CampaignView]{Items: mapped(list, same[dialer.CampaignView]), Total: len(list)}
		return err
	})
}

func same[T any](v T) T { return v }

// campaignLines are the campaigns that stand or run, for the wallboard.
func (s *Server) campaignLines(ctx context.Context, tx pgx.Tx) ([]CampaignLine, error) {
	list, err := s.Dialer.List(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := []CampaignLine{}
	for _, c := range list {
		if c.State != dialer.Running && c.State != dialer.Paused && c.State != dialer.Draining {
			continue
		}
		d, err := s.Dialer.Detail(ctx, tx, c.ID)
		if err != nil {
			return nil, err
		}
		say := standing(d)
		out = append(out, CampaignLine{
			ID: c.ID, Name: c.Name, State: c.State, Mode: c.Mode, Left: c.Left,
			Lines: d.Lines.Planned + d.Lines.Ringing + d.Lines.Talking, Ready: d.ReadyAgents, DecisionZH: say.ZH, DecisionEN: say.EN,
		})
	}
	return out, nil
}

// standing is the campaign's decision; one that stands still says why.
func standing(d dialer.CampaignDetail) dialer.DecisionView {
	if d.State == dialer.Running && d.Decision.ZH != "" {
		return d.Decision
	}
	words := map[dialer.CampaignState][2]string{
		dialer.Draft:     {"活动还没有开始。", "The campaign has not begun."},
		dialer.Running:   {"刚刚启动，或由另一台服务器领导。", "It has just begun, or another server leads it."},
		dialer.Paused:    {"活动已暂停，不拨新电话。", "Paused: no new calls."},
		dialer.Draining:  {"活动正在收尾，通话结束后停止。", "It ends when its calls are over."},
		dialer.Completed: {"名单已拨完。", "The list is finished."},
		dialer.Cancelled: {"活动已取消。", "Cancelled."},
	}[d.State]
	if d.StateReasonZH != "" && d.StateReason != dialer.ReasonByUser {
		words[0], words[1] = words[0]+d.StateReasonZH, words[1]+" "+d.StateReasonEN
	}
	return dialer.DecisionView{ZH: words[0], EN: words[1], At: d.Decision.At, LimitedBy: string(d.State)}
}

func (s *Server) campaign(ctx context.Context, p auth.Principal, in *IDInput) (out dialer.CampaignDetail, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Dialer.Detail(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out.Decision = standing(out)
		return nil
	})
}

type campaignInput struct {
	Body struct {
		Name           string      `json:"name" maxLength:"200"`
		TaskKind       string      `json:"taskKind"`
		Mode           dialer.Mode `json:"mode" enum:"preview,progressive,predictive"`
		CallerNumberID *uuid.UUID  `json:"callerNumberId,omitempty"`
		RingSeconds    int         `json:"ringSeconds,omitempty"`
		CapBP          *int        `json:"capBp,omitempty" doc:"abandoned over answered, basis points; of predictive mode"`
		Priority       *int        `json:"priority,omitempty" doc:"1 takes agents first, 9 last"`
		Weight         *int        `json:"weight,omitempty" doc:"share of the agents among campaigns of one priority"`
		AgentIDs       []uuid.UUID `json:"agentIds"`
	}
}

func (s *Server) campaignCreate(ctx context.Context, p auth.Principal, in *campaignInput) (dialer.CampaignView, error) {
	b := in.Body
	n := dialer.NewCampaign{Name: b.Name, TaskKind: b.TaskKind, Mode: b.Mode, RingSeconds: b.RingSeconds, CapBP: b.CapBP, Priority: b.Priority, Weight: b.Weight, AgentIDs: b.AgentIDs}
	if b.CallerNumberID != nil {
		n.CallerNumberID = *b.CallerNumberID
	}
	return s.changed(ctx, p, func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error) {
		return s.Dialer.Create(ctx, tx, p.Scope(), n)
	})
}

// changed runs one change of a campaign, notes it in the audit log and shows the
// campaign as it then stands.
func (s *Server) changed(ctx context.Context, p auth.Principal, fn func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error)) (v dialer.CampaignView, err error) {
	return v, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		c, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		err = auth.Audit(ctx, tx, auth.Entry{
			Group: p.User.Group, Store: p.Store, User: p.User.ID, At: s.Clock.Now(),
			Action: "campaign." + string(c.State), Object: c.ID.String(),
		})
		if err != nil {
			return err
		}
		v, err = s.Dialer.View(ctx, tx, c.ID)
		return err
	})
}

type campaignPatch struct {
	IDInput
	Body struct {
		Name           *string      `json:"name,omitempty" maxLength:"200"`
		Mode           *dialer.Mode `json:"mode,omitempty" enum:"preview,progressive,predictive"`
		CallerNumberID *uuid.UUID   `json:"callerNumberId,omitempty"`
		RingSeconds    *int         `json:"ringSeconds,omitempty"`
		CapBP          *int         `json:"capBp,omitempty" doc:"abandoned over answered, basis points"`
		Priority       *int         `json:"priority,omitempty"`
		Weight         *int         `json:"weight,omitempty"`
		AgentIDs       *[]uuid.UUID `json:"agentIds,omitempty"`
		Version        int          `json:"version"`
	}
}

func (s *Server) campaignUpdate(ctx context.Context, p auth.Principal, in *campaignPatch) (dialer.CampaignView, error) {
	b := in.Body
	ch := dialer.CampaignChange{Name: b.Name, Mode: b.Mode, RingSeconds: b.RingSeconds, CapBP: b.CapBP, Priority: b.Priority, Weight: b.Weight, CallerNumberID: b.CallerNumberID, AgentIDs: b.AgentIDs, Version: b.Version}
	return s.changed(ctx, p, func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error) {
		return s.Dialer.Update(ctx, tx, p.Scope(), in.ID, ch)
	})
}

func (s *Server) campaignStart(ctx context.Context, p auth.Principal, in *IDInput) (dialer.CampaignView, error) {
	return s.changed(ctx, p, func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error) {
		return s.Dialer.Start(ctx, tx, p.Scope(), in.ID)
	})
}

func (s *Server) campaignPause(ctx context.Context, p auth.Principal, in *IDInput) (dialer.CampaignView, error) {
	return s.changed(ctx, p, func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error) {
		return s.Dialer.Pause(ctx, tx, p.Scope(), in.ID)
	})
}

func (s *Server) campaignStop(ctx context.Context, p auth.Principal, in *IDInput) (dialer.CampaignView, error) {
	return s.changed(ctx, p, func(ctx context.Context, tx pgx.Tx) (dialer.Campaign, error) {
		return s.Dialer.Stop(ctx, tx, p.Scope(), in.ID)
	})
}

func (s *Server) campaignOptions(ctx context.Context, p auth.Principal, _ *struct{}) (out dialer.Choices, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		out, err = s.Dialer.Options(ctx, tx, p.Store)
		return err
	})
}

type campaignPageInput struct {
	IDInput
	Page
}

type refusalsInput struct {
	IDInput
	Page
	Rule string `query:"rule" maxLength:"10" doc:"One rule of the gate only, such as CG-05."`
}

func (s *Server) campaignRefusals(ctx context.Context, p auth.Principal, in *refusalsInput) (out listOf[dialer.RefusalView], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		rows, total, err := s.Dialer.Refusals(ctx, tx, in.ID, in.Rule, in.Limit, in.Offset)
		out = listOf[dialer.RefusalView]{Items: mapped(rows, same[dialer.RefusalView]), Total: total}
		return err
	})
}

func (s *Server) campaignCalls(ctx context.Context, p auth.Principal, in *campaignPageInput) (out listOf[CallRow], err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		calls, total, err := s.Report.Calls(ctx, tx, s.Clock.Now(), report.Behind{Campaign: &in.ID, AllDays: true, Limit: in.Limit, Offset: in.Offset})
		out = listOf[CallRow]{Items: mapped(calls, callRow), Total: total}
		return err
	})
}
