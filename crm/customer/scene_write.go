package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// write puts what the sightings changed into the record and tells it.
func (s *scene) write(ctx context.Context, db postgres.DB) error {
	for _, put := range []func(context.Context, postgres.DB) error{
		s.writeNewVehicles, s.writeVehicles, s.writePlates, s.writeNewPeople, s.writePeople, s.writeExternals, s.writeNewPhones, s.writePhones,
		s.writeTies,
	} {
		if err := put(ctx, db); err != nil {
			return err
		}
	}
	if err := s.files.openReviews(ctx, db, s.by, s.reviews); err != nil {
		return err
	}
	return s.tell(ctx, db)
}

func (s *scene) writeNewVehicles(ctx context.Context, db postgres.DB) error {
	if len(s.newVehicles) == 0 {
		return nil
	}
	var ids []uuid.UUID
	var kinds, vins, frames, vin8s, plates, brands, series, models, cards []string
	var valid, synthetic []bool
	for _, v := range s.newVehicles {
		ids, kinds, vins, frames, vin8s = append(ids, v.id), append(kinds, v.kind), append(vins, v.vin), append(frames, v.frame), append(vin8s, v.vin8)
		plates, brands, series, models = append(plates, v.plate), append(brands, v.brand), append(series, v.series), append(models, v.model)
		valid, synthetic, cards = append(valid, v.vinValid), append(synthetic, v.synthetic), append(cards, v.card)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO vehicle (id, group_id, store_id, kind, vin, vin_valid, frame_no, vin8, plate, brand, series, model, purchase_card_no,
			is_synthetic, created_at, updated_at)
		SELECT id, $1, $2, kind, NULLIF(vin, ''), valid, NULLIF(frame, ''), vin8, plate, brand, series, model, card, synthetic, $3, $3
		FROM unnest($4::uuid[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::boolean[])
			AS r (id, kind, vin, valid, frame, vin8, plate, brand, series, model, card, synthetic)`,
		s.by.Group, s.by.Store, s.by.At, ids, kinds, vins, valid, frames, vin8s, plates, brands, series, models, cards, synthetic)
	if err != nil {
		return fmt.Errorf("writing vehicles: %w", err)
	}
	return nil
}

func (s *scene) writeVehicles(ctx context.Context, db postgres.DB) error {
	var ids []uuid.UUID
	var vins, frames, vin8s, plates, brands, series, models []string
	var valid []bool
	for _, v := range s.vehicles {
		if !v.fresh && v.changed {
			ids, vins, frames, vin8s, plates = append(ids, v.id), append(vins, v.vin), append(frames, v.frame), append(vin8s, v.vin8), append(plates, v.plate)
			brands, series, models, valid = append(brands, v.brand), append(series, v.series), append(models, v.model), append(valid, v.vinValid)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `
		UPDATE vehicle v SET vin = NULLIF(r.vin, ''), vin_valid = r.valid, frame_no = NULLIF(r.frame, ''), vin8 = r.vin8, plate = r.plate,
			brand = r.brand, series = r.series, model = r.model, updated_at = $1
		FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
			AS r (id, vin, valid, frame, vin8, plate, brand, series, model)
		WHERE v.id = r.id`, s.by.At, ids, vins, valid, frames, vin8s, plates, brands, series, models)
	if err != nil {
		return fmt.Errorf("filling vehicles: %w", err)
	}
	return nil
}

func (s *scene) writePlates(ctx context.Context, db postgres.DB) error {
	var ids, vehicles, closed []uuid.UUID
	var plates []string
	var from, to, ends []*time.Time
	for _, h := range s.history {
		switch {
		case h.fresh:
			ids, vehicles, plates = append(ids, h.id), append(vehicles, h.vehicle), append(plates, h.plate)
			from, to = append(from, h.from), append(to, h.to)
		case h.changed:
			closed, ends = append(closed, h.id), append(ends, h.to)
		}
	}
	if len(ids) > 0 {
		if _, err := db.Exec(ctx, `
			INSERT INTO vehicle_plate_history (id, store_id, vehicle_id, plate, from_day, to_day)
			SELECT id, $1, vehicle, plate, since, until FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[])
				AS r (id, vehicle, plate, since, until)`, s.by.Store, ids, vehicles, plates, from, to); err != nil {
			return fmt.Errorf("writing plates: %w", err)
		}
	}
	if len(closed) > 0 {
		if _, err := db.Exec(ctx, `UPDATE vehicle_plate_history h SET to_day = r.until FROM unnest($1::uuid[], $2::date[]) AS r (id, until) WHERE h.id = r.id`,
			closed, ends); err != nil {
			return fmt.Errorf("closing plates: %w", err)
		}
	}
	return nil
}

// personColumns are the changing columns of customer files, one array each.
type personColumns struct {
	ids                                                []uuid.UUID
	names, honorifics, birthdays, addresses, postcodes []string
	emails, levels, clubNos, advisors, tags, extras    []string
	idEncs, idHashes                                   [][]byte
	members, bringers, noPhones                        []bool
}

func (c *personColumns) add(p *scenePerson) error {
	tags := p.details.Tags
	if tags == nil {
		tags = []string{}
	}
	rawTags, err := json.Marshal(tags)
	if err != nil {
		return fmt.Errorf("encoding tags of %s: %w", p.id, err)
	}
	extra := map[string][]string{}
	if len(p.masked) > 0 {
		extra["masked"] = p.masked
	}
	rawExtra, err := json.Marshal(extra)
	if err != nil {
		return fmt.Errorf("encoding masked numbers of %s: %w", p.id, err)
	}
	d := p.details
	c.ids, c.names, c.honorifics = append(c.ids, p.id), append(c.names, p.name), append(c.honorifics, p.honorific)
	c.birthdays, c.addresses, c.postcodes = append(c.birthdays, d.Birthday), append(c.addresses, d.AddressZH), append(c.postcodes, d.Postcode)
	c.emails, c.levels, c.clubNos = append(c.emails, d.Email), append(c.levels, d.ClubLevel), append(c.clubNos, d.ClubNo)
	c.advisors, c.tags, c.extras = append(c.advisors, d.AdvisorName), append(c.tags, string(rawTags)), append(c.extras, string(rawExtra))
	c.idEncs, c.idHashes = append(c.idEncs, p.idEnc), append(c.idHashes, p.idHash)
	c.members, c.bringers, c.noPhones = append(c.members, p.clubMember), append(c.bringers, p.bringerOnly), append(c.noPhones, p.noPhone)
	return nil
}

func (s *scene) writeNewPeople(ctx context.Context, db postgres.DB) error {
	if len(s.newPeople) == 0 {
		return nil
	}
	var c personColumns
	var kinds, surnames, sources []string
	var synthetic []bool
	var visits []*time.Time
	for _, p := range s.newPeople {
		if err := c.add(p); err != nil {
			return err
		}
		kind := "person"
		if p.company {
			kind = "company"
		}
		kinds, surnames, sources, synthetic = append(kinds, kind), append(surnames, p.surname), append(sources, p.source), append(synthetic, p.synthetic)
		visits = append(visits, p.visit)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO customer (id, group_id, store_id, kind, name_zh, surname_zh, honorific, id_no_enc, id_no_hash, birthday, address_zh,
			postcode, email, club_member, club_level, club_no, advisor_name, source, bringer_only, no_phone, tags, extra, is_synthetic, last_visit_at, created_at, updated_at)
		SELECT id, $1, $2, kind, name, surname, honorific, id_enc, id_hash, birthday, address, postcode, email, member, level, club_no, advisor, source,
			bringer, no_phone, ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), extra::jsonb, synthetic, visit, $3, $3
		FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[], $11::text[], $12::text[], $13::text[], $14::text[],
			$15::boolean[], $16::text[], $17::text[], $18::text[], $19::text[], $20::boolean[], $21::boolean[], $22::text[], $23::text[], $24::boolean[], $25::timestamptz[])
			AS r (id, kind, name, surname, honorific, id_enc, id_hash, birthday, address, postcode, email, member, level, club_no, advisor, source,
				bringer, no_phone, tags, extra, synthetic, visit)`,
		s.by.Group, s.by.Store, s.by.At, c.ids, kinds, c.names, surnames, c.honorifics, c.idEncs, c.idHashes, c.birthdays, c.addresses, c.postcodes, c.emails,
		c.members, c.levels, c.clubNos, c.advisors, sources, c.bringers, c.noPhones, c.tags, c.extras, synthetic, visits)
	if err != nil {
		return fmt.Errorf("opening customer files: %w", err)
	}
	return nil
}

