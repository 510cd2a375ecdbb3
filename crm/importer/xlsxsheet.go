package importer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sheetReader streams the rows of one worksheet.
type sheetReader struct {
	book *workbook
	part string

	merges     []mergedRange // by first row
	merged     bool          // merges were read
	hiddenRows int
	hiddenCols int
	uncached   int // formulas without a value
}

type mergedRange struct{ c1, r1, c2, r2 int } // columns from 0, rows from 1

// active is a merged range that the present row lies in, with its value.
type active struct {
	mergedRange
	value string
}

func (s *sheetReader) run(yield func(line, error) bool) (err error) {
	if err := s.readMerges(); err != nil {
		return err
	}
	r, err := s.book.open(s.part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s.hiddenRows, s.hiddenCols, s.uncached = 0, 0, 0
	rows := rowScan{x: newXMLScan(r), sheet: s}
	var open []active
	for next, n := 0, 0; ; n++ {
		l, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a sheet: %w", err)
		}
		if n >= maxRows {
			return errTooLarge()
		}
		for ; next < len(s.merges) && s.merges[next].r1 <= l.no; next++ {
			m := s.merges[next]
			open = append(open, active{m, ""})
			if m.r1 == l.no {
				open[len(open)-1].value = l.cell(m.c1)
			}
		}
		open = slices.DeleteFunc(open, func(a active) bool { return a.r2 < l.no })
		for _, a := range open {
			l.merge(a)
		}
		if !yield(l, nil) {
			return nil
		}
	}
}

// merge fills a merged value down within its range, and notes which column a cell of
// the range's first row belongs to.
func (l *line) merge(a active) {
	if l.no > a.r1 && l.cell(a.c1) == "" && a.value != "" {
		for len(l.cells) <= a.c1 {
			l.cells = append(l.cells, "")
		}
		l.cells[a.c1] = a.value
	}
	if l.no == a.r1 && a.c2 > a.c1 {
		l.extend(a.c2 + 1)
		for c := a.c1; c <= a.c2; c++ {
			l.span[c] = a.c1
		}
	}
}

func (l *line) extend(width int) {
	for len(l.span) < max(width, len(l.cells)) {
		l.span = append(l.span, len(l.span))
	}
}

var mergeRef = regexp.MustCompile(`mergeCell\s[^>]*?ref\s*=\s*["']([A-Za-z]+\d+):([A-Za-z]+\d+)["']`)

// readMerges looks for the merged ranges, which stand behind the rows: it passes
// over the part once, without reading it as XML.
func (s *sheetReader) readMerges() (err error) {
	if s.merged {
		return nil
	}
	r, err := s.book.open(s.part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	buf := make([]byte, 0, 256<<10)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("reading a sheet: %w", err)
		}
		keep := len(buf)
		if bytes.Contains(buf, []byte("mergeCell")) {
			for _, m := range mergeRef.FindAllSubmatch(buf, -1) {
				s.addMerge(string(m[1]), string(m[2]))
			}
			if i := bytes.LastIndexByte(buf, '<'); i >= 0 {
				keep = i
			}
		} else if keep = len(buf) - len("mergeCell"); keep < 0 {
			keep = 0
		}
		if last {
			break
		}
		buf = buf[:copy(buf[:cap(buf)], buf[keep:])]
		if len(buf) > cap(buf)/2 {
			buf = buf[:0] // one tag of more than 128 KiB: nothing of ours
		}
	}
	slices.SortFunc(s.merges, func(a, b mergedRange) int { return cmp.Or(a.r1-b.r1, a.c1-b.c1, a.r2-b.r2, a.c2-b.c2) })
	s.merges, s.merged = slices.Compact(s.merges), true
	return nil
}

func (s *sheetReader) addMerge(from, to string) {
	c1, r1, ok1 := reference(from)
	c2, r2, ok2 := reference(to)
	if ok1 && ok2 && c1 <= c2 && r1 <= r2 && len(s.merges) < maxMerges {
		s.merges = append(s.merges, mergedRange{c1, r1, c2, r2})
	}
}

// rowScan reads <row> elements with their cells.
type rowScan struct {
	x     *xmlScan
	sheet *sheetReader
	no    int
	col   int // of the next cell, when it does not say itself (ECMA-376 18.3.1.4: r is optional)
}

