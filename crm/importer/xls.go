package importer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
)

// Records of BIFF8 ([MS-XLS] 2.3).
const (
	biffBOF         = 0x0809
	biffEOF         = 0x000A
	biffFilePass    = 0x002F
	biffDateMode    = 0x0022
	biffBoundSheet  = 0x0085
	biffSST         = 0x00FC
	biffContinue    = 0x003C
	biffRow         = 0x0208
	biffLabelSST    = 0x00FD
	biffLabel       = 0x0204
	biffRString     = 0x00D6
	biffNumber      = 0x0203
	biffRK          = 0x027E
	biffMulRK       = 0x00BD
	biffBoolErr     = 0x0205
	biffFormula     = 0x0006
	biffString      = 0x0207
	biffMergedCells = 0x00E5
)

// oldBook is an open .xls workbook.
type oldBook struct {
	stream   io.ReaderAt
	size     int64
	strings  *sharedStrings
	date1904 bool
	sheets   []oldSheet
}

type oldSheet struct {
	name   string
	at     int64
	hidden bool
}

// openXLS opens a compound file: an old workbook, or a new one with a password.
func openXLS(o *original) ([]table, error) {
	c, err := openCompound(o, o.size)
	if err != nil {
		if head, readErr := o.head(64 << 10); readErr == nil && bytes.Contains(head, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")) {
			return nil, errEncrypted()
		}
		return nil, err
	}
	switch {
	case c.has("EncryptedPackage"):
		return nil, errEncrypted()
	case c.has("_VBA_PROJECT_CUR", "_VBA_PROJECT", "Macros"):
		return nil, errMacros()
	}
	b := &oldBook{}
	if b.stream, b.size, err = c.stream("Workbook", "Book"); err != nil {
		return nil, err
	}
	if b.stream == nil {
		return nil, errNoTable("OLE")
	}
	if err := b.readGlobals(); err != nil {
		return nil, err
	}
	var out []table
	for _, s := range b.sheets {
		r := &oldReader{book: b, at: s.at}
		out = append(out, table{name: s.name, date1904: b.date1904, hidden: s.hidden, notes: r.notes, rows: iter.Seq2[line, error](func(yield func(line, error) bool) {
			if err := r.run(yield); err != nil {
				yield(line{}, err)
			}
		})})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no sheet: %w", errBIFF)
	}
	return out, nil
}

// biffScan reads records one by one.
type biffScan struct {
	r    *bufio.Reader
	kind uint16
	data []byte
}

func (b *oldBook) scan(at int64) *biffScan {
	return &biffScan{r: bufio.NewReaderSize(io.NewSectionReader(b.stream, at, b.size-at), 64<<10)}
}

func (s *biffScan) next() error {
	var head [4]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return fmt.Errorf("a record is cut off: %w", errBIFF)
	}
	s.kind = binary.LittleEndian.Uint16(head[:])
	n := int(binary.LittleEndian.Uint16(head[2:]))
	s.data = slices.Grow(s.data[:0], n)[:n]
	if _, err := io.ReadFull(s.r, s.data); err != nil {
		return fmt.Errorf("a record is cut off: %w", errBIFF)
	}
	return nil
}

// follows tells the kind of the next record without reading it.
func (s *biffScan) follows() uint16 {
	b, err := s.r.Peek(2)
	if err != nil {
		return 0
	}
	return binary.LittleEndian.Uint16(b)
}

func (b *oldBook) readGlobals() error {
	s := b.scan(0)
	for first := true; ; first = false {
		if err := s.next(); err != nil {
			return err
		}
		switch {
		case first && (s.kind != biffBOF || len(s.data) < 4):
			return fmt.Errorf("no beginning: %w", errBIFF)
		case first && binary.LittleEndian.Uint16(s.data) != 0x0600:
			return errOldExcel("Excel 5/95")
		case s.kind == biffFilePass:
			return errEncrypted()
		case s.kind == biffDateMode && len(s.data) >= 2:
			b.date1904 = s.data[0] == 1
		case s.kind == biffBoundSheet && len(s.data) >= 8:
			if s.data[5] == 0 { // a worksheet
				b.sheets = append(b.sheets, oldSheet{name: shortString(s.data[6:]), at: int64(binary.LittleEndian.Uint32(s.data)), hidden: s.data[4]&3 != 0})
			}
		case s.kind == biffSST:
			if err := b.readSST(s); err != nil {
				return err
			}
		case s.kind == biffEOF:
			return nil
		}
	}
}

