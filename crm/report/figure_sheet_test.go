package report_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"ringback/crm/report"
)

func TestTheWorkbookHoldsNumbersAndEveryFigure(t *testing.T) {
	b := newBooks(t)
	r := b.survey(b.now.Add(-time.Hour))
	b.says(r, "repair_quality", "workshop", "quality", 9)
	q := b.month()
	var sheet report.Sheet
	b.scoped(func(ctx context.Context, tx pgx.Tx) error {
		blocks, err := b.report.Figures(ctx, tx, q)
		sheet = b.report.NewSheet(false, "测试店", q.Period, b.now, blocks)
		return err
	})
	raw, err := sheet.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("指标表")
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != "指标表" || !strings.Contains(rows[1][0], "测试店 · 统计期间：2026-11-01 至 2026-11-30 · 制表时间：2026-11-20 11:00") {
		t.Errorf("heading: %q %q", rows[0], rows[1])
	}
	ids := map[string][]string{}
	for _, r := range rows[3:] {
		if r[3] == "" {
			ids[r[1]] = r
		}
		if r[1] == "K-02" && r[3] == "维修车间" && (r[4] != "100" || r[7] != "1" || r[10] != "n=1") {
			t.Errorf("workshop: %q", r)
		}
	}
	for _, g := range report.FigureTable() {
		for _, d := range g.Figures {
			if ids[d.ID] == nil {
				t.Errorf("%s is missing", d.ID)
			}
		}
	}
	if k := ids["K-03"]; k[4] != "900" || k[12] != "达标" {
		t.Errorf("K-03: %q", k)
	}
	if k := ids["K-13"]; k[4] != report.Nothing || k[12] != "无数据来源" {
		t.Errorf("K-13: %q", k)
	}
	if kind, err := book.GetCellType("指标表", "H4"); err != nil || kind != excelize.CellTypeUnset { // unset: a plain number
		t.Errorf("a numerator is of type %v, %v", kind, err)
	}
}