func (r *rowScan) next() (line, error) {
	for {
		if err := r.x.next(); err != nil {
			return line{}, err
		}
		switch {
		case r.x.name == "row" && !r.x.end:
			return r.row()
		case r.x.name == "col" && !r.x.end && isTrue(r.x.attr("hidden")):
			r.sheet.hiddenCols++
		case r.x.name == "sheetData" && r.x.end:
			return line{}, io.EOF
		case r.x.name == "worksheet" && r.x.end:
			return line{}, io.EOF
		}
	}
}

func (r *rowScan) row() (line, error) {
	r.no, r.col = r.no+1, 0
	if n, err := strconv.Atoi(r.x.attr("r")); err == nil && n > 0 {
		r.no = n
	}
	l := line{no: r.no, hidden: isTrue(r.x.attr("hidden"))}
	if l.hidden {
		r.sheet.hiddenRows++
	}
	if r.x.single {
		return l, nil
	}
	for {
		if err := r.x.next(); err != nil {
			return l, damagedEnd(err)
		}
		switch {
		case r.x.name == "row" && r.x.end:
			return l, nil
		case r.x.name == "c" && !r.x.end:
			if err := r.cell(&l); err != nil {
				return l, damagedEnd(err)
			}
		}
	}
}

// cell reads one <c>: a shared or own text, a number, a formula's value, an error.
func (r *rowScan) cell(l *line) error {
	at := r.col
	if ref := r.x.attr("r"); ref != "" {
		if col, _, ok := reference(ref); ok {
			at = col
		}
	}
	if at >= maxColumns {
		return fmt.Errorf("more than %d columns: %w", maxColumns, errXML)
	}
	r.col = at + 1
	kind, value, formula := r.x.attr("t"), "", false
	var own strings.Builder
	for phonetic := false; !r.x.single || r.x.name != "c"; {
		if err := r.x.next(); err != nil {
			return err
		}
		if r.x.name == "c" && r.x.end {
			break
		}
		switch {
		case r.x.name == "v" && r.x.end:
			value = string(r.x.text)
		case r.x.name == "f":
			formula = true
		case r.x.name == "rPh":
			phonetic = !r.x.end && !r.x.single
		case r.x.name == "t" && r.x.end && !phonetic:
			own.Write(escapes(r.x.text))
		}
	}
	text, err := r.value(kind, value, own.String())
	if err != nil {
		return err
	}
	if formula && value == "" && own.Len() == 0 {
		r.sheet.uncached++
	}
	if text != "" {
		for len(l.cells) <= at {
			l.cells = append(l.cells, "")
		}
		l.cells[at] = text
	}
	return nil
}

func (r *rowScan) value(kind, value, own string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil && value == "" {
			return "", nil
		}
		text, ok := r.sheet.book.strings.get(i)
		if err != nil || !ok {
			return "", fmt.Errorf("a cell points to text %q, which is not there: %w", value, errXML)
		}
		return text, nil
	case "inlineStr":
		return own, nil
	case "str":
		return string(escapes([]byte(value))), nil
	case "b":
		if value == "1" {
			return "TRUE", nil
		}
		return "FALSE", nil
	}
	return value, nil
}

func isTrue(s string) bool { return s == "1" || s == "true" }

func (s *sheetReader) notes() []Note {
	var out []Note
	if s.hiddenRows > 0 {
		out = append(out, Note{
			"hidden_rows", fmt.Sprintf("有 %d 个隐藏行，已一并读取。", s.hiddenRows),
			fmt.Sprintf("%d hidden rows were read like the others.", s.hiddenRows),
		})
	}
	if s.hiddenCols > 0 {
		out = append(out, Note{"hidden_columns", "有隐藏列，已一并读取。", "Hidden columns were read like the others."})
	}
	if s.uncached > 0 {
		out = append(out, Note{
			"formulas", fmt.Sprintf("有 %d 个公式没有保存结果，按空白读取。请用表格软件打开并保存一次再上传。", s.uncached),
			fmt.Sprintf("%d formulas hold no result and were read as blank. Open the file in a spreadsheet program, save it and upload that.", s.uncached),
		})
	}
	return out
}
