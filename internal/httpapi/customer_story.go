package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/crm/workorder"
	"ringback/internal/auth"
	"ringback/internal/desk"
)

// Moments is a part of a customer's time line.
type Moments struct {
	Items []MomentView `json:"items"`
	Next  string       `json:"next" doc:"cursor of the older part; empty: this is the end"`
}

// MomentView is one entry of the time line, in words.
type MomentView struct {
	At        time.Time    `json:"at"`
	DayOnly   bool         `json:"dayOnly"`
	Kind      string       `json:"kind" enum:"visit,call,form,policy,delivery,task,message,consent"`
	RefID     uuid.UUID    `json:"refId"`
	VehicleID *uuid.UUID   `json:"vehicleId,omitempty"`
	TitleZH   string       `json:"titleZh"`
	TitleEN   string       `json:"titleEn"`
	No        string       `json:"no" doc:"number of the order, form or policy"`
	Who       string       `json:"who"`
	Words     string       `json:"words"`
	More      string       `json:"more"`
	ResultZH  string       `json:"resultZh"`
	ResultEN  string       `json:"resultEn"`
	Tone      string       `json:"tone" enum:"info,ok,warn,bad"`
	AmountFen *int64       `json:"amountFen,omitempty"`
	Km        *int         `json:"km,omitempty"`
	Late      *int         `json:"lateMinutes,omitempty"`
	Seconds   *int         `json:"seconds,omitempty" doc:"of talk"`
	Until     *time.Time   `json:"until,omitempty"`
	Answers   []ShortReply `json:"answers"`
}

// ShortReply is an answer of a call in a few words.
type ShortReply struct {
	Key      string `json:"key"`
	LabelZH  string `json:"labelZh"`
	LabelEN  string `json:"labelEn"`
	ValueZH  string `json:"valueZh"`
	ValueEN  string `json:"valueEn"`
	Score    *int   `json:"score,omitempty" doc:"0 to 10, when the question asks for one"`
	Verbatim string `json:"verbatim"`
}

