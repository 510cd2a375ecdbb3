package importer

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"
)

// Bounds of a workbook: beyond them it is a bomb or no list of rows.
const (
	maxRatio   = 200       // uncompressed to compressed bytes of a part …
	freeBytes  = 64 << 20  // … that is larger than this
	maxPart    = 8 << 30   // bytes of one part
	maxSheets  = 255       // sheets that are looked at
	maxColumns = 16384     // XFD
	maxMerges  = 1_000_000 // merged ranges of a sheet
)

// workbook is an open XLSX file.
type workbook struct {
	zip      *zip.Reader
	parts    map[string]*zip.File
	strings  *sharedStrings
	date1904 bool
}

// openXLSX reads what a workbook consists of. Rows are read when they are asked for.
func openXLSX(z *zip.Reader) ([]table, error) {
	w := &workbook{zip: z, parts: map[string]*zip.File{}}
	for _, f := range z.File {
		w.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	switch {
	case w.parts["xl/vbaproject.bin"] != nil:
		return nil, errMacros()
	case w.parts["xl/workbook.bin"] != nil:
		return nil, errOldExcel("XLSB")
	}
	sheets, err := w.sheets()
	if err != nil {
		return nil, err
	}
	if err := w.readStrings(); err != nil {
		return nil, err
	}
	out := make([]table, 0, len(sheets))
	for _, s := range sheets {
		out = append(out, w.table(s))
	}
	if len(out) == 0 {
		return nil, errDamaged(errors.New("the workbook has no sheet"))
	}
	return out, nil
}

// open reads a part, within the bounds.
func (w *workbook) open(name string) (io.ReadCloser, error) {
	f := w.parts[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("the workbook lacks its part %s", name)
	}
	if bomb(f.UncompressedSize64, f.CompressedSize64) {
		return nil, errBomb()
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	return &bounded{r: r, packed: f.CompressedSize64}, nil
}

func bomb(plain, packed uint64) bool {
	return plain > maxPart || (plain > freeBytes && plain/maxRatio > packed)
}

// bounded counts what really comes out: a part's own word about its size may lie.
type bounded struct {
	r      io.ReadCloser
	n      uint64
	packed uint64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.n += uint64(n); bomb(b.n, b.packed) {
		return n, errBomb()
	}
	return n, err
}

func (b *bounded) Close() error { return b.r.Close() }

type sheetRef struct {
	name   string
	part   string
	hidden bool
}

// sheets lists the worksheets in the order of the tabs.
func (w *workbook) sheets() ([]sheetRef, error) {
	main, err := w.mainPart()
	if err != nil {
		return nil, err
	}
	targets, err := w.relations(main)
	if err != nil {
		return nil, err
	}
	var out []sheetRef
	err = w.scan(main, func(x *xmlScan) error {
		switch {
		case x.end:
		case x.name == "workbookPr":
			w.date1904 = x.attr("date1904") == "1" || x.attr("date1904") == "true"
		case x.name == "sheet" && len(out) < maxSheets:
			s := sheetRef{name: x.attr("name"), part: targets[x.attr("id")], hidden: strings.Contains(strings.ToLower(x.attr("state")), "hidden")}
			if f := w.parts[strings.ToLower(s.part)]; f != nil && !strings.Contains(s.part, "chartsheets") {
				out = append(out, s)
			}
		}
		return nil
	})
	return out, err
}

func (w *workbook) mainPart() (string, error) {
	if w.parts["xl/workbook.xml"] != nil {
		return "xl/workbook.xml", nil
	}
	targets, err := w.relations("")
	if err != nil {
		return "", err
	}
	for _, t := range targets {
		if strings.HasSuffix(t, ".xml") && strings.Contains(strings.ToLower(t), "workbook") {
			return t, nil
		}
	}
	return "", errors.New("the archive holds no workbook")
}

// relations gives the parts that a part refers to, by their ids.
func (w *workbook) relations(part string) (map[string]string, error) {
	dir, file := path.Split(part)
	name := dir + "_rels/" + file + ".rels"
	out := map[string]string{}
	return out, w.scan(name, func(x *xmlScan) error {
		if x.name == "Relationship" && !x.end {
			target := strings.ReplaceAll(x.attr("Target"), `\`, "/")
			if rest, ok := strings.CutPrefix(target, "/"); ok {
				target = rest
			} else {
				target = path.Join(dir, target)
			}
			out[x.attr("Id")] = target
		}
		return nil
	})
}

// scan calls fn for each tag of a part.
func (w *workbook) scan(part string, fn func(*xmlScan) error) (err error) {
	r, err := w.open(part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	x := newXMLScan(r)
	for {
		err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", part, err)
		}
		if err := fn(x); err != nil {
			return err
		}
	}
}

func (w *workbook) table(ref sheetRef) table {
	r := &sheetReader{book: w, part: ref.part}
	return table{
		name: ref.name, date1904: w.date1904, hidden: ref.hidden, notes: r.notes,
		rows: iter.Seq2[line, error](func(yield func(line, error) bool) {
			if err := r.run(yield); err != nil {
				yield(line{}, err)
			}
		}),
	}
}

// reference reads A1: column from 0, row from 1. ok is false when it is none.
func reference(s string) (col, row int, ok bool) {
	i := 0
	for ; i < len(s) && (s[i] == '$' || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z')); i++ {
		if s[i] != '$' {
			col = col*26 + int(s[i]&^0x20-'A') + 1
		}
		if col > maxColumns {
			return 0, 0, false
		}
	}
	row, err := strconv.Atoi(strings.TrimPrefix(s[i:], "$"))
	return col - 1, row, err == nil && col > 0 && row > 0
}
