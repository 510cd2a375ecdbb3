package importer

import (
	"slices"
	"strings"
	"testing"
)

// sheet cuts a table written with | and line breaks.
func sheet(text string) (out []line) {
	for i, row := range strings.Split(strings.TrimPrefix(text, "\n"), "\n") {
		out = append(out, line{no: i + 1, cells: strings.Split(row, "|")})
	}
	return out
}

// mustBe holds a header against the kind it is of.
func (h headed) mustBe(t *testing.T, ok bool, head string, want Kind) {
	t.Helper()
	if !ok || h.layout.kind != want || len(h.missing) > 0 {
		t.Errorf("%s: %s, missing %v; want %s", head, h.layout.kind, h.missing, want)
	}
}

func TestAPageBreakRepeatsTitleAndHeaderAndIsNoData(t *testing.T) {
	lines := sheet(`
示例二店 维修台账||||||
统计期间:2026-11-01 至 2026-11-19||||||
工单号|车牌号|开单日期|维修类型|客户名称|电话|合计金额
RP1|宁Z10001|2026-11-18|定保|王一|15400000001|120
本页小计||||||120
第 1 页 共 2 页||||||
示例二店 维修台账||||||
 统计期间:2026-11-01 至 2026-11-19 ||||||
工单号|车牌号|开单日期|维修类型|客户名称|电话|合计金额
RP2|宁Z10002|2026-11-18|定保|王二|15400000002|120
|宁Z10003|2026-11-18|定保|王三|15400000003|120
|合 计|||||240
备注:以上数据由系统导出||||||
制表人:张三||||||`)
	h, ok := findHeader(lines)
	if !ok || h.row != 3 {
		t.Fatalf("%+v", h)
	}
	h.titles = titlesOf(lines, h.row)
	var data []int
	for _, l := range lines[h.row:] {
		if h.isData(l) {
			data = append(data, l.no)
		}
	}
	if len(data) != 3 || data[0] != 4 || data[1] != 10 || data[2] != 11 {
		t.Errorf("data in rows %v, want 4, 10 and 11", data)
	}
}

func TestAHeaderOfTwoRowsIsReadWhereCellsAreMergedOverBoth(t *testing.T) { // spec 7.2
	span := []int{0, 1, 1, 3, 4, 5, 6}
	upper := line{no: 1, cells: []string{"车牌号", "客户", "", "SA", "工单号", "开单日期", "维修类型"}, span: span}
	lower := line{no: 2, cells: []string{"车牌号", "车主", "送修人手机", "SA", "工单号", "开单日期", "维修类型"}}
	again, next := upper, lower
	again.no, next.no = 4, 5
	lines := []line{upper, lower, {no: 3, cells: []string{"宁Z10001", "王一", "15400000001", "李二", "WT1", "2026-11-18", "定保"}}, again, next}
	h, ok := findHeader(lines)
	h.mustBe(t, ok, "merged", WorkOrders)
	want := []string{"plate", "owner", "phone", "advisor", "ro_no", "opened", "kind"}
	for i, c := range h.columns {
		if c.Field != want[i] {
			t.Errorf("%q is read as %q, want %q", c.Heading, c.Field, want[i])
		}
	}
	h.lines = linesOf(lines, h)
	for _, l := range lines[2:] {
		if got := h.isData(l); got != (l.no == 3) {
			t.Errorf("row %d is data: %v", l.no, got)
		}
	}
}

func TestARowOfWhichOnlyTheNumberIsWrittenIsBlank(t *testing.T) { // spec 7.2
	lines := sheet(`
序号|工单号|车牌号|开单日期|维修类型|客户名称|电话
1|WT1|宁Z10001|2026-11-18|定保|王一|15400000001
2||||||
3||||||15400000001
4||||||`)
	h, ok := findHeader(lines)
	h.mustBe(t, ok, "numbered", WorkOrders)
	for _, l := range lines[1:] {
		if got := h.isData(l); got != (l.no == 2 || l.no == 4) {
			t.Errorf("row %d is data: %v", l.no, got)
		}
	}
}

func TestAnUnknownNameOfARequiredColumnIsAskedAboutAndTheFileKeepsItsKind(t *testing.T) { // E-HDR
	h, ok := findHeader(sheet("流水|车牌号|开单日期|维修类型|车主|电话|VIN|车型|行驶里程|服务顾问|结算日期|交车时间|工时费|应收金额"))
	if !ok || h.layout.kind != WorkOrders || !slices.Equal(h.missing, []string{"工单号"}) {
		t.Errorf("%s, missing %v; want work orders without 工单号", h.layout.kind, h.missing)
	}
}

func TestTheConditionsOfAQueryAboveTheTableAreNoHeader(t *testing.T) { // spec 7.2
	h, ok := findHeader(sheet(`
进厂日期:|2026-02-01|业务类型:|全部|服务顾问:|全部
工单号|车牌号|进厂日期|业务类型|客户名称|电话`))
	if h.mustBe(t, ok, "conditions", WorkOrders); h.row != 2 {
		t.Errorf("the header is found in row %d, want 2", h.row)
	}
}

func TestAHeadingOfAnotherTimeOrThingIsNotTheColumn(t *testing.T) { // spec 7.1: contains
	head := "工单号|车牌号|进厂日期|维修类型|联系人|联系人地址|电话|预估交车时间|上次进厂里程|预计提车时间"
	h, ok := findHeader(sheet(head))
	h.mustBe(t, ok, head, WorkOrders)
	want := []string{"ro_no", "plate", "opened", "kind", "bringer", "", "phone", "", "", "promised"}
	for i, c := range h.columns {
		if c.Field != want[i] {
			t.Errorf("%q is read as %q, want %q", c.Heading, c.Field, want[i])
		}
	}
	head = "上年终保日期|保单号|保险公司名称|险种名称|号牌号码|保险起期|保险终止日期|被保险人证件号"
	h, ok = findHeader(sheet(head))
	h.mustBe(t, ok, head, Policies)
	if h.columns[0].Field != "" || h.columns[6].Field != "to" || h.columns[7].Field != "" {
		t.Errorf("last year's end is taken for this one's: %+v", h.columns)
	}
}

func TestARequiredColumnIsFoundByAPairOfCharactersBeforeTheFileIsRefused(t *testing.T) {
	for head, kind := range map[string]Kind{
		"交车日期|客户姓名|联系人手机|车架号|新车车型":           Deliveries,
		"员工工号|员工姓名|本人手机|所在岗位":                Users,
		"编号|姓名|手机|岗位|部门":                     Users,
		"客户全名及姓名|本人手机|性别|地址":                 Customers,
		"工单号|车牌号|开单日期|维修类型|客户名称|服务顾问电话|车主手机": WorkOrders,
	} {
		h, ok := findHeader(sheet(head))
		h.mustBe(t, ok, head, kind)
		for _, c := range h.columns {
			if c.Heading == "服务顾问电话" && c.Field != "" {
				t.Errorf("the advisor's number is taken for %s", c.Field)
			}
		}
	}
	if h, _ := findHeader(sheet("车牌|电话|日期\n宁Z10001|15400000001|2026-11-18")); len(h.missing) == 0 {
		t.Errorf("T-I15: %s with nothing missing", h.layout.kind)
	}
}
