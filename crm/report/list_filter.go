package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
)

// filterValue is what a filter was given, read.
type filterValue struct {
	codes    []string
	text     string
	from, to *int64     // a range of numbers, both inclusive; money in fen
	day, end *time.Time // a range of days as midnights in UTC, both inclusive
	yes      bool
	id       uuid.UUID
	now      time.Time
	zone     *time.Location
}

// longestText is how long a text filter may be, in characters.
const longestText = 60

// read reads what a person gave, or says what is wrong with it.
func (f ListFilter) read(text string, now time.Time, zone *time.Location) (v filterValue, err error) {
	v.now, v.zone, v.text = now, zone, strings.TrimSpace(text)
	if v.text == "" || len([]rune(v.text)) > longestText {
		return v, f.wrong("请填写内容，最多 60 个字", "give up to 60 characters")
	}
	switch f.Kind {
	case ChoiceFilter:
		v.codes = strings.Split(v.text, ",")
		for _, c := range v.codes {
			if !slices.ContainsFunc(f.Words, func(w Word) bool { return w.Code == c }) {
				return v, f.wrong("没有“"+c+"”这个选项", "there is no choice "+c)
			}
		}
	case DaysFilter:
		return v, f.readDays(&v)
	case NumberFilter, MoneyFilter:
		return v, f.readNumbers(&v)
	case YesFilter:
		v.yes = v.text == "yes"
		if !v.yes && v.text != "no" {
			return v, f.wrong("只能是 yes 或 no", "give yes or no")
		}
	case PersonFilter, RowFilter:
		if v.id, err = uuid.Parse(v.text); err != nil {
			return v, f.wrong("不是有效的编号", "this is no id")
		}
	}
	return v, nil
}

func (f ListFilter) readDays(v *filterValue) error {
	from, to, ok := strings.Cut(v.text, "..")
	day := func(text string) (*time.Time, bool) {
		if text == "" {
			return nil, true
		}
		t, err := time.Parse(time.DateOnly, text)
		return &t, err == nil
	}
	var fine, fineToo bool
	v.day, fine = day(from)
	v.end, fineToo = day(to)
	if !ok || !fine || !fineToo || v.day == nil && v.end == nil {
		return f.wrong("日期应写成 2026-11-01..2026-11-30，一边可以不填", "give days as 2026-11-01..2026-11-30; one side may be missing")
	}
	if v.day != nil && v.end != nil && v.day.After(*v.end) {
		return f.reversed(from, to)
	}
	return nil
}

func (f ListFilter) readNumbers(v *filterValue) error {
	from, to, ok := strings.Cut(v.text, "..")
	number := func(text string) (*int64, bool) {
		if text == "" {
			return nil, true
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if f.Kind == MoneyFilter {
			n *= 100
		}
		return &n, err == nil
	}
	var fine, fineToo bool
	v.from, fine = number(from)
	v.to, fineToo = number(to)
	if !ok || !fine || !fineToo || v.from == nil && v.to == nil {
		return f.wrong("数字应写成 10000..20000，一边可以不填", "give whole numbers as 10000..20000; one side may be missing")
	}
	if v.from != nil && v.to != nil && *v.from > *v.to {
		return f.reversed(from, to)
	}
	return nil
}

func (f ListFilter) wrong(zh, en string) error {
	return errs.New(errs.Invalid, "list_filter_value", "筛选“"+f.ZH+"”的内容不对："+zh+"。", "The filter "+f.EN+" is not right: "+en+".").At(f.Code)
}

func (f ListFilter) reversed(from, to string) error {
	return errs.New(errs.Invalid, "list_range", "筛选“"+f.ZH+"”的起点 "+from+" 在终点 "+to+" 之后，请对调。",
		"The filter "+f.EN+" begins ("+from+") after it ends ("+to+"); swap them.").At(f.Code)
}

// days is a condition on a date.
func (v filterValue) days(a *arguments, column string) string {
	var out []string
	if v.day != nil {
		out = append(out, column+" >= "+a.add(*v.day)+"::date")
	}
	if v.end != nil {
		out = append(out, column+" <= "+a.add(*v.end)+"::date")
	}
	return strings.Join(out, " AND ")
}

// moments is a condition on a moment by business days.
func (v filterValue) moments(a *arguments, column string) string {
	midnight := func(day time.Time) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, v.zone)
	}
	var out []string
	if v.day != nil {
		out = append(out, column+" >= "+a.add(midnight(*v.day)))
	}
	if v.end != nil {
		out = append(out, column+" < "+a.add(midnight(v.end.AddDate(0, 0, 1))))
	}
	return strings.Join(out, " AND ")
}

// numbers is a condition on a number.
func (v filterValue) numbers(a *arguments, column string) string {
	var out []string
	if v.from != nil {
		out = append(out, column+" >= "+a.add(*v.from)+"::bigint")
	}
	if v.to != nil {
		out = append(out, column+" <= "+a.add(*v.to)+"::bigint")
	}
	return strings.Join(out, " AND ")
}

// part is true where one of the columns holds the text, in either case of letters.
func (v filterValue) part(a *arguments, columns ...string) string {
	place := a.add(v.text)
	for i, c := range columns {
		columns[i] = "strpos(lower(" + c + "), lower(" + place + "::text)) > 0"
	}
	return "(" + strings.Join(columns, " OR ") + ")"
}

// is turns a condition round when the answer was no.
func (v filterValue) is(condition string) string {
	if v.yes {
		return "(" + condition + ")"
	}
	return "NOT (" + condition + ")"
}

func by(kind FilterKind, code, zh, en string, sql func(a *arguments, v filterValue) string) ListFilter {
	return ListFilter{Word: Word{code, zh, en}, Kind: kind, sql: sql}
}

func choice(code, zh, en string, words []Word, sql func(a *arguments, v filterValue) string) ListFilter {
	return ListFilter{Word: Word{code, zh, en}, Kind: ChoiceFilter, Words: words, sql: sql}
}

// oneOf is the usual condition of a choice.
func oneOf(column string) func(a *arguments, v filterValue) string {
	return func(a *arguments, v filterValue) string { return column + " = ANY (" + a.add(v.codes) + ")" }
}

// sameID is the usual condition of a person or a record.
func sameID(column string) func(a *arguments, v filterValue) string {
	return func(a *arguments, v filterValue) string { return column + " = " + a.add(v.id) }
}
