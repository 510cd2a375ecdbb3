package customer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// keys are what the sightings of a scene may be known by.
type keys struct {
	vins, frames, last8s, plates []string
	cards                        []string
	vehicles                     []uuid.UUID
	phones, ids                  [][]byte
	companies, externals         []string
}

func (f *Files) keysOf(sightings []Sighting) keys {
	var k keys
	for _, s := range sightings {
		no := s.Vehicle.No
		k.vins, k.frames = addNew(k.vins, no.VIN), addNew(k.frames, no.Frame)
		k.last8s, k.plates = addNew(k.last8s, vin8(no)), addNew(k.plates, s.Vehicle.Plate)
		k.cards = addNew(k.cards, s.Vehicle.Card)
		if s.Vehicle.ID != uuid.Nil {
			k.vehicles = append(k.vehicles, s.Vehicle.ID)
		}
		for _, p := range s.Phones {
			k.phones = append(k.phones, f.Hash(p.Digits))
		}
		if s.IDNumber != "" {
			k.ids = append(k.ids, f.idHash(s.IDNumber))
		}
		k.companies = append(k.companies, companyNames(s.Name)...)
		k.externals = addNew(k.externals, s.ExternalNo)
	}
	return k
}

func addNew(list []string, s string) []string {
	if s == "" {
		return list
	}
	return append(list, s)
}

// vin8 are the last 8 characters, of a whole VIN too.
func vin8(no cn.VehicleNo) string {
	if len(no.VIN) == 17 {
		return no.VIN[9:]
	}
	return no.Last8
}

// readScene reads everything the sightings may concern.
func (f *Files) readScene(ctx context.Context, db postgres.DB, by By, sightings []Sighting) (*scene, error) {
	s, k := newScene(f, by), f.keysOf(sightings)
	for _, read := range []func(context.Context, postgres.DB, keys) error{
		s.readVehicles, s.readPlates, s.readTies, s.readNumbers, s.readPeople,
	} {
		if err := read(ctx, db, k); err != nil {
			return nil, err
		}
	}
	return s, nil
}

type sceneVehicleRow struct {
	ID       uuid.UUID
	VIN      string `db:"vin"`
	VINValid bool   `db:"vin_valid"`
	FrameNo  string
	VIN8     string `db:"vin8"`
	Plate    string
	Brand    string
	Series   string
	Model    string
	Kind     string
	Card     string `db:"purchase_card_no"`
}

