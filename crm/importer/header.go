package importer

import (
	"slices"
	"strings"

	"ringback/internal/cn"
)

// Column is one column of a file: its heading as written (with _2 when it comes
// twice) and the field it fills, empty for unknown columns, which go to extra.
type Column struct {
	Heading string `json:"heading"`
	Field   string `json:"field"`
}

// headed is a sheet whose header is known.
type headed struct {
	layout  layout
	columns []Column
	row     int // line number of the header
	data    []line
	missing []string // required columns that are not there
	score   int
}

// headerRows is how deep a header may stand (spec 7.2).
const headerRows = 20

// findHeader looks for the first of the first 20 rows with three recognised names
// (or nothing but recognised names) and the layout that fits it best. Without one
// ok is false, and the best row of two names still tells what is missing (T-I15).
func findHeader(lines []line) (best headed, ok bool) {
	var seen int
	for i, l := range lines {
		if l.blank() {
			continue
		}
		if seen++; seen > headerRows {
			break
		}
		if h, ok := bestLayout(l.cells); ok {
			h.row = l.no
			next := i + 1
			if joined, ok := twoRows(lines, i, h); ok {
				h, next = joined, i+2
			}
			h.data = dataLines(lines[next:], l.cells)
			return h, true
		}
		if h := mostNames(l.cells); h.score >= 2 && h.score > best.score {
			best = h
		}
	}
	return best, false
}

func bestLayout(cells []string) (headed, bool) {
	var best headed
	for _, l := range layouts() {
		h := l.read(cells)
		if h.isHeader() && (best.columns == nil || h.fits() > best.fits()) {
			best = h
		}
	}
	return best, best.columns != nil
}

// isHeader: three names, or a complete layout of few columns.
func (h headed) isHeader() bool {
	named := 0
	for _, c := range h.columns {
		if c.Heading != "" {
			named++
		}
	}
	return h.score >= 3 || (len(h.missing) == 0 && h.score == named)
}

func mostNames(cells []string) headed {
	var best headed
	for _, l := range layouts() {
		if h := l.read(cells); h.score > best.score {
			best = h
		}
	}
	return best
}

// fits ranks layouts: all required columns there, then few missing, then many
// recognised.
func (h headed) fits() int { return h.score - 100*len(h.missing) }

func (l layout) read(cells []string) headed {
	h := headed{layout: l}
	fields, times := map[string]bool{}, map[string]int{}
	for _, c := range cells {
		name := strings.Join(strings.Fields(cn.Fold(c)), "")
		field := l.field(heading(c))
		if times[name]++; times[name] > 1 && name != "" {
			name += "_" + string(rune('0'+times[name]))
		}
		if field != "" && fields[field] {
			field = l.second(field, fields)
		}
		if field != "" {
			fields[field] = true
			h.score++
		}
		h.columns = append(h.columns, Column{Heading: name, Field: field})
	}
	h.missing = l.missing(fields)
	return h
}

// second is where a repeated column goes: a second 电话 is phone 2 (T-I14).
func (l layout) second(field string, fields map[string]bool) string {
	if field == "phone" && !fields["phone2"] {
		return "phone2"
	}
	return ""
}

// twoRows joins a header of merged group cells with the names below them: the
// lower name, or upper and lower together (spec 7.2).
func twoRows(lines []line, i int, single headed) (headed, bool) {
	if i+1 >= len(lines) || lines[i+1].blank() || lines[i].span == nil {
		return headed{}, false
	}
	upper, lower := lines[i], lines[i+1]
	cells := make([]string, max(len(upper.cells), len(lower.cells)))
	for c := range cells {
		up, low := upper.cell(upper.spanned(c)), lower.cell(c)
		cells[c] = up
		if low != "" {
			cells[c] = low
			if single.layout.field(heading(low)) == "" {
				cells[c] = up + low
			}
		}
	}
	joined, ok := bestLayout(cells)
	if !ok || joined.score <= single.score {
		return headed{}, false
	}
	joined.row = upper.no
	return joined, true
}

// dataLines leaves out blank rows, repeated headers, totals and footers.
func dataLines(lines []line, head []string) []line {
	var out []line
	for _, l := range lines {
		if l.broken == nil && (l.blank() || isTotal(l.first()) || sameCells(l.cells, head)) {
			continue
		}
		out = append(out, l)
	}
	return out
}

func isTotal(first string) bool {
	s := strings.ReplaceAll(cn.Fold(first), " ", "")
	return slices.ContainsFunc([]string{"合计", "小计", "总计", "累计", "制表", "打印时间", "打印日期", "审核人", "第1页"}, func(w string) bool {
		return strings.HasPrefix(s, w)
	})
}

func sameCells(a, b []string) bool {
	for i := range max(len(a), len(b)) {
		if heading(at(a, i)) != heading(at(b, i)) {
			return false
		}
	}
	return true
}

func at(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}
