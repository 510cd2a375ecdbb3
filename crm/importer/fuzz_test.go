package importer

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ringback/internal/errs"
)

// Whatever is uploaded, it is read or refused in words, and no line is counted
// twice.
func FuzzRead(f *testing.F) {
	f.Add([]byte("工单号,车牌号,开单日期,维修类型,客户名称,电话\nWT1,宁Z12345,2026-11-01,定保,王一,15400000001\n"))
	f.Add([]byte("\xff\xfe\x01\x02"))
	f.Add([]byte("PK\x03\x04xl/"))
	f.Add([]byte("<table><tr><td>电话</td><td>范围</td><td>来源</td></tr>"))
	f.Add([]byte("电话,范围,来源\n\"a,b\n\"c\",d\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, _, err := read(raw)
		if err != nil {
			if told, ok := errs.Of(err); !ok || told.ZH == "" || told.EN == "" {
				t.Fatalf("refused without words: %v", err)
			}
			return
		}
		last := 0
		for _, l := range h.data {
			if l.no <= last {
				t.Fatalf("line %d after %d", l.no, last)
			}
			last = l.no
		}
		judge(h, rules{zone: time.UTC})
	})
}

func FuzzCells(f *testing.F) {
	f.Add(`a,"b,c",d`)
	f.Add(`"a""b",,`)
	f.Fuzz(func(t *testing.T, text string) {
		cells, closed := cellsOf(text, ',')
		if !closed || !utf8.ValidString(text) || strings.Contains(text, `"`) {
			return
		}
		if got := strings.Join(cells, ","); got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestKindsAreRecognisedByTheirColumns(t *testing.T) {
	for head, want := range map[string]Kind{
		"委托书号,牌照号,进厂日期,业务类型,客户名称,联系电话,车架号":             WorkOrders,
		"结算单号,车牌,送修时间,修理性质,送修人,送修人手机,接 待 员,行驶里程\n(km)": WorkOrders,
		"客户名称,性别,手机,电话2,证件号,生日":                        Customers,
		"工号,姓名,手机,岗位": Users,
		"电话,范围,来源,日期": DNC,
		"保单号,承保公司,保险类型,车牌号,VIN码,被保险人,联系电话,生效日期,到期日期": Policies,
		"交车日期,客户姓名,联系电话,车架号,车型,销售顾问":                 Deliveries,
	} {
		h, ok := bestLayout(strings.Split(head, ","))
		if !ok || h.layout.kind != want || len(h.missing) > 0 {
			t.Errorf("%s: %s, missing %v; want %s", head, h.layout.kind, h.missing, want)
		}
	}
	l := layoutOf(WorkOrders)
	for name, want := range map[string]string{"预计交车时间": "promised", "送修人联系电话": "phone", "合计金额(元)": "total", "下次保养里程": "next_km", "车主": "owner", "回访时间": "call_time", "会员号": "member", "电话费": ""} {
		if got := l.field(heading(name)); got != want {
			t.Errorf("%s means %q, want %q", name, got, want)
		}
	}
}
