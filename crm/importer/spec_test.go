package importer_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"ringback/crm/importer"
	"ringback/internal/errs"
)

// The tests of spec 7.6 under their own names. T-I02 and T-I08 are in import_test.go,
// T-I09 in kill_test.go (and BenchmarkImport50k).

// rowCodes are the codes of a batch's rows in the order of the file.
func (s shop) rowCodes(t *testing.T, b importer.Batch) [][]string {
	t.Helper()
	rows, err := s.im.Rows(t.Context(), s.scope, b.ID, importer.AllRows, 0, 100)
	must(t, err)
	var out [][]string
	for _, r := range rows {
		out = append(out, r.Codes)
	}
	return out
}

func wantRows(t *testing.T, got [][]string, want ...string) {
	t.Helper()
	var lines []string
	for _, r := range got {
		lines = append(lines, strings.Join(r, " "))
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestTI01GB18030WithRareNames(t *testing.T) {
	s := open(t, morning())
	text, err := simplifiedchinese.GB18030.NewEncoder().String("工单号,车牌号,开单日期,维修类型,客户名称,电话,车架号\n" +
		"WT1,宁Z10001,2026-11-18,定保,王䶮,15400000001,L00A1B2C3T0000001\nWT2,宁Z10002,2026-11-18,定保,㛃㛃,15400000002,\n")
	must(t, err)
	b := s.take(t, "GBK.csv", text)
	if b.Encoding != "gb18030" || b.Outcomes["new"] != 2 {
		t.Fatalf("%+v", b)
	}
	wantRows(t, s.query(t, `SELECT w.ro_no, c.name_zh, coalesce(v.vin, '') FROM work_order w JOIN customer c ON c.id = w.customer_id
		JOIN vehicle v ON v.id = w.vehicle_id ORDER BY 1`), "WT1 王䶮 L00A1B2C3T0000001", "WT2 㛃㛃 ")
}

func TestTI03PhoneNumbersAsTheyAreWritten(t *testing.T) {
	s := open(t, morning())
	file := orderHead
	for i, phone := range []string{"+86 154 0000 0001", "86-15400000001", "015400000001", "1540000 0001/0510-00001234转8", "1.54E+10"} {
		file += fmt.Sprintf("WT%d,宁Z1000%d,2026-11-18,定保,王%s,%s,,,,100\n", i, i, string("一二三四五"[3*i:3*i+3]), phone)
	}
	b := s.take(t, "phones.csv", file)
	if codes := s.rowCodes(t, b); !slices.Contains(codes[4], "E-SCI") || slices.Contains(codes[0], "E-SCI") {
		t.Errorf("codes %v", codes)
	}
	var mobiles int
	for _, r := range s.query(t, `SELECT ro_no, last4, p.kind, p.ext FROM work_order w JOIN customer_phone p ON p.customer_id = w.customer_id ORDER BY 1, p.priority`) {
		switch {
		case r[2] == "mobile" && r[1] == "0001":
			mobiles++
		case r[0] != "WT3" || r[1] != "1234" || r[3] != "8":
			t.Errorf("an unexpected number: %v", r)
		}
	}
	hashes := s.query(t, `SELECT DISTINCT encode(phone_hash, 'hex') FROM customer_phone WHERE kind = 'mobile'`)
	if mobiles != 4 || len(hashes) != 1 {
		t.Errorf("%d mobiles of %d numbers, want four times the same", mobiles, len(hashes))
	}
}

func TestTI04DatesAsTheyAreWritten(t *testing.T) {
	s := open(t, morning())
	file := "工单号,车牌号,开单日期,维修类型,客户名称,电话,预计交车时间,is_synthetic\n"
	for i, date := range []string{"2026-1-5", "2026/01/05", "2026.1.5", "20260105", "2026年1月5日", "46027", "26-1-5", "2026-01-05 14:30:00.0", "0000-00-00"} {
		file += fmt.Sprintf("WT%d,宁Z1000%d,2026-01-04,定保,王一,1540000000%d,%s,true\n", i, i, i, date)
	}
	b := s.take(t, "dates.csv", file)
	var yy []int
	for i, codes := range s.rowCodes(t, b) {
		if slices.Contains(codes, "W-YY") {
			yy = append(yy, i)
		}
	}
	if !slices.Equal(yy, []int{6}) {
		t.Errorf("W-YY in rows %v, want the seventh only", yy)
	}
	wantRows(t, s.query(t, `SELECT ro_no, coalesce(to_char(promised_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), '-') FROM work_order ORDER BY 1`),
		"WT0 2026-01-05 00:00", "WT1 2026-01-05 00:00", "WT2 2026-01-05 00:00", "WT3 2026-01-05 00:00", "WT4 2026-01-05 00:00", "WT5 2026-01-05 00:00",
		"WT6 2026-01-05 00:00", "WT7 2026-01-05 14:30", "WT8 -")
}

func TestTI05VehicleNumbersAreMendedAndFound(t *testing.T) {
	s := open(t, morning())
	line := func(no int, vin string) string {
		return fmt.Sprintf("WT%d,,2026-11-1%d,定保,王一,15400000001,%s,,,100\n", no, no, vin)
	}
	first := s.take(t, "first.csv", orderHead+line(1, "l00a1b2c3t0000001 ")+line(2, "L0OA1B2C3T0000001"))
	second := s.take(t, "second.csv", orderHead+line(3, "T0000001"))
	codes := append(s.rowCodes(t, first), s.rowCodes(t, second)...)
	for i, want := range []string{"", "W-VINFIX", "W-VIN8"} {
		if want != "" && !slices.Contains(codes[i], want) || want == "" && slices.ContainsFunc(codes[i], func(c string) bool { return strings.HasPrefix(c, "W-VIN") }) {
			t.Errorf("row %d carries %v, want %q", i, codes[i], want)
		}
	}
	wantRows(t, s.query(t, `SELECT v.vin, count(*)::text FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id GROUP BY 1`), "L00A1B2C3T0000001 3")
}

func TestTI06PlatesAsTheyAreWritten(t *testing.T) {
	s := open(t, morning())
	s.take(t, "plates.csv", orderHead+"WT1,宁z·12345,2026-11-18,定保,王一,15400000001,,,,100\nWT2,宁Ｚ12345,2026-11-19,定保,王一,15400000001,,,,100\n")
	wantRows(t, s.query(t, `SELECT plate, count(*)::text FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id GROUP BY 1`), "宁Z12345 2")
}

func TestTI07AnOldWorkbookThatIsAWebPage(t *testing.T) {
	s := open(t, morning())
	rows := strings.Split(strings.TrimSpace(orderHead+orderLine(1, "100")+orderLine(2, "200")), "\n")
	page := "<html><meta charset=gbk><table><tr><td>" + strings.Join(strings.Split(strings.Join(rows, "</td></tr><tr><td>"), ","), "</td><td>") + "</td></tr></table></html>"
	raw, err := simplifiedchinese.GB18030.NewEncoder().String(page)
	must(t, err)
	if b := s.take(t, "export.xls", raw); b.Outcomes["new"] != 2 || b.Encoding != "gb18030" {
		t.Errorf("%+v", b)
	}
}

func TestTI10AnAdvisorsOwnNumberIsNeverSurveyed(t *testing.T) {
	s := open(t, morning())
	s.take(t, "users.csv", "工号,姓名,岗位,部门,手机,is_synthetic\nE001,李示例,服务顾问,售后,15400000009,true\n")
	file := orderHead
	for i, name := range []string{"王一", "赵二", "钱三", "孙四", "周五"} {
		file += fmt.Sprintf("WT%d,宁Z1000%d,2026-11-18,定保,%s,15400000009,,2026-11-19 10:00,2026-11-19 11:00,100\n", i, i, name)
	}
	s.take(t, "orders.csv", file)
	wantRows(t, s.query(t, `SELECT status, count(DISTINCT customer_id)::text FROM customer_phone GROUP BY 1`), "staff 5")
	if calls := s.query(t, `SELECT id::text FROM task WHERE channel = 'call' AND state NOT IN ('excluded', 'cancelled')`); len(calls) != 0 {
		t.Errorf("%d calls were promised on an employee's number", len(calls))
	}
}

const policyHead = "保单号,保险公司,险种,车牌号,车架号,起保日期,终保日期,被保险人,电话,is_synthetic\n"

func TestTI12TheNextPolicyBindsTheRenewal(t *testing.T) {
	s := open(t, morning().AddDate(0, -7, -10)) // 10 April
	s.take(t, "old.csv", policyHead+"P1,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2025-05-01,2026-04-30,王一,15400000001,true\n")
	before := s.everything(t)
	if got := s.query(t, `SELECT stage FROM renewal`); len(got) != 1 || got[0][0] == "bound" {
		t.Fatalf("the renewal before: %v", got)
	}
	b := s.take(t, "new.csv", policyHead+"P2,示例财险,商业险,宁Z10001,L00A1B2C3T0000001,2026-05-01,2027-04-30,王一,15400000001,true\n")
	wantRows(t, s.query(t, `SELECT stage FROM renewal ORDER BY created_at LIMIT 1`), "bound")
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("the undo leaves the renewal changed:\n%s", firstDifference(before, now))
	}
}

func TestTI13AFormulaThatFailedIsNoAmount(t *testing.T) {
	s := open(t, morning())
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, line := range []string{orderHead, orderLine(1, ""), orderLine(2, "")} {
		cells := strings.Split(strings.TrimSpace(line), ",")
		must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells))
	}
	must(t, f.SetCellFormula("Sheet1", "J2", "NA()"))
	must(t, f.SetCellFormula("Sheet1", "J3", "200+50"))
	var raw bytes.Buffer
	must(t, f.Write(&raw))
	b := s.take(t, "formula.xlsx", withCellValues(t, raw.Bytes(), map[string]string{"NA()": `t="e"|#N/A`, "200+50": `|250`}))
	if codes := s.rowCodes(t, b); !slices.Contains(codes[0], "W-AMT") || slices.Contains(codes[1], "W-AMT") {
		t.Errorf("codes %v", codes)
	}
	wantRows(t, s.query(t, `SELECT ro_no, coalesce(total_fen::text, 'null') FROM work_order ORDER BY 1`), "WT1 null", "WT2 25000")
}

func TestTI14TwoColumnsOfOneNameAreTwoNumbers(t *testing.T) {
	s := open(t, morning())
	s.take(t, "twice.csv", "工单号,车牌号,开单日期,维修类型,客户名称,电话,电话\nWT1,宁Z10001,2026-11-18,定保,王一,15400000001,15400000002\n")
	wantRows(t, s.query(t, `SELECT last4 FROM customer_phone ORDER BY priority`), "0001", "0002")
}

func TestTI15AHeaderWithoutOrderNumbersNamesThem(t *testing.T) {
	s := open(t, morning())
	_, err := s.upload(t, "three.csv", []byte("车牌,电话,日期\n宁Z12345,15400000001,2026-11-01\n"))
	told, ok := errs.Of(err)
	if !ok || told.Code != "import_missing_columns" || !strings.Contains(told.ZH, "E-HDR") || !strings.Contains(told.ZH, "工单号") {
		t.Errorf("%v", err)
	}
	if rows := s.query(t, `SELECT id::text FROM customer UNION ALL SELECT id::text FROM work_order UNION ALL SELECT id::text FROM vehicle`); len(rows) != 0 {
		t.Errorf("%d rows were written", len(rows))
	}
}
