package importer

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestQuotedLineBreaksBelongToTheirCellWhateverEndsALine(t *testing.T) {
	const text = "维修台账;;;;;\r\n" +
		"\"工单号\n(必填)\";\"车牌\n号\";开单日期;维修类型;客户名称;\"电话\n(手机)\"\r\n" +
		"RP1;宁Z10001;2026-11-18;定保;\"上\n官\";15400000001\r\n" +
		"RP2;\"宁Z10002;2026-11-18;定保;王二;15400000002\r\n" + // never closed
		"RP3;宁Z10003;2026-11-18;定保;王三;15400000003\r\n"
	for name, enc := range map[string]encoding.Encoding{
		"utf-8": encoding.Nop, "gb18030": simplifiedchinese.GB18030,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	} {
		for _, end := range []string{"\r\n", "\n", "\r"} {
			raw, err := enc.NewEncoder().String(strings.ReplaceAll(text, "\r\n", end))
			if err != nil {
				t.Fatal(err)
			}
			h, found, _, err := look(kept(t, []byte(raw)), Correction{}, nil)
			if err != nil || found.encoding != name || h.layout.kind != WorkOrders || h.row != 2 {
				t.Errorf("%s, lines ending in %q: %s of %s, header in %d, %v", name, end, h.layout.kind, found.encoding, h.row, err)
				continue
			}
			var whole, broken []int
			for l := range found.rows {
				switch {
				case l.no <= h.row:
				case l.broken != nil:
					broken = append(broken, l.no)
				default:
					whole = append(whole, l.no)
				}
			}
			if !slices.Equal(whole, []int{6, 9}) || !slices.Equal(broken, []int{8}) {
				t.Errorf("%s, lines ending in %q: rows %v and broken ones %v", name, end, whole, broken)
			}
		}
	}
}