func (s *scene) writePeople(ctx context.Context, db postgres.DB) error {
	var c personColumns
	for _, p := range s.people {
		if !p.fresh && p.changed {
			if err := c.add(p); err != nil {
				return err
			}
		}
	}
	if len(c.ids) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, `
		UPDATE customer c SET name_zh = r.name, honorific = r.honorific, id_no_enc = coalesce(r.id_enc, c.id_no_enc), id_no_hash = coalesce(r.id_hash, c.id_no_hash),
			birthday = r.birthday, address_zh = r.address, postcode = r.postcode, email = r.email, club_member = r.member, club_level = r.level,
			club_no = r.club_no, advisor_name = r.advisor, bringer_only = r.bringer, no_phone = r.no_phone,
			tags = ARRAY(SELECT jsonb_array_elements_text(r.tags::jsonb)), extra = c.extra || r.extra::jsonb, updated_at = $1, version = c.version + 1
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[],
			$13::text[], $14::text[], $15::boolean[], $16::boolean[], $17::text[], $18::text[])
			AS r (id, name, honorific, id_enc, id_hash, birthday, address, postcode, email, member, level, club_no, advisor, bringer, no_phone, tags, extra)
		WHERE c.id = r.id`,
		s.by.At, c.ids, c.names, c.honorifics, c.idEncs, c.idHashes, c.birthdays, c.addresses, c.postcodes, c.emails, c.members, c.levels,
		c.clubNos, c.advisors, c.bringers, c.noPhones, c.tags, c.extras)
	if err != nil {
		return fmt.Errorf("filling customer files: %w", err)
	}
	return nil
}

