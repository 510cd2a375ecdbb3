package importer

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// looksLikeHTML finds the web pages that some systems save as .xls (T-I07).
func looksLikeHTML(head []byte) bool {
	low := bytes.ToLower(head[:min(len(head), 4096)])
	if bytes.HasPrefix(low, []byte("\xff\xfe")) {
		low = bytes.ReplaceAll(low, []byte{0}, nil)
	}
	return bytes.Contains(low, []byte("<table")) || bytes.Contains(low, []byte("<html"))
}

// openHTML reads the rows of all tables of a page, in any text encoding.
func openHTML(o *original, encoding string) ([]table, error) {
	found, _, err := detect(o)
	if err != nil {
		return nil, err
	}
	if encoding == "" {
		encoding = found
	}
	s := htmlScan{o: o, encoding: encoding}
	return []table{{encoding: encoding, rows: s.rows, notes: func() []Note { return nil }}}, nil
}

type htmlScan struct {
	o        *original
	encoding string
}

func (s htmlScan) rows(yield func(line, error) bool) {
	in := s.o.reader()
	switch s.encoding {
	case GB18030:
		in = transform.NewReader(in, simplifiedchinese.GB18030.NewDecoder())
	case UTF16LE:
		in = transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case UTF16BE:
		in = transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	}
	z := html.NewTokenizer(in)
	z.SetMaxBuf(maxToken)
	page := htmlPage{z: z}
	for n := 0; ; n++ {
		l, err := page.next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && n >= maxRows {
			err = errTooLarge()
		}
		if err != nil {
			yield(line{}, err)
			return
		}
		if !yield(l, nil) {
			return
		}
	}
}

// htmlPage finds rows: <tr> to the next <tr> or the end of its table. Cells that
// span rows fill down, cells that span columns tell which group a column is in.
type htmlPage struct {
	z    *html.Tokenizer
	no   int
	row  *line           // the open row
	cell *htmlCell       // the open cell
	down map[int]spanned // by column
}

type htmlCell struct {
	text       strings.Builder
	cols, rows int
}

type spanned struct {
	text string
	rows int
}

func (p *htmlPage) next() (line, error) {
	for {
		switch p.z.Next() {
		case html.ErrorToken:
			if err := p.z.Err(); !errors.Is(err, io.EOF) || p.row == nil {
				return line{}, err
			}
			return p.finish(nil), nil
		case html.TextToken:
			if p.cell != nil {
				p.cell.text.Write(p.z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attrs := p.z.TagName()
			switch atom.Lookup(name) {
			case atom.Tr:
				if p.row != nil && (len(p.row.cells) > 0 || p.cell != nil) {
					return p.finish(&line{}), nil
				}
				p.row = &line{}
			case atom.Td, atom.Th:
				p.closeCell()
				if p.row != nil {
					p.cell = p.open(attrs)
				}
			case atom.Br:
				if p.cell != nil {
					p.cell.text.WriteByte('\n')
				}
			case atom.Script, atom.Style:
				p.z.Next()
			}
		case html.EndTagToken:
			name, _ := p.z.TagName()
			switch a := atom.Lookup(name); {
			case a == atom.Td || a == atom.Th:
				p.closeCell()
			case p.row != nil && (a == atom.Tr || a == atom.Table):
				return p.finish(nil), nil
			}
		}
	}
}

// finish ends the open row; another may have begun.
func (p *htmlPage) finish(following *line) line {
	p.closeCell()
	l := p.row
	p.row = following
	p.fillDown(l)
	p.no++
	l.no = p.no
	for _, c := range l.cells {
		if strings.ContainsRune(c, utf8.RuneError) {
			l.broken = badBytes(firstInvalid(c))
		}
	}
	return *l
}

func (p *htmlPage) open(attrs bool) *htmlCell {
	c := &htmlCell{cols: 1, rows: 1}
	for attrs {
		var key, val []byte
		key, val, attrs = p.z.TagAttr()
		n, err := strconv.Atoi(string(val))
		if err != nil || n < 1 || n > 1000 {
			continue
		}
		switch string(key) {
		case "colspan":
			c.cols = n
		case "rowspan":
			c.rows = n
		}
	}
	return c
}

func (p *htmlPage) closeCell() {
	c, l := p.cell, p.row
	p.cell = nil
	if c == nil || l == nil {
		return
	}
	p.fillDown(l)
	at := len(l.cells)
	if at+c.cols > maxColumns {
		return
	}
	text := strings.TrimSpace(c.text.String())
	if c.rows > 1 {
		if p.down == nil {
			p.down = map[int]spanned{}
		}
		p.down[at] = spanned{text, c.rows - 1}
	}
	l.cells = append(l.cells, text)
	for range c.cols - 1 {
		l.cells = append(l.cells, "")
	}
	if c.cols > 1 {
		l.extend(at)
		for i := at; i < at+c.cols; i++ {
			l.span[i] = at
		}
	}
}

// fillDown puts in what spans from the rows above.
func (p *htmlPage) fillDown(l *line) {
	for {
		at := len(l.cells)
		s, ok := p.down[at]
		if !ok {
			return
		}
		l.cells = append(l.cells, s.text)
		if s.rows--; s.rows <= 0 {
			delete(p.down, at)
		} else {
			p.down[at] = s
		}
	}
}
