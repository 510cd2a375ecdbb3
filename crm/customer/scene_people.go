package customer

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
	"ringback/internal/seal"
)

// see decides who and what one sighting is and notes what follows.
func (s *scene) see(g Sighting) Seen {
	var out Seen
	var v *sceneVehicle
	if g.Vehicle.Known() {
		before := len(s.newVehicles)
		v, out.Codes = s.seeVehicle(g.Vehicle, g.Name)
		out.Vehicle, out.NewVehicle = v.id, len(s.newVehicles) > before
	}
	if g.Nobody {
		return out
	}
	cands, owned := s.candidates(g, v)
	d := decide(g.Name, cands, owned, g.Second)
	p := s.people[d.same]
	if p == nil {
		out.New = true
		p = s.open(g, d.role)
	} else {
		s.fill(p, g)
	}
	out.Customer = p.id
	p.visit = later(p.visit, g.Visit)
	for _, n := range g.Phones {
		switch s.addPhone(p, n, phoneRole(g, d)) {
		case StaffNo:
			out.Codes = addCode(out.Codes, WStaff)
		case Shared:
			out.Codes = addCode(out.Codes, WShared)
		}
	}
	s.tie(p, v, d, owned, g, &out)
	switch d.review {
	case uuid.Nil:
	case p.id: // the ID number joined it already
		s.review(Review{Kind: "same_person", Customer: p.id, Evidence: Evidence{Rule: d.rule, Name: g.Name.Full}})
	default:
		s.review(Review{Kind: "same_person", Customer: p.id, Other: d.review, Vehicle: out.Vehicle, Evidence: Evidence{Rule: d.rule}})
	}
	return out
}

// tie writes how the person stands to the vehicle. Who is seen as more than a
// bringer is not known only as bringer any more.
func (s *scene) tie(p *scenePerson, v *sceneVehicle, d decision, owned bool, g Sighting, out *Seen) {
	r := d.role
	if r == "" {
		r = newcomer(owned, g.Second)
	}
	if v == nil {
		r = owner
	} else {
		r = s.link(v, p, r, g.Vehicle.On)
		out.Bringer = r == bringer
	}
	if p.bringerOnly && r != bringer {
		p.bringerOnly, p.changed = false, true
	}
	if v != nil && r == user && g.Second {
		s.review(Review{Kind: "ownership", Customer: p.id, Vehicle: v.id, Evidence: Evidence{Rule: "W-DUP-VIN"}})
	}
}

// link gives the role the person has at the vehicle: a known one stays.
func (s *scene) link(v *sceneVehicle, p *scenePerson, r role, on time.Time) role {
	for _, t := range s.ties[v.id] {
		if t.customer == p.id && !t.ended {
			return t.role
		}
	}
	if slices.ContainsFunc(s.ties[v.id], func(t *sceneTie) bool { return t.customer == p.id && t.role == r }) {
		return r // it ended before: history is not written again
	}
	t := &sceneTie{vehicle: v.id, customer: p.id, role: r, from: on}
	s.ties[v.id], s.newTies = append(s.ties[v.id], t), append(s.newTies, t)
	return r
}

func (s *scene) review(r Review) {
	if !slices.ContainsFunc(s.reviews, func(o Review) bool {
		return o.Kind == r.Kind && o.Customer == r.Customer && o.Other == r.Other && o.Vehicle == r.Vehicle && o.Evidence == r.Evidence
	}) {
		s.reviews = append(s.reviews, r)
	}
}

