package cn_test

import (
	"slices"
	"testing"
	"time"

	"ringback/internal/cn"
)

func store() cn.PhoneOptions { return cn.PhoneOptions{AreaCode: "0510", Hotline: "0510-00008888"} }

func TestPhonesAsFilesWriteThem(t *testing.T) {
	m := func(d string) cn.Phone { return cn.Phone{Digits: d, Kind: cn.Mobile} }
	l := func(d, ext string) cn.Phone { return cn.Phone{Digits: d, Kind: cn.Landline, Ext: ext} }
	one := []cn.Phone{m("15400000001")}
	for raw, want := range map[string][]cn.Phone{
		"+86 154 0000 0001":                      one, // T-I03
		"86-15400000001":                         one,
		"015400000001":                           one,
		"1540000 0001/0510-00001234转8":           {m("15400000001"), l("051000001234", "8")},
		"008615400000001":                        one,
		"17951 15400000001":                      one,
		"１５４００００００01":                            one,
		"154.0000.0001":                          one,
		"'15400000001":                           one,
		`="15400000001"`:                         one,
		"15400000001\t":                          one,
		"手机:15400000001":                         one,
		"1.5400000001E10":                        one,
		"154\u30000000\u30000001":                one,
		"15400000001 15400000002":                {m("15400000001"), m("15400000002")},
		"0510-00001234、154 0000 0001":            {m("15400000001"), l("051000001234", "")},
		"00001235":                               {l("051000001235", "")},
		"(0510)00001234-802":                     {l("051000001234", "802")},
		"010-00001234":                           {l("01000001234", "")},
		"+86 510 00001234":                       {l("051000001234", "")},
		"15400000001 或 15400000002\n15400000001": {m("15400000001"), m("15400000002")},
		"15400000001/123":                        one,
		"15400000001.0":                          one, "15400000001(妻子)": one, "15400000001（王先生 上午打）": one,
		"(154)00000001": one, "0510-00001234(转8)": {l("051000001234", "8")},
		"王先生15400000001": one, "15400000001张三": one, "15400000001转": one, "15400000001。": one, `15400000001\无`: one,
		"": nil, "无": nil, "0": nil, "--": nil,
	} {
		got := cn.ParsePhones(raw, store())
		if !slices.Equal(got.Valid, want) || got.Code != "" {
			t.Errorf("%q: got %+v, want %+v", raw, got, want)
		}
	}
}

func TestUnusablePhonesSayWhy(t *testing.T) {
	for raw, want := range map[string]cn.Code{
		"1.54E+10": cn.ESci, "1.545E+10": cn.ESci, "154****0001": cn.EMask, "154-****-0001": cn.EMask,
		"+86154****0001": cn.EMask, "0510-****1234": cn.EMask, "154********": cn.EMask, "1540000xxxx": cn.EMask,
		"154116287365": cn.EPhone, "1540000": cn.EPhone, "12345678901": cn.WFake, "11111111111": cn.WFake,
		"0510-00008888": cn.WFake, "00008888": cn.WFake, "张三": cn.EPhone, "工号7654321": cn.EPhone, "98765432109": cn.WFake,
	} {
		o := store()
		if raw == "1540000" {
			o.AreaCode = ""
		}
		if got := cn.ParsePhones(raw, o); got.Code != want || len(got.Valid) != 0 {
			t.Errorf("%q: got %+v, want %s", raw, got, want)
		}
	}
	if got := cn.ParsePhones("154********", store()); got.Masked != "" {
		t.Errorf("no last digits are told: %+v", got)
	}
	if got := cn.ParsePhones("154****0001", store()); got.Masked != "0001" {
		t.Errorf("masked last four: %+v", got)
	}
}

