package importer_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
)

// eachPart gives a workbook whose parts an edit has changed; an empty part is left out.
func eachPart(t *testing.T, book []byte, edit func(name string, content []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		if content = edit(f.Name, content); content == nil {
			continue
		}
		part, err := w.Create(f.Name)
		must(t, err)
		_, err = part.Write(content)
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

// withCellValues keeps results beside formulas, as a spreadsheet program does: by
// formula "attribute|value".
func withCellValues(t *testing.T, book []byte, values map[string]string) string {
	t.Helper()
	return string(eachPart(t, book, func(name string, content []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return content
		}
		for formula, v := range values {
			attribute, value, _ := strings.Cut(v, "|")
			cell := regexp.MustCompile(`<c r="(\w+)"[^>]*><f>` + regexp.QuoteMeta(formula) + `</f>(<v>[^<]*</v>|<v/>)?</c>`)
			if !cell.Match(content) {
				t.Fatalf("no cell of %s in %s", formula, content)
			}
			content = cell.ReplaceAll(content, []byte(`<c r="$1" `+attribute+`><f>`+formula+`</f><v>`+value+`</v></c>`))
		}
		return content
	}))
}

func TestCellsThatDoNotSayWhereTheyAreStandOneAfterAnother(t *testing.T) { // spec 7.2; ECMA-376 18.3.1.4, 18.3.1.73
	s := open(t, morning())
	reference := regexp.MustCompile(`(<(?:c|row))\s+r="\w+"`)
	blank := regexp.MustCompile(`(<c r="D2")[^>]*>.*?</c>`) // 维修类型 of the first order
	book := eachPart(t, twoOrders(t, ""), func(name string, content []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return content
		}
		if !blank.Match(content) {
			t.Fatalf("no cell D2 in %s", content)
		}
		return reference.ReplaceAll(blank.ReplaceAll(content, []byte("$1/>")), []byte("$1"))
	})
	b, err := s.upload(t, "bare.xlsx", book)
	must(t, err)
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil || b.Outcomes["new"] != 2 || b.Codes["W-TYPE"] != 1 || len(b.Codes) != 1 {
		t.Errorf("%v %v, %v; want two orders, one without its kind", b.Outcomes, b.Codes, err)
	}
}
