package importer

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// readText reads CSV in any encoding and separator of spec 7.2. A line that is not
// valid in the file's encoding, or not a row, is a broken line; its neighbours are
// not touched.
func readText(raw []byte) (sheet, error) {
	raw, encoding, err := toLines(raw)
	if err != nil {
		return sheet{}, err
	}
	pieces := bytes.Split(raw, []byte("\n"))
	texts := make([]decoded, len(pieces))
	for i, p := range pieces {
		texts[i] = decodeLine(bytes.TrimSuffix(p, []byte("\r")), encoding)
	}
	if n := len(texts); n > 0 && texts[n-1].text == "" {
		texts = texts[:n-1]
	}
	comma := sniff(texts)
	return sheet{encoding: encoding, lines: split(texts, comma, usualWidth(texts, comma))}, nil
}

type decoded struct {
	text string
	bad  int // position of the first invalid byte, from 1; 0: none
}

// toLines cuts the byte order mark, turns UTF-16 into UTF-8 and names the encoding.
func toLines(raw []byte) ([]byte, string, error) {
	if rest, ok := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf")); ok {
		return rest, "utf-8", nil
	}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return nil, "", fmt.Errorf("decoding UTF-16: %w", err)
		}
		return out, "utf-16le", nil
	}
	if utf8.Valid(raw) || mostlyUTF8(raw) {
		return raw, "utf-8", nil
	}
	return raw, "gb18030", nil
}

// mostlyUTF8 tells a UTF-8 file with a few damaged lines from a GB18030 file.
func mostlyUTF8(raw []byte) bool {
	good, bad := 0, 0
	for _, l := range bytes.Split(raw, []byte("\n")) {
		switch {
		case ascii(l):
		case utf8.Valid(l):
			good++
		default:
			bad++
		}
	}
	return good > 9*bad
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func decodeLine(b []byte, encoding string) decoded {
	if encoding != "gb18030" {
		if utf8.Valid(b) {
			return decoded{text: string(b)}
		}
		return decoded{text: escape(b), bad: firstInvalid(string(b))}
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().String(string(b))
	if i := strings.IndexRune(text, utf8.RuneError); err != nil || i >= 0 {
		return decoded{text: escape(b), bad: len([]rune(text[:max(i, 0)])) + 1}
	}
	return decoded{text: text}
}

func firstInvalid(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			return i + 1
		}
	}
	return 1
}

// escape keeps a broken line readable without inventing characters.
func escape(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c < 0x80 {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, `\x%02X`, c)
		}
	}
	return s.String()
}

// sniff chooses the separator that the first 50 lines agree on.
func sniff(texts []decoded) rune {
	best, most := ',', 0
	for _, comma := range []rune{',', ';', '\t'} {
		n := 0
		for _, t := range texts[:min(50, len(texts))] {
			cells, closed := cellsOf(t.text, comma)
			if closed {
				n += len(cells) - 1
			}
		}
		if n > most {
			best, most = comma, n
		}
	}
	return best
}

// usualWidth is the number of cells of the header, else of most of the first 50
// lines.
func usualWidth(texts []decoded, comma rune) int {
	count, best := map[int]int{}, 0
	for i, t := range texts[:min(50, len(texts))] {
		if cells, closed := cellsOf(t.text, comma); closed && i < headerRows {
			if _, ok := bestLayout(cells); ok {
				return len(cells)
			}
		}
		if cells, closed := cellsOf(t.text, comma); closed && t.bad == 0 && t.text != "" {
			count[len(cells)]++
		}
	}
	for width, n := range count {
		if n > count[best] || (n == count[best] && width > best) {
			best = width
		}
	}
	return best
}

// maxCellLines is how many lines a quoted cell may run over.
const maxCellLines = 20

func split(texts []decoded, comma rune, width int) []line {
	var out []line
	for i := 0; i < len(texts); i++ {
		t := texts[i]
		l := line{no: i + 1}
		cells, closed := cellsOf(t.text, comma)
		switch {
		case t.bad > 0:
			l.cells, l.broken = []string{t.text}, badBytes(t.bad)
		case !closed:
			more := 0
			if l.cells, more = joinLines(texts[i:], comma, width); more == 0 {
				l.cells, l.broken = []string{t.text}, openQuote()
			}
			i += more
		default:
			l.cells = cells
			if tooWide(cells, width) {
				l.broken = tooManyCells(len(cells), width)
			}
		}
		out = append(out, l)
	}
	return out
}

// joinLines reads a row whose quoted cell runs over line breaks; more is 0 when no
// row of the usual width comes out of it.
func joinLines(texts []decoded, comma rune, width int) (cells []string, more int) {
	text := texts[0].text
	for n := 1; n < len(texts) && n <= maxCellLines && texts[n].bad == 0; n++ {
		text += "\n" + texts[n].text
		if cells, closed := cellsOf(text, comma); closed {
			if len(cells) == width {
				return cells, n
			}
			return nil, 0
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
