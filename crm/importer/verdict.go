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
	key     string    // what repeats are known by: the number of an order or policy, a delivery's vehicle, day and customer
	hash    []byte    // of the normalised content
	rank    time.Time // the later one wins (settlement); zero: the later row does
	order   *orderRow // of accepted work orders, for the comparison inside the file
	digits  []string  // of accepted customers
	name    string
}

func (v *verdict) code(c cn.Code) {
	if !slices.Contains(v.codes, c) {
		v.codes = append(v.codes, c)
	}
}

func (v *verdict) reject(t trouble) {
	v.outcome, v.trouble = Rejected, t
	v.code(cn.Code(t.code))
}

// judge reads all rows of a file and compares them with each other.
func judge(h headed, at rules) []verdict {
	out := make([]verdict, 0, len(h.data))
	for _, l := range h.data {
		out = append(out, judgeLine(h, l, at))
	}
	compareRepeats(out)
	switch h.layout.kind {
	case WorkOrders:
		twoCustomers(out)
	case Customers:
		sharedNumbers(out)
	}
	return out
}

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
		if bad == nil {
			v.order, v.key, v.hash = &o, o.order.RoNo, o.order.ContentHash
			if o.order.SettledAt != nil {
				v.rank = *o.order.SettledAt
			}
		}
		return bad
	case Policies:
		p, bad := readPolicy(r)
		v.key, v.hash = p.policy.PolicyNo, p.policy.ContentHash
		return bad
	case Deliveries:
		d, bad := readDelivery(r)
		v.key, v.hash = d.key(), d.delivery.ContentHash
		return bad
	case Customers:
		c, bad := readCustomer(r)
		v.name = c.who.Name.Full
		for _, p := range c.who.Phones {
			v.digits = append(v.digits, p.Digits)
		}
		return bad
	case Users:
		_, bad := readStaff(r)
		return bad
	case DNC:
		_, bad := readDNC(r)
		return bad
	}
	return nil
}

// compareRepeats settles rows with the same key: equal content is E-DUP-IN and
// counted same; of different content (E-DUP-DIFF on all) the later settlement wins,
// else the later row.
func compareRepeats(rows []verdict) {
	byKey := map[string][]*verdict{}
	for i := range rows {
		if v := &rows[i]; v.key != "" && v.outcome == Waiting {
			byKey[v.key] = append(byKey[v.key], v)
		}
	}
	for _, same := range byKey {
		if len(same) > 1 {
			compareRows(same)
		}
	}
}

func compareRows(rows []*verdict) {
	var distinct []*verdict
	for _, v := range rows {
		if slices.ContainsFunc(distinct, func(d *verdict) bool { return slices.Equal(d.hash, v.hash) }) {
			v.outcome = Same
			v.code("E-DUP-IN")
			continue
		}
		distinct = append(distinct, v)
	}
	if len(distinct) < 2 {
		return
	}
	winner := distinct[0]
	for _, v := range distinct {
		v.code("E-DUP-DIFF")
		if !v.rank.Before(winner.rank) {
			winner = v
		}
	}
	for _, v := range distinct {
		if v != winner {
			v.outcome = Superseded
		}
	}
}

// twoCustomers marks vehicles that the file shows with two customers (W-DUP-VIN):
// names and numbers differ.
func twoCustomers(rows []verdict) {
	byVehicle := map[string][]*verdict{}
	for i := range rows {
		v := &rows[i]
		if v.order == nil || v.outcome != Waiting {
			continue
		}
		if no := v.order.who.Vehicle.No; no.VIN+no.Frame != "" {
			byVehicle[no.VIN+no.Frame] = append(byVehicle[no.VIN+no.Frame], v)
		}
	}
	for _, same := range byVehicle {
		for _, v := range same {
			if slices.ContainsFunc(same, func(w *verdict) bool { return v.otherParty(w) }) {
				v.code("W-DUP-VIN")
			}
		}
	}
}

func (v *verdict) otherParty(w *verdict) bool {
	if v.order.who.Name.Full == w.order.who.Name.Full {
		return false
	}
	for _, p := range v.order.who.Phones {
		for _, q := range w.order.who.Phones {
			if p.Digits == q.Digits {
				return false
			}
		}
	}
	return true
}

// sharedNumbers marks all rows of a number with five customers or more (W-SHARED).
func sharedNumbers(rows []verdict) {
	names := map[string]map[string]bool{}
	each := func(do func(v *verdict, digits string)) {
		for i := range rows {
			for _, d := range rows[i].digits {
				do(&rows[i], d)
			}
		}
	}
	each(func(v *verdict, d string) {
		if names[d] == nil {
			names[d] = map[string]bool{}
		}
		names[d][v.name] = true
	})
	each(func(v *verdict, d string) {
		if len(names[d]) >= 5 && v.outcome == Waiting {
			v.code("W-SHARED")
		}
	})
}
