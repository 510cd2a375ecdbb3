package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// xmlScan reads the little of XML that workbooks use, without building a tree:
// elements with attributes, text, CDATA. encoding/xml takes four times as long on a
// sheet of a million cells. Document types are refused: no workbook has one, and
// entities of one's own are an attack.
type xmlScan struct {
	r *bufio.Reader

	name   string // of the last element, without its prefix
	end    bool   // it was an end tag
	single bool   // it was <name/>
	tag    []byte // its inside
	text   []byte // before the last element
	long   []byte
}

// maxToken bounds one tag and one text: a spreadsheet's cell holds 32,767 characters.
const maxToken = 1 << 20

var errXML = errors.New("the XML is damaged")

func newXMLScan(r io.Reader) *xmlScan { return &xmlScan{r: bufio.NewReaderSize(r, 64<<10)} }

// next goes to the next tag; text holds what stood before it. io.EOF at the end.
func (x *xmlScan) next() error {
	x.text = x.text[:0]
	for {
		text, err := x.until('<')
		if err != nil {
			return err
		}
		x.text = appendUnescaped(x.text, text)
		head, err := x.r.Peek(8)
		if err != nil && len(head) == 0 {
			return errXML
		}
		switch {
		case bytes.HasPrefix(head, []byte("![CDATA[")):
			err = x.cdata()
		case bytes.HasPrefix(head, []byte("!--")):
			err = x.skipTo("-->")
		case head[0] == '?':
			err = x.skipTo("?>")
		case head[0] == '!':
			return fmt.Errorf("a document type: %w", errXML)
		default:
			return x.readTag()
		}
		if err != nil {
			return err
		}
		if len(x.text) > maxToken {
			return fmt.Errorf("a cell of more than %d bytes: %w", maxToken, errXML)
		}
	}
}

// until reads up to and without c; a whole end of file before any byte is io.EOF.
func (x *xmlScan) until(c byte) ([]byte, error) {
	x.long = x.long[:0]
	for {
		part, err := x.r.ReadSlice(c)
		switch {
		case err == nil && len(x.long) == 0:
			return part[:len(part)-1], nil
		case err == nil:
			x.long = append(x.long, part...)
			return x.long[:len(x.long)-1], nil
		case errors.Is(err, io.EOF) && len(bytes.TrimSpace(part))+len(bytes.TrimSpace(x.long)) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
		if x.long = append(x.long, part...); len(x.long) > maxToken {
			return nil, fmt.Errorf("a text of more than %d bytes: %w", maxToken, errXML)
		}
	}
}

func (x *xmlScan) readTag() error {
	x.tag = x.tag[:0]
	for quotes := 0; ; {
		part, err := x.until('>')
		if err != nil {
			return damagedEnd(err)
		}
		x.tag = append(x.tag, part...)
		if quotes += bytes.Count(part, []byte{'"'}); quotes%2 == 0 {
			break // else the > stands inside a value
		}
		x.tag = append(x.tag, '>')
		if len(x.tag) > maxToken {
			return fmt.Errorf("a tag of more than %d bytes: %w", maxToken, errXML)
		}
	}
	inside := x.tag
	x.end, x.single = bytes.HasPrefix(inside, []byte{'/'}), bytes.HasSuffix(inside, []byte{'/'})
	inside = bytes.TrimPrefix(bytes.TrimSuffix(inside, []byte{'/'}), []byte{'/'})
	if i := bytes.IndexAny(inside, " \t\r\n"); i >= 0 {
		inside = inside[:i]
	}
	if i := bytes.LastIndexByte(inside, ':'); i >= 0 {
		inside = inside[i+1:]
	}
	if len(inside) == 0 {
		return errXML
	}
	if string(inside) != x.name { // no new string for the cells' endless c and v
		x.name = string(inside)
	}
	return nil
}

func damagedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (x *xmlScan) cdata() error {
	if _, err := x.r.Discard(len("![CDATA[")); err != nil {
		return damagedEnd(err)
	}
	for {
		part, err := x.until('>')
		if err != nil {
			return damagedEnd(err)
		}
		x.text = append(x.text, part...)
		if bytes.HasSuffix(x.text, []byte("]]")) {
			x.text = x.text[:len(x.text)-2]
			return nil
		}
		if x.text = append(x.text, '>'); len(x.text) > maxToken {
			return fmt.Errorf("a text of more than %d bytes: %w", maxToken, errXML)
		}
	}
}

func (x *xmlScan) skipTo(end string) error {
	tail := end[:len(end)-1]
	var seen []byte
	for {
		part, err := x.until('>')
		if err != nil {
			return damagedEnd(err)
		}
		seen = append(seen[max(0, len(seen)-4):], part...)
		if bytes.HasSuffix(seen, []byte(tail)) {
			return nil
		}
		seen = append(seen, '>')
	}
}

// attr is the value of an attribute of the last tag, by its name without prefix.
func (x *xmlScan) attr(name string) string {
	rest := x.tag
	for {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return ""
		}
		before, after := byte(' '), rest[i+len(name):]
		if i > 0 {
			before = rest[i-1]
		}
		rest = after
		after = bytes.TrimLeft(after, " \t\r\n")
		if (before != ' ' && before != ':' && before != '\t' && before != '\n' && before != '\r') || len(after) < 2 || after[0] != '=' {
			continue
		}
		after = bytes.TrimLeft(after[1:], " \t\r\n")
		if len(after) == 0 || (after[0] != '"' && after[0] != '\'') {
			continue
		}
		if j := bytes.IndexByte(after[1:], after[0]); j >= 0 {
			return string(appendUnescaped(nil, after[1:1+j]))
		}
	}
}

// appendUnescaped replaces the five entities of XML and character numbers; what is
// none stays as it is.
func appendUnescaped(to, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(to, s...)
		}
		to = append(to, s[:i]...)
		s = s[i:]
		j := bytes.IndexByte(s, ';')
		if j < 0 || j > 10 {
			to, s = append(to, '&'), s[1:]
			continue
		}
		text, ok := entity(string(s[1:j]))
		if !ok {
			to, s = append(to, '&'), s[1:]
			continue
		}
		to, s = append(to, text...), s[j+1:]
	}
}

func entity(name string) (string, bool) {
	switch name {
	case "amp":
		return "&", true
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "quot":
		return `"`, true
	case "apos":
		return "'", true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return "", false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(strings.ToLower(digits), "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return "", false
	}
	return string(rune(n)), true
}
