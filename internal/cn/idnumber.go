package cn

import (
	"strings"
	"time"
)

// ParseIDNumber gives the 18 characters of a resident ID number, upper case. ok is
// false when length, birthday or check digit (ISO 7064 MOD 11-2) do not hold.
func ParseIDNumber(raw string) (id string, ok bool) {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(Fold(raw)))
	if len(s) != 18 || !allDigits(s[:17]) || idCheck(s[:17]) != s[17] {
		return "", false
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return "", false
	}
	return s, true
}

// IDCheckDigit is the 18th character for the first 17 digits, 0 when they are no
// 17 digits.
func IDCheckDigit(first17 string) byte {
	if len(first17) != 17 || !allDigits(first17) {
		return 0
	}
	return idCheck(first17)
}

func idCheck(first17 string) byte {
	sum := 0
	weight := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i := range 17 {
		sum += int(first17[i]-'0') * weight[i]
	}
	return "10X98765432"[sum%11]
}
