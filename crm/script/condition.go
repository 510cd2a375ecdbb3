package script

import (
	"fmt"
	"slices"
	"strconv"
)

// Condition over answers and variables: one comparison, or all/any of several.
type Condition struct {
	Key   string      `yaml:"key"`
	Op    string      `yaml:"op"`
	Value any         `yaml:"value"`
	All   []Condition `yaml:"all"`
	Any   []Condition `yaml:"any"`
}

// holds decides the condition. A value that is not there makes every
// comparison false but "missing".
func (c Condition) holds(lookup func(key string) any) bool {
	switch {
	case len(c.All) > 0:
		return !slices.ContainsFunc(c.All, func(x Condition) bool { return !x.holds(lookup) })
	case len(c.Any) > 0:
		return slices.ContainsFunc(c.Any, func(x Condition) bool { return x.holds(lookup) })
	}
	return compare(c.Op, lookup(c.Key), c.Value)
}

func compare(op string, have, want any) bool {
	there := !blank(have)
	switch op {
	case "exists":
		return there
	case "missing":
		return !there
	}
	if have == nil {
		return false
	}
	switch op {
	case "eq":
		return same(have, want)
	case "ne":
		return !same(have, want)
	case "in":
		return within(have, want)
	case "nin":
		return !within(have, want)
	}
	return ordered(op, have, want)
}

func blank(v any) bool {
	if list, ok := v.([]string); ok {
		return len(list) == 0
	}
	return v == nil || v == ""
}

func same(a, b any) bool {
	x, okX := number(a)
	y, okY := number(b)
	if okX && okY {
		return x == y
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// within: any of the chosen values is in the list.
func within(have, want any) bool {
	list, _ := want.([]any)
	chosen, many := have.([]string)
	if !many {
		return slices.ContainsFunc(list, func(x any) bool { return same(have, x) })
	}
	return slices.ContainsFunc(chosen, func(c string) bool {
		return slices.ContainsFunc(list, func(x any) bool { return same(c, x) })
	})
}

func ordered(op string, have, want any) bool {
	a, okA := number(have)
	b, okB := number(want)
	if !okA || !okB {
		return false
	}
	switch op {
	case "lt":
		return a < b
	case "lte":
		return a <= b
	case "gt":
		return a > b
	default:
		return a >= b
	}
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// each calls fn for every simple comparison inside.
func (c Condition) each(fn func(Condition)) {
	if c.Key != "" || c.Op != "" {
		fn(c)
	}
	for _, x := range slices.Concat(c.All, c.Any) {
		x.each(fn)
	}
}
