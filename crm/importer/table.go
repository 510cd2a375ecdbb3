package importer

import "strings"

// line is one row of a sheet or text file, numbered from 1 as people see it.
type line struct {
	no     int
	cells  []string
	broken *trouble // the line cannot be read as a row
	span   []int    // per column the column its merged cell begins in; nil without merges
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

func (l line) cell(i int) string { return at(l.cells, i) }

func (l line) spanned(i int) int {
	if i < len(l.span) {
		return l.span[i]
	}
	return i
}

// sheet is a table as read, before its header is known.
type sheet struct {
	name     string // of the worksheet, empty for text
	encoding string // of text files: utf-8, gb18030, utf-16le
	lines    []line
	date1904 bool
}
