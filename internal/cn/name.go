package cn

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is a customer's name as a file has it, without its title.
type Name struct {
	Full      string
	Surname   string // empty for companies and names that are not Chinese
	Honorific string // 先生, 女士 or empty
	Company   bool
}

var (
	companyWords = regexp.MustCompile(`公司|厂|店|局|院|银行|中心|集团|合作社|学校|工作室`)
	bracketed    = regexp.MustCompile(`\s*\((先生|女士|小姐|太太)\)$`)
	hanGap       = regexp.MustCompile(`(\p{Han})\s+(\p{Han})`)
	manySpaces   = regexp.MustCompile(`\s+`)
	limited      = strings.NewReplacer("有限责任公司", "有限公司", "(", "", ")", "", " ", "")
)

// compound surnames of the usual list; everything else is one character.
const compounds = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 轩辕 长孙 宇文 南宫 独孤 端木 万俟 闻人 申屠 太史 钟离 濮阳 淳于 单于 赫连 澹台 公冶 宗政 百里 呼延 东郭 西门"

// ParseName cuts titles, collapses spaces and detects companies (spec 7.3).
func ParseName(raw string) Name {
	s := Fold(raw)
	if IsNull(s) {
		return Name{}
	}
	s = manySpaces.ReplaceAllString(s, " ")
	for hanGap.MatchString(s) {
		s = hanGap.ReplaceAllString(s, "$1$2")
	}
	if companyWords.MatchString(s) && utf8.RuneCountInString(s) >= 4 {
		return Name{Full: s, Company: true}
	}
	full, honorific := cutTitle(s)
	return Name{Full: full, Surname: surname(full), Honorific: honorific}
}

func cutTitle(s string) (rest, honorific string) {
	s = bracketed.ReplaceAllString(s, "$1")
	for _, title := range []string{"先生", "女士", "小姐", "太太", "师傅", "总"} {
		rest, ok := strings.CutSuffix(s, title)
		if rest = strings.TrimSpace(rest); !ok || rest == "" {
			continue
		}
		switch title {
		case "先生":
			return rest, "先生"
		case "女士", "小姐", "太太":
			return rest, "女士"
		}
		return rest, ""
	}
	return s, ""
}

func surname(full string) string {
	runes := []rune(full)
	if len(runes) == 0 || !unicode.Is(unicode.Han, runes[0]) || strings.ContainsAny(full, "·•") {
		return ""
	}
	if len(runes) >= 2 {
		for _, c := range strings.Fields(compounds) {
			if string(runes[:2]) == c {
				return c
			}
		}
	}
	return string(runes[:1])
}

// CompanyKey is the spelling companies are compared by: 有限公司 and 有限责任公司
// are one (spec 7.5 #8).
func CompanyKey(name string) string { return limited.Replace(Fold(name)) }
