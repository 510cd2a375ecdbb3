package cn

import (
	"math/big"
	"regexp"
	"strings"
)

// PhoneKind is what sort of line a number is.
type PhoneKind string

// Kinds of numbers.
const (
	Mobile   PhoneKind = "mobile"
	Landline PhoneKind = "landline"
)

// Phone is one number. Digits has no country code: 15400000001, 051012345678.
type Phone struct {
	Digits string
	Kind   PhoneKind
	Ext    string
}

// Last4 is what may be shown and logged of the number.
func (p Phone) Last4() string { return last(p.Digits, 4) }

// Phones is what a cell held: the valid numbers, mobiles first, and when there
// is none, the code that says why. Masked is the last four digits of 154****0001.
type Phones struct {
	Valid  []Phone
	Code   Code // empty when Valid has a number or the cell was empty
	Masked string
}

// PhoneOptions is the store's part of reading a number.
type PhoneOptions struct {
	AreaCode string // put before a landline without one, "0510"
	Hotline  string // the store's own number is a placeholder in its files
}

var (
	phoneSplit    = regexp.MustCompile(`[/\\、,，;；|&。]|或|和|\n`)
	phoneWords    = regexp.MustCompile(`手机号?码?|电话|联系方式|[TtＴ]el|[:：]`)
	phoneNote     = regexp.MustCompile(`[(\[][^()\[\]]*[^\d()\[\] +-][^()\[\]]*[)\]]`) // (妻子), never (0510)
	besideNumbers = regexp.MustCompile(`\p{Han}+`)
	spilled       = regexp.MustCompile(`^(\d{7,13})\.0+$`) // a number that was kept as a fraction
	phoneExt      = regexp.MustCompile(`^(.*?)(?:转|分机|ext\.?)\s*(\d{1,6})\D*$`)
	dashedExt     = regexp.MustCompile(`^((?:0\d{2,3}[- ]?)?\d{7,8})-(\d{1,6})$`)
	scientific    = regexp.MustCompile(`^\d(?:\.\d+)?[eE]\+?\d{1,2}$`)
	maskedPhone   = regexp.MustCompile(`^\+?\d{1,8}[*xX•]{2,11}(\d{0,4})$`)
	mobileForm    = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landForm      = regexp.MustCompile(`^0(?:10|2\d|[3-9]\d{2})\d{7,8}$`)
)

// ParsePhones reads a phone cell by spec 7.3 and 7.7.
func ParsePhones(raw string, o PhoneOptions) Phones {
	folded := Fold(raw)
	if IsNull(folded) || folded == "0" {
		return Phones{}
	}
	var out Phones
	for _, part := range phoneSplit.Split(folded, -1) {
		out.add(strings.TrimSpace(part), o)
	}
	if len(out.Valid) > 0 {
		out.Code, out.Masked = "", ""
		out.mobilesFirst()
	} else if out.Code == "" {
		out.Code = EPhone
	}
	return out
}

func (ps *Phones) add(part string, o PhoneOptions) {
	part = phoneNote.ReplaceAllStringFunc(part, func(note string) string {
		if strings.Contains(note, "转") || strings.Contains(note, "分机") {
			return note
		}
		return " "
	})
	part = strings.TrimSpace(phoneWords.ReplaceAllString(part, ""))
	if part == "" {
		return
	}
	if ps.one(part, o) {
		return
	}
	for _, piece := range strings.Fields(part) {
		if piece == part || !ps.one(piece, o) {
			ps.named(piece, o)
		}
	}
}

// named finds whole numbers that words are written against: 王先生15400000001. A short
// one beside words may be anything.
func (ps *Phones) named(piece string, o PhoneOptions) {
	for _, bit := range strings.Fields(besideNumbers.ReplaceAllString(piece, " ")) {
		if bit != piece && len(digitsOnly(bit)) >= 10 {
			ps.one(bit, o)
		}
	}
}

// one reads a part as a single number and keeps the worst code when it is none.
func (ps *Phones) one(part string, o PhoneOptions) bool {
	p, code, masked := readPhone(part, o)
	switch {
	case code == "" && p.Digits != "":
		ps.keep(p)
		return true
	case code != "" && (ps.Code == "" || ps.Code == EPhone):
		ps.Code, ps.Masked = code, masked
	}
	return false
}

