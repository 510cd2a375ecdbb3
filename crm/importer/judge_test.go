package importer

import (
	"slices"
	"testing"
	"time"

	"ringback/crm/customer"
	"ringback/internal/clock"
	"ringback/internal/cn"
)

// judged is what parsing says about the rows under a header.
func judged(t *testing.T, text string) []verdict {
	t.Helper()
	lines := sheet(text)
	h, ok := findHeader(lines)
	if !ok || len(h.missing) > 0 {
		t.Fatalf("%s: %+v", text, h.missing)
	}
	at := rules{zone: clock.Shanghai(), now: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), synthetic: true, phone: cn.PhoneOptions{AreaCode: "0510"}}
	var c comparison
	var out []verdict
	for _, l := range lines[1:] {
		v := judgeLine(h, l, at)
		c.add(v)
		out = append(out, v)
	}
	for _, changed := range c.judge(h.layout.kind) {
		v := &out[changed.no-2]
		v.codes = append(v.codes, changed.codes...)
		if changed.outcome != Waiting {
			v.outcome = changed.outcome
		}
	}
	return out
}

func TestARequiredDateThatIsNotThereRejectsOnlyOrdersAndExpiries(t *testing.T) {
	const order = "工单号|车牌号|开单日期|维修类型|客户名称|电话\n"
	const policy = "保单号|保险公司|险种|车牌号|起保日期|终保日期\n"
	const sale = "交车日期|客户名称|电话|VIN|车型\n"
	for text, rejected := range map[string]bool{
		order + "WT1|宁Z10001||定保|王一|15400000001":                      true,
		order + "WT1|宁Z10001|0000-00-00|定保|王一|15400000001":            true,
		order + "WT1|宁Z10001|2026-11-31|定保|王一|15400000001":            true,
		policy + "P1|甲财险|商业险|宁Z10001|2026-01-01|":                     true,
		policy + "P1|甲财险|商业险|宁Z10001|2026-01-01|1970/1/1":             true,
		policy + "P1|甲财险|商业险|宁Z10001|2026-01-01|2027-12-21":           true,
		policy + "P1|甲财险|商业险|宁Z10001||2026-12-31":                     false,
		policy + "P1|甲财险|商业险|宁Z10001|0000-00-00|2026-12-31":           false,
		sale + "|王一|15400000001|L00A1B2C3T0000001|示例品牌甲 A1":           false,
		sale + "0000-00-00|王一|15400000001|L00A1B2C3T0000001|示例品牌甲 A1": false,
		sale + "2026年13月1日|王一|15400000001|L00A1B2C3T0000001|示例品牌甲 A1": false,
	} {
		v := judged(t, text)[0]
		if len(v.codes) != 1 || v.codes[0] != cn.EDate {
			t.Errorf("%s: codes %v, want E-DATE", text, v.codes)
		}
		if (v.outcome == Rejected) != rejected || rejected && (v.trouble.zh == "" || v.trouble.en == "") {
			t.Errorf("%s: %s %q", text, v.outcome, v.trouble.zh)
		}
	}
}

func TestADateOfACustomerFileThatIsNotKeptIsToldWhenItIsImpossible(t *testing.T) { // spec 7.4
	rows := judged(t, `客户名称|手机|性别|建档日期|生日
王一|15400000001|男|2025-02-30|
王二|15400000002|男|24-3-5|
王三|15400000003|男||1990-02-30
王四|15400000004|男|2024年3月5日|1962-01-11`)
	for i, want := range [][]cn.Code{{cn.EDate}, {cn.WYY}, {cn.EDate}, nil} {
		if got := rows[i]; got.outcome == Rejected || !slices.Equal(got.codes, want) {
			t.Errorf("row %d: %s %v, want %v and the row taken", got.no, got.outcome, got.codes, want)
		}
	}
}

func TestANumberOfFiveCustomersInAnOrderFileIsShared(t *testing.T) {
	rows := judged(t, `工单号|车牌号|开单日期|维修类型|客户名称|电话
WT1|宁Z10001|2026-11-18|定保|王一|15400000001
WT2|宁Z10002|2026-11-18|定保|王二|15400000001
WT3|宁Z10003|2026-11-18|定保|王三|154 0000 0001
WT3|宁Z10003|2026-11-18|定保|王三|+8615400000001
WT4|宁Z10004|2026-11-18|定保|王四|15400000001
WT5|宁Z10005|2026-11-18|定保|王五|15400000002
WT6|宁Z10006|2026-11-18|定保|王六|15400000001`)
	for i, want := range []cn.Code{"W-SHARED", "W-SHARED", "W-SHARED", "E-DUP-IN", "W-SHARED", "", "W-SHARED"} {
		if got := rows[i].codes; want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []cn.Code{want}) {
			t.Errorf("row %d: %v, want %s", rows[i].no, got, want)
		}
	}
}

func TestAScopeMayNameSeveral(t *testing.T) {
	for text, want := range map[string][]customer.Scope{
		"": {customer.ScopeAll}, "全部来电": {customer.ScopeAll}, "所有来电(含回访、短信)": {customer.ScopeAll}, "勿扰": {customer.ScopeAll},
		"商业营销来电": {customer.ScopeCommercial}, "短信": {customer.ScopeSMS}, "满意度调查": {customer.ScopeSurvey},
		"商业营销来电、短信": {customer.ScopeCommercial, customer.ScopeSMS}, "回访/营销": {customer.ScopeSurvey, customer.ScopeCommercial},
	} {
		if got := dncScopes(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
