package script

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)
	sentence    = regexp.MustCompile(`[^。！？]*[。！？]+|[^。！？]+$`)
)

// fallback words for a variable that has no value (3.2.10). One that is not
// here takes its whole sentence away.
func fallback(name string) (string, bool) {
	switch name {
	case "call_name":
		return "您", true
	case "greeting":
		return "您好", true
	case "store_name":
		return "本店", true
	case "model":
		return "爱车", true
	case "delivered_date_zh":
		return "前几天", true
	case "hotline":
		return "本店服务电话", true
	case "club_benefits_zh":
		return "详情请咨询本店", true
	case "advisor_name", "agent_name", "agent_no", "member_level":
		return "", true
	}
	return "", false
}

// Fill puts vars into a Chinese text: stored half-width marks become full-width,
// a missing value its fallback, and a sentence that cannot do without it goes.
func Fill(text string, vars map[string]any) string {
	var out strings.Builder
	for _, part := range sentence.FindAllString(FullWidth(text), -1) {
		if filled, ok := fillSentence(part, vars); ok {
			out.WriteString(filled)
		}
	}
	if out.Len() > 0 {
		return out.String()
	}
	return placeholder.ReplaceAllString(FullWidth(text), "")
}

// FillEnglish puts vars into a gloss; a missing value is an ellipsis.
func FillEnglish(text string, vars map[string]any) string {
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		if v := word(vars[m[2:len(m)-2]]); v != "" {
			return v
		}
		return "…"
	})
}

func fillSentence(text string, vars map[string]any) (string, bool) {
	ok := true
	filled := placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-2]
		if v := word(vars[name]); v != "" {
			return v
		}
		words, known := fallback(name)
		ok = ok && known
		return words
	})
	return filled, ok
}

func word(v any) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

// FullWidth turns half-width marks of stored Chinese into full-width ones. A
// mark between two Latin letters or digits stays, as in 10:00 and 1,026.
func FullWidth(text string) string {
	if !hasHan(text) {
		return text
	}
	rs := []rune(text)
	var out strings.Builder
	for i, r := range rs {
		if wide, ok := wideMark(r); ok && !(latinAt(rs, i-1) && latinAt(rs, i+1)) {
			out.WriteRune(wide)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func wideMark(r rune) (rune, bool) {
	switch r {
	case ',', '?', '!', ':', ';', '(', ')':
		return r - 0x20 + 0xFF00, true // the block of full-width forms repeats ASCII
	}
	return 0, false
}

func latinAt(rs []rune, i int) bool {
	if i < 0 || i >= len(rs) {
		return false
	}
	r := rs[i]
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2E80 && r < 0xFF00 && utf8.RuneLen(r) > 1 })
}

// Greeting for the local time of the answer (D-14).
func Greeting(local time.Time) string {
	switch m := local.Hour()*60 + local.Minute(); {
	case m >= 5*60 && m < 9*60:
		return "早上好"
	case m >= 9*60 && m < 11*60+30:
		return "上午好"
	case m >= 11*60+30 && m < 13*60+30:
		return "中午好"
	case m >= 13*60+30 && m < 18*60:
		return "下午好"
	}
	return "晚上好"
}

// CallName is how the customer is addressed: surname and title, or 您.
func CallName(surname, honorific string) string {
	if surname == "" || honorific == "" {
		return "您"
	}
	return surname + honorific
}
