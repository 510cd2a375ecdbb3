// Package cn reads what mainland China's files and people write: phone numbers,
// number plates, VINs, ID numbers, names, dates, amounts and mileage (spec 7.3),
// and masks them for the screen (spec 5.3.1).
//
// It is pure: text in, value and result codes out; no clock, no I/O, no database.
// A code says what was found (spec 7.4); what follows from it is decided by the
// importer and by package customer.
package cn

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Code is a result code of spec 7.3 and 7.4. E- codes spoil the value, W- codes
// are worth a look.
type Code string

// The codes this package gives.
const (
	EPhone  Code = "E-PHONE"
	ESci    Code = "E-SCI"
	EMask   Code = "E-MASK"
	WFake   Code = "W-FAKE"
	EVINLen Code = "E-VINLEN"
	WVINFix Code = "W-VINFIX"
	WVINChk Code = "W-VINCHK"
	WVIN8   Code = "W-VIN8"
	WPlate  Code = "W-PLATE"
	EDate   Code = "E-DATE"
	WYY     Code = "W-YY"
	WAmt    Code = "W-AMT"
	EKm     Code = "E-KM"
)

// Fold makes one spelling of a cell: NFKC (full-width digits and letters), no
// zero-width characters, NBSP and tabs as spaces, no leading apostrophe and no
// ="…" shell that exporters put around digits.
func Fold(s string) string {
	s = norm.NFKC.String(s)
	s = strings.Map(foldRune, s)
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(s, "'")
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		s = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimSpace(s)
}

func foldRune(r rune) rune {
	switch {
	case r == '\n' || r == '\r':
		return '\n'
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r) || r == '\ufeff':
		return -1
	}
	return r
}

// IsNull tells whether a folded cell says "nothing" (null words of spec 7.3).
// A lone 0 is nothing only for phones; see [ParsePhones].
func IsNull(folded string) bool {
	switch strings.ToLower(folded) {
	case "", "无", "没有", "未知", "不详", "空", "/", "\\", "-", "--", "—", "n/a", "#n/a", "null", "none":
		return true
	}
	return false
}

func digitsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func allDigits(s string) bool { return s != "" && len(digitsOnly(s)) == len(s) }