func shortString(b []byte) string {
	n := int(b[0])
	if b[1]&1 == 0 {
		return latin(b[2:min(len(b), 2+n)])
	}
	return wide(b[2:min(len(b), 2+2*n)])
}

func latin(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

func wide(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[i*2:])
	}
	return string(utf16.Decode(u))
}

// readSST reads the shared strings, which run on over CONTINUE records.
func (b *oldBook) readSST(s *biffScan) error {
	parts := [][]byte{slices.Clone(s.data)}
	total := len(s.data)
	for s.follows() == biffContinue {
		if err := s.next(); err != nil {
			return err
		}
		if total += len(s.data); total > maxStrings {
			return errTooLarge()
		}
		parts = append(parts, slices.Clone(s.data))
	}
	r := sstReader{parts: parts}
	r.skip(4)
	count := int(r.u32())
	b.strings = &sharedStrings{}
	for range count {
		text := r.text()
		if r.short {
			return fmt.Errorf("the shared strings are cut off: %w", errBIFF)
		}
		if b.strings.text = append(b.strings.text, text...); len(b.strings.text) > maxStrings {
			return errTooLarge()
		}
		b.strings.ends = append(b.strings.ends, uint32(len(b.strings.text)))
	}
	return nil
}

// sstReader reads over the borders of records. A text that is cut by one goes on
// behind a new byte that says how wide its characters are.
type sstReader struct {
	parts [][]byte
	short bool
}

func (r *sstReader) byte() byte {
	for len(r.parts) > 0 && len(r.parts[0]) == 0 {
		r.parts = r.parts[1:]
	}
	if len(r.parts) == 0 {
		r.short = true
		return 0
	}
	b := r.parts[0][0]
	r.parts[0] = r.parts[0][1:]
	return b
}

func (r *sstReader) u16() uint16 { lo := uint16(r.byte()); return lo | uint16(r.byte())<<8 }
func (r *sstReader) u32() uint32 { lo := uint32(r.u16()); return lo | uint32(r.u16())<<16 }

func (r *sstReader) skip(n int) {
	for range n {
		if r.byte(); r.short {
			return
		}
	}
}

func (r *sstReader) text() string {
	n, flags := int(r.u16()), r.byte()
	runs, ext := 0, 0
	if flags&8 != 0 {
		runs = int(r.u16())
	}
	if flags&4 != 0 {
		ext = int(r.u32())
	}
	u := make([]uint16, 0, n)
	isWide := flags&1 != 0
	for len(u) < n && !r.short {
		if len(r.parts) > 0 && len(r.parts[0]) == 0 {
			isWide = r.byte()&1 != 0 // the next record's own word
		}
		if isWide {
			u = append(u, r.u16())
		} else {
			u = append(u, uint16(r.byte()))
		}
	}
	r.skip(4*runs + ext)
	return string(utf16.Decode(u))
}

// oldReader streams the rows of one sheet of an old workbook.
type oldReader struct {
	book       *oldBook
	at         int64
	hiddenRows int
}

func (o *oldReader) notes() []Note {
	if o.hiddenRows == 0 {
		return nil
	}
	return []Note{{"hidden_rows", fmt.Sprintf("有 %d 个隐藏行，已一并读取。", o.hiddenRows), fmt.Sprintf("%d hidden rows were read like the others.", o.hiddenRows)}}
}

func (o *oldReader) run(yield func(line, error) bool) error {
	merges, hidden, err := o.layout()
	if err != nil {
		return err
	}
	o.hiddenRows = len(hidden)
	s := o.book.scan(o.at)
	l := line{}
	var open []active
	give := func() bool {
		if l.no == 0 {
			return true
		}
		l.hidden = hidden[l.no]
		for len(merges) > 0 && merges[0].r1 <= l.no {
			a := active{merges[0], ""}
			if a.r1 == l.no {
				a.value = l.cell(a.c1)
			}
			open, merges = append(open, a), merges[1:]
		}
		open = slices.DeleteFunc(open, func(a active) bool { return a.r2 < l.no })
		for _, a := range open {
			l.merge(a)
		}
		return yield(l, nil)
	}
	for depth := 0; ; {
		if err := s.next(); err != nil {
			return err
		}
		switch s.kind {
		case biffBOF: // also of a chart inside the sheet
			depth++
		case biffEOF:
			if depth--; depth <= 0 {
				give()
				return nil
			}
		}
		if depth != 1 || !isCell(s.kind) || len(s.data) < 6 {
			continue
		}
		if no := int(binary.LittleEndian.Uint16(s.data)) + 1; no != l.no {
			if !give() {
				return nil
			}
			l = line{no: no}
		}
		if err := o.cell(s, &l); err != nil {
			return err
		}
	}
}

