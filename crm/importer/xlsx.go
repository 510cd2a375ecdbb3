package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// mergesUpTo is the file size up to which merged cells are looked at: it needs the
// whole sheet in memory.
const mergesUpTo = 20 << 20

// readXLSX reads the worksheet with the best header; others lists the rest.
func readXLSX(raw []byte) (best sheet, others []string, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: 64 << 20, UnzipSizeLimit: 4 << 30})
	if err != nil {
		return sheet{}, nil, fmt.Errorf("opening the workbook: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	props, err := f.GetWorkbookProps()
	if err != nil {
		return sheet{}, nil, fmt.Errorf("reading the workbook's properties: %w", err)
	}
	bestScore := -1
	for _, name := range f.GetSheetList() {
		s, err := readSheet(f, name, len(raw))
		if err != nil {
			return sheet{}, nil, err
		}
		h, _ := findHeader(s.lines)
		if h.score > bestScore {
			best, bestScore = s, h.score
		}
		others = append(others, name)
	}
	best.date1904 = props.Date1904 != nil && *props.Date1904
	return best, others, nil
}

func readSheet(f *excelize.File, name string, size int) (out sheet, err error) {
	out.name = name
	rows, err := f.Rows(name)
	if err != nil {
		return sheet{}, fmt.Errorf("reading sheet %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for no := 1; rows.Next(); no++ {
		if no > maxRows {
			return sheet{}, errTooLarge()
		}
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil && !errors.Is(err, io.EOF) {
			return sheet{}, fmt.Errorf("reading row %d of sheet %s: %w", no, name, err)
		}
		out.lines = append(out.lines, line{no: no, cells: cells})
	}
	if err := rows.Error(); err != nil {
		return sheet{}, fmt.Errorf("reading sheet %s: %w", name, err)
	}
	if size <= mergesUpTo {
		return out, out.merge(f)
	}
	return out, nil
}

// merge notes merged cells: a value fills down within its range, and a header
// knows the group a column stands under.
func (s *sheet) merge(f *excelize.File) error {
	merged, err := f.GetMergeCells(s.name)
	if err != nil {
		return fmt.Errorf("reading merged cells of %s: %w", s.name, err)
	}
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("reading a merged range: %w", err)
		}
		s.fill(c1, r1, c2, r2)
	}
	return nil
}

func (s *sheet) fill(c1, r1, c2, r2 int) {
	if r1 > len(s.lines) {
		return
	}
	top := &s.lines[r1-1]
	if c2 > c1 {
		top.extend(c2)
		for c := c1; c <= c2; c++ {
			top.span[c-1] = c1 - 1
		}
	}
	for r := r1 + 1; r <= min(r2, len(s.lines)); r++ {
		l := &s.lines[r-1]
		for len(l.cells) < c1 {
			l.cells = append(l.cells, "")
		}
		l.cells[c1-1] = top.cell(c1 - 1)
	}
}

func (l *line) extend(width int) {
	for len(l.span) < max(width, len(l.cells)) {
		l.span = append(l.span, len(l.span))
	}
}
