package importer

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/internal/cn"
)

// policyMonths is how far after today a policy's end is believed: an early renewal
// starts after today and ends after today + 1 year (data/dms rule 4).
const policyMonths = 13

// policyRow is a policy row after spec 7.3.
type policyRow struct {
	policy policy.Policy // without ids
	who    customer.Sighting
}

func readPolicy(r *record) (policyRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return policyRow{}, bad
	}
	var out policyRow
	p := &out.policy
	if p.PolicyNo = number(r.text("policy_no")); p.PolicyNo == "" {
		return policyRow{}, required("policy_no", "保单号")
	}
	if p.Insurer = r.text("insurer"); p.Insurer == "" {
		return policyRow{}, required("insurer", "保险公司")
	}
	known := false
	if p.Kind, known = policy.ParseKind(r.text("line")); !known {
		return policyRow{}, badLine(r.text("line"))
	}
	if bad := readCover(r, p); bad != nil {
		return policyRow{}, bad
	}
	readSale(r, p)
	out.readPeople(r)
	if !out.who.Vehicle.Named() {
		return policyRow{}, required("plate", "车牌号和 VIN")
	}
	p.ContentHash = out.hash()
	return out, nil
}

// readCover reads the days of cover. The last one is the expiry date: without it the
// row is rejected. A first one that is impossible or not there is E-DATE, and a year
// before the last is taken for it (spec 7.7).
func readCover(r *record, p *policy.Policy) *trouble {
	end, bad := r.mustDay("to", "终保日期", policyMonths)
	if bad != nil {
		return bad
	}
	p.EndDay = end
	from := cn.ParseDate(r.get("from"), r.dates(policyMonths))
	switch r.code(from.Code); {
	case from.At.IsZero():
		r.code(cn.EDate)
		p.StartDay = end.AddDate(-1, 0, 1)
	default:
		p.StartDay = dayOf(from.At)
	}
	if p.EndDay.Before(p.StartDay) {
		return badDate("to", "终保日期", r.text("to"))
	}
	return nil
}

func readSale(r *record, p *policy.Policy) {
	p.PremiumFen, p.VehicleTaxFen, p.CommissionFen = r.amount("premium"), r.amount("tax"), r.amount("commission")
	p.CommissionBP = basisPoints(r.text("rate"))
	if n, err := strconv.Atoi(strings.TrimSuffix(r.text("claims"), "次")); err == nil && n >= 0 {
		p.ClaimsCount = &n
	}
	p.UnderwritingText, p.PreviousInsurer, p.Channel = r.text("underwriting"), r.text("previous"), r.text("channel")
	p.Underwriting = policy.ParseUnderwriting(p.UnderwritingText, p.Insurer, p.PreviousInsurer)
	p.SoldBy, p.SoldOn = cn.ParseName(r.get("seller")).Full, r.day("sold")
	p.Source, p.IsSynthetic, p.Extra = policy.Imported, r.at.synthetic, r.extra()
}

// basisPoints reads 手续费率: 15%, 0.15 and 15 are 1,500.
func basisPoints(s string) *int {
	rest, percent := strings.CutSuffix(s, "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
	if err != nil || f < 0 || f > 100 {
		return nil
	}
	if !percent && f <= 1 {
		f *= 100
	}
	bp := int(math.Round(f * 100))
	return &bp
}

func (out *policyRow) readPeople(r *record) {
	insured, applicant := cn.ParseName(r.get("name")), cn.ParseName(r.get("applicant"))
	out.policy.InsuredName, out.policy.ApplicantName = insured.Full, applicant.Full
	if insured.Full == "" {
		insured = applicant
	}
	out.who = customer.Sighting{
		Name: insured, Phones: r.phones("phone", "phone2"), Masked: r.masked, Source: "import", Synthetic: r.at.synthetic,
		Vehicle: r.vehicle(out.policy.StartDay),
	}
}

func (out *policyRow) hash() []byte {
	p := out.policy
	p.Extra, p.UnderwritingText = nil, ""
	return hashOf(p, out.who)
}

// hashOf is over the normalised content: rows that differ only in how a phone, date
// or amount is written are equal (data/dms rule 1).
func hashOf(content any, who customer.Sighting) []byte {
	phones := make([]string, 0, len(who.Phones))
	for _, p := range who.Phones {
		phones = append(phones, p.Digits+"#"+p.Ext)
	}
	raw, err := json.Marshal([]any{content, who.Name, phones, who.Vehicle.No, who.Vehicle.Plate, who.Vehicle.Model})
	if err != nil { // plain values always encode
		raw = fmt.Append(nil, content, who)
	}
	sum := sha256.Sum256(raw)
	return sum[:]
}

func badLine(text string) *trouble {
	if text == "" {
		return required("line", "险种")
	}
	return &trouble{
		code: "E-LINE", field: "line", zh: "险种“" + text + "”既不是交强险也不是商业险，本行未导入。请更正后重新导入。",
		en: "The line \"" + text + "\" is neither compulsory nor commercial; the row was not imported. Correct it and import again.",
	}
}
