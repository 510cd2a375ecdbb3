package importer

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
)

// deliveryRow is a delivery row after spec 7.3.
type deliveryRow struct {
	delivery workorder.Delivery // without ids
	who      customer.Sighting
}

func readDelivery(r *record) (deliveryRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return deliveryRow{}, bad
	}
	var out deliveryRow
	d := &out.delivery
	at := r.date("delivered") // neither order nor expiry date, but a delivery without its day is none
	if at == nil {
		if r.text("delivered") == "" {
			return deliveryRow{}, required("delivered", "交车日期")
		}
		return deliveryRow{}, badDate("delivered", "交车日期", r.text("delivered"))
	}
	d.DeliveredAt, d.DeliveredDay = *at, dayOf(*at)
	if d.DeliveredAt.After(r.at.now) {
		r.code("W-FUTURE")
	}
	name := cn.ParseName(r.get("name"))
	if name.Full == "" {
		return deliveryRow{}, required("name", "客户名称")
	}
	d.ConsultantName, d.ContractNo, d.InvoiceFen = cn.ParseName(r.get("consultant")).Full, number(r.text("contract")), r.amount("price")
	d.FirstServiceUntil, d.Insurer, d.PolicyNo = r.day("first_until"), r.text("insurer"), number(r.text("policy_no"))
	d.Gifts, d.Documents, d.Note = r.text("gifts"), r.text("documents"), r.text("note")
	d.IsSynthetic, d.Extra = r.at.synthetic, r.extra()
	out.who = customer.Sighting{
		Name: name, Phones: r.phones("phone", "phone2"), Source: "sale", Synthetic: r.at.synthetic, Vehicle: r.vehicle(d.DeliveredDay),
	}
	if !out.who.Vehicle.Known() {
		return deliveryRow{}, required("vin", "VIN")
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
	if v.No.VIN+v.No.Frame+v.No.Last8+v.Plate == "" {
		return ""
	}
	return strings.Join([]string{v.No.VIN, v.No.Frame, v.No.Last8, v.Plate, out.delivery.DeliveredDay.Format(time.DateOnly), out.who.Name.Full}, "|")
}

func (w writer) delivery(ctx context.Context, r *record, row *Row) error {
	d, bad := readDelivery(r)
	if bad != nil {
		row.reject(*bad)
		return nil
	}
	seen, err := w.im.files.See(ctx, w.tx, w.by, d.who)
	if err != nil {
		return err
	}
	if seen.Vehicle == uuid.Nil {
		row.reject(*required("vin", "VIN"))
		return nil
	}
	if err := customer.NoteSale(ctx, w.tx, seen.Vehicle, d.delivery.DeliveredDay, w.by.At); err != nil {
		return err
	}
	d.delivery.GroupID, d.delivery.StoreID, d.delivery.CustomerID, d.delivery.VehicleID = w.by.Group, w.by.Store, seen.Customer, seen.Vehicle
	d.delivery.ImportBatchID = &w.batch
	id, how, err := w.im.book.SaveDelivery(ctx, w.tx, d.delivery, w.by.At, w.by.Actor)
	if err != nil {
		return err
	}
	row.settle(saved(how), id, seen.Codes...)
	return nil
}
