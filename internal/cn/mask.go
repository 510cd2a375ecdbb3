package cn

import "strings"

// MaskPhone shows 154****0001, or 0510****0001 for a landline (spec 5.3.1).
func MaskPhone(digits string) string {
	switch {
	case len(digits) < 7:
		return strings.Repeat("*", len(digits))
	case strings.HasPrefix(digits, "0"):
		return digits[:min(4, len(digits)-4)] + "****" + last(digits, 4)
	}
	return digits[:3] + "****" + last(digits, 4)
}

// MaskName keeps the surname: 张**. Companies are not masked.
func MaskName(n Name) string {
	if n.Company || n.Full == "" {
		return n.Full
	}
	keep := n.Surname
	if keep == "" {
		keep = string([]rune(n.Full)[:1])
	}
	return keep + "**"
}

// MaskID shows region and the last four: 990000********0017.
func MaskID(id string) string {
	if len(id) < 10 {
		return strings.Repeat("*", len(id))
	}
	return id[:6] + strings.Repeat("*", len(id)-10) + last(id, 4)
}

// MaskPlate shows 苏B**345.
func MaskPlate(plate string) string {
	r := []rune(plate)
	if len(r) < 5 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:2]) + strings.Repeat("*", len(r)-5) + string(r[len(r)-3:])
}
