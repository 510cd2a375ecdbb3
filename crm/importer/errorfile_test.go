package importer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// More rejected rows than one workbook holds come as an archive of workbooks, each
// with the password; together they have every row once.
func TestAnErrorFileOfAnySizeIsWrittenInParts(t *testing.T) {
	const rows = 50_700
	s := open(t, morning())
	var file bytes.Buffer
	file.WriteString("工单号,车牌号,开单日期,维修类型,客户名称,电话\n")
	for n := range rows {
		fmt.Fprintf(&file, "WT%d,宁Z%05d,never,定保,王一,15400000001\n", n, n%100000)
	}
	b, err := s.upload(t, "wrong.csv", file.Bytes())
	if err != nil || b.Outcomes["rejected"] != rows || b.ErrorFileName() != "错误行_wrong.zip" {
		t.Fatalf("%+v, %v", b, err)
	}
	var out bytes.Buffer
	must(t, s.im.ErrorFile(t.Context(), s.scope, b.ID, "geheim", &out))
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	must(t, err)
	next := 2 // the row number that the next row must have
	for _, part := range archive.File {
		r, err := part.Open()
		must(t, err)
		f, err := excelize.OpenReader(r, excelize.Options{Password: "geheim"})
		must(t, err)
		lines, err := f.Rows("Sheet1")
		must(t, err)
		for lines.Next() {
			cells, err := lines.Columns()
			must(t, err)
			if cells[0] == "工单号" {
				continue
			}
			if want := fmt.Sprint(next); cells[8] != want || cells[0] != fmt.Sprintf("WT%d", next-2) {
				t.Fatalf("%s: row %v, want number %s", part.Name, cells, want)
			}
			next++
		}
		must(t, lines.Close())
		must(t, f.Close())
	}
	if len(archive.File) != 2 || next != rows+2 {
		t.Errorf("%d parts with %d rows", len(archive.File), next-2)
	}
}
