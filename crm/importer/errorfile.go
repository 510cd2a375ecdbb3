package importer

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// ErrorColumns are the columns that an error file adds to the original ones.
func ErrorColumns() []string { return []string{"错误代码", "错误原因", "原文件行号"} }

// errorPartRows is how many rows one workbook of an error file holds: it is encrypted
// in memory.
const errorPartRows = 50_000

// ErrorFileName is what the error file of a batch is called: a workbook, or an archive
// of several when very many rows were rejected.
func (b Batch) ErrorFileName() string {
	name := "错误行_" + strings.TrimSuffix(b.FileName, path.Ext(b.FileName))
	if b.errorParts() > 1 {
		return name + ".zip"
	}
	return name + ".xlsx"
}

func (b Batch) errorParts() int {
	return (b.Outcomes[string(Rejected)] + errorPartRows - 1) / errorPartRows
}

// ErrorFile writes the rejected rows of a batch as a workbook for correction and
// re-import: only the original cells, with code and reason (spec 7.4). With a
// password the workbook is encrypted with it (ECMA-376 agile encryption). More than
// 50,000 rows come as a ZIP archive of such workbooks, one written after the other, so
// that any number takes the same memory. errs.NotFound "import_no_errors" when none
// was rejected.
func (im *Importer) ErrorFile(ctx context.Context, scope postgres.Scope, id uuid.UUID, password string, w io.Writer) error {
	b, err := im.Batch(ctx, scope, id)
	if err != nil {
		return err
	}
	if b.Outcomes[string(Rejected)] == 0 || b.Repeat {
		return errs.New(errs.NotFound, "import_no_errors", "这个文件没有被拒绝的行。", "No row of this file was rejected.")
	}
	part := errorPart{im: im, scope: scope, batch: b, password: password}
	if b.errorParts() == 1 {
		return part.write(ctx, w)
	}
	archive := zip.NewWriter(w)
	for n := 1; !part.done; n++ {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("错误行_%d.xlsx", n), Method: zip.Store}) // encrypted bytes do not shrink
		if err != nil {
			return fmt.Errorf("writing the error file: %w", err)
		}
		if err := part.write(ctx, file); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}

// errorPart writes the workbooks of an error file one after the other.
type errorPart struct {
	im       *Importer
	scope    postgres.Scope
	batch    Batch
	password string
	after    int  // row number of the last row written
	done     bool // there are no more rows
}

func (p *errorPart) write(ctx context.Context, w io.Writer) error {
	f := excelize.NewFile(excelize.Options{Password: p.password, TmpDir: p.im.kept.dir})
	defer func() { _ = f.Close() }()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	heads := make([]string, 0, len(p.batch.Columns)+3)
	for _, c := range p.batch.Columns {
		heads = append(heads, c.Heading)
	}
	if err := setRow(out, 1, append(heads, ErrorColumns()...)); err != nil {
		return err
	}
	if err := p.rows(ctx, out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}

// rows writes the next rows, and notices the end of all.
func (p *errorPart) rows(ctx context.Context, out *excelize.StreamWriter) error {
	const page = 1000
	for n := 0; n < errorPartRows; n += page {
		rows, err := p.im.Rows(ctx, p.scope, p.batch.ID, RejectedOnly, p.after, page)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if err := setRow(out, n+i+2, errorRow(r, len(p.batch.Columns))); err != nil {
				return err
			}
			p.after = r.RowNo
		}
		if len(rows) < page {
			p.done = true
			return nil
		}
	}
	left, err := p.im.Rows(ctx, p.scope, p.batch.ID, RejectedOnly, p.after, 1)
	p.done = len(left) == 0
	return err
}

// errorRow keeps the cells where they stood; a line that could not be cut into cells
// stands whole in the first.
func errorRow(r Row, width int) []string {
	out := make([]string, width, width+3)
	copy(out, r.Cells)
	if len(r.Cells) > width && width > 0 {
		out[width-1] = strings.Join(r.Cells[width-1:], " ")
	}
	return append(out, SpecCode(r.Codes[0]), r.ReasonZH, strconv.Itoa(r.RowNo))
}

// setRow writes text cells. A text that begins like a formula stays a text: cells of
// a stranger's file are never evaluated.
func setRow(out *excelize.StreamWriter, no int, cells []string) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	at, err := excelize.CoordinatesToCellName(1, no)
	if err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	if err := out.SetRow(at, values); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
}
