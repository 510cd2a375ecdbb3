package report

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// ListFile is a list to take along: what it holds is the query's, masked (spec 5.3.3),
// under two lines that say whose it is (T-Q2).
type ListFile struct {
	Query   ListQuery
	English bool
	Store   string // name
	By      string // who takes it
	Made    time.Time
	zone    *time.Location
}

// NewListFile prepares a file.
func (r *Report) NewListFile(q ListQuery, english bool, store, by string, made time.Time) ListFile {
	return ListFile{q, english, store, by, made, r.zone}
}

// rowWriter takes lines of cells: a text, or a number as int64 or float64.
type rowWriter interface {
	write(cells []any) error
	end() error
}

// Write writes the file as csv or xlsx and gives its number of records. Rows pass
// through one by one; a million are never in memory.
func (r *Report) Write(ctx context.Context, db postgres.DB, f ListFile, format string, to io.Writer) (n int, err error) {
	w, err := f.writer(format, to)
	if err != nil {
		return 0, fmt.Errorf("beginning the file of %s: %w", f.Query.List.Code, err)
	}
	for _, line := range f.heading() {
		if err := w.write(line); err != nil {
			return 0, fmt.Errorf("heading the file of %s: %w", f.Query.List.Code, err)
		}
	}
	cells := make([]any, len(f.Query.Columns))
	err = r.ListEach(ctx, db, f.Query, func(row []string) error {
		n++
		for i, c := range f.Query.Columns {
			cells[i] = f.cell(c, row[i])
		}
		return w.write(cells)
	})
	if err != nil {
		return n, err
	}
	if err := w.end(); err != nil {
		return n, fmt.Errorf("ending the file of %s: %w", f.Query.List.Code, err)
	}
	return n, nil
}

func (f ListFile) writer(format string, to io.Writer) (rowWriter, error) {
	if format == "csv" {
		return newCommas(to)
	}
	return &sheets{to: to, name: f.say(f.Query.List.Word), head: f.heads(), file: excelize.NewFile()}, nil
}

func (f ListFile) say(w Word) string {
	if f.English {
		return w.EN
	}
	return w.ZH
}

// heading are the two lines above the columns' heads, and the heads.
func (f ListFile) heading() [][]any {
	parts := []string{
		f.say(Word{"", "门店：", "Store: "}) + f.Store, f.say(Word{"", "导出人：", "Taken by: "}) + f.By,
		f.say(Word{"", "时间：", "At: "}) + f.Made.In(f.zone).Format("2006-01-02 15:04"),
	}
	if said := f.Query.filtersInWords(f.English); said != "" {
		parts = append(parts, f.say(Word{"", "筛选：", "Filters: "})+said)
	}
	parts = append(parts, f.say(Word{"", "含个人信息，仅限本店内部使用，号码和姓名已遮盖", "Personal data, for use inside the store only; numbers and names are masked"}))
	return [][]any{{f.say(f.Query.List.Word)}, {strings.Join(parts, " · ")}, f.heads()}
}

func (f ListFile) heads() []any {
	var out []any
	for _, c := range f.Query.Columns {
		out = append(out, f.say(c.Word))
	}
	return out
}

// filtersInWords are the filters as they stand above a file.
func (q ListQuery) filtersInWords(english bool) string {
	say := func(w Word) string {
		if english {
			return w.EN
		}
		return w.ZH
	}
	var out []string
	for _, f := range q.filters {
		text := f.value.text
		if f.Kind == ChoiceFilter {
			var words []string
			for _, c := range f.value.codes {
				words = append(words, say(label(f.Words, c)))
			}
			text = strings.Join(words, "、")
		}
		out = append(out, say(f.Word)+" "+text)
	}
	return strings.Join(out, "；")
}

// cell turns a list's cell into a file's: words for codes, numbers as numbers, persons
// masked.
func (f ListFile) cell(c ListColumn, text string) any {
	if text == "" {
		return ""
	}
	switch c.Kind {
	case NameCell:
		return cn.MaskName(cn.ParseName(text))
	case MomentCell, MinuteCell:
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.In(f.zone).Format("2006-01-02 15:04")
		}
	case MoneyCell:
		if fen, err := strconv.ParseInt(text, 10, 64); err == nil {
			return float64(fen) / 100
		}
	case NumberCell, PercentCell:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case CodeCell, CodesCell:
		var words []string
		for _, code := range strings.Split(text, ",") {
			words = append(words, f.say(label(c.Words, code)))
		}
		return strings.Join(words, "、")
	case YesCell:
		return f.say(Word{"", "是", "yes"})
	}
	return text
}

// harmless keeps a text from being read as a formula by a program that opens the
// file: such a text gets an apostrophe in front.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// commas is a CSV: UTF-8 with a mark, so that Excel reads the Chinese.
type commas struct {
	*csv.Writer
	out  *bufio.Writer
	line []string
}

func newCommas(to io.Writer) (*commas, error) {
	out := bufio.NewWriterSize(to, 1<<16)
	_, err := out.WriteString("\ufeff")
	return &commas{Writer: csv.NewWriter(out), out: out}, err
}

func (w *commas) write(cells []any) error {
	w.line = w.line[:0]
	for _, c := range cells {
		switch c := c.(type) {
		case string:
			w.line = append(w.line, harmless(c))
		case float64:
			w.line = append(w.line, strconv.FormatFloat(c, 'f', 2, 64))
		default:
			w.line = append(w.line, fmt.Sprint(c))
		}
	}
	return w.Write(w.line)
}

func (w *commas) end() error {
	if w.Flush(); w.Error() != nil {
		return w.Error()
	}
	return w.out.Flush()
}

// mostSheetRows is how many records one sheet takes; Excel's own end is at 1,048,576.
const mostSheetRows = 1_000_000

// sheets is a workbook written row by row: what does not fit on a sheet goes on on the
// next one, under the same heads. Rows wait in a temporary file of the library's.
type sheets struct {
	to   io.Writer
	file *excelize.File
	name string
	head []any
	out  *excelize.StreamWriter
	n    int // sheets begun
	row  int // last row written on this one
}

func (w *sheets) write(cells []any) error {
	if w.out == nil || w.row >= mostSheetRows {
		if err := w.turn(); err != nil {
			return err
		}
	}
	w.row++
	at, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		if text, ok := c.(string); ok {
			c = harmless(text)
		}
		values[i] = c
	}
	return w.out.SetRow(at, values)
}

// turn begins the next sheet.
func (w *sheets) turn() (err error) {
	name := w.name
	if w.n++; w.n > 1 {
		if err := w.out.Flush(); err != nil {
			return err
		}
		name += " " + strconv.Itoa(w.n)
		if _, err = w.file.NewSheet(name); err != nil {
			return err
		}
	} else if err = w.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if w.out, err = w.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := w.out.SetColWidth(1, max(1, len(w.head)), 16); err != nil {
		return err
	}
	w.row = 0
	if w.n > 1 {
		return w.write(w.head)
	}
	return nil
}

func (w *sheets) end() error {
	defer func() { _ = w.file.Close() }()
	if err := w.out.Flush(); err != nil {
		return err
	}
	// The library would hold the whole archive in memory; it is written on as it grows.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w.to) })
	_, err := w.file.WriteToBuffer()
	return err
}
