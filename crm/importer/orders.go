package importer

import (
	"strings"
	"time"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
)

// orderRow is a work-order row after spec 7.3.
type orderRow struct {
	order       workorder.Order // without ids
	who         customer.Sighting
	owner       cn.Name // 车主, when the file has a 送修人 too and they differ
	ownerPhones []cn.Phone
}

// readOrder normalises a row. It gives the reason when the row must be rejected;
// other defects are codes of r.
func readOrder(r *record) (orderRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return orderRow{}, bad
	}
	var out orderRow
	o := &out.order
	if o.RoNo = number(r.text("ro_no")); o.RoNo == "" {
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

func readDates(r *record, o *workorder.Order) *trouble {
	at, bad := r.mustDate("opened", "开单日期", 12)
	if bad != nil {
		return bad
	}
	o.OpenedAt = &at
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

// readPeople reads who came, whose the vehicle is, and the vehicle. A number belongs
// to whom its column names: the owner's is not the bringer's.
func (out *orderRow) readPeople(r *record) {
	owner, bringer := cn.ParseName(r.get("owner")), cn.ParseName(r.get("bringer"))
	name, phones := bringer, []cn.Phone(nil)
	switch {
	case bringer.Full != "" && owner.Full != "" && owner.Full != bringer.Full:
		out.owner, out.ownerPhones = owner, r.phones("owner_phone")
		phones = r.phones("phone", "phone2")
	case bringer.Full == "":
		name = owner
		fallthrough
	default:
		phones = r.phones("phone", "phone2", "owner_phone")
	}
	vehicle := r.vehicle(seenOn(out.order))
	vehicle.Nameless = !vehicle.Named()
	out.who = customer.Sighting{
		Name: name, Phones: phones, Masked: r.masked, Source: "work_order", Synthetic: r.at.synthetic, Vehicle: vehicle,
		Details: customer.Details{ClubNo: r.text("member"), AdvisorName: out.order.AdvisorName},
	}
}

func seenOn(o workorder.Order) time.Time {
	t := *o.OpenedAt
	if o.DeliveredAt != nil {
		t = *o.DeliveredAt
	}
	return dayOf(t)
}

func (out *orderRow) hash() []byte {
	o := out.order
	o.Extra, o.KindText = nil, ""
	return hashOf([]any{o, stamps(o), out.owner, out.ownerPhones}, out.who)
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
