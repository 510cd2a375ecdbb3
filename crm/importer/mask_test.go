package importer

import (
	"strings"
	"testing"
)

func TestNumbersOfPersonsAreMaskedAndNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"更换机油 5W-30 两升":                  "更换机油 5W-30 两升",
		"15400000001":                    "154****0001",
		"+86 154 0000 0001":              "+86 154 **** 0001",
		"请打1540000 0001/0510-00001234转8": "请打154**** 0001/0510-****1234转8",
		"15400000001 16400000002":        "154****0001 164****0002",
		"154 0000 0001 164 0000 0002":    "154 **** 0001 164 **** 0002",
		"本人15400000001-8":                "本人154****0001-8",
		"０１５４００００００１１":                   "０１５４****００１１",
		"Tel15400000001":                 "Tel154****0001",
		"身份证990000199001010017":          "身份证990000********0017",
		"99000019900101001X":             "990000********001X",
		"WT2611190012":                   "WT2611190012",
		"2026-11-19 10:30":               "2026-11-19 10:30",
		"20261119":                       "20261119",
		"1,280.00":                       "1,280.00",
		"PDAA202633010000012345":         "PDAA202633010000012345",
		"联系方式：0086-15400000001，备用 0971-0123456": "联系方式：0086-154****0001，备用 0971***3456",
	} {
		if got := MaskText(text); strings.ReplaceAll(got, "-***", "***") != strings.ReplaceAll(want, "-***", "***") {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestACellIsMaskedByWhatItsColumnIs(t *testing.T) {
	columns := []Column{{Field: "ro_no"}, {Field: "phone"}, {Field: "phone2"}, {Field: "id_no"}, {Field: "member"}, {Field: "note"}, {}}
	row := Row{Cells: []string{"15412345678", "1.54E+10 或 15400000001", "00001234", "990000199001010017", "15400000001", "打 154-0000-0001", "15400000001", "15400000001"}}
	want := []string{"15412345678", "1.54E+10 或 154****0001", "****1234", "990000********0017", "154****0001", "打 154-****-0001", "154****0001", "154****0001"}
	for i, got := range row.Masked(columns).Cells {
		if got != want[i] {
			t.Errorf("cell %d is shown as %q, want %q", i, got, want[i])
		}
	}
	if row.Cells[1] != "1.54E+10 或 15400000001" {
		t.Error("the row itself was changed")
	}
}