func TestDatesInEveryFormat(t *testing.T) { // T-I04
	zone := time.FixedZone("CST", 8*3600)
	o := cn.DateOptions{Zone: zone, Today: time.Date(2026, 11, 20, 8, 0, 0, 0, zone)}
	day := time.Date(2026, 1, 5, 0, 0, 0, 0, zone)
	for raw, want := range map[string]cn.Date{
		"2026-1-5": {At: day}, "2026/01/05": {At: day}, "2026.1.5": {At: day}, "20260105": {At: day},
		"2026年1月5日": {At: day}, "46027": {At: day}, "26-1-5": {At: day, Code: cn.WYY},
		"2026-01-05 14:30:00.0": {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"2026/1/5 下午2:30":       {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"2026/1/5 上午12:05":      {At: day.Add(5 * time.Minute), HasTime: true},
		"46027.60416667":        {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"20260105 14:30":        {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"20260105 下午2:30:00.5":  {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"20260105 25:00":        {Code: cn.EDate},
		"2026年1月5日 14时30分":      {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"2026-01-05 02:30 下午":   {At: day.Add(14*time.Hour + 30*time.Minute), HasTime: true},
		"2026-01-05 星期一":        {At: day}, "2026/1/5(一)": {At: day}, "2026年1月5号": {At: day},
		"1900/1/0": {}, "1970/1/1": {}, "0000-00-00 00:00:00": {}, "00-00-00": {},
		"0000-00-00": {}, "1900-01-00": {}, "1899-12-30": {}, "1970-01-01": {}, "": {}, "无": {},
		"1/15/2026":  {At: day.AddDate(0, 0, 10)},
		"10/22/2026": {At: time.Date(2026, 10, 22, 0, 0, 0, 0, zone)}, "10/12/2026": {Code: cn.EDate},
		"1/5/2026":   {Code: cn.EDate},
		"2026-13-01": {Code: cn.EDate}, "2026-11-31": {Code: cn.EDate}, "2062-11-05": {Code: cn.EDate},
		"1985-03-02": {Code: cn.EDate}, "2027-11-20": {At: time.Date(2027, 11, 20, 0, 0, 0, 0, zone)},
		"2027-11-21": {Code: cn.EDate}, "yesterday": {Code: cn.EDate}, "2026-01-05 25:00": {Code: cn.EDate},
		"2026-02-29": {Code: cn.EDate},
	} {
		if got := cn.ParseDate(raw, o); !got.At.Equal(want.At) || got.HasTime != want.HasTime || got.Code != want.Code {
			t.Errorf("%q: got %+v, want %+v", raw, got, want)
		}
	}
	o.MonthDay = true
	if got := cn.ParseDate("1/5/2026", o); !got.At.Equal(day) {
		t.Errorf("declared M/d/yyyy: %+v", got)
	}
	for _, c := range []struct {
		today     string
		months    int
		last, far string
	}{
		{"2026-11-20", 13, "2027-12-20", "2027-12-21"},
		{"2026-01-31", 13, "2027-02-28", "2027-03-01"},
		{"2028-02-29", 12, "2029-02-28", "2029-03-01"},
		{"2026-02-28", 13, "2027-03-28", "2027-03-29"},
	} {
		today, err := time.ParseInLocation(time.DateOnly, c.today, zone)
		if err != nil {
			t.Fatal(err)
		}
		o := cn.DateOptions{Zone: zone, Today: today.Add(20 * time.Hour), Months: c.months}
		if got := cn.ParseDate(c.last, o); got.Code != "" {
			t.Errorf("on %s, %s is %d months after or less: %+v", c.today, c.last, c.months, got)
		}
		if got := cn.ParseDate(c.far, o); got.Code != cn.EDate {
			t.Errorf("on %s, %s is more than %d months after: %+v", c.today, c.far, c.months, got)
		}
	}
	if got := cn.ParseDate("44565", cn.DateOptions{Zone: zone, Date1904: true}); !got.At.Equal(day) {
		t.Errorf("1904 serial: %+v", got)
	}
}

func TestVINs(t *testing.T) { // T-I05, spec 6.4
	for raw, want := range map[string]cn.VehicleNo{
		"l00a1b2c3t0000001 ": {VIN: "L00A1B2C3T0000001", Valid: true, Matches: true},
		"L0OA1B2C3T0000001":  {VIN: "L00A1B2C3T0000001", Valid: true, Matches: true, Code: cn.WVINFix},
		"T0000001":           {Last8: "T0000001", Code: cn.WVIN8},
		"L00A1B2C4T0000001":  {VIN: "L00A1B2C4T0000001", Matches: true, Code: cn.WVINChk},
		"L0OA1B2C4T0000001":  {VIN: "L0OA1B2C4T0000001", Code: cn.WVINChk},
		"L00A1B2C3T000000":   {Code: cn.EVINLen},
		"SF23100055055":      {Frame: "SF23100055055"},
		"L00-E5F6G8R0123456": {VIN: "L00E5F6G8R0123456", Valid: true, Matches: true},
		"":                   {}, "无": {},
	} {
		if got := cn.ParseVehicleNo(raw); got != want {
			t.Errorf("%q: got %+v, want %+v", raw, got, want)
		}
	}
	for _, v := range []string{"L00A1B2C3T0000001", "L00C3D4E4S0001234", "L00E5F6G8R0123456", "L00B2K7H1P0000042", "L00A1B2CXT0000013"} {
		if !cn.ValidVIN(v) {
			t.Errorf("%s must be valid", v)
		}
	}
}

func TestPlates(t *testing.T) { // T-I06
	for raw, want := range map[string]string{
		"宁z·12345": "宁Z12345", "宁Ｚ12345": "宁Z12345", "琼Z•B08425": "琼ZB08425", "宁Z-12922": "宁Z12922",
		"青Z 9H24E": "青Z9H24E", "宁Z—12345": "宁Z12345", "宁Z●12345": "宁Z12345", "无牌": "", "暂无": "", "临时牌照": "", "0": "", "新车": "", "": "", "宁ZD12345": "宁ZD12345",
	} {
		if got, code := cn.ParsePlate(raw); got != want || code != "" {
			t.Errorf("%q: got %q %s, want %q", raw, got, code, want)
		}
	}
	for _, raw := range []string{"琼Z1I384", "青Z3O806", "Z12345", "宁Z1"} {
		if got, code := cn.ParsePlate(raw); code != cn.WPlate || got == "" {
			t.Errorf("%q: got %q %s, want W-PLATE and the plate kept", raw, got, code)
		}
	}
	if got, code := cn.ParseEbikePlate("无锡A12345"); got != "无锡A12345" || code != "" {
		t.Errorf("e-bike plate: %q %s", got, code)
	}
}

func TestNames(t *testing.T) {
	for raw, want := range map[string]cn.Name{
		"王先生":         {Full: "王", Surname: "王", Honorific: "先生"},
		"高子琳女士":       {Full: "高子琳", Surname: "高", Honorific: "女士"},
		"张三（先生）":      {Full: "张三", Surname: "张", Honorific: "先生"},
		"赵总":          {Full: "赵", Surname: "赵"},
		"邓师傅":         {Full: "邓", Surname: "邓"},
		"王  顺":        {Full: "王顺", Surname: "王"},
		"欧阳 明":        {Full: "欧阳明", Surname: "欧阳"},
		"示例海英物流有限公司":  {Full: "示例海英物流有限公司", Company: true},
		"䶮大":          {Full: "䶮大", Surname: "䶮"},
		"买买提·艾力":      {Full: "买买提·艾力"},
		"John Smith ": {Full: "John Smith"},
		"无":           {},
	} {
		if got := cn.ParseName(raw); got != want {
			t.Errorf("%q: got %+v, want %+v", raw, got, want)
		}
	}
	if cn.CompanyKey("示例A有限责任公司") != cn.CompanyKey("示例A有限公司") {
		t.Error("有限责任公司 and 有限公司 must be one company")
	}
}

func TestAmountsAndMileage(t *testing.T) {
	for raw, want := range map[string]int64{
		"3,833元": 383300, "￥1,533.00": 153300, "2300 元": 230000, "0": 0, "1.2万": 1200000, "(50)": -5000, "负20": -2000, "¥4483": 448300, "人民币12.5": 1250, "−50": -5000,
	} {
		if got, ok, code := cn.ParseAmount(raw); got != want || !ok || code != "" {
			t.Errorf("%q: got %d %v %s, want %d", raw, got, ok, code, want)
		}
	}
	if _, ok, code := cn.ParseAmount("¥ -"); ok || code != "" {
		t.Error("an accountant's dash must be nothing")
	}
	if _, ok, code := cn.ParseAmount("#N/A"); ok || code != cn.WAmt { // T-I13
		t.Error("#N/A must be null and W-AMT")
	}
	if got, ok, code := cn.ParseAmount("1,280,000.00元"); got != 128000000 || !ok || code != cn.WAmt {
		t.Errorf("large amount: %d %v %s", got, ok, code)
	}
	for raw, want := range map[string]int{"65481公里": 65481, "15,361": 15361, "82522km": 82522, "1.5万公里": 15000, "12345(km)": 12345} {
		if got, ok, code := cn.ParseMileage(raw); got != want || !ok || code != "" {
			t.Errorf("%q: got %d %v %s, want %d", raw, got, ok, code, want)
		}
	}
	if _, ok, code := cn.ParseMileage("1000000"); ok || code != cn.EKm {
		t.Error("a million kilometres must be E-KM")
	}
}

func TestIDNumbersAndBirthdays(t *testing.T) {
	for _, id := range []string{"990000199001010017", "990000198512311220"} {
		if got, ok := cn.ParseIDNumber(id); !ok || got != id {
			t.Errorf("%s must be valid", id)
		}
	}
	for _, id := range []string{"990000199001010018", "990000199013010017", "99000019900101001"} {
		if _, ok := cn.ParseIDNumber(id); ok {
			t.Errorf("%s must be refused", id)
		}
	}
	for raw, want := range map[string]string{"1977-02-28": "1977-02-28", "3月5日": "03-05", "02-29": "02-29", "": ""} {
		if got, code := cn.ParseBirthday(raw, time.Time{}); got != want || code != "" {
			t.Errorf("%q: got %q %s", raw, got, code)
		}
	}
	if _, code := cn.ParseBirthday("02-30", time.Time{}); code != cn.EDate {
		t.Error("02-30 must be E-DATE")
	}
}

func TestMasks(t *testing.T) { // spec 5.3.1
	for got, want := range map[string]string{
		cn.MaskPhone("15400000001"):          "154****0001",
		cn.MaskPhone("051000001234"):         "0510****1234",
		cn.MaskName(cn.ParseName("张彬东")):     "张**",
		cn.MaskName(cn.ParseName("欧阳明")):     "欧阳**",
		cn.MaskID("990000199001010017"):      "990000********0017",
		cn.MaskPlate("苏B12345"):              "苏B**345",
		cn.MaskName(cn.ParseName("示例甲有限公司")): "示例甲有限公司",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
