package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/auth"
)

// CallRow is one call as lists show it; times are real time.
type CallRow struct {
	ID            uuid.UUID   `json:"id"`
	TaskID        uuid.UUID   `json:"taskId"`
	TaskKind      string      `json:"taskKind"`
	Customer      report.Ref  `json:"customer"`
	CalledMasked  string      `json:"calledMasked"`
	Agent         *report.Ref `json:"agent,omitempty"`
	Campaign      *report.Ref `json:"campaign,omitempty"`
	Mode          string      `json:"mode"`
	State         string      `json:"state"`
	StateZH       string      `json:"stateZh"`
	StateEN       string      `json:"stateEn"`
	LineResult    string      `json:"lineResult"`
	LineResultZH  string      `json:"lineResultZh"`
	LineResultEN  string      `json:"lineResultEn"`
	Disposition   string      `json:"disposition"`
	DispositionZH string      `json:"dispositionZh"`
	DispositionEN string      `json:"dispositionEn"`
	PlannedAt     time.Time   `json:"plannedAt" doc:"real time, by which it rings and talks"`
	BusinessAt    time.Time   `json:"businessAt" doc:"the store's time: a demo's day is another than today"`
	AnsweredAt    *time.Time  `json:"answeredAt,omitempty"`
	BridgedAt     *time.Time  `json:"bridgedAt,omitempty"`
	EndedAt       *time.Time  `json:"endedAt,omitempty"`
	RingMS        *int64      `json:"ringMs,omitempty"`
	WaitMS        *int64      `json:"waitMs,omitempty"`
	TalkMS        *int64      `json:"talkMs,omitempty"`
	SIPCode       int         `json:"sipCode,omitempty"`
	SIPReason     string      `json:"sipReason,omitempty"`
	HangupBy      string      `json:"hangupBy,omitempty"`
	Detail        string      `json:"detail,omitempty"`
}

func callRow(c report.Call) CallRow {
	line, st := report.LineResult(c.LineResult), report.AttemptState(c.State)
	d, _ := task.FindDisposition(c.Disposition)
	return CallRow{
		ID: c.ID, TaskID: c.TaskID, TaskKind: c.TaskKind, Customer: report.Ref{ID: c.CustomerID, Name: c.CustomerName},
		CalledMasked: report.Masked(c.CalledLast4), Agent: ref(c.AgentID, c.AgentName), Campaign: ref(c.CampaignID, c.CampaignName),
		Mode: c.Mode, State: c.State, StateZH: st.ZH, StateEN: st.EN, LineResult: c.LineResult, LineResultZH: line.ZH, LineResultEN: line.EN,
		Disposition: c.Disposition, DispositionZH: d.ZH, DispositionEN: d.EN, PlannedAt: c.PlannedAt, BusinessAt: c.BusinessAt, AnsweredAt: c.AnsweredAt,
		BridgedAt: c.BridgedAt, EndedAt: c.EndedAt, RingMS: between(c.RingingAt, first(c.AnsweredAt, c.EndedAt)),
		WaitMS: between(c.AnsweredAt, c.BridgedAt), TalkMS: between(c.BridgedAt, c.EndedAt),
		SIPCode: c.SIPCode, SIPReason: c.SIPReason, HangupBy: c.HangupBy, Detail: c.Detail,
	}
}

func ref(id *uuid.UUID, name *string) *report.Ref {
	if id == nil {
		return nil
	}
	r := report.Ref{ID: *id}
	if name != nil {
		r.Name = *name
	}
	return &r
}

func first(a, b *time.Time) *time.Time {
	if a != nil {
		return a
	}
	return b
}

func between(from, to *time.Time) *int64 {
	if from == nil || to == nil {
		return nil
	}
	ms := to.Sub(*from).Milliseconds()
	return &ms
}

