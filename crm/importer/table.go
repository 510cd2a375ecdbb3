package importer

import (
	"iter"
	"strings"
)

// line is one row of a sheet or text file, numbered from 1 as people see it.
type line struct {
	no     int
	cells  []string
	broken *trouble // the line cannot be read as a row
	span   []int    // per column the column its merged cell begins in; nil without merges
	hidden bool
}

// trouble is why a row is rejected.
type trouble struct {
	code   string
	field  string
	zh, en string
}

func (l line) blank() bool {
	for _, c := range l.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return l.broken == nil
}

func (l line) first() string {
	for _, c := range l.cells {
		if strings.TrimSpace(c) != "" {
			return c
		}
	}
	return ""
}

// alone is the one cell that a line consists of, without spaces; empty when it has none
// or more.
func (l line) alone() (only string) {
	for _, c := range l.cells {
		switch c = strings.Join(strings.Fields(c), ""); {
		case c == "":
		case only != "":
			return ""
		default:
			only = c
		}
	}
	return only
}

func (l line) cell(i int) string { return at(l.cells, i) }

func (l line) spanned(i int) int {
	if i < len(l.span) {
		return l.span[i]
	}
	return i
}

// table is one sheet of a workbook, or a text file: a sequence of rows that may be
// read from its beginning as often as wanted. Blank rows may be left out.
type table struct {
	name     string // of the worksheet, empty for text
	encoding string // of text: utf-8, gb18030, utf-16le
	date1904 bool
	hidden   bool // a hidden sheet
	rows     iter.Seq2[line, error]
	notes    func() []Note // what was noticed while rows ran
}

// headLines is how many lines are looked at for a header and a separator.
const headLines = 60

// top is the table's first lines.
func (t table) top(n int) ([]line, error) {
	var out []line
	for l, err := range t.rows {
		if err != nil {
			return nil, err
		}
		if out = append(out, l); len(out) == n {
			break
		}
	}
	return out, nil
}
