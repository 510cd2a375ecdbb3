package importer

import (
	"fmt"
	"iter"
	"strings"
)

// openText reads delimited text in any encoding and separator of spec 7.2. A line
// that is not valid in the file's encoding, or not a row, is a broken line; its
// neighbours are not touched. encoding is a person's word, empty: recognised.
func openText(o *original, encoding string) ([]table, error) {
	found, newline, err := detect(o)
	if err != nil {
		return nil, err
	}
	if encoding == "" {
		encoding = found
	}
	lines := textLines(o, encoding, newline)
	top := make([]decoded, 0, headLines)
	for d, err := range lines {
		if err != nil {
			return nil, err
		}
		if top = append(top, d); len(top) == headLines {
			break
		}
	}
	comma := sniff(top)
	s := textScan{lines: lines, comma: comma, width: usualWidth(top, comma)}
	return []table{{encoding: encoding, rows: s.rows, notes: func() []Note { return nil }}}, nil
}

// textScan cuts the lines of a text into rows.
type textScan struct {
	lines iter.Seq2[decoded, error]
	comma rune
	width int
}

// maxCellLines is how many lines a quoted cell may run over.
const maxCellLines = 20

func (s textScan) rows(yield func(line, error) bool) {
	next, stop := iter.Pull2(s.lines)
	defer stop()
	var ahead []decoded
	more := func(n int) error { // n lines are ahead, unless the file ends
		for len(ahead) < n {
			d, err, ok := next()
			if !ok || err != nil {
				return err
			}
			ahead = append(ahead, d)
		}
		return nil
	}
	for no, read := 1, 0; ; read++ {
		if err := more(1); err != nil {
			yield(line{}, err)
			return
		}
		if len(ahead) == 0 {
			return
		}
		if read >= maxRows+headLines {
			yield(line{}, errTooLarge())
			return
		}
		l, used, err := s.row(&ahead, more)
		if err != nil {
			yield(line{}, err)
			return
		}
		l.no = no
		for _, d := range ahead[:used] {
			no += 1 + strings.Count(d.text, "\n") // breaks inside cells, where others end lines
		}
		if !yield(l, nil) {
			return
		}
		ahead = ahead[used:]
	}
}

// row reads the row that begins with the first line ahead, and tells how many lines
// it took.
func (s textScan) row(ahead *[]decoded, more func(int) error) (line, int, error) {
	d := (*ahead)[0]
	if d.bad > 0 {
		return line{cells: []string{d.text}, broken: badBytes(d.bad)}, 1, nil
	}
	if d.long {
		return line{cells: []string{d.text[:200]}, broken: longLine()}, 1, nil
	}
	cells, closed := cellsOf(d.text, s.comma)
	if closed {
		l := line{cells: cells}
		if tooWide(cells, s.width) {
			l.broken = tooManyCells(len(cells), s.width)
		}
		return l, 1, nil
	}
	if err := more(maxCellLines); err != nil {
		return line{}, 0, err
	}
	if joined, used := s.join(*ahead); used > 0 {
		return line{cells: joined}, used, nil
	}
	return line{cells: []string{d.text}, broken: openQuote()}, 1, nil
}

// join reads a row whose quoted cell runs over line breaks; used is 0 when no row of
// the usual width comes out of it.
func (s textScan) join(ahead []decoded) (cells []string, used int) {
	if cells, used = quotedRow(ahead, s.comma); len(cells) != s.width {
		return nil, 0
	}
	return cells, used
}

// sniff chooses the separator that the first lines agree on.
func sniff(top []decoded) rune {
	best, most := ',', 0
	for _, comma := range []rune{',', ';', '\t', '|'} {
		n := 0
		for _, d := range top[:min(50, len(top))] {
			if cells, closed := cellsOf(d.text, comma); closed {
				n += len(cells) - 1
			}
		}
		if n > most {
			best, most = comma, n
		}
	}
	return best
}

// usualWidth is the number of cells of the header, else of most of the first rows. A
// quoted heading may run over line breaks like any cell.
func usualWidth(top []decoded, comma rune) int {
	count, best := map[int]int{}, 0
	for i := 0; i < len(top); {
		cells, used := quotedRow(top[i:], comma)
		if used == 0 {
			i++
			continue
		}
		if i < headerRows {
			if _, ok := bestLayout(cells); ok {
				return len(cells)
			}
		}
		if top[i].bad == 0 && top[i].text != "" {
			count[len(cells)]++
		}
		i += used
	}
	for width, n := range count {
		if n > count[best] || (n == count[best] && width > best) {
			best = width
		}
	}
	return best
}

// quotedRow is the row that begins with the first line, over as many lines as its
// quotes ask for; used is 0 when they never fit together.
func quotedRow(lines []decoded, comma rune) (cells []string, used int) {
	text := ""
	for n := range min(len(lines), maxCellLines) {
		if lines[n].bad > 0 || lines[n].long {
			return nil, 0
		}
		if n > 0 {
			text += "\n"
		}
		text += lines[n].text
		if cells, closed := cellsOf(text, comma); closed {
			return cells, n + 1
		}
	}
	return nil, 0
}

func tooWide(cells []string, width int) bool {
	for i := width; i < len(cells); i++ {
		if strings.TrimSpace(cells[i]) != "" {
			return width > 1
		}
	}
	return false
}

// cellsOf splits one line. closed is false when its quotes do not fit together. A
// quote in the middle of an unquoted cell is an ordinary character.
func cellsOf(text string, comma rune) (cells []string, closed bool) {
	if !strings.Contains(text, `"`) {
		return strings.Split(text, string(comma)), true
	}
	var cell strings.Builder
	quoted, fresh := false, true
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quoted && r == '"' && i+1 < len(runes) && runes[i+1] == '"':
			cell.WriteRune('"')
			i++
		case r == '"' && quoted:
			quoted = false
			if i+1 < len(runes) && runes[i+1] != comma && runes[i+1] != ' ' {
				return []string{text}, false // a quote closed in mid-cell was opened by mistake
			}
		case r == '"' && fresh:
			quoted, fresh = true, false
		case r == comma && !quoted:
			cells = append(cells, cell.String())
			cell.Reset()
			fresh = true
		default:
			cell.WriteRune(r)
			fresh = false
		}
	}
	return append(cells, cell.String()), !quoted
}

func badBytes(pos int) *trouble {
	return &trouble{
		code: "E-ENC", zh: fmt.Sprintf("第 %d 个字符处有无法识别的字节，本行未导入。请在源系统中更正后重新导出。", pos),
		en: fmt.Sprintf("Bytes at character %d are valid in no supported encoding; the row was not imported. Correct it in the source system and export again.", pos),
	}
}

func longLine() *trouble {
	return &trouble{
		code: "E-LONG", zh: "本行超过 1 MB，不是一行数据，未导入。请检查导出设置。",
		en: "The line is longer than 1 MB and no row; it was not imported. Check the settings of the export.",
	}
}

func openQuote() *trouble {
	return &trouble{
		code: "E-QUOTE", zh: "本行有一个引号没有结束，未导入。请补上引号后重新导入。",
		en: "A quote is opened in this row and never closed; the row was not imported. Close it and import again.",
	}
}

func tooManyCells(n, width int) *trouble {
	return &trouble{
		code: "E-COLS", zh: fmt.Sprintf("本行有 %d 列，表头只有 %d 列（内容中的逗号未加引号？），未导入。", n, width),
		en: fmt.Sprintf("The row has %d cells, the header %d (unquoted commas?); it was not imported.", n, width),
	}
}
