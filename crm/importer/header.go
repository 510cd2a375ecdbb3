package importer

import (
	"regexp"
	"slices"
	"strconv"
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
	row     int      // line number of the header
	below   int      // lines of the header under its first
	missing []string // required columns that are not there
	score   int      // headings recognised
	exact   int      // … by their whole name
	saved   bool     // the store's saved mapping was used
	titles  []string // lines of one cell above the header: a page break repeats them
	lines   []line   // of the header itself, as they stand in the file
}

// headerRows is how deep a header may stand (spec 7.2).
const headerRows = 20

// findHeader looks for the first of the first 20 rows with three recognised names
// (or nothing but recognised names) and the layout that fits it best. A row that lacks
// required columns, such as the conditions of a query printed above the table, gives way
// to a later one that has them all. Without one ok is false, and the best row of two
// names still tells what is missing (T-I15).
func findHeader(lines []line) (best headed, ok bool) {
	var lacking headed
	seen := 0
	for i, l := range lines {
		if l.blank() {
			continue
		}
		if seen++; seen > headerRows {
			break
		}
		if h, ok := bestLayout(l.cells); ok {
			h.row = l.no
			if j := twoRows(lines, i, h); len(j.missing) == 0 && (len(h.missing) == 0 || !aboveHeader(lines, i)) {
				return j, true
			}
			if lacking.columns == nil {
				lacking = twoRows(lines, i, h)
			}
			continue
		}
		if h := mostNames(l.cells); h.score >= 2 && h.score > best.score {
			h.row, best = l.no, h
		}
	}
	if lacking.columns != nil {
		return lacking, true
	}
	for i, l := range lines[:min(len(lines), headerRows)] {
		if h, ok := looseLayout(l.cells); ok {
			h.row = l.no
			return twoRows(lines, i, h), true
		}
	}
	return best, false
}

// aboveHeader tells whether the row below a line without merged cells is a whole header
// by itself.
func aboveHeader(lines []line, i int) bool {
	if lines[i].span != nil || i+1 >= len(lines) {
		return false
	}
	below, ok := bestLayout(lines[i+1].cells)
	return ok && len(below.missing) == 0
}

// looseLayout is bestLayout for a row that is no header unless its required columns are
// looked for by pairs of characters.
func looseLayout(cells []string) (headed, bool) {
	var best headed
	for _, l := range layouts() {
		h := l.read(cells)
		if h.loosen(cells); len(h.missing) == 0 && h.score >= 3 && h.isHeader() && h.score > best.score {
			best = h
		}
	}
	return best, best.columns != nil
}

func bestLayout(cells []string) (headed, bool) {
	var best headed
	for _, l := range layouts() {
		h := l.read(cells)
		if h.isHeader() && (best.columns == nil || h.fits() > best.fits()) {
			best = h
		}
	}
	best.loosen(cells)
	return best, best.columns != nil
}

// loosen looks for required columns that are missing by names of two characters inside
// a heading: 联系人手机. Only a file that would be refused is read this way.
func (h *headed) loosen(cells []string) {
	for i := range h.columns {
		if len(h.missing) == 0 {
			return
		}
		if h.columns[i].Field != "" {
			continue
		}
		if f := h.layout.inside(heading(cells[i]), 2, func(c column) bool { return slices.Contains(h.missing, strings.Fields(c.names)[0]) }); f != "" {
			h.columns[i].Field = f
			h.score++
			h.missing = slices.DeleteFunc(h.missing, func(name string) bool { return name == strings.Fields(h.layout.column(f).names)[0] })
		}
	}
}