func (s *scene) readVehicles(ctx context.Context, db postgres.DB, k keys) error {
	rows, err := db.Query(ctx, `
		SELECT id, coalesce(vin, '') AS vin, vin_valid, coalesce(frame_no, '') AS frame_no, vin8, plate, brand, series, model, kind, purchase_card_no
		FROM vehicle WHERE id IN (
			SELECT unnest($7::uuid[])
			UNION SELECT id FROM vehicle WHERE store_id = $1 AND vin = ANY ($2)
			UNION SELECT id FROM vehicle WHERE store_id = $1 AND frame_no = ANY ($3)
			UNION SELECT id FROM vehicle WHERE store_id = $1 AND vin8 <> '' AND vin8 = ANY ($4)
			UNION SELECT id FROM vehicle WHERE store_id = $1 AND plate <> '' AND plate = ANY ($5)
			UNION SELECT id FROM vehicle WHERE store_id = $1 AND purchase_card_no <> '' AND purchase_card_no = ANY ($8)
			UNION SELECT vehicle_id FROM vehicle_plate_history WHERE store_id = $1 AND plate = ANY ($5) AND to_day > $6)
		ORDER BY created_at, id`, s.by.Store, k.vins, k.frames, k.last8s, k.plates, s.by.At.AddDate(-1, 0, 0), k.vehicles, k.cards)
	if err != nil {
		return fmt.Errorf("finding vehicles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[sceneVehicleRow])
	if err != nil {
		return fmt.Errorf("finding vehicles: %w", err)
	}
	for _, r := range found {
		s.addVehicle(&sceneVehicle{
			id: r.ID, vin: r.VIN, vinValid: r.VINValid, frame: r.FrameNo, vin8: r.VIN8, plate: r.Plate,
			brand: r.Brand, series: r.Series, model: r.Model, kind: r.Kind, card: r.Card,
		})
	}
	return nil
}

func (s *scene) vehicleIDs() []uuid.UUID {
	out := make([]uuid.UUID, 0, len(s.vehicles))
	for id := range s.vehicles {
		out = append(out, id)
	}
	return out
}

type scenePlateRow struct {
	ID        uuid.UUID
	VehicleID uuid.UUID
	Plate     string
	FromDay   *time.Time
	ToDay     *time.Time
}

func (s *scene) readPlates(ctx context.Context, db postgres.DB, k keys) error {
	rows, err := db.Query(ctx, `
		SELECT id, vehicle_id, plate, from_day, to_day FROM vehicle_plate_history WHERE vehicle_id = ANY ($1) AND (to_day IS NULL OR to_day > $2)
		ORDER BY from_day NULLS FIRST, id`, s.vehicleIDs(), s.by.At.AddDate(-1, 0, 0))
	if err != nil {
		return fmt.Errorf("reading plates: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[scenePlateRow])
	if err != nil {
		return fmt.Errorf("reading plates: %w", err)
	}
	for _, r := range found {
		if r.ToDay != nil {
			s.former[r.Plate] = append(s.former[r.Plate], s.vehicles[r.VehicleID])
			continue
		}
		s.history = append(s.history, &scenePlate{id: r.ID, vehicle: r.VehicleID, plate: r.Plate, from: r.FromDay})
	}
	return nil
}

type sceneTieRow struct {
	VehicleID  uuid.UUID
	CustomerID uuid.UUID
	Role       string
	Ended      bool
}

func (s *scene) readTies(ctx context.Context, db postgres.DB, _ keys) error {
	rows, err := db.Query(ctx, `SELECT vehicle_id, customer_id, role, to_day IS NOT NULL AS ended FROM ownership WHERE vehicle_id = ANY ($1)`, s.vehicleIDs())
	if err != nil {
		return fmt.Errorf("reading owners: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[sceneTieRow])
	if err != nil {
		return fmt.Errorf("reading owners: %w", err)
	}
	for _, r := range found {
		s.ties[r.VehicleID] = append(s.ties[r.VehicleID], &sceneTie{vehicle: r.VehicleID, customer: r.CustomerID, role: role(r.Role), ended: r.Ended})
	}
	return nil
}

type sceneNumberRow struct {
	Hash   []byte
	Staff  bool
	Shared bool
}

// readNumbers tells which numbers are an employee's, and which are shared already.
func (s *scene) readNumbers(ctx context.Context, db postgres.DB, k keys) error {
	rows, err := db.Query(ctx, `
		SELECT h AS hash, EXISTS (SELECT 1 FROM number_staff WHERE group_id = $1 AND phone_hash = h) AS staff,
			EXISTS (SELECT 1 FROM customer_phone WHERE store_id = $2 AND phone_hash = h AND status = 'shared') AS shared
		FROM unnest($3::bytea[]) h`, s.by.Group, s.by.Store, k.phones)
	if err != nil {
		return fmt.Errorf("reading facts about numbers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[sceneNumberRow])
	if err != nil {
		return fmt.Errorf("reading facts about numbers: %w", err)
	}
	for _, r := range found {
		n := s.number(string(r.Hash))
		n.staff, n.shared = r.Staff, r.Shared
	}
	return nil
}

type scenePersonRow struct {
	ID          uuid.UUID
	CreatedAt   time.Time
	NameZH      string
	SurnameZH   string
	Kind        string
	Honorific   string
	IDNoHash    []byte `db:"id_no_hash"`
	Birthday    string
	AddressZH   string
	Postcode    string
	Email       string
	ClubMember  bool
	ClubLevel   string
	ClubNo      string
	AdvisorName string
	BringerOnly bool
	NoPhone     bool
	Tags        []string
	Extra       map[string]any
	ExternalNo  *string
}

// readPeople reads everyone who shares a number, a vehicle, an ID number, the
// dealer system's number or a company's name with a sighting, with all their numbers.
func (s *scene) readPeople(ctx context.Context, db postgres.DB, k keys) error {
	rows, err := db.Query(ctx, `
		SELECT c.id, c.created_at, c.name_zh, c.surname_zh, c.kind, c.honorific, c.id_no_hash, c.birthday, c.address_zh, c.postcode, c.email,
			c.club_member, c.club_level, c.club_no, c.advisor_name, c.bringer_only, c.no_phone, c.tags, c.extra,
			(SELECT external_no FROM customer_external x WHERE x.store_id = $1 AND x.customer_id = c.id AND x.external_no = ANY ($6) LIMIT 1) AS external_no
		FROM customer c WHERE c.merged_into IS NULL AND c.id IN (
			SELECT customer_id FROM customer_phone WHERE store_id = $1 AND phone_hash = ANY ($2) AND status NOT IN ('staff', 'shared', 'fake')
			UNION SELECT customer_id FROM ownership WHERE vehicle_id = ANY ($3) AND to_day IS NULL
			UNION SELECT id FROM customer WHERE store_id = $1 AND id_no_hash = ANY ($4)
			UNION SELECT id FROM customer WHERE store_id = $1 AND kind = 'company' AND name_zh = ANY ($5)
			UNION SELECT customer_id FROM customer_external WHERE store_id = $1 AND external_no = ANY ($6))
		ORDER BY c.created_at, c.id`, s.by.Store, k.phones, s.vehicleIDs(), k.ids, k.companies, k.externals)
	if err != nil {
		return fmt.Errorf("finding customers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[scenePersonRow])
	if err != nil {
		return fmt.Errorf("finding customers: %w", err)
	}
	for _, r := range found {
		p := &scenePerson{
			id: r.ID, created: r.CreatedAt, name: r.NameZH, names: listIn(r.Extra, "names"), surname: r.SurnameZH, company: r.Kind == "company", honorific: r.Honorific,
			idHash: r.IDNoHash, clubMember: r.ClubMember, bringerOnly: r.BringerOnly, noPhone: r.NoPhone, masked: listIn(r.Extra, "masked"),
			details: Details{
				Birthday: r.Birthday, AddressZH: r.AddressZH, Postcode: r.Postcode, Email: r.Email, ClubLevel: r.ClubLevel, ClubNo: r.ClubNo,
				AdvisorName: r.AdvisorName, Tags: r.Tags,
			},
		}
		s.addPerson(p)
		if r.ExternalNo != nil {
			s.externals[*r.ExternalNo] = p
		}
	}
	return s.readPhones(ctx, db)
}

type scenePhoneRow struct {
	ID         uuid.UUID
	CustomerID uuid.UUID
	PhoneHash  []byte
	Kind       cn.PhoneKind
	Last4      string
	Priority   int
	Status     Status
}

func (s *scene) readPhones(ctx context.Context, db postgres.DB) error {
	ids := make([]uuid.UUID, 0, len(s.people))
	for id := range s.people {
		ids = append(ids, id)
	}
	rows, err := db.Query(ctx, `SELECT id, customer_id, phone_hash, kind, last4, priority, status FROM customer_phone
		WHERE customer_id = ANY ($1) ORDER BY priority, created_at, id`, ids)
	if err != nil {
		return fmt.Errorf("reading numbers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[scenePhoneRow])
	if err != nil {
		return fmt.Errorf("reading numbers: %w", err)
	}
	for _, r := range found {
		s.holdPhone(&scenePhone{
			id: r.ID, owner: s.people[r.CustomerID], hash: string(r.PhoneHash), kind: r.Kind, last4: r.Last4, priority: r.Priority, status: r.Status,
		})
	}
	return nil
}

func (s *scene) holdPhone(n *scenePhone) {
	n.owner.phones = append(n.owner.phones, n)
	if n.status.joins() {
		number := s.number(n.hash)
		number.holders = append(number.holders, n)
	}
}

func (s *scene) addPerson(p *scenePerson) {
	s.people[p.id] = p
	if p.idHash != nil {
		s.ids[string(p.idHash)] = append(s.ids[string(p.idHash)], p)
	}
	if p.company {
		key := cn.CompanyKey(p.name)
		s.companies[key] = append(s.companies[key], p)
	}
}

func (s *scene) addVehicle(v *sceneVehicle) {
	s.vehicles[v.id] = v
	s.knowVehicle(v)
	if v.plate != "" {
		s.plates[v.plate] = append(s.plates[v.plate], v)
	}
}

// knowVehicle makes a vehicle findable by its numbers.
func (s *scene) knowVehicle(v *sceneVehicle) {
	if v.vin != "" {
		s.vins[v.vin] = v
	}
	if v.frame != "" {
		s.frames[v.frame] = v
	}
	if v.card != "" {
		s.cards[v.card] = v
	}
	if v.vin8 != "" && !slices.Contains(s.last8s[v.vin8], v) {
		s.last8s[v.vin8] = append(s.last8s[v.vin8], v)
	}
}
