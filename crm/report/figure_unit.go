package report

import (
	"math/big"
	"strings"
)

// Unit says how a value is shown.
type Unit string

// Units.
const (
	Percent  Unit = "percent"  // times 100, one decimal
	PerMille Unit = "permille" // times 1000, one decimal
	Index    Unit = "index"    // 0 to 1000, one decimal
	Points   Unit = "points"   // times 100, signed, one decimal
	Seconds  Unit = "seconds"  // one decimal
	Count    Unit = "count"
	Yuan     Unit = "yuan" // kept in fen
)

// Nothing is shown where a denominator is 0.
const Nothing = "—"

type look struct {
	times    int64
	over     int64
	decimals int
	suffix   string
	signed   bool
}

func (u Unit) look() look {
	switch u {
	case Percent:
		return look{times: 100, over: 1, decimals: 1, suffix: " %"}
	case PerMille:
		return look{times: 1000, over: 1, decimals: 1, suffix: " ‰"}
	case Points:
		return look{times: 100, over: 1, decimals: 1, signed: true}
	case Index:
		return look{times: 1, over: 1, decimals: 1}
	case Seconds:
		return look{times: 1, over: 1, decimals: 1, suffix: " s"}
	case Yuan:
		return look{times: 1, over: 100, decimals: 2}
	}
	return look{times: 1, over: 1}
}

// Scaled is the value in the unit shown: 31/40 is 77.5 in percent. Nil stays nil.
func (u Unit) Scaled(v *big.Rat) *big.Rat {
	if v == nil {
		return nil
	}
	l := u.look()
	return new(big.Rat).Mul(v, big.NewRat(l.times, l.over))
}

// Show is the value in words, rounded half up; Nothing when there is none.
func (u Unit) Show(v *big.Rat) string {
	if v == nil {
		return Nothing
	}
	l := u.look()
	text := grouped(HalfUp(u.Scaled(v), l.decimals).FloatString(l.decimals))
	if u == Yuan {
		return strings.Replace("¥"+text, "¥-", "-¥", 1)
	}
	if l.signed && v.Sign() > 0 {
		text = "+" + text
	}
	return text + l.suffix
}

// ShowChange is the difference of two values, with its sign; rates differ in
// points, so that no suffix can be read as a share of the value before.
func (u Unit) ShowChange(now, before *big.Rat) string {
	if now == nil || before == nil {
		return ""
	}
	d, l := new(big.Rat).Sub(now, before), u.look()
	text := grouped(HalfUp(u.Scaled(d), l.decimals).FloatString(l.decimals))
	if d.Sign() > 0 {
		text = "+" + text
	}
	return text
}

// grouped puts a comma after each three digits before the point.
func grouped(s string) string {
	sign, whole, rest := "", s, ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if i := strings.IndexByte(whole, '.'); i >= 0 {
		whole, rest = whole[:i], whole[i:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}
