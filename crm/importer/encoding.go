package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings of text files (spec 7.2). GB18030 holds GBK and GB2312.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
)

// Encodings lists what a person may choose when the recognition was wrong.
func Encodings() []string { return []string{UTF8, GB18030, UTF16LE, UTF16BE} }

// maxLine bounds one line of a text file; a longer one is no row.
const maxLine = 1 << 20

// detect names the encoding of a text: the byte order mark, else UTF-8 when at least
// as many lines are valid in it as are not (a few damaged lines do not change a
// file's encoding), else GB18030. newline is what ends its lines.
func detect(o *original) (encoding string, newline byte, err error) {
	head, err := o.head(64 << 10)
	if err != nil {
		return "", 0, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8, lineEnd(head), nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE, lineEnd(narrow(head, 0)), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE, lineEnd(narrow(head, 1)), nil
	case zerosAt(head, 1) > len(head)/8 && zerosAt(head, 0) == 0:
		return UTF16LE, lineEnd(narrow(head, 0)), nil
	}
	good, bad := 0, 0
	newline = lineEnd(head)
	r := bufio.NewReaderSize(o.reader(), maxLine)
	for {
		l, err := r.ReadSlice(newline)
		switch {
		case ascii(l):
		case utf8.Valid(l):
			good++
		default:
			bad++
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", 0, fmt.Errorf("reading the file: %w", err)
		}
	}
	if good >= bad {
		return UTF8, newline, nil
	}
	return GB18030, newline, nil
}

// lineEnd is what ends the lines of a text. Where a lone carriage return does (an old
// Mac's export), line feeds are breaks inside cells.
func lineEnd(head []byte) byte {
	feeds, alone := bytes.Count(head, []byte{'\n'}), bytes.Count(head, []byte{'\r'})-bytes.Count(head, []byte("\r\n"))
	if alone > feeds {
		return '\r'
	}
	return '\n'
}

// narrow is UTF-16 with one byte for each unit; units above Latin are '?'.
func narrow(b []byte, low int) []byte {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		if b[i+1-low] != 0 {
			out = append(out, '?')
		} else {
			out = append(out, b[i+low])
		}
	}
	return out
}

// zerosAt counts the zero bytes at even or odd places.
func zerosAt(b []byte, parity int) int {
	n := 0
	for i := parity; i < len(b); i += 2 {
		if b[i] == 0 {
			n++
		}
	}
	return n
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// decoded is one line of a text file.
type decoded struct {
	text string
	bad  int // position of the first invalid byte in characters, from 1; 0: none
	long bool
}

// textLines reads the lines of a text in an encoding, without their ends. UTF-16 is
// turned into UTF-8 on the way; a character that could not be marks its line as bad.
func textLines(o *original, encoding string, newline byte) func(yield func(decoded, error) bool) {
	return func(yield func(decoded, error) bool) {
		in := o.reader()
		switch encoding {
		case UTF16LE:
			in = transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
		case UTF16BE:
			in = transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
		}
		r := bufio.NewReaderSize(in, maxLine)
		for first := true; ; first = false {
			l, err := r.ReadSlice(newline)
			long := errors.Is(err, bufio.ErrBufferFull)
			if err != nil && !long && !errors.Is(err, io.EOF) {
				yield(decoded{}, fmt.Errorf("reading the file: %w", err))
				return
			}
			last := errors.Is(err, io.EOF)
			if last && len(l) == 0 {
				return
			}
			if first {
				l = bytes.TrimPrefix(l, []byte("\xef\xbb\xbf"))
			}
			d := decodeLine(bytes.TrimRight(l, "\r\n"), encoding)
			for d.long = long; long; {
				_, err = r.ReadSlice(newline)
				long = errors.Is(err, bufio.ErrBufferFull)
				last = errors.Is(err, io.EOF)
			}
			if !yield(d, nil) || last {
				return
			}
		}
	}
}

func decodeLine(b []byte, encoding string) decoded {
	if encoding == GB18030 && !ascii(b) {
		text, err := simplifiedchinese.GB18030.NewDecoder().String(string(b))
		if i := strings.IndexRune(text, utf8.RuneError); err != nil || i >= 0 {
			return decoded{text: escape(b), bad: len([]rune(text[:max(i, 0)])) + 1}
		}
		return decoded{text: text}
	}
	utf16 := encoding == UTF16LE || encoding == UTF16BE
	if !utf8.Valid(b) || (utf16 && bytes.ContainsRune(b, utf8.RuneError)) {
		return decoded{text: escape(b), bad: firstInvalid(string(b))}
	}
	return decoded{text: string(b)}
}

func firstInvalid(s string) int {
	n := 1
	for _, r := range s {
		if r == utf8.RuneError {
			break
		}
		n++
	}
	return n
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
