package customer

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// seeVehicle finds the vehicle in the order of spec 7.5 (VIN, frame, last 8 with
// model, plate, former plate with the same surname) or makes it, and moves the
// plate to it.
func (s *scene) seeVehicle(v VehicleSeen, who cn.Name) (*sceneVehicle, []cn.Code) {
	found := s.matchVehicle(v, who)
	if found == nil {
		found = s.newVehicle(v)
	} else {
		s.fillVehicle(found, v)
	}
	return found, s.movePlate(found, v)
}

func (s *scene) matchVehicle(v VehicleSeen, who cn.Name) *sceneVehicle {
	switch {
	case v.ID != uuid.Nil:
		return s.vehicles[v.ID]
	case v.No.VIN != "" && v.No.Matches:
		if found := s.vins[v.No.VIN]; found != nil {
			return found
		}
		// a vehicle known by its last 8 or its plate only now tells its VIN
		if found := only(s.last8s[vin8(v.No)], func(o *sceneVehicle) bool { return o.vin == "" && sameModel(o, v) }); found != nil {
			return found
		}
		return only(s.plates[v.Plate], func(o *sceneVehicle) bool { return o.vin == "" && o.frame == "" && o.vin8 == "" })
	case v.No.Frame != "":
		return s.frames[v.No.Frame]
	case v.Card != "" && s.cards[v.Card] != nil:
		return s.cards[v.Card]
	case v.No.Last8 != "":
		if found := only(s.last8s[v.No.Last8], func(o *sceneVehicle) bool { return sameModel(o, v) }); found != nil {
			return found
		}
	}
	if v.Plate == "" {
		return nil
	}
	if found := only(s.plates[v.Plate], func(*sceneVehicle) bool { return true }); found != nil {
		return found
	}
	if len(s.plates[v.Plate]) > 0 {
		return nil
	}
	return only(s.former[v.Plate], func(o *sceneVehicle) bool { return s.drivenBy(o, who) })
}

// only gives the one vehicle that fits; two are as good as none.
func only(list []*sceneVehicle, fits func(*sceneVehicle) bool) (found *sceneVehicle) {
	for _, v := range list {
		if !fits(v) {
			continue
		}
		if found != nil && found != v {
			return nil
		}
		found = v
	}
	return found
}

func sameModel(o *sceneVehicle, v VehicleSeen) bool {
	return o.model == v.Model || o.model == "" || v.Model == ""
}

// drivenBy tells whether somebody of the same surname stands to the vehicle.
func (s *scene) drivenBy(v *sceneVehicle, who cn.Name) bool {
	return who.Surname != "" && slices.ContainsFunc(s.ties[v.id], func(t *sceneTie) bool {
		p := s.people[t.customer]
		return !t.ended && p != nil && p.surname == who.Surname
	})
}

func (s *scene) newVehicle(v VehicleSeen) *sceneVehicle {
	n := &sceneVehicle{
		id: uuid.Must(uuid.NewV7()), vin: v.No.VIN, vinValid: v.No.Valid, frame: v.No.Frame, vin8: vin8(v.No),
		brand: v.Brand, series: v.Series, model: v.Model, card: v.Card, kind: v.kind(), synthetic: v.Synthetic, fresh: true,
	}
	if s.vins[n.vin] != nil { // a VIN that cannot be right stands on two vehicles: the first keeps it
		n.vin, n.vin8 = "", ""
	}
	s.newVehicles = append(s.newVehicles, n)
	s.addVehicle(n)
	return n
}

func (s *scene) fillVehicle(o *sceneVehicle, v VehicleSeen) {
	before := *o
	if o.vin == "" && v.No.VIN != "" && s.vins[v.No.VIN] == nil {
		o.vin, o.vinValid, o.vin8 = v.No.VIN, v.No.Valid, vin8(v.No)
	}
	if o.vin == "" && o.vin8 == "" {
		o.vin8 = v.No.Last8
	}
	if o.frame == "" && s.frames[v.No.Frame] == nil {
		o.frame = v.No.Frame
	}
	o.brand, o.series, o.model = either(o.brand, v.Brand), either(o.series, v.Series), either(o.model, v.Model)
	if *o != before {
		o.changed = true
		s.knowVehicle(o)
	}
}

func either(have, other string) string {
	if have != "" {
		return have
	}
	return other
}

// movePlate gives the vehicle its plate. When another vehicle has it, that one's
// plate history is closed the day before (W-SAME-PLATE). A file may tell the past: a
// plate that another vehicle was seen with later stays there, and this one's history
// ends the day before that.
func (s *scene) movePlate(v *sceneVehicle, seen VehicleSeen) []cn.Code {
	if seen.Plate == "" || seen.Plate == v.plate {
		return nil
	}
	var from *time.Time
	if !seen.On.IsZero() {
		from = &seen.On
	}
	taken := slices.Clone(s.plates[seen.Plate])
	if since := s.laterHolder(v, seen, taken); since != nil {
		if slices.Contains(s.former[seen.Plate], v) {
			return nil
		}
		s.former[seen.Plate] = append(s.former[seen.Plate], v)
		s.history = append(s.history, &scenePlate{
			id: uuid.Must(uuid.NewV7()), vehicle: v.id, plate: seen.Plate, from: from, to: dayBefore(since), closed: true, fresh: true,
		})
		return []cn.Code{WSamePlate}
	}
	for _, o := range taken {
		o.plate, o.changed = "", true
	}
	if v.plate != "" {
		s.plates[v.plate] = slices.DeleteFunc(s.plates[v.plate], func(o *sceneVehicle) bool { return o == v })
	}
	s.plates[seen.Plate] = []*sceneVehicle{v}
	v.plate, v.changed = seen.Plate, true
	for _, h := range s.history {
		if !h.closed && (h.vehicle == v.id) != (h.plate == seen.Plate) {
			h.closed, h.changed, h.to = true, true, dayBefore(from)
		}
	}
	s.history = append(s.history, &scenePlate{id: uuid.Must(uuid.NewV7()), vehicle: v.id, plate: seen.Plate, from: from, fresh: true})
	if len(taken) > 0 {
		return []cn.Code{WSamePlate}
	}
	return nil
}

// laterHolder is the day from which one of the vehicles that have the plate has it, when
// that is after this sighting.
func (s *scene) laterHolder(v *sceneVehicle, seen VehicleSeen, holders []*sceneVehicle) *time.Time {
	for _, h := range s.history {
		if !h.closed && h.plate == seen.Plate && h.vehicle != v.id && h.from != nil && !seen.On.IsZero() && h.from.After(seen.On) &&
			slices.ContainsFunc(holders, func(o *sceneVehicle) bool { return o.id == h.vehicle }) {
			return h.from
		}
	}
	return nil
}

func dayBefore(day *time.Time) *time.Time {
	if day == nil {
		return nil
	}
	before := day.AddDate(0, 0, -1)
	return &before
}
