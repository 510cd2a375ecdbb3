package sim

// Call is one dial of the past as a simulation may learn from it. Times are
// seconds; 0 where there was no such thing.
type Call struct {
	Minute  int     // of the day at which it was dialed, in the store's zone
	Ring    float64 // until the answer, or until it ended without one
	Person  bool    // a person answered, with an agent or without
	Machine bool    // a machine did
	Talk    float64 // agent and customer
	Wrap    float64 // after it
}

// Traces are what a campaign has left behind, and how it is set now.
type Traces struct {
	Own  []Call // its calls
	Kind []Call // of all campaigns of its kind in the store, its own included

	Team   Team
	Listed int // agents on its list
	Day    Day // when it dials

	Mode      string // as ParseMode reads it
	Reads     bool   // agents read before they dial, which no mode plays: progressive is the nearest
	Cap       float64
	PackLimit float64
	Ring      Seconds // after which a line is given up
	Grace     Seconds
	PerSecond float64 // calls that its trunk takes; 0: not known
}

// Team is who was signed in for a campaign while it dialed: paused and lost time
// left out. Times are seconds.
type Team struct {
	Dialing float64 // hours in which it dialed, from first dial to last wrap-up
	Signed  float64 // agents' time in those
	Busy    float64 // of that: talk and wrap-up with its customers
}

// Agents is how many there were on average; 0 when nobody knows.
func (t Team) Agents() float64 { return ratioOf(t.Signed, t.Dialing) }

// Share is the talk share that was really had; not known for less than an hour.
func (t Team) Share() (share float64, known bool) {
	return min(1, ratioOf(t.Busy, t.Signed)), t.Signed >= 3600
}

// MostBP is the highest cap allowed, in basis points.
func (t Traces) MostBP() int { return int(t.PackLimit*10_000 + 0.5) }

// Origin tells where a figure of a scenario comes from.
type Origin string

// Origins.
const (
	FromCampaign Origin = "campaign" // its own calls
	FromKind     Origin = "kind"     // calls of its kind in the store
	FromSetting  Origin = "setting"  // the campaign's or store's settings
	FromDefault  Origin = "default"  // nobody has called enough: PACING.md §4
	FromUser     Origin = "user"     // who asks gave it
)

// Figures of a scenario that have a source.
const (
	FigureAnswer  = "answer_rate"
	FigureHours   = "answer_by_hour"
	FigureRing    = "ring"
	FigureUnheard = "unanswered"
	FigureMachine = "machines"
	FigureTalk    = "talk"
	FigureWrap    = "wrap"
	FigureAgents  = "agents"
	FigureDay     = "hours_per_day"
	FigureCap     = "cap"
	FigureMode    = "mode"
)

// Source is a figure of a scenario with where it comes from.
type Source struct {
	Figure string  `json:"figure" enum:"answer_rate,answer_by_hour,ring,unanswered,machines,talk,wrap,agents,hours_per_day,cap,mode"`
	From   Origin  `json:"from" enum:"campaign,kind,setting,default,user"`
	Calls  int     `json:"calls" doc:"calls it was counted over"`
	Value  float64 `json:"value" doc:"share, seconds, agents or hours; of answer_by_hour the hours with a rate of their own"`
	CV     float64 `json:"cv,omitempty" doc:"standard deviation over mean, of times"`
}

// How many calls a figure needs before it is believed.
const (
	fewestDials = 100 // for a share of dials: its standard error is then below five points
	fewestHour  = 50  // for an hour's own answer rate
	fewestTimes = 30  // for a mean time
)

// Longer ones are somebody who forgot to hang up, or an agent who went away: they
// say nothing about the calls.
const (
	longestTalk = 7200
	longestWrap = 900
)

// Scenario is the world of a campaign by its own traces, those of its kind where
// it has too few, and PACING.md §4 where these are too few as well.
func (t Traces) Scenario() (Scenario, []Source) {
	l := learned{Traces: t, s: Default()}
	l.s.Cap, l.s.PackLimit, l.s.Ring.Limit, l.s.Grace = t.Cap, t.PackLimit, t.Ring, t.Grace
	l.s.CallsPerSecond = t.PerSecond
	l.s.Detection.On = false // the dialer judges no answer yet
	l.agents()
	l.answers()
	l.rings()
	l.machines()
	l.time(FigureTalk, &l.s.Talk, talkOf(person))
	l.time(FigureWrap, &l.s.Wrap, wrapOf(person))
	l.set(FigureDay, t.Day.Hours())
	l.s.HoursPerDay = t.Day.Hours()
	l.set(FigureCap, t.Cap)
	l.set(FigureMode, 0)
	return l.s, l.sources
}
