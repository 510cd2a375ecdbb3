package importer

import (
	"strings"
	"time"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
)

// deliveryRow is a delivery row after spec 7.3.
type deliveryRow struct {
	delivery workorder.Delivery // without ids
	who      customer.Sighting
	fill     customer.VehicleFill
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func readDelivery(r *record) (deliveryRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return deliveryRow{}, bad
	}
	var out deliveryRow
	d := &out.delivery
	if at := r.date("delivered"); at == nil { // neither order nor expiry date: null, and the row is imported (spec 7.7)
		r.code(cn.EDate)
	} else {
		d.DeliveredAt, d.DeliveredDay = *at, dayOf(*at)
		if d.DeliveredAt.After(r.at.now) {
			r.code("W-FUTURE")
		}
	}
	name := cn.ParseName(r.get("name"))
	if name.Full == "" {
		return deliveryRow{}, required("name", "客户名称")
	}
	d.ConsultantName, d.ContractNo, d.InvoiceFen = cn.ParseName(r.get("consultant")).Full, number(firstOf(r.text("contract"), r.text("invoice"))), r.amount("price")
	d.FirstServiceUntil, d.Insurer, d.PolicyNo = r.far("first_until"), r.text("insurer"), number(r.text("policy_no"))
	d.Gifts, d.Documents, d.Note = r.text("gifts"), r.text("documents"), r.text("note")
	d.IsSynthetic, d.Extra = r.at.synthetic, r.extra()
	id, _ := cn.ParseIDNumber(r.get("id_no"))
	out.who = customer.Sighting{
		Name: name, Phones: r.phones("phone", "phone2"), Masked: r.masked, IDNumber: id, Source: "sale", Synthetic: r.at.synthetic,
		Vehicle: r.vehicle(d.DeliveredDay), Details: customer.Details{AddressZH: r.text("address")},
	}
	if !out.who.Vehicle.Named() {
		return deliveryRow{}, required("vin", "VIN")
	}
	out.fill = customer.VehicleFill{
		EngineNo: r.text("engine"), MotorNo: r.text("motor"), Colour: r.text("colour"), Energy: r.text("battery"), SaleStore: r.text("dealer"), Card: number(r.text("card")),
	}
	if !d.DeliveredDay.IsZero() {
		out.fill.Sold = &d.DeliveredDay
	}
	d.ContentHash = out.hash()
	return out, nil
}

func (out *deliveryRow) hash() []byte {
	d := out.delivery
	d.Extra = nil
	return hashOf([]any{d, d.DeliveredAt.Unix()}, out.who)
}

// key is what a repeated delivery is known by: vehicle, day, customer.
func (out *deliveryRow) key() string {
	v := out.who.Vehicle
	return strings.Join([]string{v.No.VIN, v.No.Frame, v.No.Last8, v.Plate, v.Card, out.delivery.DeliveredDay.Format(time.DateOnly), out.who.Name.Full}, "|")
}
