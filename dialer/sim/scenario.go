package sim

// Scenario is the world in which a campaign runs. Times are seconds, shares 0 to
// 1. Default gives PACING.md §4.
type Scenario struct {
	Agents     int     `yaml:"agents"`
	AnswerRate float64 `yaml:"answer_rate"` // share of dials that a person answers
	// AnswerByHour replaces AnswerRate by hour of the day, from its first hour on.
	AnswerByHour []float64 `yaml:"answer_by_hour"`
	Talk         Spread    `yaml:"talk"`
	Wrap         Spread    `yaml:"wrap"`
	Ring         Ring      `yaml:"ring"`
	Others       Others    `yaml:"others"`
	Detection    Detection `yaml:"detection"`
	Grace        Seconds   `yaml:"grace"` // how long a live call waits for an agent
	Cap          float64   `yaml:"cap"`   // abandoned over answered, share
	PackLimit    float64   `yaml:"-"`     // highest cap the rule pack allows, share
	Tick         Seconds   `yaml:"tick"`  // between decisions
	Stale        Seconds   `yaml:"-"`     // after which the model's tables are made new; 0: as in the product
	Days         int       `yaml:"days"`
	HoursPerDay  float64   `yaml:"hours_per_day"`
	// CallsPerSecond of the trunk, with a burst of BurstSeconds; 0: max(5, 0.2 × agents).
	CallsPerSecond float64 `yaml:"calls_per_second"`
	BurstSeconds   Seconds `yaml:"burst"`
	Shocks         []Shock `yaml:"shocks"`
}

// Spread is a lognormal.
type Spread struct {
	Mean Seconds `yaml:"mean"`
	CV   float64 `yaml:"cv"` // standard deviation over mean
}

// Ring is how long a person lets it ring: Least plus a lognormal, cut at Limit,
// which is also the ring time after which a line is given up.
type Ring struct {
	Least Seconds `yaml:"least"`
	Then  Spread  `yaml:"then"`
	Limit Seconds `yaml:"limit"`
	// Observed are times at which persons answered, each as likely as the others; they
	// replace Least and Then.
	Observed []Seconds `yaml:"observed"`
}

// Others are the dials that no person answers; the rest rings to the limit.
type Others struct {
	Busy         float64 `yaml:"busy"`          // share that is busy or fails
	BusyAfter    Range   `yaml:"busy_after"`    // when
	Machine      float64 `yaml:"machine"`       // share that a machine answers
	MachineSoon  float64 `yaml:"machine_soon"`  // share of machines that answer soon
	SoonAfter    Range   `yaml:"soon_after"`    // when those do
	MachineAfter Range   `yaml:"machine_after"` // when the others do
	// Observed are times at which dials ended that were neither busy at once nor
	// answered, each as likely as the others; they replace ringing to the limit.
	Observed []Seconds `yaml:"observed"`
}

// Detection tells persons from machines after the answer.
type Detection struct {
	On      bool    `yaml:"on"`
	Person  Range   `yaml:"person"`  // time to find a person
	Machine Range   `yaml:"machine"` // time to find a machine
	Passes  float64 `yaml:"passes"`  // share of machines that pass for persons
	HangUp  Seconds `yaml:"hang_up"` // mean patience of a person meanwhile; 0: endless
	Talk    Spread  `yaml:"talk"`    // of an agent with a machine
	Wrap    Spread  `yaml:"wrap"`
}

// Range is even between two times.
type Range struct {
	From Seconds `yaml:"from"`
	To   Seconds `yaml:"to"`
}

// Default is the scenario of PACING.md §4: five agents, answer rate 0.3.
func Default() Scenario {
	return Scenario{
		Agents: 5, AnswerRate: 0.3,
		Talk: Spread{90, 1}, Wrap: Spread{20, 0.6},
		Ring: Ring{Least: 2, Then: Spread{9, 0.5}, Limit: 25},
		Others: Others{
			Busy: 0.20, BusyAfter: Range{2, 5}, Machine: 0.35, MachineSoon: 0.3, SoonAfter: Range{3, 8}, MachineAfter: Range{18, 24},
		},
		Detection: Detection{On: true, Person: Range{1.4, 2.2}, Machine: Range{2.5, 4}, Passes: 0.05, HangUp: 60, Talk: Spread{8, 0.4}, Wrap: Spread{4, 0.4}},
		Grace:     1.2, Cap: 0.03, PackLimit: 0.03, Tick: 0.5, Days: 10, HoursPerDay: 8, BurstSeconds: 2.5,
	}
}

// LongCalls makes talk and wrap-up as long as PACING.md §4's second half has them.
func (s Scenario) LongCalls() Scenario {
	s.Talk.Mean, s.Wrap.Mean = 180, 45
	return s
}

// day is a day's length in seconds; end is the run's.
func (s *Scenario) day() float64 { return s.HoursPerDay * 3600 }
func (s *Scenario) end() float64 { return float64(s.Days) * s.day() }

func (s *Scenario) perSecond() float64 {
	if s.CallsPerSecond > 0 {
		return s.CallsPerSecond
	}
	return max(5, 0.2*float64(s.Agents))
}

// capBP is the cap in basis points.
func (s *Scenario) capBP() int { return int(s.Cap*10_000 + 0.5) }
