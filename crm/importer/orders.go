package importer

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
)

// orderRow is a work-order row after spec 7.3.
type orderRow struct {
	order workorder.Order // without ids
	who   customer.Sighting
	owner cn.Name // 车主, when the file has a 送修人 too and they differ
}

// readOrder normalises a row. It gives the reason when the row must be rejected;
// other defects are codes of r.
func readOrder(r *record) (orderRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return orderRow{}, bad
	}
	var out orderRow
	o := &out.order
	if o.RoNo = roNo(r); o.RoNo == "" {
		return orderRow{}, required("ro_no", "工单号")
	}
	if bad := readDates(r, o); bad != nil {
		return orderRow{}, bad
	}
	readKind(r, o)
	readMoney(r, o)
	readWords(r, o)
	o.State = workorder.ParseState(r.text("state"), *o)
	o.AssumeDelivery()
	if o.DeliveredAt != nil && o.DeliveredAt.After(r.at.now) && o.State != workorder.Voided {
		r.code("W-FUTURE")
	}
	out.readPeople(r)
	o.ContentHash = out.hash()
	return out, nil
}

func roNo(r *record) string { return strings.ToUpper(strings.ReplaceAll(r.text("ro_no"), " ", "")) }

func readDates(r *record, o *workorder.Order) *trouble {
	before := len(r.codes)
	if o.OpenedAt = r.date("opened"); o.OpenedAt == nil {
		r.codes = r.codes[:before]
		if r.text("opened") == "" {
			return required("opened", "开单日期")
		}
		return &trouble{
			code: string(cn.EDate), field: "opened", zh: "开单日期“" + r.text("opened") + "”不可能，本行未导入。请更正后重新导入。",
			en: "The opening date \"" + r.text("opened") + "\" is impossible; the row was not imported. Correct it and import again.",
		}
	}
	o.PromisedAt, o.InspectedAt = r.date("promised"), r.date("inspected")
	o.SettledAt, o.DeliveredAt = r.date("settled"), r.date("delivered")
	o.NextDueDate = r.day("next_date")
	return nil
}

func readKind(r *record, o *workorder.Order) {
	known := true
	o.KindText = r.text("kind")
	if o.Kind, known = workorder.ParseKind(o.KindText); !known {
		r.code("W-TYPE")
	}
}

func readMoney(r *record, o *workorder.Order) {
	o.PartsFen, o.LabourFen, o.OtherFen = r.amount("parts"), r.amount("labour"), r.amount("other")
	o.DiscountFen, o.TotalFen = r.amount("discount"), r.amount("total")
	o.PaidBy = r.text("paid_by")
	o.MileageIn, o.NextDueKm = r.km("mileage"), r.km("next_km")
}

func readWords(r *record, o *workorder.Order) {
	o.AdvisorName, o.Technician = cn.ParseName(r.get("advisor")).Full, r.text("technician")
	o.FaultText, o.ItemsText, o.AdviceText = r.text("fault"), r.text("items"), r.text("advice")
	o.PreferredCallTime, o.Note = r.text("call_time"), r.text("note")
	o.IsPaintJob = o.Kind == workorder.Paint || strings.Contains(o.ItemsText, "喷漆") || strings.Contains(o.ItemsText, "钣")
	o.IsSynthetic, o.Extra = r.at.synthetic, r.extra()
}

func (out *orderRow) readPeople(r *record) {
	owner, bringer := cn.ParseName(r.get("owner")), cn.ParseName(r.get("bringer"))
	name := bringer
	if name.Full == "" {
		name = owner
	} else if owner.Full != "" && owner.Full != bringer.Full {
		out.owner = owner
	}
	no := cn.ParseVehicleNo(r.get("vin"))
	r.code(no.Code)
	plate, code := cn.ParsePlate(r.get("plate"))
	if no.Frame != "" {
		plate, code = cn.ParseEbikePlate(r.get("plate"))
	}
	r.code(code)
	out.who = customer.Sighting{
		Name: name, Phones: r.phones("phone", "phone2"), Source: "work_order", Synthetic: r.at.synthetic,
		Vehicle: customer.VehicleSeen{
			No: no, Plate: plate, Brand: r.text("brand"), Series: r.text("series"), Model: r.text("model"),
			On: seenOn(out.order), Synthetic: r.at.synthetic,
		},
		Details: customer.Details{ClubLevel: r.text("member"), AdvisorName: out.order.AdvisorName},
	}
}

func seenOn(o workorder.Order) time.Time {
	t := *o.OpenedAt
	if o.DeliveredAt != nil {
		t = *o.DeliveredAt
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// hash is over the normalised content: rows that differ only in how a phone, date
// or amount is written are equal (data/dms rule 1).
func (out *orderRow) hash() []byte {
	o := out.order
	o.Extra, o.KindText = nil, ""
	var phones []string
	for _, p := range out.who.Phones {
		phones = append(phones, p.Digits+"#"+p.Ext)
	}
	raw, err := json.Marshal([]any{o, stamps(o), out.who.Name, out.owner, phones, out.who.Vehicle.No, out.who.Vehicle.Plate, out.who.Vehicle.Model})
	if err != nil { // plain values always encode
		raw = fmt.Append(nil, o)
	}
	sum := sha256.Sum256(raw)
	return sum[:]
}

func stamps(o workorder.Order) []int64 {
	var out []int64
	for _, t := range []*time.Time{o.OpenedAt, o.PromisedAt, o.InspectedAt, o.SettledAt, o.DeliveredAt, o.NextDueDate} {
		if t != nil {
			out = append(out, t.Unix())
		} else {
			out = append(out, 0)
		}
	}
	return out
}
