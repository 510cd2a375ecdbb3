package importer

import (
	"slices"
	"time"

	"ringback/internal/cn"
)

// verdict is what parsing says about a row before anything is written: codes, and
// an outcome when the row needs no commit.
type verdict struct {
	no      int
	cells   []string
	codes   []cn.Code
	outcome Outcome
	trouble trouble

	// for the comparison inside the file, of accepted rows
	key     string    // what repeats are known by: the number of an order or policy, a delivery's vehicle, day and customer
	hash    []byte    // of the normalised content
	rank    time.Time // the later one wins (settlement); zero: the later row does
	number  string    // of an order, whose row of numbers may have gaps
	vehicle string    // VIN or frame number of an order
	name    string
	digits  []string
}

// reject gives the reason; its code comes first.
func (v *verdict) reject(t trouble) {
	v.outcome, v.trouble = Rejected, t
	c := cn.Code(t.code)
	v.codes = append([]cn.Code{c}, slices.DeleteFunc(v.codes, func(have cn.Code) bool { return have == c })...)
}

// judgeLine reads one row by itself.
func judgeLine(h headed, l line, at rules) verdict {
	v := verdict{no: l.no, cells: l.cells, outcome: Waiting}
	if l.broken != nil {
		v.reject(*l.broken)
		return v
	}
	r := &record{no: l.no, columns: h.columns, cells: l.cells, at: at}
	bad := v.read(h.layout.kind, r)
	v.codes = r.codes
	if bad != nil {
		v.reject(*bad)
	}
	return v
}

func (v *verdict) read(kind Kind, r *record) *trouble {
	switch kind {
	case WorkOrders:
		o, bad := readOrder(r)
		if bad != nil {
			return bad
		}
		v.key, v.hash, v.number = o.order.RoNo, o.order.ContentHash, o.order.RoNo
		if o.order.SettledAt != nil {
			v.rank = *o.order.SettledAt
		}
		v.vehicle, v.name, v.digits = o.who.Vehicle.No.VIN+o.who.Vehicle.No.Frame, o.who.Name.Full, digitsOf(o.who.Phones)
	case Policies:
		p, bad := readPolicy(r)
		if bad != nil {
			return bad
		}
		v.key, v.hash = p.policy.PolicyNo, p.policy.ContentHash
	case Deliveries, EbikeSales:
		d, bad := readDelivery(r)
		if bad != nil {
			return bad
		}
		v.key, v.hash = d.key(), d.delivery.ContentHash
	case Customers:
		c, bad := readCustomer(r)
		v.name, v.digits = c.who.Name.Full, digitsOf(c.who.Phones)
		return bad
	case Members:
		_, bad := readMember(r)
		return bad
	case Vehicles:
		_, bad := readVehicle(r)
		return bad
	case Users:
		_, bad := readStaff(r)
		return bad
	case DNC:
		_, bad := readDNC(r)
		return bad
	case Appointments:
		_, bad := readBooking(r)
		return bad
	}
	return nil
}

func digitsOf(phones []cn.Phone) []string {
	out := make([]string, len(phones))
	for i, p := range phones {
		out[i] = p.Digits
	}
	return out
}