type storyInput struct {
	IDInput
	Kinds   string `query:"kinds" doc:"comma-separated; empty: all"`
	Vehicle string `query:"vehicleId" format:"uuid"`
	Q       string `query:"q" maxLength:"60"`
	Cursor  string `query:"cursor" maxLength:"200"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

func (s *Server) customerStory(ctx context.Context, p auth.Principal, in *storyInput) (out Moments, err error) {
	mark, err := report.ParseMark(in.Cursor)
	if err != nil {
		return out, err
	}
	return out, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.mayOpen(ctx, tx, p, in.ID); err != nil {
			return err
		}
		if _, err := s.Customers.Get(ctx, tx, in.ID); err != nil {
			return err
		}
		found, next, err := s.Report.Story(ctx, tx, report.Story{
			Customer: in.ID, Kinds: listed(in.Kinds), Vehicle: optional(in.Vehicle), Text: strings.TrimSpace(in.Q), Before: mark, Limit: in.Limit,
		})
		if err != nil {
			return err
		}
		out = Moments{Items: mapped(found, s.momentView), Next: next.String()}
		return s.addAnswers(ctx, tx, out.Items)
	})
}

func listed(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

// momentView puts an entry into words.
func (s *Server) momentView(m report.Moment) MomentView {
	v := MomentView{
		At: m.At, DayOnly: m.DayOnly, Kind: m.Kind, RefID: m.RefID, VehicleID: m.VehicleID, No: m.No, Who: m.Who, Words: m.Words, More: m.More,
		AmountFen: m.AmountFen, Km: m.Km, Until: m.UntilAt, Tone: "info",
	}
	title, result := s.momentWords(m, &v)
	v.TitleZH, v.TitleEN, v.ResultZH, v.ResultEN = title.ZH, title.EN, result.ZH, result.EN
	return v
}

func (s *Server) momentWords(m report.Moment, v *MomentView) (title, result report.Word) {
	switch m.Kind {
	case "visit":
		k := workorder.Kind(m.Code)
		v.Late = m.Figure
		return report.Word{ZH: k.ZH(), EN: k.EN()}, s.word("work_order_state", m.State)
	case "call":
		v.Seconds, v.Tone = m.Figure, callTone(m.State)
		return taskKind(m.Code), callWord(m.State)
	case "form":
		v.Tone = "warn"
		return s.categories(m.State), s.word("complaint_level", m.Code)
	case "policy":
		return policyKind(m.Code), report.Underwriting(m.State)
	case "delivery":
		return report.Word{ZH: "交新车", EN: "new vehicle delivered"}, report.Word{}
	case "task":
		v.Words, v.More = "", ""
		if m.Words != "" {
			w := report.BlockedReason(m.Words)
			v.Words, v.More = w.ZH, w.EN
		}
		return taskKind(m.Code), report.TaskState(m.State)
	case "message":
		return report.Word{ZH: "短信", EN: "SMS"}, report.MessageState(m.State)
	}
	if m.State != "given" {
		v.Tone = "warn"
	}
	return s.word("consent_purpose", m.Code), consentState(m.State)
}

func callTone(code string) string {
	switch {
	case code == "":
		return "info"
	case code[0] == 'C' && len(code) == 3 && code != "C00":
		return "warn"
	}
	return "info"
}

func (s *Server) categories(codes string) report.Word {
	var zh, en []string
	for _, c := range listed(codes) {
		w := s.word("complaint_category", c)
		zh, en = append(zh, w.ZH), append(en, w.EN)
	}
	return report.Word{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

func policyKind(code string) report.Word {
	if code == "compulsory" {
		return report.Word{Code: code, ZH: "交强险", EN: "compulsory"}
	}
	return report.Word{Code: code, ZH: "商业险", EN: "commercial"}
}

func consentState(code string) report.Word {
	switch code {
	case "given":
		return report.Word{Code: code, ZH: "同意", EN: "given"}
	case "refused":
		return report.Word{Code: code, ZH: "不同意", EN: "refused"}
	}
	return report.Word{Code: code, ZH: "撤回", EN: "withdrawn"}
}

// addAnswers puts what was answered under the calls of a page.
func (s *Server) addAnswers(ctx context.Context, tx pgx.Tx, items []MomentView) error {
	at := map[uuid.UUID]int{}
	var calls []uuid.UUID
	for i, m := range items {
		if m.Kind == "call" {
			at[m.RefID], calls = i, append(calls, m.RefID)
		}
	}
	if len(calls) == 0 {
		return nil
	}
	given, err := s.Report.AnswersOf(ctx, tx, calls)
	if err != nil {
		return err
	}
	for _, a := range given {
		m := &items[at[a.AttemptID]]
		m.Answers = append(m.Answers, s.shortReply(a))
	}
	return nil
}

func (s *Server) shortReply(a report.CallAnswers) ShortReply {
	full := s.callAnswer(report.CallDetail{ScriptID: a.ScriptID, ScriptVersion: a.ScriptVersion}, a.GivenAnswer)
	out := ShortReply{Key: a.Key, LabelZH: full.QuestionZH, LabelEN: full.QuestionEN, ValueZH: full.ValueZH, ValueEN: full.ValueEN, Verbatim: a.Verbatim}
	if zh, en, ok := desk.Label(a.Key); ok {
		out.LabelZH, out.LabelEN = zh, en
	}
	d := report.CallDetail{ScriptID: a.ScriptID, ScriptVersion: a.ScriptVersion}
	if n := s.questionNode(d, a.Node); n != nil && n.Answer != nil && a.Skipped == "" && (strings.HasPrefix(n.Answer.Type, "score") || n.Answer.Type == "nps") {
		out.Score = whole(a.Value)
	}
	return out
}