func (s *scene) writeExternals(ctx context.Context, db postgres.DB) error {
	if len(s.newExternal) == 0 {
		return nil
	}
	var owners []uuid.UUID
	for _, no := range s.newExternal {
		owners = append(owners, s.externals[no].id)
	}
	_, err := db.Exec(ctx, `INSERT INTO customer_external (store_id, external_no, customer_id)
		SELECT $1, no, customer FROM unnest($2::text[], $3::uuid[]) AS r (no, customer) ON CONFLICT DO NOTHING`, s.by.Store, s.newExternal, owners)
	if err != nil {
		return fmt.Errorf("writing the dealer system's customer numbers: %w", err)
	}
	return nil
}

func (s *scene) writeNewPhones(ctx context.Context, db postgres.DB) error {
	if len(s.newPhones) == 0 {
		return nil
	}
	var ids, owners []uuid.UUID
	var encs, hashes [][]byte
	var last4s, kinds, exts, roles, statuses []string
	var priorities []int32
	for _, n := range s.newPhones {
		ids, owners, encs, hashes = append(ids, n.id), append(owners, n.owner.id), append(encs, s.files.box.Seal(seal.Phone, []byte(n.phone.Digits))), append(hashes, []byte(n.hash))
		last4s, kinds, exts, roles = append(last4s, n.last4), append(kinds, string(n.kind)), append(exts, n.phone.Ext), append(roles, n.role)
		statuses, priorities = append(statuses, string(n.status)), append(priorities, int32(n.priority))
	}
	_, err := db.Exec(ctx, `
		INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, ext, role, priority, status, created_at)
		SELECT id, $1, owner, enc, hash, last4, kind, ext, role, priority, status, $2
		FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::text[], $10::text[], $11::integer[], $12::text[])
			AS r (id, owner, enc, hash, last4, kind, ext, role, priority, status)`,
		s.by.Store, s.by.At, ids, owners, encs, hashes, last4s, kinds, exts, roles, priorities, statuses)
	if err != nil {
		return fmt.Errorf("adding numbers: %w", err)
	}
	return nil
}

// writePhones marks known numbers that became shared.
func (s *scene) writePhones(ctx context.Context, db postgres.DB) error {
	var ids []uuid.UUID
	for _, n := range s.spoiled() {
		if !n.fresh {
			ids = append(ids, n.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := db.Exec(ctx, `UPDATE customer_phone SET status = 'shared' WHERE id = ANY ($1)`, ids); err != nil {
		return fmt.Errorf("marking shared numbers: %w", err)
	}
	return nil
}

func (s *scene) spoiled() []*scenePhone {
	var out []*scenePhone
	for _, p := range s.people {
		for _, n := range p.phones {
			if n.spoiled {
				out = append(out, n)
			}
		}
	}
	return out
}

func (s *scene) writeTies(ctx context.Context, db postgres.DB) error {
	if len(s.newTies) == 0 {
		return nil
	}
	var ids, vehicles, customers []uuid.UUID
	var roles []string
	var from []*time.Time
	for _, t := range s.newTies {
		ids, vehicles, customers, roles = append(ids, uuid.Must(uuid.NewV7())), append(vehicles, t.vehicle), append(customers, t.customer), append(roles, string(t.role))
		var day *time.Time
		if !t.from.IsZero() {
			day = &t.from
		}
		from = append(from, day)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role, from_day)
		SELECT id, $1, vehicle, customer, role, since FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::date[])
			AS r (id, vehicle, customer, role, since) ON CONFLICT (vehicle_id, customer_id, role) DO NOTHING`,
		s.by.Store, ids, vehicles, customers, roles, from)
	if err != nil {
		return fmt.Errorf("linking customers to vehicles: %w", err)
	}
	return nil
}

func (s *scene) tell(ctx context.Context, db postgres.DB) error {
	var es []events.Event
	for _, p := range s.newPeople {
		es = append(es, s.by.event(events.CustomerCreated, events.Subjects{"customer": p.id}))
	}
	for _, n := range s.spoiled() {
		e := s.by.event(events.PhoneInvalidated, events.Subjects{"phone": n.id, "customer": n.owner.id})
		raw, err := json.Marshal(map[string]string{"last4": n.last4, "status": string(n.status)})
		if err != nil {
			return fmt.Errorf("encoding a spoiled number: %w", err)
		}
		e.Data = raw
		es = append(es, e)
	}
	return s.files.bus.PublishAll(ctx, db, es)
}
