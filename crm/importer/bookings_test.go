package importer_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/importer"
)

const visitHead = "预约日期,预约时间,车牌号,客户,电话,项目,服务顾问,状态\n"

const visitsNow = `SELECT to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), reason, kind, state, advisor_name FROM appointment ORDER BY 1, 2`

func TestBookingsOfTheDealersSystemTakeTheirSlots(t *testing.T) {
	s := open(t, morning())
	before := s.everything(t)
	slots := func() [][]string { return s.query(t, `SELECT sum(used)::text FROM appointment_slot`) }
	b := s.take(t, "visits.csv", visitHead+
		"2026-11-23,9:30,宁Z00001,王一,15400000001,首保,张三,已预约\n"+
		"2026-11-23,下午2点半,宁Z00002,李二,15400000002,事故车定损,张三,已确认\n"+
		"2026-11-23,14:00-14:30,宁Z00003,赵三,15400000003,空调不冷,,待确认\n"+
		"2026-11-23,中午,宁Z00004,钱四,15400000004,定保,,\n"+ // no time
		"2026-11-01,10:00,宁Z00005,孙五,15400000005,定保,,\n"+ // over, and nobody says how
		"2026-11-01,10:00,宁Z00006,周六,15400000006,定保,,已完工\n"+
		"2026-11-24,10:00,宁Z00009,,15400000009,定保,,\n") // a vehicle nobody knows
	if !maps.Equal(b.Outcomes, map[string]int{"new": 4, "rejected": 3}) {
		t.Fatalf("%v", b.Outcomes)
	}
	wantRows(t, s.query(t, visitsNow), "11-01 10:00 periodic fast completed ", "11-23 09:30 first fast booked 张三", "11-23 14:00 repair general requested ", "11-23 14:30 accident body confirmed 张三")
	wantRows(t, slots(), "2")
	for _, r := range mustRows(t, s, b) {
		if r.Outcome == importer.Rejected && (r.Field == "" || r.ReasonZH == "" || r.ReasonEN == "") {
			t.Errorf("row %d does not say why: %+v", r.RowNo, r)
		}
	}

	again := s.take(t, "tomorrow.csv", visitHead+
		"2026-11-23,9:30,宁Z00001,王一,15400000001,首保,张三,取消\n"+
		"2026-11-23,14:30,宁Z00002,李二,15400000002,事故车定损,张三,已预约\n"+ // we know better
		"2026-11-25,14:30,宁Z00002,李二,15400000002,事故车定损,张三,已预约\n") // another time: a person must look
	if !maps.Equal(again.Outcomes, map[string]int{"updated": 1, "same": 1, "rejected": 1}) {
		t.Errorf("%v", again.Outcomes)
	}
	wantRows(t, slots(), "1")
	if _, err := s.im.Undo(t.Context(), s.scope, again.ID); err != nil {
		t.Fatal(err)
	}
	wantRows(t, slots(), "2") // the cancelled booking holds its place again
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	wantRows(t, slots(), "0")
	s.Exec(t, `DELETE FROM appointment_slot`)
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("the record is not as it was:\n%s", firstDifference(before, now))
	}
}

func mustRows(t *testing.T, s shop, b importer.Batch) []importer.Row {
	t.Helper()
	rows, err := s.im.Rows(t.Context(), s.scope, b.ID, importer.AllRows, 0, 100)
	must(t, err)
	return rows
}

func TestABookingOfAFullSlotIsKeptAsARequest(t *testing.T) {
	s := open(t, morning())
	s.Scoped(t, s.scope.Stores[0], func(ctx context.Context, tx pgx.Tx) error {
		return appointment.SaveBay(ctx, tx, s.scope.Stores[0], appointment.Bay{Kind: "fast", Opens: 8 * 60, Closes: 18 * 60, Capacity: 1})
	})
	b := s.take(t, "visits.csv", visitHead+"2026-11-23,9:30,宁Z00001,王一,15400000001,定保,,\n2026-11-23,9:30,宁Z00002,李二,15400000002,定保,,\n2026-11-23,22:00,宁Z00003,赵三,15400000003,定保,,\n")
	if b.Outcomes["new"] != 3 || b.Codes["W-SLOT"] != 2 {
		t.Errorf("%v %v", b.Outcomes, b.Codes)
	}
	wantRows(t, s.query(t, `SELECT state, count(*)::text FROM appointment GROUP BY 1 ORDER BY 1`), "booked 1", "requested 2")
}

func TestABookingWithAPlateAloneIsOfWhoCameLastWithIt(t *testing.T) {
	s := open(t, morning())
	s.take(t, "orders.csv", orderHead+orderLine(1, "100"))
	b := s.take(t, "visits.csv", strings.Replace(visitHead, "客户,", "", 1)+"2026-11-23,0.395833,宁Z00001,15400000001,定保,,\n")
	if b.Outcomes["new"] != 1 {
		t.Fatalf("%v", b.Outcomes)
	}
	wantRows(t, s.query(t, `SELECT (a.customer_id = w.customer_id)::text, to_char(a.starts_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM appointment a JOIN work_order w USING (vehicle_id)`), "true 09:30")
}
