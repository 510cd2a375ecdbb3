package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ringback/crm/importer"
)

// codeHead is orderHead with the columns that some codes are about.
const codeHead = "工单号,车牌号,开单日期,维修类型,客户名称,电话,车架号,交车时间,合计金额,进厂里程,承诺交车时间,is_synthetic\n"

// codeLine is a good row; change replaces cells by their heading.
func codeLine(n int, change map[string]string) string {
	cells := []string{fmt.Sprintf("WT%d", n), fmt.Sprintf("宁Z%05d", n), "2026-11-18", "定保", "王" + string(rune('丁'+n)), fmt.Sprintf("154%08d", n), "", "2026-11-19 11:00", "100", "", "", ""}
	for i, h := range strings.Split(strings.TrimSpace(codeHead), ",") {
		if c, ok := change[h]; ok {
			cells[i] = c
		}
	}
	return strings.Join(cells, ",") + "\n"
}

type m = map[string]string

// TestEveryCodeDoesWhatSection74Says imports a small file per code of spec 7.4: the
// row that carries it, what became of that row, and what stands in the record.
func TestEveryCodeDoesWhatSection74Says(t *testing.T) {
	s := open(t, morning())
	s.take(t, "staff.csv", "工号,姓名,手机,岗位\nA1,赵一,19400000001,服务顾问\n")
	const vin, other = "LSVAA2185E2123456", "L00A1B2C3T0000001"
	n := 0
	line := func(change m) string { n++; return codeLine(n, change) }
	last := func() string { return fmt.Sprintf("WT%d", n) }
	for _, c := range []struct {
		code    string
		file    func() string
		row     int // of the data, from 0
		outcome importer.Outcome
		sql     string // about the order of that row
		want    string
	}{
		{"E-ENC", func() string { return line(nil) + line(nil) + line(m{"客户名称": "\xff\xfe"}) }, 2, importer.Rejected, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "0"},
		{"E-PHONE", func() string { return line(m{"电话": "154000"}) }, 0, importer.Created, callable, "0"},
		{"E-SCI", func() string { return line(m{"电话": "1.54E+10"}) }, 0, importer.Created, callable, "0"},
		{"E-MASK", func() string { return line(m{"电话": "154****0007"}) }, 0, importer.Created, callable, "0"},
		{
			"E-VINLEN", func() string {
				return line(m{"车牌号": "宁ZV0001"}) + line(m{"车牌号": "宁ZV0001", "车架号": "LSVAA2185E21"})
			}, 1, importer.Created,
			`SELECT (count(DISTINCT w.vehicle_id) = 1)::text FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id WHERE v.plate = '宁ZV0001' AND $1 <> ''`, "true",
		},
		{"E-DATE", func() string { return line(m{"开单日期": "昨天"}) }, 0, importer.Rejected, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "0"},
		{"E-DATE", func() string { return line(m{"承诺交车时间": "2026-13-45"}) }, 0, importer.Created, `SELECT coalesce(promised_at::text, 'null') FROM work_order WHERE ro_no = $1`, "null"},
		{"E-DUP-IN", func() string { l := line(nil); return l + l }, 1, importer.Same, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "1"},
		{"E-DUP-DIFF", func() string { l := line(nil); return l + strings.Replace(l, ",100,", ",250,", 1) }, 0, importer.Superseded, `SELECT total_fen::text FROM work_order WHERE ro_no = $1`, "25000"},
		{"W-DUP-VIN", func() string {
			return line(m{"车架号": vin, "开单日期": "2026-11-17"}) + line(m{"车架号": vin})
		}, 1, importer.Created, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "1"},
		{
			"W-SAME-PLATE", func() string {
				return line(m{"车牌号": "宁ZP0001", "车架号": "L00A1B2C3T0000101"}) + line(m{"车牌号": "宁ZP0001", "车架号": "L00A1B2C3T0000102"})
			}, 1, importer.Created,
			`SELECT count(*)::text FROM vehicle WHERE plate = '宁ZP0001' AND $1 <> ''`, "1",
		},
		{"W-SHARED", func() string {
			var f strings.Builder
			for range 5 {
				f.WriteString(line(m{"电话": "15400007777"}))
			}
			return f.String()
		}, 4, importer.Created, callable, "0"},
		{"W-STAFF", func() string { return line(m{"电话": "19400000001"}) }, 0, importer.Created, callable, "0"},
		{"W-FAKE", func() string { return line(m{"电话": "12345678901"}) }, 0, importer.Created, callable, "0"},
		{"W-FUTURE", func() string { return line(m{"交车时间": "2026-11-25 11:00"}) }, 0, importer.Created, `SELECT count(*)::text FROM task k JOIN work_order w ON w.id = ANY (k.work_order_ids) WHERE w.ro_no = $1`, "0"},
		{"W-AMT", func() string { return line(m{"合计金额": "200万"}) }, 0, importer.Created, `SELECT total_fen::text FROM work_order WHERE ro_no = $1`, "200000000"},
		{"W-AMT", func() string { return line(m{"合计金额": "面议"}) }, 0, importer.Created, `SELECT coalesce(total_fen::text, 'null') FROM work_order WHERE ro_no = $1`, "null"},
		{"W-KM", func() string {
			return line(m{"车牌号": "宁ZK0001", "开单日期": "2026-10-01", "进厂里程": "50000"}) + line(m{"车牌号": "宁ZK0001", "进厂里程": "20000"})
		}, 1, importer.Created, `SELECT v.mileage_last::text FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id WHERE w.ro_no = $1`, "50000"},
		{"E-KM", func() string { return line(m{"进厂里程": "1200000"}) }, 0, importer.Created, `SELECT coalesce(mileage_in::text, 'null') FROM work_order WHERE ro_no = $1`, "null"},
		{"W-YY", func() string { return line(m{"开单日期": "26-11-18"}) }, 0, importer.Created, `SELECT to_char(opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') FROM work_order WHERE ro_no = $1`, "2026-11-18"},
		{"W-TYPE", func() string { return line(m{"维修类型": "其它杂项"}) }, 0, importer.Created, `SELECT kind FROM work_order WHERE ro_no = $1`, "repair"},
		{"W-VINFIX", func() string { return line(m{"车架号": "L0OA1B2C3T0000001"}) }, 0, importer.Created, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "1"},
		{"W-VINCHK", func() string { return line(m{"车架号": "LSVAA2181E2123457"}) }, 0, importer.Created, `SELECT v.vin FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id WHERE w.ro_no = $1`, "LSVAA2181E2123457"},
		{
			"W-VIN8", func() string { return line(m{"车架号": other}) + line(m{"车牌号": "", "车架号": "T0000001"}) }, 1, importer.Created,
			`SELECT v.vin FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id WHERE w.ro_no = $1`, other,
		},
		{"W-PLATE", func() string { return line(m{"车牌号": "宁ZO1I23"}) }, 0, importer.Created, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "1"},
		{"E-SYN", func() string { return line(m{"is_synthetic": "false"}) }, 0, importer.Rejected, `SELECT count(*)::text FROM work_order WHERE ro_no = $1`, "0"},
	} {
		t.Run(c.code, func(t *testing.T) {
			n++ // a gap: files are no series of their own
			b := s.take(t, fmt.Sprintf("%s-%d.csv", c.code, n), codeHead+c.file())
			rows, err := s.im.Rows(t.Context(), s.scope, b.ID, importer.AllRows, 0, 10)
			must(t, err)
			if r := rows[c.row]; r.Outcome != c.outcome || !slices.Contains(r.Codes, c.code) || b.Codes[c.code] == 0 || (c.outcome == importer.Rejected) != (r.ReasonZH != "" && r.ReasonEN != "") {
				t.Errorf("row %d: %s %v %q", r.RowNo, r.Outcome, r.Codes, r.ReasonZH)
			}
			if got := s.query(t, strings.ReplaceAll(c.sql, "$1", "'"+last()+"'")); len(got) != 1 || got[0][0] != c.want {
				t.Errorf("the record has %v, want %s", got, c.want)
			}
		})
	}
}

