package script

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/internal/errs"
)

// Why an answer has no value.
const (
	SkipNone          = "none"           // nothing to say
	SkipNA            = "na"             // 不适用
	SkipRefused       = "refused"        // 拒答
	SkipShort         = "short"          // little time
	SkipNotApplicable = "not_applicable" // only_if was false
)

// Given is one answer as it is kept. Words of the customer are in Verbatim, as
// spoken (3.2.13); a verbatim ask has nothing else.
type Given struct {
	Key      string // with its subscript's prefix: "quick.verbatim"
	Repeat   int    // from 1
	Node     string
	Dept     string
	Factor   string
	Num      *float64
	Code     string
	Codes    []string
	Verbatim string
	Skipped  string
	Seq      int       // order of answering, from 1; 0: words that wait for their answer
	At       time.Time // business time, set when saved
}

// Input is an answer as it comes from the desk. Value is a float64, a string or
// a []string, as the type of the ask wants.
type Input struct {
	Value    any
	Skipped  string
	Verbatim string
}

// value as conditions see it; nil when there is none.
func (g Given) value() any {
	switch {
	case g.Skipped != "" || g.Seq == 0:
		return nil
	case g.Num != nil:
		return *g.Num
	case len(g.Codes) > 0:
		return g.Codes
	case g.Code != "":
		return g.Code
	case g.Verbatim != "":
		return g.Verbatim
	}
	return nil
}

// Text of a value that is a word, a code or a time.
func (g Given) Text() string {
	if g.Code != "" {
		return g.Code
	}
	return g.Verbatim
}

// asked tells whether the question was put and answered: skips by rule and words
// that still wait do not count.
func (g Given) asked() bool {
	return g.Seq > 0 && g.Skipped != SkipShort && g.Skipped != SkipNotApplicable
}

func invalid(code, zh, en string) error { return errs.New(errs.Invalid, code, zh, en).At("value") }

// take checks an input against the ask and makes the answer of it (3.2.5).
func (n *Node) take(in Input) (Given, error) {
	g := Given{Dept: n.Dept, Factor: n.Factor, Verbatim: strings.TrimSpace(in.Verbatim), Repeat: 1}
	if in.Skipped == "" && emptyInput(in.Value) {
		if n.Answer.Type == "verbatim" && g.Verbatim != "" {
			in.Value = g.Verbatim
		} else if in.Skipped = n.quietSkip(); in.Skipped == "" {
			return g, invalid("answer_required", "这一项必须回答，不能跳过。", "This question must be answered.")
		}
	}
	if in.Skipped != "" {
		g.Skipped = in.Skipped
		return g, n.maySkip(in.Skipped)
	}
	return g, n.fill(&g, in.Value)
}

func emptyInput(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// quietSkip: an empty answer to a question that may stay open.
func (n *Node) quietSkip() string {
	if n.Answer.Required || (n.Answer.Refuse && !n.Answer.NA) {
		return ""
	}
	return SkipNone
}

func (n *Node) maySkip(why string) error {
	a := n.Answer
	ok := why == SkipRefused && a.Refuse || why == SkipNA && a.NA || why == SkipNone && !a.Required
	if ok {
		return nil
	}
	return invalid("answer_required", "这一项不能这样跳过，请选择一个答案。", "This question cannot be skipped like that; choose an answer.")
}

func (n *Node) fill(g *Given, v any) error {
	switch n.Answer.Type {
	case "score10":
		return g.score(v, 1, 10)
	case "score5":
		return g.score(v, 1, 5)
	case "nps":
		return g.score(v, 0, 10)
	case "number", "money":
		return n.fillNumber(g, v)
	case "multi":
		return n.fillMulti(g, v)
	}
	text, ok := v.(string)
	if text = strings.TrimSpace(text); !ok || text == "" {
		return invalid("answer_type", "答案的格式不对。", "The answer has the wrong form.")
	}
	return n.fillText(g, text)
}

func (g *Given) score(v any, low, high float64) error {
	f, ok := v.(float64)
	if !ok || f != math.Trunc(f) || f < low || f > high {
		return invalid("answer_score", "分数超出范围，请重新选择。", "The score is out of range; choose again.")
	}
	g.Num = &f
	return nil
}

func (n *Node) fillNumber(g *Given, v any) error {
	f, ok := v.(float64)
	a := n.Answer
	if !ok || a.Min != nil && f < *a.Min || a.Max != nil && f > *a.Max {
		return invalid("answer_number", "数值不对或超出范围，请重新输入。", "The number is wrong or out of range; enter it again.")
	}
	g.Num = &f
	return nil
}

func (n *Node) fillMulti(g *Given, v any) error {
	codes, ok := v.([]string)
	if !ok || slices.ContainsFunc(codes, func(c string) bool { return n.Answer.Option(c) == nil }) {
		return invalid("answer_option", "没有这个选项，请重新选择。", "There is no such option; choose again.")
	}
	g.Codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	return nil
}

func (n *Node) fillText(g *Given, text string) error {
	switch n.Answer.Type {
	case "yesno":
		if text != "yes" && text != "no" {
			return invalid("answer_option", "请选择“是”或“否”。", "Choose yes or no.")
		}
	case "choice":
		if n.Answer.Option(text) == nil {
			return invalid("answer_option", "没有这个选项，请重新选择。", "There is no such option; choose again.")
		}
	case "date", "datetime":
		return g.time(n.Answer.Type, text)
	case "verbatim":
		return n.fillWords(g, text)
	}
	g.Code = text
	return nil
}

func (g *Given) time(kind, text string) error {
	layout := time.RFC3339
	if kind == "date" {
		layout = time.DateOnly
	}
	if _, err := time.Parse(layout, text); err != nil {
		return invalid("answer_time", "时间看不懂，请重新选择。", "The time cannot be read; choose it again.")
	}
	g.Code = text
	return nil
}

func (n *Node) fillWords(g *Given, text string) error {
	if least := n.MinChars(); utf8.RuneCountInString(text) < least {
		if least == 10 {
			return invalid("answer_words", "请照客户原话多记几个字（至少 10 个字）。", "Write down more of the customer's own words (at least 10 characters).")
		}
		return invalid("answer_words", "请照客户原话多记几个字（至少 4 个字）。", "Write down more of the customer's own words (at least 4 characters).")
	}
	g.Verbatim = text
	return nil
}
