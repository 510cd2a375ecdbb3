package cn

import (
	"math"
	"strconv"
	"strings"
)

// MaxAmountFen is the largest amount that is believed without a warning:
// 1,000,000 yuan.
const MaxAmountFen = 100_000_000

// ParseAmount gives fen. ok is false for an empty or unreadable cell; W-AMT marks
// an unreadable one and one above MaxAmountFen.
func ParseAmount(raw string) (fen int64, ok bool, code Code) {
	s := Fold(raw)
	if IsNull(s) && !strings.HasPrefix(s, "#") {
		return 0, false, ""
	}
	s = strings.NewReplacer("¥", "", "￥", "", "RMB", "", "CNY", "", "人民币", "", "−", "-", ",", "", "，", "", "元", "", "整", "", " ", "").Replace(s)
	s, negative := cutNegative(s)
	s, factor := cutTenThousand(s)
	if s == "-" || s == "--" { // how the accounting format of spreadsheets writes nothing: ¥ -
		return 0, false, ""
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f*factor) > 1e12 {
		return 0, false, WAmt
	}
	fen = int64(math.Round(f * factor * 100))
	if negative {
		fen = -fen
	}
	if fen > MaxAmountFen || fen < -MaxAmountFen {
		code = WAmt
	}
	return fen, true, code
}

func cutNegative(s string) (string, bool) {
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		return s[1 : len(s)-1], true
	}
	return strings.CutPrefix(s, "负")
}

func cutTenThousand(s string) (string, float64) {
	if rest, ok := strings.CutSuffix(s, "万"); ok {
		return rest, 10000
	}
	return s, 1
}

// MaxKm is the largest mileage that is believed.
const MaxKm = 999_999

// ParseMileage gives kilometres. ok is false for an empty cell; E-KM for one that
// is no number or above MaxKm.
func ParseMileage(raw string) (km int, ok bool, code Code) {
	s := strings.ToLower(Fold(raw))
	if IsNull(s) {
		return 0, false, ""
	}
	s = strings.NewReplacer("km", "", "公里", "", "千米", "", "(", "", ")", "", ",", "", "，", "", " ", "").Replace(s)
	s, factor := cutTenThousand(s)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f*factor > MaxKm {
		return 0, false, EKm
	}
	return int(math.Round(f * factor)), true, ""
}
