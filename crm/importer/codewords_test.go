package importer_test

import (
	"testing"

	"ringback/crm/importer"
	"ringback/internal/cn"
)

func TestEveryCodeThatLeavesARowInHasWordsInBothLanguages(t *testing.T) {
	for _, code := range append(warnings(), cn.EPhone, cn.ESci, cn.EMask, cn.EVINLen, cn.EDate, cn.EKm, "E-DUP-IN", "E-DUP-DIFF", "E-CONS") {
		if zh, en := importer.CodeWords(string(code)); zh == "" || en == "" {
			t.Errorf("%s: %q, %q", code, zh, en)
		}
	}
	if zh, _ := importer.CodeWords("E-REQ"); zh != "" {
		t.Errorf("a rejected row says itself why: %q", zh)
	}
}

func warnings() []cn.Code {
	return []cn.Code{
		cn.WFake, cn.WVINFix, cn.WVINChk, cn.WVIN8, cn.WPlate, cn.WYY, cn.WAmt, "W-DUP-VIN", "W-SAME-PLATE", "W-SHARED", "W-STAFF", "W-FUTURE", "W-KM", "W-TYPE",
	}
}

func TestEveryKindAndItsFieldsHaveNamesInBothLanguages(t *testing.T) {
	for _, k := range importer.Kinds() {
		if zh, en := k.Words(); zh == "" || en == "" {
			t.Errorf("%s: %q, %q", k, zh, en)
		}
		for _, f := range importer.FieldsOf(k) {
			if f.ZH == "" || f.EN == "" {
				t.Errorf("%s.%s: %q, %q", k, f.Name, f.ZH, f.EN)
			}
		}
	}
}
