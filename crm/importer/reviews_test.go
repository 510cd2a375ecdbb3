package importer_test

import "testing"

func TestMatchingAsksOncePerRule(t *testing.T) {
	s := open(t, morning())
	const head = "客户名称,手机,证件号\n"
	twice := func(tail string) string { // 6: a bringer for the second time in a row
		return orderHead + "WT3,宁Z10001,2026-11-12,定保,赵三,15400000003,L00A1B2C3T0000001,,,100" + tail +
			"WT4,宁Z10001,2026-11-13,定保,赵三,15400000003,L00A1B2C3T0000001,,,100" + tail
	}
	s.take(t, "w1.csv", orderHead+"WT1,宁Z10001,2026-11-10,定保,王一,15400000001,L00A1B2C3T0000001,,,100\n")
	s.take(t, "w2.csv", orderHead+"WT2,宁Z10001,2026-11-11,定保,李二,15400000001,L00A1B2C3T0000001,,,100\n") // 3: the owner's number, another surname
	s.take(t, "w3.csv", twice("\n"))
	s.take(t, "c.csv", head+"钱四,15400000004,990000199001010017\n孙五,15400000004,\n") // 4: a family's number
	s.take(t, "d.csv", head+"钱肆,,990000199001010017\n")                             // 7: one ID number, two spellings
	asked := `SELECT m.kind, m.evidence ->> 'rule', c.name_zh, coalesce(o.name_zh, m.evidence ->> 'name', '') FROM merge_case m
		JOIN customer c ON c.id = m.customer_id LEFT JOIN customer o ON o.id = m.other_id ORDER BY 2, 3`
	want := []string{"same_person 3 李二 王一", "same_person 4 孙五 钱四", "ownership 6 赵三 ", "same_person 7 钱四 钱肆"}
	wantRows(t, s.query(t, asked), want...)
	s.Exec(t, `UPDATE merge_case SET state = 'different'`)
	s.take(t, "w4.csv", twice("0\n")) // the orders changed
	s.take(t, "c2.csv", head+"钱四,15400000004,990000199001010017\n孙五,15400000004,\n钱肆,15400000006,990000199001010017\n")
	wantRows(t, s.query(t, asked), want...)
}
