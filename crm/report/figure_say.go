package report

import (
	"math/big"
	"strings"

	"ringback/crm/task"
)

// ShowInterval is an interval in the unit shown: "62.5–87.7 %"; empty without one.
func (u Unit) ShowInterval(i *Interval) string {
	if i == nil {
		return ""
	}
	l := u.look()
	low, high := u.Show(fromFloat(i.Low)), u.Show(fromFloat(i.High))
	return strings.TrimSuffix(low, l.suffix) + " – " + high
}

func fromFloat(f float64) *big.Rat {
	r := new(big.Rat)
	r.SetFloat64(f)
	return r
}

// Plain is a value in the unit shown, for charts and spreadsheets; nil stays nil.
func (u Unit) Plain(v *big.Rat) *float64 {
	if v == nil {
		return nil
	}
	f, _ := u.Scaled(v).Float64()
	return &f
}

// PlainInterval are the ends of an interval in the unit shown.
func (u Unit) PlainInterval(i *Interval) (low, high *float64) {
	if i == nil {
		return nil, nil
	}
	return u.Plain(fromFloat(i.Low)), u.Plain(fromFloat(i.High))
}

// PartWord is the label of a part of d.
func (d Definition) PartWord(code string) Word { return partWord(d.Parts, code) }

// SayRow puts the code that a row carries into words: what was answered, how the
// call ended, where the task stands.
func (d Definition) SayRow(noun, value string) Word {
	switch {
	case noun == "task":
		return TaskState(value)
	case noun == "renewal":
		return label(renewalStages(), value)
	case noun == "call" && value == "yes":
		return Word{value, "是", "yes"}
	case noun == "call" && value == "no":
		return Word{value, "否", "no"}
	case d.Parts == "kind":
		return callWord(value)
	case d.Parts == "dept" || d.Parts == "factor":
		return answersWord(value)
	}
	return Word{value, value, value}
}

// callWord finds a disposition, a line result or a task's state.
func callWord(code string) Word {
	if d, ok := task.FindDisposition(code); ok {
		return Word{code, d.ZH, d.EN}
	}
	if w := LineResult(code); w.ZH != code {
		return w
	}
	return TaskState(code)
}

// answersWord says "speed_reception 4, staff_service 6" with the items' names.
func answersWord(value string) Word {
	var zh, en []string
	for _, one := range strings.Split(value, ", ") {
		key, score, _ := strings.Cut(one, " ")
		w := ItemWord(key)
		zh, en = append(zh, w.ZH+" "+score), append(en, w.EN+" "+score)
	}
	return Word{value, strings.Join(zh, "、"), strings.Join(en, ", ")}
}