// callable counts the numbers on which the order's customer may be called.
const callable = `SELECT count(*)::text FROM customer_phone p JOIN work_order w ON w.customer_id = p.customer_id WHERE w.ro_no = $1 AND p.status = 'ok'`

func TestTheCodesOfAWholeFileStandAtTheFile(t *testing.T) {
	s := open(t, morning())
	notes := func(b importer.Batch) (out []string) {
		for _, n := range b.Notes {
			if out = append(out, n.Code); n.ZH == "" || n.EN == "" {
				t.Errorf("%+v", n)
			}
		}
		return out
	}
	if b := s.take(t, "gap.csv", codeHead+codeLine(1, nil)+codeLine(2, nil)+codeLine(3, nil)+codeLine(4, nil)+codeLine(7, nil)); !slices.Contains(notes(b), "W-GAP") {
		t.Errorf("W-GAP: %v", b.Notes)
	}
	b := s.take(t, "customers.csv", "客户名称,手机\n李建,15400000011\n")
	if !slices.Contains(notes(b), "E-CONS") {
		t.Errorf("E-CONS: %v", b.Notes)
	}
	wantRows(t, s.query(t, `SELECT count(*)::text FROM consent WHERE purpose = 'marketing'`), "0")
	bad, err := s.upload(t, "nothing.csv", []byte("甲,乙,丙\n1,2,3\n"))
	if err == nil || !strings.Contains(bad.ErrorZH, "E-HDR") {
		t.Errorf("E-HDR: %+v, %v", bad, err)
	}
}
