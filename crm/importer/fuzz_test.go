package importer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"ringback/internal/errs"
	"ringback/internal/seal"
)

// kept is a file as the importer keeps it.
func kept(t testing.TB, raw []byte) *original {
	t.Helper()
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	in, id := originals{dir: t.TempDir(), box: box}, uuid.New()
	if _, err := in.receive(id, bytes.NewReader(raw), MaxBytes); err != nil {
		t.Fatal(err)
	}
	o, err := in.open(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// Whatever is uploaded, it is read or refused in words, and no line is counted
// twice.
func FuzzRead(f *testing.F) {
	f.Add([]byte("工单号,车牌号,开单日期,维修类型,客户名称,电话\nWT1,宁Z12345,2026-11-01,定保,王一,15400000001\n"))
	f.Add([]byte("\xff\xfe\x01\x02"))
	f.Add([]byte("PK\x03\x04xl/"))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Add([]byte("<table><tr><td>电话</td><td>范围</td><td>来源</td></tr>"))
	f.Add([]byte("电话,范围,来源\n\"a,b\n\"c\",d\n"))
	for _, name := range []string{"dnc.csv", "deliveries.xlsx"} {
		raw, err := demoFiles.ReadFile("demo/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, table, _, err := look(kept(t, raw), Correction{}, nil)
		if err != nil {
			if told, ok := errs.Of(err); !ok || told.ZH == "" || told.EN == "" {
				t.Fatalf("refused without words: %v", err)
			}
			return
		}
		last := 0
		var all comparison
		for l, err := range table.rows {
			if err != nil {
				if told, ok := errs.Of(readTrouble(err)); !ok || told.ZH == "" {
					t.Fatalf("refused without words: %v", err)
				}
				return
			}
			if l.no <= last {
				t.Fatalf("line %d after %d", l.no, last)
			}
			last = l.no
			if l.no > h.row+h.below && h.isData(l) {
				all.add(judgeLine(h, l, rules{zone: time.UTC}))
			}
		}
		all.judge(h.layout.kind)
	})
}

// What the little XML reader makes of a document, the library makes of it too.
func FuzzXML(f *testing.F) {
	f.Add(`<?xml version="1.0"?><a x="1 &gt; 0"><b>t&amp;t</b><!-- no --><c/><![CDATA[<raw>]]></a>`)
	f.Add(`<x:row r='3' hidden="1"><x:c r="A3" t="s"><x:v>0</x:v></x:c></x:row>`)
	f.Fuzz(func(t *testing.T, text string) {
		var want []string
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			token, err := d.RawToken()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return // only documents that are right are compared
			}
			switch token := token.(type) {
			case xml.StartElement:
				want = append(want, token.Name.Local)
			case xml.EndElement:
				want = append(want, "/"+token.Name.Local)
			case xml.Directive:
				return
			}
		}
		var got []string
		for x := newXMLScan(strings.NewReader(text)); ; {
			err := x.next()
			if err != nil {
				break
			}
			if !x.end {
				got = append(got, x.name)
			}
			if x.end || x.single {
				got = append(got, "/"+x.name)
			}
		}
		if !slices.Equal(got, want) && !strings.ContainsAny(text, "'\x00") {
			t.Fatalf("%q: tags %q, want %q", text, got, want)
		}
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
		h.mustBe(t, ok, head, want)
	}
	l := layoutOf(WorkOrders)
	for name, want := range map[string]string{"预计交车时间": "promised", "送修人联系电话": "phone", "合计金额(元)": "total", "下次保养里程": "next_km", "车主": "owner", "车主手机": "owner_phone", "服务顾问联系电话": "", "回访时间": "call_time", "会员号": "member", "电话费": ""} {
		got := l.exact(heading(name))
		if got == "" {
			got = l.contained(heading(name))
		}
		if got != want {
			t.Errorf("%s means %q, want %q", name, got, want)
		}
	}
}