func (ps *Phones) keep(p Phone) {
	for _, known := range ps.Valid {
		if known.Digits == p.Digits {
			return
		}
	}
	ps.Valid = append(ps.Valid, p)
}

func (ps *Phones) mobilesFirst() {
	var mobiles, rest []Phone
	for _, p := range ps.Valid {
		if p.Kind == Mobile {
			mobiles = append(mobiles, p)
		} else {
			rest = append(rest, p)
		}
	}
	ps.Valid = append(mobiles, rest...)
}

func readPhone(part string, o PhoneOptions) (Phone, Code, string) {
	ext := ""
	part = spilled.ReplaceAllString(part, "$1")
	part = strings.NewReplacer("(", "", ")", "", "[", "", "]", "").Replace(part)
	if m := phoneExt.FindStringSubmatch(part); m != nil {
		part, ext = strings.TrimSpace(m[1]), m[2]
	}
	if scientific.MatchString(part) {
		full, ok := wholeScientific(part)
		if !ok {
			return Phone{}, ESci, ""
		}
		part = full
	}
	if m := maskedPhone.FindStringSubmatch(strings.NewReplacer(" ", "", "-", "").Replace(part)); m != nil {
		if len(m[1]) < 4 { // 154*******: nothing to compare by
			m[1] = ""
		}
		return Phone{}, EMask, m[1]
	}
	p, code := readDigits(plainDigits(part), ext, o)
	if code == EPhone && ext == "" {
		if m := dashedExt.FindStringSubmatch(part); m != nil {
			p, code = readDigits(plainDigits(m[1]), m[2], o)
		}
	}
	return p, code, ""
}

// wholeScientific gives 15400000001 for 1.5400000001E10, and false for 1.54E+10,
// whose last digits are lost.
func wholeScientific(s string) (string, bool) {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	f, _, err := big.ParseFloat(s, 10, 100, big.ToNearestEven)
	if err != nil {
		return "", false
	}
	n, _ := f.Int(nil)
	text := n.String()
	return text, len(digitsOnly(mantissa)) >= len(text) && len(text) <= 13
}

// plainDigits removes separators and prefixes; empty when letters remain.
func plainDigits(s string) string {
	s = strings.NewReplacer(" ", "", "-", "", "–", "", "—", "", ".", "").Replace(s)
	plus := strings.HasPrefix(s, "+")
	s = strings.TrimPrefix(s, "+")
	if !allDigits(s) {
		return ""
	}
	for _, prefix := range []string{"17951", "12593", "0086", "86", "0"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && mobileForm.MatchString(rest) {
			return rest
		}
	}
	for _, prefix := range []string{"0086", "86"} {
		rest, ok := strings.CutPrefix(s, prefix)
		if ok && (plus || prefix == "0086") {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return s
}

func readDigits(d, ext string, o PhoneOptions) (Phone, Code) {
	switch {
	case d == "":
		return Phone{}, EPhone
	case isPlaceholder(d) || (o.Hotline != "" && d == digitsOnly(o.Hotline)):
		return Phone{}, WFake
	case mobileForm.MatchString(d):
		return Phone{Digits: d, Kind: Mobile, Ext: ext}, ""
	case (len(d) == 7 || len(d) == 8) && o.AreaCode != "":
		return readDigits(o.AreaCode+d, ext, PhoneOptions{Hotline: o.Hotline})
	case landForm.MatchString(d):
		return Phone{Digits: d, Kind: Landline, Ext: ext}, ""
	}
	return Phone{}, EPhone
}

// isPlaceholder finds rows of equal or running digits, 12345678901 among them
// (spec 7.7). Short numbers are left to the length check.
func isPlaceholder(d string) bool {
	if len(d) < 7 {
		return false
	}
	return steps(d, 0) || steps(d, 1) || steps(d, 9)
}

func steps(d string, by int) bool {
	for i := 1; i < len(d); i++ {
		if (int(d[i-1]-'0')+by)%10 != int(d[i]-'0') {
			return false
		}
	}
	return true
}

func last(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[len(s)-n:]
}
