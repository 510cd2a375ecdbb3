package importer

import (
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/cn"
)

// customerRow is a customer row after spec 7.3.
type customerRow struct {
	who       customer.Sighting
	marketing string // given, refused or empty: unanswered (E-CONS)
}

func readCustomer(r *record) (customerRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return customerRow{}, bad
	}
	name := cn.ParseName(r.get("name"))
	if name.Full == "" {
		return customerRow{}, required("name", "客户名称")
	}
	if r.text("type") == "公司" || r.text("type") == "单位" {
		name = cn.Name{Full: name.Full, Company: true}
	}
	birthday, code := cn.ParseBirthday(r.get("birthday"), r.at.now)
	r.code(code)
	r.date("filed") // not kept, but an impossible one is told (7.4)
	id, _ := cn.ParseIDNumber(r.get("id_no"))
	out := customerRow{marketing: answer(r.text("marketing"))}
	out.who = customer.Sighting{
		Name: name, Phones: r.phones("phone", "phone2"), Masked: r.masked, IDNumber: id, ExternalNo: number(r.text("external")), Source: "import", Synthetic: r.at.synthetic,
		Details: customer.Details{
			Honorific: title(r.text("sex"), name), Birthday: birthday, AddressZH: r.text("address"), Postcode: r.text("postcode"),
			Email: r.text("email"), ClubLevel: r.text("level"), AdvisorName: r.text("advisor"), Tags: tags(r.text("tags")),
		},
	}
	return out, nil
}

func answer(s string) string {
	switch strings.ToLower(s) {
	case "是", "同意", "y", "yes", "true", "1":
		return "given"
	case "否", "不同意", "n", "no", "false", "0":
		return "refused"
	}
	return ""
}

func title(sex string, n cn.Name) string {
	switch {
	case n.Company:
		return ""
	case strings.HasPrefix(sex, "男"):
		return "先生"
	case strings.HasPrefix(sex, "女"):
		return "女士"
	}
	return ""
}

func tags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，;；、", r) })
}

// readMember reads a club member: the person with number and level.
func readMember(r *record) (customerRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return customerRow{}, bad
	}
	name := cn.ParseName(r.get("name"))
	if name.Full == "" {
		return customerRow{}, required("name", "姓名")
	}
	no := number(r.text("member"))
	if no == "" {
		return customerRow{}, required("member", "会员号")
	}
	return customerRow{who: customer.Sighting{
		Name: name, Phones: r.phones("phone", "phone2"), Masked: r.masked, Source: "import", Synthetic: r.at.synthetic,
		Details: customer.Details{ClubNo: no, ClubLevel: r.text("level")},
	}}, nil
}

// vehicleRow is a row of vehicle files.
type vehicleRow struct {
	who     customer.Sighting
	fill    customer.VehicleFill
	reading customer.Reading
}

func readVehicle(r *record) (vehicleRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return vehicleRow{}, bad
	}
	on := dayOf(r.at.now.In(r.at.zone))
	visited := r.day("visited")
	if visited != nil {
		on = *visited
	}
	name := cn.ParseName(r.get("name"))
	out := vehicleRow{
		who: customer.Sighting{
			Name: name, Phones: r.phones("phone", "phone2"), Masked: r.masked, Source: "import", Synthetic: r.at.synthetic, Vehicle: r.vehicle(on),
			Nobody: name.Full == "",
		},
		fill: customer.VehicleFill{
			EngineNo: r.text("engine"), Colour: r.text("colour"), UseKind: r.text("use"), Energy: r.text("energy"), SaleStore: r.text("sale_store"),
			Sold: r.day("sold"), Registered: r.day("registered"), WarrantyEnd: r.far("warranty"),
		},
		reading: customer.Reading{Km: r.km("mileage"), On: on},
	}
	if !out.who.Vehicle.Named() {
		return vehicleRow{}, required("vin", "VIN")
	}
	return out, nil
}

func readStaff(r *record) (dealer.Staff, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return dealer.Staff{}, bad
	}
	s := dealer.Staff{
		EmployeeNo: strings.ToUpper(r.text("employee_no")), NameZH: cn.ParseName(r.get("name")).Full,
		Position: r.text("position"), Department: r.text("department"),
	}
	if s.EmployeeNo == "" {
		return s, required("employee_no", "工号")
	}
	if s.NameZH == "" {
		return s, required("name", "姓名")
	}
	if p := r.phones("phone"); len(p) > 0 {
		s.Mobile = p[0].Digits
	}
	return s, nil
}

// dncRow is a do-not-call row.
type dncRow struct {
	digits []string
	scopes []customer.Scope
	source string
	from   time.Time
}

func readDNC(r *record) (dncRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return dncRow{}, bad
	}
	out := dncRow{scopes: dncScopes(r.text("scope")), source: dncSource(r.text("source")), from: r.at.now}
	for _, p := range r.phones("phone") {
		out.digits = append(out.digits, p.Digits)
	}
	if len(out.digits) == 0 {
		return out, &trouble{
			code: "E-PHONE", field: "phone", zh: "电话号码无法识别，本行未导入。请更正后重新导入。",
			en: "The number cannot be read; the row was not imported. Correct it and import again.",
		}
	}
	if from := r.date("from"); from != nil {
		out.from = *from
	}
	return out, nil
}

var (
	everyCall  = regexp.MustCompile(`全部|所有|任何|一切`)
	surveyWord = regexp.MustCompile(`满意度|调查|回访`)
	salesWord  = regexp.MustCompile(`商业|营销|推销|广告`)
)

// dncScopes reads 范围, which may name several. 全部 stands for every other word beside
// it, and without a word that is known the number is not called at all.
func dncScopes(s string) (out []customer.Scope) {
	if !everyCall.MatchString(s) {
		if surveyWord.MatchString(s) {
			out = append(out, customer.ScopeSurvey)
		}
		if salesWord.MatchString(s) {
			out = append(out, customer.ScopeCommercial)
		}
		if strings.Contains(s, "短信") {
			out = append(out, customer.ScopeSMS)
		}
	}
	if out == nil {
		out = []customer.Scope{customer.ScopeAll}
	}
	return out
}

// entries are the number's stops, one for each scope.
func (d dncRow) entries(batch uuid.UUID) (out []customer.DNC) {
	for _, digits := range d.digits {
		for _, s := range d.scopes {
			out = append(out, customer.DNC{Digits: digits, Scope: s, Source: d.source, From: d.from, Evidence: "import " + batch.String()})
		}
	}
	return out
}

func dncSource(s string) string {
	for _, w := range []struct{ word, source string }{
		{"短信", "sms_reply"}, {"客户", "customer"}, {"座席", "agent"}, {"客服", "agent"}, {"监管", "regulator"}, {"投诉", "regulator"}, {"法院", "court"},
	} {
		if strings.Contains(s, w.word) {
			return w.source
		}
	}
	return "import"
}
