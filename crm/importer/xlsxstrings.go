package importer

import (
	"errors"
	"io"
	"strings"
)

// maxStrings bounds the text that a workbook's cells share: it must be held while
// rows are read.
const maxStrings = 192 << 20

// sharedStrings are the texts of a workbook in one piece of memory.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) get(i int) (string, bool) {
	if s == nil || i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

// readStrings reads xl/sharedStrings.xml, wherever the workbook keeps it. Rich text
// is joined, phonetic guides are left out.
func (w *workbook) readStrings() error {
	name := ""
	for _, n := range []string{"xl/sharedStrings.xml", "xl/SharedStrings.xml"} {
		if w.parts[strings.ToLower(n)] != nil {
			name = n
		}
	}
	if name == "" {
		return nil
	}
	w.strings = &sharedStrings{}
	phonetic := false
	err := w.scan(name, func(x *xmlScan) error {
		switch x.name {
		case "rPh":
			phonetic = !x.end && !x.single
		case "t":
			if x.end && !phonetic {
				w.strings.text = append(w.strings.text, escapes(x.text)...)
			}
		case "si":
			if x.end || x.single {
				w.strings.ends = append(w.strings.ends, uint32(len(w.strings.text)))
			}
		}
		if len(w.strings.text)+4*len(w.strings.ends) > maxStrings {
			return errTooLarge()
		}
		return nil
	})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errDamaged(err)
	}
	return err
}

// escapes resolves _x000D_, as spreadsheets write characters that XML forbids.
func escapes(text []byte) []byte {
	s := string(text)
	if !strings.Contains(s, "_x") {
		return text
	}
	for _, e := range []struct{ code, text string }{
		{"_x000D_", ""}, {"_x000d_", ""}, {"_x000A_", "\n"}, {"_x000a_", "\n"}, {"_x0009_", " "}, {"_x0000_", ""}, {"_x005F_", "_"}, {"_x005f_", "_"},
	} {
		s = strings.ReplaceAll(s, e.code, e.text)
	}
	return []byte(s)
}
