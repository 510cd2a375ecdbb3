package importer

import (
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

func TestARequiredColumnIsFoundByAPairOfCharactersBeforeTheFileIsRefused(t *testing.T) {
	for head, kind := range map[string]Kind{
		"交车日期|客户姓名|联系人手机|车架号|新车车型":           Deliveries,
		"员工工号|员工姓名|本人手机|所在岗位":                Users,
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