func isCell(kind uint16) bool {
	switch kind {
	case biffLabelSST, biffLabel, biffRString, biffNumber, biffRK, biffMulRK, biffBoolErr, biffFormula:
		return true
	}
	return false
}

// layout reads the merged ranges and the hidden rows, which stand around the cells.
func (o *oldReader) layout() (merges []mergedRange, hidden map[int]bool, err error) {
	hidden = map[int]bool{}
	s := o.book.scan(o.at)
	for depth := 0; ; {
		if err := s.next(); err != nil {
			return nil, nil, err
		}
		switch s.kind {
		case biffBOF:
			depth++
		case biffEOF:
			if depth--; depth <= 0 {
				slices.SortFunc(merges, func(a, b mergedRange) int { return a.r1 - b.r1 })
				return merges, hidden, nil
			}
		case biffRow:
			if len(s.data) >= 16 && binary.LittleEndian.Uint32(s.data[12:])&0x20 != 0 {
				hidden[int(binary.LittleEndian.Uint16(s.data))+1] = true
			}
		case biffMergedCells:
			for d := s.data[min(2, len(s.data)):]; len(d) >= 8; d = d[8:] {
				u := func(i int) int { return int(binary.LittleEndian.Uint16(d[i:])) }
				merges = append(merges, mergedRange{u(4), u(0) + 1, u(6), u(2) + 1})
			}
		}
	}
}

func (o *oldReader) cell(s *biffScan, l *line) error {
	d := s.data
	col := int(binary.LittleEndian.Uint16(d[2:]))
	switch s.kind {
	case biffLabelSST:
		if len(d) < 10 {
			return fmt.Errorf("a cell is cut off: %w", errBIFF)
		}
		text, ok := o.book.strings.get(int(binary.LittleEndian.Uint32(d[6:])))
		if !ok {
			return fmt.Errorf("a cell points to a text that is not there: %w", errBIFF)
		}
		l.put(col, text)
	case biffLabel, biffRString:
		if len(d) >= 9 {
			r := sstReader{parts: [][]byte{slices.Clone(d[6:])}}
			l.put(col, r.text())
		}
	case biffNumber:
		if len(d) >= 14 {
			l.put(col, plainNumber(math.Float64frombits(binary.LittleEndian.Uint64(d[6:]))))
		}
	case biffRK:
		if len(d) >= 10 {
			l.put(col, plainNumber(rk(binary.LittleEndian.Uint32(d[6:]))))
		}
	case biffMulRK:
		for i := 4; i+6 <= len(d)-2; i += 6 {
			l.put(col+(i-4)/6, plainNumber(rk(binary.LittleEndian.Uint32(d[i+2:]))))
		}
	case biffBoolErr:
		if len(d) >= 8 {
			l.put(col, boolOrError(d[6], d[7] == 1))
		}
	case biffFormula:
		return o.formula(s, l, col)
	}
	return nil
}

func (o *oldReader) formula(s *biffScan, l *line, col int) error {
	if len(s.data) < 14 {
		return nil
	}
	res := s.data[6:14]
	if binary.LittleEndian.Uint16(res[6:]) != 0xFFFF {
		l.put(col, plainNumber(math.Float64frombits(binary.LittleEndian.Uint64(res))))
		return nil
	}
	switch res[0] {
	case 1, 2:
		l.put(col, boolOrError(res[2], res[0] == 2))
	case 0: // the text follows, perhaps behind the formula's other records
		for range 3 {
			switch s.follows() {
			case biffString:
				if err := s.next(); err != nil {
					return err
				}
				r := sstReader{parts: [][]byte{slices.Clone(s.data)}}
				l.put(col, r.text())
				return nil
			case 0x04BC, 0x0221, 0x0236: // SHRFMLA, ARRAY, TABLE
				if err := s.next(); err != nil {
					return err
				}
			default:
				return nil
			}
		}
	}
	return nil
}

func (l *line) put(col int, text string) {
	if text == "" || col >= maxColumns {
		return
	}
	for len(l.cells) <= col {
		l.cells = append(l.cells, "")
	}
	l.cells[col] = text
}

func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

func plainNumber(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func boolOrError(v byte, isError bool) string {
	if !isError {
		if v == 1 {
			return "TRUE"
		}
		return "FALSE"
	}
	switch v {
	case 0x2A:
		return "#N/A"
	case 0x07:
		return "#DIV/0!"
	case 0x17:
		return "#REF!"
	case 0x1D:
		return "#NAME?"
	}
	return "#VALUE!"
}