// Page is a list's window; answers say how many rows there are in all.
type Page struct {
	Limit  int `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Offset int `query:"offset" minimum:"0" default:"0"`
}

// listOf is one page of a list.
type listOf[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

type callsInput struct {
	Page
	Figure   string `query:"figure" doc:"the wallboard's number to open: attempts, counted, answered, reached, abandoned, completed, lines, ringing, waiting, talking, scored, satisfied, dissatisfied, forms"`
	Result   string `query:"result"`
	State    string `query:"state"`
	Dept     string `query:"dept"`
	Agent    string `query:"agentId" format:"uuid"`
	Campaign string `query:"campaignId" format:"uuid"`
	Customer string `query:"customerId" format:"uuid"`
	Day      string `query:"day" enum:"today,all,own" default:"today"`
	From     string `query:"from" doc:"first day, with day own"`
	To       string `query:"to" doc:"last day, with day own"`
	Hour     int    `query:"hour" minimum:"-1" maximum:"23" default:"-1" doc:"of the day in the store's zone; -1: all"`
	Outcome  string `query:"disposition" maxLength:"10" doc:"a disposition's code; none: not recorded"`
	Nobody   bool   `query:"nobody" doc:"no agent ever had the call"`
}

func (s *Server) behind(in *callsInput) (report.Behind, error) {
	b := report.Behind{
		Figure: in.Figure, Result: in.Result, State: in.State, Dept: in.Dept, Agent: optional(in.Agent),
		Campaign: optional(in.Campaign), Customer: optional(in.Customer), AllDays: in.Day == "all", Limit: in.Limit, Offset: in.Offset,
		Outcome: in.Outcome, Nobody: in.Nobody,
	}
	if in.Hour >= 0 {
		b.Hour = &in.Hour
	}
	if in.Day != "own" {
		return b, nil
	}
	p, err := s.Report.PeriodOf("own", "", in.From, in.To, s.Clock.Now())
	b.Period = &p
	return b, err
}

// optional reads an id that huma has checked already; empty is nil.
func optional(id string) *uuid.UUID {
	u, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return &u
}

func (s *Server) calls(ctx context.Context, p auth.Principal, in *callsInput) (out listOf[CallRow], err error) {
	b, err := s.behind(in)
	if err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		calls, total, err := s.Report.Calls(ctx, tx, s.Clock.Now(), b)
		out = listOf[CallRow]{Items: mapped(calls, callRow), Total: total}
		return err
	})
}

// read runs fn in the principal's store.
func (s *Server) read(ctx context.Context, p auth.Principal, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return s.Pool.Scoped(ctx, p.Scope(), fn)
}

func mapped[A, B any](in []A, fn func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, fn(a))
	}
	return out
}

// IDInput is the id in a path.
type IDInput struct {
	ID uuid.UUID `path:"id"`
}

// CallPage is one call with all its steps and answers.
type CallPage struct {
	CallRow
	Events    []CallStep    `json:"events"`
	Answers   []CallAnswer  `json:"answers"`
	Notes     string        `json:"notes"`
	QuickForm *QuickFormRow `json:"quickForm,omitempty"`
}

// CallStep is one step of a call.
type CallStep struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	ZH   string    `json:"zh"`
	EN   string    `json:"en"`
	Data any       `json:"data"`
}

// CallAnswer is one answer of a call, in words.
type CallAnswer struct {
	Key        string    `json:"key"`
	QuestionZH string    `json:"questionZh"`
	QuestionEN string    `json:"questionEn"`
	ValueZH    string    `json:"valueZh"`
	ValueEN    string    `json:"valueEn"`
	Dept       string    `json:"dept"`
	Verbatim   string    `json:"verbatim"`
	SavedAt    time.Time `json:"savedAt"`
}

func (s *Server) call(ctx context.Context, p auth.Principal, in *IDInput) (out CallPage, err error) {
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		d, err := s.Report.CallByID(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out = CallPage{
			CallRow: callRow(d.Call), Events: mapped(d.Events, callStep), Notes: d.Notes,
			Answers: mapped(d.Answers, func(a report.GivenAnswer) CallAnswer { return s.callAnswer(d, a) }),
		}
		out.QuickForm, err = s.formOfCall(ctx, tx, in.ID)
		return err
	})
}

func callStep(e report.Step) CallStep {
	w := report.CallEvent(e.Kind)
	return CallStep{At: e.At, Kind: e.Kind, ZH: w.ZH, EN: w.EN, Data: e.Data}
}

// callAnswer puts question and answer into words, as the call's script version has them.
func (s *Server) callAnswer(d report.CallDetail, a report.GivenAnswer) CallAnswer {
	out := CallAnswer{Key: a.Key, QuestionZH: a.Key, QuestionEN: a.Key, ValueZH: a.Value, ValueEN: a.Value, Dept: a.Dept, Verbatim: a.Verbatim, SavedAt: a.SavedAt}
	if n := s.questionNode(d, a.Node); n != nil {
		out.QuestionZH, out.QuestionEN = script.FullWidth(script.Fill(n.ZH, nil)), script.FillEnglish(n.EN, nil)
		out.ValueZH, out.ValueEN = s.inWords(n, a.Value)
	}
	if zh, en, ok := skippedWords(a.Skipped); ok {
		out.ValueZH, out.ValueEN = zh, en
	}
	return out
}

// questionNode finds the node an answer was given at: "quick/what" is a node of
// the subscript that the node quick calls.
func (s *Server) questionNode(d report.CallDetail, path string) *script.Node {
	sc := s.Library.Version(d.ScriptID, d.ScriptVersion)
	for sc != nil {
		at, rest, inside := strings.Cut(path, "/")
		n := sc.Node(at)
		if n == nil || !inside {
			return n
		}
		sc, path = s.Library.Latest(n.Script), rest
	}
	return nil
}

// inWords puts a stored value into the words of its question's options.
func (s *Server) inWords(n *script.Node, value string) (zh, en string) {
	if n.Answer == nil {
		return value, value
	}
	codes := []string{value}
	switch n.Answer.Type {
	case "score10", "score5", "nps":
		return value + " 分", value
	case "yesno":
		if w, ok := map[string]report.Word{"yes": {ZH: "是", EN: "yes"}, "no": {ZH: "否", EN: "no"}}[value]; ok {
			return w.ZH, w.EN
		}
	case "multi":
		codes = strings.Split(value, ",")
	}
	var zhs, ens []string
	for _, v := range codes {
		w := report.Word{ZH: v, EN: v}
		if o := n.Answer.Option(v); o != nil {
			w.ZH, w.EN = o.ZH, o.EN
		} else if c, ok := s.Library.Enums.Code(n.Answer.Enum, v); ok {
			w.ZH, w.EN = c.ZH, c.EN
		}
		zhs, ens = append(zhs, w.ZH), append(ens, w.EN)
	}
	return strings.Join(zhs, "、"), strings.Join(ens, ", ")
}

func skippedWords(code string) (zh, en string, ok bool) {
	words := map[string][2]string{
		"na": {"不适用", "not applicable"}, "refused": {"拒答", "refused"}, "none": {"没有", "none"},
		"short": {"时间有限，未问", "not asked, short of time"}, "not_applicable": {"不适用，未问", "not asked, not applicable"},
	}
	w, ok := words[code]
	return w[0], w[1], ok
}