// isHeader: three names, or a complete layout of few columns.
func (h headed) isHeader() bool {
	named, filled := 0, map[string]bool{}
	for _, c := range h.columns {
		if c.Heading != "" {
			named++
			filled[c.Heading] = true
		}
	}
	whole := len(h.missing) == 0 && h.exact == h.score
	return (h.score >= 3 && len(filled) >= 3) || (whole && h.score == named) || (whole && h.score >= 2 && h.layout.kind != DNC && 2*h.score >= named)
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

// fits ranks layouts by the names they recognise; a required column that is missing
// counts as much as three of them. A file of work orders whose 工单号 goes by another
// name is asked about (E-HDR), and never read as deliveries.
func (h headed) fits() int { return h.score - 3*len(h.missing) }

// read looks what the cells would be as a header of the layout: first every heading
// that equals a synonym, then those that contain one of a field not found yet.
func (l layout) read(cells []string) headed {
	h := headed{layout: l, columns: make([]Column, len(cells))}
	fields, times := map[string]bool{}, map[string]int{}
	heads := make([]string, len(cells))
	for i, c := range cells {
		name := strings.Join(strings.Fields(cn.Fold(c)), "")
		if times[name]++; times[name] > 1 && name != "" {
			name += "_" + strconv.Itoa(times[name])
		}
		heads[i], h.columns[i].Heading = heading(c), name
	}
	assign := func(i int, field string) {
		if fields[field] {
			field = l.second(field, fields)
		}
		if field != "" {
			fields[field] = true
			h.columns[i].Field = field
			h.score++
		}
	}
	for i, head := range heads {
		if f := l.exact(head); f != "" {
			assign(i, f)
			h.exact++
		}
	}
	for i, head := range heads {
		if h.columns[i].Field == "" && l.exact(head) == "" {
			if f := l.contained(head); f != "" {
				assign(i, f)
			}
		}
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

// twoRows joins a header of group cells with the names below them: the lower name,
// or upper and lower together (spec 7.2). In text a group stands over the blank
// cells to its right.
func twoRows(lines []line, i int, single headed) headed {
	if i+1 >= len(lines) || lines[i+1].blank() || lines[i+1].no != lines[i].no+1 {
		return single
	}
	upper, lower := lines[i], lines[i+1]
	if own := mostNames(lower.cells); own.exact == 0 || (upper.span == nil && own.exact < 2) {
		return single // a row of data may hold a word that is a name too
	}
	cells, group := make([]string, max(len(upper.cells), len(lower.cells))), ""
	for c := range cells {
		up, low := upper.cell(upper.spanned(c)), lower.cell(c)
		if upper.span == nil && up != "" {
			group = up
		}
		if cells[c] = up; low == "" || low == up { // one cell merged over both rows stands in each
			continue
		}
		if up == "" {
			up = group
		}
		if cells[c] = low; single.layout.exact(heading(low)) == "" {
			cells[c] = up + low
		}
	}
	joined, ok := bestLayout(cells)
	if !ok || joined.score <= single.score {
		return single
	}
	joined.row, joined.below = upper.no, 1
	return joined
}

// isData tells rows of data from blank rows, repeated headers, totals and footers.
func (h headed) isData(l line) bool {
	switch {
	case l.broken != nil:
		return true
	case l.blank() || isFooter(l) || slices.Contains(h.titles, l.alone()) || h.onlyNumbered(l):
		return false
	}
	return !h.repeated(l)
}

var ordinal = regexp.MustCompile(`^(序号|行号|项次|NO)$`)

// onlyNumbered tells rows that a form numbered in advance and nobody filled.
func (h headed) onlyNumbered(l line) bool {
	for i, cell := range l.cells {
		if strings.TrimSpace(cell) != "" && (i >= len(h.columns) || h.columns[i].Field != "" || !ordinal.MatchString(heading(h.columns[i].Heading))) {
			return false
		}
	}
	return true
}

// titlesOf are the lines of one cell above a header.
func titlesOf(top []line, header int) (out []string) {
	for _, l := range top {
		if s := l.alone(); s != "" && l.no < header {
			out = append(out, s)
		}
	}
	return out
}

var (
	totalRow  = regexp.MustCompile(`^(本页|本月|本日|当日|全部|本期)?(合计|小计|总计|累计|共计|汇总)`)
	aloneRow  = regexp.MustCompile(`^(备注|说明|注意|注|经办|操作员|签字|负责人|以上|数据来源|查询条件|导出条件)`) // below a table, in one cell
	footerRow = regexp.MustCompile(`^(制表|制单|打印|导出|审核|复核|填表|统计人|统计时间|统计期间|报表|页码|第\d+页|共\d+(条|页|行|台|单|笔))`)
)

func isFooter(l line) bool {
	s := nameNoise.ReplaceAllString(cn.Fold(l.first()), "")
	return totalRow.MatchString(s) || footerRow.MatchString(s) || (l.alone() != "" && aloneRow.MatchString(s))
}

// linesOf are the lines of a header.
func linesOf(top []line, h headed) (out []line) {
	for _, l := range top {
		if l.no >= h.row && l.no <= h.row+h.below {
			out = append(out, l)
		}
	}
	return out
}

// repeated finds the header, or one of its rows, inside the data: page breaks.
func (h headed) repeated(l line) bool {
	return h.joined(l) || slices.ContainsFunc(h.lines, l.repeats)
}

// repeats tells whether the line says again what a line of the header says: every cell
// that is filled, and two of them at least.
func (l line) repeats(header line) bool {
	same := 0
	for i, cell := range l.cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if cn.Fold(cell) != cn.Fold(header.cell(i)) {
			return false
		}
		same++
	}
	return same >= 2
}

// joined finds the header by its joined names, or a part of them.
func (h headed) joined(l line) bool {
	same := 0
	for i, c := range h.columns {
		head := heading(l.cell(i))
		switch whole := heading(c.Heading); {
		case head == "" && strings.TrimSpace(l.cell(i)) == "":
		case head != "" && (head == whole || strings.HasPrefix(whole, head) || (h.below > 0 && strings.Contains(whole, head))):
			same++
		default:
			return false
		}
	}
	return same >= 2
}

func at(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}