// candidates are everyone who shares a number, the vehicle, an ID or outside number
// or the company's name with the sighting, the oldest file first.
func (s *scene) candidates(g Sighting, v *sceneVehicle) (cands []candidate, owned bool) {
	var found []*scenePerson
	why := map[uuid.UUID]*candidate{}
	because := func(p *scenePerson, note func(*candidate)) {
		if why[p.id] == nil {
			why[p.id] = &candidate{id: p.id, name: p.name, names: p.names, surname: p.surname, company: p.company}
			found = append(found, p)
		}
		note(why[p.id])
	}
	if !g.Shared {
		for _, n := range g.Phones {
			for _, h := range s.number(string(s.files.Hash(n.Digits))).holders {
				if h.status.joins() {
					because(h.owner, func(c *candidate) { c.byPhone, c.byMobile = true, c.byMobile || h.kind == cn.Mobile })
				}
			}
		}
	}
	if v != nil {
		for _, t := range s.ties[v.id] {
			if p := s.people[t.customer]; p != nil && !t.ended {
				owned = true
				because(p, func(c *candidate) { c.byVehicle = true })
			}
		}
	}
	if g.IDNumber != "" {
		for _, p := range s.ids[string(s.files.idHash(g.IDNumber))] {
			because(p, func(c *candidate) { c.byID = true })
		}
	}
	if p := s.externals[g.ExternalNo]; p != nil {
		because(p, func(c *candidate) { c.byExternal = true })
	}
	if g.Name.Company {
		for _, p := range s.companies[cn.CompanyKey(g.Name.Full)] {
			because(p, func(c *candidate) { c.byCompany = true })
		}
	}
	slices.SortStableFunc(found, func(a, b *scenePerson) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	for _, p := range found {
		cands = append(cands, *why[p.id])
	}
	return cands, owned
}

func (s *scene) open(g Sighting, r role) *scenePerson {
	p := &scenePerson{
		id: uuid.Must(uuid.NewV7()), created: s.by.At, name: g.Name.Full, surname: g.Name.Surname, company: g.Name.Company,
		honorific: honorific(g), details: g.Details, idHash: s.files.idHash(g.IDNumber), idEnc: s.files.sealID(g.IDNumber),
		clubMember: g.Details.ClubLevel != "" || g.Details.ClubNo != "", source: g.Source, bringerOnly: r == bringer, noPhone: len(g.Phones) == 0,
		synthetic: g.Synthetic, fresh: true,
	}
	s.newPeople = append(s.newPeople, p)
	s.addPerson(p)
	s.known(p, g)
	return p
}

// known remembers what else a file was recognised by.
func (s *scene) known(p *scenePerson, g Sighting) {
	if g.ExternalNo != "" && s.externals[g.ExternalNo] == nil {
		s.externals[g.ExternalNo] = p
		s.newExternal = append(s.newExternal, g.ExternalNo)
	}
	if g.Masked != "" && !slices.Contains(p.masked, g.Masked) {
		p.masked = append(p.masked, g.Masked)
	}
}

// fill completes blanks of a known file: 王先生 becomes 王华磊, a missing address is
// added. Nothing that is filled changes (D-18).
func (s *scene) fill(p *scenePerson, g Sighting) {
	before, d := *p, g.Details
	if !p.company && p.name == p.surname && g.Name.Surname == p.surname && g.Name.Full != "" {
		p.name = g.Name.Full
	}
	p.honorific = either(p.honorific, honorific(g))
	f := &p.details
	f.Birthday, f.AddressZH, f.Postcode = either(f.Birthday, d.Birthday), either(f.AddressZH, d.AddressZH), either(f.Postcode, d.Postcode)
	f.Email, f.AdvisorName, f.ClubLevel = either(f.Email, d.Email), either(f.AdvisorName, d.AdvisorName), either(f.ClubLevel, d.ClubLevel)
	f.ClubNo = either(f.ClubNo, d.ClubNo)
	p.clubMember = p.clubMember || f.ClubLevel != "" || f.ClubNo != ""
	for _, t := range d.Tags {
		if !slices.Contains(f.Tags, t) {
			f.Tags = append(slices.Clone(f.Tags), t)
		}
	}
	if p.idHash == nil && g.IDNumber != "" {
		p.idHash, p.idEnc = s.files.idHash(g.IDNumber), s.files.sealID(g.IDNumber)
		s.ids[string(p.idHash)] = append(s.ids[string(p.idHash)], p)
	}
	p.noPhone = p.noPhone && len(g.Phones) == 0
	s.known(p, g)
	p.changed = p.changed || p.differs(&before)
}

func (p *scenePerson) differs(q *scenePerson) bool {
	a, b := p.details, q.details
	return p.name != q.name || p.honorific != q.honorific || p.noPhone != q.noPhone || p.clubMember != q.clubMember ||
		(p.idHash == nil) != (q.idHash == nil) || len(p.masked) != len(q.masked) || len(a.Tags) != len(b.Tags) ||
		a.Birthday != b.Birthday || a.AddressZH != b.AddressZH || a.Postcode != b.Postcode || a.Email != b.Email ||
		a.AdvisorName != b.AdvisorName || a.ClubLevel != b.ClubLevel || a.ClubNo != b.ClubNo
}

// addPhone adds a number after the person's others unless it is there. An
// employee's number gets status staff; from [SharedFrom] files on all files of the
// number get status shared. It tells the status the number has now.
func (s *scene) addPhone(p *scenePerson, n cn.Phone, role string) Status {
	hash := string(s.files.Hash(n.Digits))
	if have := p.phone(hash); have != nil {
		return have.status
	}
	number := s.number(hash)
	h := &scenePhone{
		id: uuid.Must(uuid.NewV7()), owner: p, hash: hash, phone: n, kind: n.Kind, last4: n.Last4(), role: role,
		priority: min(9, p.lastPriority()+1), status: OK, fresh: true,
	}
	switch {
	case number.staff:
		h.status = StaffNo
	case number.shared:
		h.status, h.spoiled = Shared, true
	}
	s.holdPhone(h)
	s.newPhones = append(s.newPhones, h)
	if h.status == OK && number.files() >= SharedFrom {
		number.share()
	}
	return h.status
}

func (p *scenePerson) lastPriority() int {
	last := 0
	for _, n := range p.phones {
		last = max(last, n.priority)
	}
	return last
}

func (n *sceneNumber) files() int {
	owners := map[uuid.UUID]bool{}
	for _, h := range n.holders {
		owners[h.owner.id] = true
	}
	return len(owners)
}

func (n *sceneNumber) share() {
	n.shared = true
	for _, h := range n.holders {
		if h.status.Callable() {
			h.status, h.spoiled = Shared, true
		}
	}
}

func (f *Files) sealID(id string) []byte {
	if id == "" {
		return nil
	}
	return f.box.Seal(seal.IDNumber, []byte(id))
}

func honorific(s Sighting) string {
	if s.Name.Company {
		return ""
	}
	return either(s.Name.Honorific, s.Details.Honorific)
}

func addCode(codes []cn.Code, c cn.Code) []cn.Code {
	if slices.Contains(codes, c) {
		return codes
	}
	return append(codes, c)
}

func phoneRole(s Sighting, d decision) string {
	switch {
	case d.role == bringer:
		return "bringer"
	case s.Name.Company:
		return "company"
	}
	return "owner"
}
