package httpapi

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/report"
	"ringback/crm/task"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// SystemView is the node's health in words.
type SystemView struct {
	Version string       `json:"version"`
	Parts   []PartHealth `json:"parts"`
}

// PartHealth is one part the product leans on.
type PartHealth struct {
	Name string `json:"name"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	OK   bool   `json:"ok"`
	// What it means and what to do when it is not well.
	DetailZH string `json:"detailZh"`
	DetailEN string `json:"detailEn"`
}

func (s *Server) system(ctx context.Context, _ auth.Principal, _ *struct{}) (SystemView, error) {
	return s.System(ctx)
}

func (s *Server) session(ctx context.Context, p auth.Principal, _ *struct{}) (SessionView, error) {
	return s.sessionView(ctx, p)
}

func storeRef(ctx context.Context, tx pgx.Tx, id uuid.UUID) (StoreRef, error) {
	st, err := dealer.GetStore(ctx, tx, id)
	return StoreRef{ID: st.ID, Name: st.NameZH}, err
}

// allowed is principal for a caller who is known already.
func allowed(p auth.Principal, need auth.Permission) (auth.Principal, error) {
	if !p.May(need) {
		return p, errs.New(errs.Forbidden, "no_permission", "您的角色不能使用这项功能。", "Your role may not use this.")
	}
	return p, nil
}

// Catalog is every code the console shows, with its words.
type Catalog struct {
	Dispositions        []task.Disposition `json:"dispositions"`
	LineResults         []report.Word      `json:"lineResults"`
	AttemptStates       []report.Word      `json:"attemptStates"`
	TaskStates          []report.Word      `json:"taskStates"`
	TaskKinds           []task.Kind        `json:"taskKinds"`
	PauseReasons        []PauseReason      `json:"pauseReasons"`
	Departments         []report.Word      `json:"departments"`
	ComplaintCategories []report.Word      `json:"complaintCategories"`
	ComplaintLevels     []report.Word      `json:"complaintLevels"`
	ConsentPurposes     []report.Word      `json:"consentPurposes"`
	DNCScopes           []report.Word      `json:"dncScopes"`
	RevealReasons       []report.Word      `json:"revealReasons"`
}

// PauseReason is why an agent is not ready (spec 2.4.7).
type PauseReason struct {
	report.Word
	LimitSeconds int `json:"limitSeconds"`
}

func (s *Server) catalog(context.Context, auth.Principal, *struct{}) (Catalog, error) {
	return Catalog{
		Dispositions: task.Dispositions(), LineResults: report.LineResults(), AttemptStates: report.AttemptStates(),
		TaskStates: report.TaskStates(), TaskKinds: task.Kinds(), PauseReasons: pauseReasons(), Departments: report.Departments(),
		ComplaintCategories: s.enum("complaint_category"), ComplaintLevels: s.enum("complaint_level"),
		ConsentPurposes: s.enum("consent_purpose"), DNCScopes: s.enum("dnc_scope"), RevealReasons: revealReasons(),
	}, nil
}

func pauseReasons() []PauseReason {
	reason := func(code, zh, en string, minutes int) PauseReason {
		return PauseReason{report.Word{Code: code, ZH: zh, EN: en}, minutes * 60}
	}
	return []PauseReason{
		reason("break", "小休", "short break", 15), reason("meal", "用餐", "meal", 60), reason("meeting", "会议/早会", "meeting", 60),
		reason("training", "培训", "training", 240), reason("coaching", "辅导/质检面谈", "coaching", 30),
		reason("paperwork", "报表/信件处理", "reports, letters, filing", 120), reason("frontdesk", "协助前台接待", "helping at the front desk", 120),
		reason("visit", "外出/上门访问", "out of office", 240), reason("assigned", "主管指派", "other work assigned", 120),
		reason("fault", "设备故障", "equipment fault", 0),
	}
}

func (s *Server) enum(name string) []report.Word {
	out := []report.Word{}
	for _, c := range s.Library.Enums[name] {
		out = append(out, report.Word{Code: c.Code, ZH: c.ZH, EN: c.EN})
	}
	return out
}
