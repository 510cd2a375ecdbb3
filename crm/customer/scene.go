package customer

import (
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// scene is what the record knows of the people and vehicles of some sightings. It
// is read at once (scene_read.go), changed in memory in the order of the sightings,
// and written at once (scene_write.go): a chunk of a file costs a dozen statements,
// not a dozen a row.
type scene struct {
	files *Files
	by    By

	vehicles map[uuid.UUID]*sceneVehicle
	vins     map[string]*sceneVehicle
	frames   map[string]*sceneVehicle
	last8s   map[string][]*sceneVehicle
	cards    map[string]*sceneVehicle
	plates   map[string][]*sceneVehicle // that have the plate now
	former   map[string][]*sceneVehicle // that had it within the last 12 months
	history  []*scenePlate              // open entries, and new ones

	people    map[uuid.UUID]*scenePerson
	ids       map[string][]*scenePerson // by hash of the ID number
	companies map[string][]*scenePerson // by company key
	externals map[string]*scenePerson
	numbers   map[string]*sceneNumber // by hash
	ties      map[uuid.UUID][]*sceneTie
	reviews   []Review

	newVehicles []*sceneVehicle
	newPeople   []*scenePerson
	newPhones   []*scenePhone
	newTies     []*sceneTie
	newExternal []string
}

type sceneVehicle struct {
	id                   uuid.UUID
	vin, frame, vin8     string
	plate                string
	brand, series, model string
	card                 string
	vinValid             bool
	kind                 string
	synthetic            bool
	fresh, changed       bool
}

// scenePlate is one entry of a plate's history.
type scenePlate struct {
	id      uuid.UUID
	vehicle uuid.UUID
	plate   string
	from    *time.Time
	to      *time.Time
	closed  bool
	fresh   bool
	changed bool
}

type scenePerson struct {
	id             uuid.UUID
	created        time.Time
	name, surname  string
	names          []string // that merged files went by
	company        bool
	honorific      string
	details        Details
	idHash, idEnc  []byte
	clubMember     bool
	source         string
	bringerOnly    bool
	noPhone        bool
	synthetic      bool
	masked         []string
	phones         []*scenePhone
	visit          *time.Time // written with a new file; of a known one the order tells it
	fresh, changed bool
}

func (p *scenePerson) phone(hash string) *scenePhone {
	for _, n := range p.phones {
		if n.hash == hash {
			return n
		}
	}
	return nil
}

func (p *scenePerson) before(q *scenePerson) bool {
	if !p.created.Equal(q.created) {
		return p.created.Before(q.created)
	}
	return p.id.String() < q.id.String()
}

type scenePhone struct {
	id       uuid.UUID
	owner    *scenePerson
	hash     string
	phone    cn.Phone // new ones only
	kind     cn.PhoneKind
	last4    string
	role     string
	priority int
	status   Status
	fresh    bool
	spoiled  bool // lost its callable status now
}

// joins tells whether a number may tell who somebody is.
func (s Status) joins() bool { return s != StaffNo && s != Shared && s != Fake }

// sceneNumber is a number with the files that have it. Holders of a number which
// joins nobody are not loaded: there may be very many.
type sceneNumber struct {
	holders []*scenePhone
	staff   bool
	shared  bool
}

type sceneTie struct {
	vehicle  uuid.UUID
	customer uuid.UUID
	role     role
	ended    bool
	from     time.Time
}

func newScene(f *Files, by By) *scene {
	return &scene{
		files: f, by: by, vehicles: map[uuid.UUID]*sceneVehicle{}, vins: map[string]*sceneVehicle{}, frames: map[string]*sceneVehicle{},
		last8s: map[string][]*sceneVehicle{}, cards: map[string]*sceneVehicle{}, plates: map[string][]*sceneVehicle{}, former: map[string][]*sceneVehicle{},
		people: map[uuid.UUID]*scenePerson{}, ids: map[string][]*scenePerson{}, companies: map[string][]*scenePerson{},
		externals: map[string]*scenePerson{}, numbers: map[string]*sceneNumber{}, ties: map[uuid.UUID][]*sceneTie{},
	}
}

func (s *scene) number(hash string) *sceneNumber {
	n := s.numbers[hash]
	if n == nil {
		n = &sceneNumber{}
		s.numbers[hash] = n
	}
	return n
}
