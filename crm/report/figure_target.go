package report

import "math/big"

// Target of a figure, in tenths of its shown unit (spec 4.1.2). The zero value is
// no target.
type Target struct {
	Op     string // ">=" or "<="
	Tenths int64
}

func atLeast(tenths int64) Target { return Target{">=", tenths} }
func atMost(tenths int64) Target  { return Target{"<=", tenths} }

// Status is how a figure stands to its target.
type Status string

// Statuses, with the colours of spec 4.2.
const (
	InTarget Status = "in"     // green
	Near     Status = "near"   // amber: at least 90 % of the target
	Missed   Status = "missed" // red
	Possible Status = "open"   // grey: not in target, but the open rows may still bring it there
	Unjudged Status = "none"   // no target, or nothing to judge
)

// Judge compares a value with the target. best is the value should every open row
// still turn out well (for "at most": badly); the two are equal when nothing is open.
func (t Target) Judge(u Unit, value, best *big.Rat) Status {
	if t.Op == "" || value == nil {
		return Unjudged
	}
	v, b, goal := u.Scaled(value), u.Scaled(best), big.NewRat(t.Tenths, 10)
	switch {
	case t.Op == "<=" && b.Cmp(goal) <= 0, t.Op == ">=" && v.Cmp(goal) >= 0:
		return InTarget
	case t.Op == "<=" && v.Cmp(goal) <= 0, t.Op == ">=" && b.Cmp(goal) >= 0:
		return Possible
	case t.near(v, goal):
		return Near
	}
	return Missed
}

// near: at least 90 % of a target from below, or within 1/0.9 of one from above.
func (t Target) near(v, goal *big.Rat) bool {
	tenth := new(big.Rat)
	if t.Op == "<=" {
		return tenth.Mul(v, big.NewRat(9, 10)).Cmp(goal) <= 0
	}
	return v.Cmp(tenth.Mul(goal, big.NewRat(9, 10))) >= 0
}

// Better tells whether a change goes the way of the target; ok is false without
// a target or a change.
func (t Target) Better(now, before *big.Rat) (better, ok bool) {
	if t.Op == "" || now == nil || before == nil || now.Cmp(before) == 0 {
		return false, false
	}
	return (now.Cmp(before) > 0) == (t.Op == ">="), true
}

// Show is the target in words: "≥ 95 %".
func (t Target) Show(u Unit) string {
	if t.Op == "" {
		return ""
	}
	decimals := 0
	if t.Tenths%10 != 0 {
		decimals = 1
	}
	sign := map[string]string{">=": "≥ ", "<=": "≤ "}[t.Op]
	return sign + big.NewRat(t.Tenths, 10).FloatString(decimals) + u.look().suffix
}
