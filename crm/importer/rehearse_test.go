package importer_test

import (
	"maps"
	"slices"
	"testing"
)

func TestThePreviewTellsWhatTheCommitMakesOfRowsWithoutNumbers(t *testing.T) {
	s := open(t, morning())
	s.take(t, "before.csv", "客户名称,手机\n李建,15400000011\n")
	before := s.everything(t)
	for name, file := range map[string]string{
		"customers.csv": "客户名称,手机\n李建,15400000011\n李四,15400000012\n李四,15400000012\n",
		"dnc.csv":       "电话,范围,来源,日期\n15400000001,全部来电,客户,2026-11-01\n15400000001,全部来电,客户,2026-11-01\n",
		"staff.csv":     "工号,姓名,手机,岗位\nA1,赵一,19400000001,服务顾问\n",
		"sold.csv":      "交车日期,客户名称,电话,VIN,车型\n2026-11-10,王五,15400000021,L00A1B2C3T0000001,甲型\n",
		"visits.csv":    visitHead + "2026-11-23,9:30,宁Z00001,王一,15400000001,首保,张三,已预约\n",
	} {
		b, err := s.upload(t, name, []byte(file))
		must(t, err)
		if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
			t.Fatalf("%s: the preview changed the record:\n%s", name, firstDifference(before, now))
		}
		waiting := b.Outcomes["waiting"]
		told := b.Forecast
		done, err := s.im.Commit(t.Context(), s.scope, b.ID, nil)
		must(t, err)
		if waiting == 0 || !maps.Equal(told, done.Outcomes) {
			t.Errorf("%s: foretold %v of %d, became %v", name, told, waiting, done.Outcomes)
		}
		if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
			t.Fatal(err)
		}
		s.Exec(t, `DELETE FROM appointment_slot`)
	}
	if n := s.query(t, `SELECT id::text FROM outbox WHERE kind = 'import.changed'`); len(n) == 0 {
		t.Error("the screens were told nothing")
	}
}
