package cn

import (
	"regexp"
	"strings"
)

const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

var (
	plateForm = regexp.MustCompile(`^[` + provinces + `][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,6}[学警挂港澳使领]?$`)
	ebikeForm = regexp.MustCompile(`^[\p{Han}]{0,3}[A-Z0-9]{4,10}$`)
)

// ParsePlate gives the plate in one spelling, empty for a car without one.
// W-PLATE: no province, or I or O in the serial; the plate is kept as written. Words
// without a letter or digit, such as 暂无, are no plate that two vehicles could share.
func ParsePlate(raw string) (string, Code) {
	s := Fold(raw)
	if noPlate(s) {
		return "", ""
	}
	s = strings.ToUpper(strings.NewReplacer(" ", "", "·", "", "•", "", "・", "", "∙", "", "●", "", "-", "", "–", "", "—", "", "−", "", "_", "", ".", "", "\n", "").Replace(s))
	if plateForm.MatchString(s) {
		return s, ""
	}
	if noPlate(s) {
		return "", ""
	}
	return s, WPlate
}

// ParseEbikePlate is free form: 4 to 10 letters and digits with a city prefix.
func ParseEbikePlate(raw string) (string, Code) {
	s, code := ParsePlate(raw)
	if code != "" && ebikeForm.MatchString(s) {
		return s, ""
	}
	return s, code
}

func isSign(r rune) bool {
	return (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z')
}

func noPlate(s string) bool {
	return IsNull(s) || s == "0" || !strings.ContainsFunc(s, isSign)
}
