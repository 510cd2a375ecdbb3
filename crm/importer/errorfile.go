package importer

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// ErrorColumns are the columns that an error file adds to the original ones.
func ErrorColumns() []string { return []string{"错误代码", "错误原因", "原文件行号"} }

// maxErrorRows bounds an error file, which is made in memory to be encrypted.
const maxErrorRows = 100_000

// ErrorFile writes the rejected rows of a batch as a workbook for correction and
// re-import: only the original cells, with code and reason (spec 7.4). With a
// password the workbook is encrypted with it (ECMA-376 agile encryption).
// errs.NotFound "import_no_errors" when none was rejected, errs.Invalid
// "import_errors_many" when there are so many that the export itself is wrong.
func (im *Importer) ErrorFile(ctx context.Context, scope postgres.Scope, id uuid.UUID, password string, w io.Writer) error {
	b, err := im.Batch(ctx, scope, id)
	if err != nil {
		return err
	}
	if b.Outcomes[string(Rejected)] == 0 || b.Repeat {
		return errs.New(errs.NotFound, "import_no_errors", "这个文件没有被拒绝的行。", "No row of this file was rejected.")
	}
	if b.Outcomes[string(Rejected)] > maxErrorRows {
		return errs.New(errs.Invalid, "import_errors_many", fmt.Sprintf("被拒绝的行超过 %d 行，不再生成错误文件。请在列对应关系或系统导出中整体更正后重新上传。", maxErrorRows),
			fmt.Sprintf("More than %d rows were rejected; no error file is made. Correct the mapping or the export as a whole and upload it again.", maxErrorRows))
	}
	f := excelize.NewFile(excelize.Options{Password: password, TmpDir: im.kept.dir})
	defer func() { _ = f.Close() }()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	heads := make([]string, 0, len(b.Columns)+3)
	for _, c := range b.Columns {
		heads = append(heads, c.Heading)
	}
	if err := setRow(out, 1, append(heads, ErrorColumns()...)); err != nil {
		return err
	}
	for no, after := 2, 0; ; {
		rows, err := im.Rows(ctx, scope, id, RejectedOnly, after, 1000)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if err := setRow(out, no, errorRow(r, len(b.Columns))); err != nil {
				return err
			}
			no, after = no+1, r.RowNo
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("writing the error file: %w", err)
	}
	return nil
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
