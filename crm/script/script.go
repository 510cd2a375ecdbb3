// Package script owns the script library, its published versions, the walk of
// one call through a script, and the answers given on the way (spec 3.2).
//
// It does not run what a script asks for (effects such as create_quick_form):
// it says which effects are due, and package desk runs them in the transaction
// of the answer.
//
// A walk stands on one node. It moves by answering or by having read:
//
//	say ──next──▶ │
//	ask ──answer─▶ ├─▶ branch, action, answered or skipped asks are passed ─▶ say | ask | end
//	subscript ────▶│      entering pushes "<node>/", its end returns behind the node
//	goto, short, quick form, closing: jumps; answers are never lost by them
package script

import "slices"

// Kind of a node.
type Kind string

// Kinds of nodes.
const (
	Say       Kind = "say"
	Ask       Kind = "ask"
	Branch    Kind = "branch"
	Action    Kind = "action"
	Subscript Kind = "subscript"
	End       Kind = "end"
)

// Tags of nodes.
const (
	TagOpening   = "opening"
	TagIdentity  = "identity"
	TagRecording = "recording_notice"
	TagClosing   = "closing"
)

// Script is one version of a script file.
type Script struct {
	ID              string   `yaml:"id"`
	Version         int      `yaml:"version"`
	TitleZH         string   `yaml:"title_zh"`
	TitleEN         string   `yaml:"title_en"`
	Class           string   `yaml:"call_class"`
	Direction       string   `yaml:"direction"`
	TaskTypes       []string `yaml:"task_types"`
	VehicleKinds    []string `yaml:"vehicle_kinds"`
	EstSeconds      int      `yaml:"est_seconds"`
	RecordingNotice bool     `yaml:"recording_notice"`
	Variables       []string `yaml:"variables"`
	Start           string   `yaml:"start"`
	ShortPath       []string `yaml:"short_path"`
	Nodes           []*Node  `yaml:"nodes"`
	Dispositions    []string `yaml:"dispositions"`

	nodes map[string]*Node
	keys  map[string]*Node
	body  []byte
}

// Node is one step of a script.
type Node struct {
	ID       string     `yaml:"id"`
	Kind     Kind       `yaml:"kind"`
	Tags     tags       `yaml:"tag"`
	ZH       string     `yaml:"zh"`
	EN       string     `yaml:"en"`
	HintZH   string     `yaml:"hint_zh"`
	Key      string     `yaml:"key"`
	Answer   *AnswerDef `yaml:"answer"`
	Dept     string     `yaml:"dept"`
	Factor   string     `yaml:"factor"`
	OnlyIf   *Condition `yaml:"only_if"`
	Branches []Turn     `yaml:"branches"`
	Next     string     `yaml:"next"`
	Repeat   bool       `yaml:"repeat"`
	Effects  []Effect   `yaml:"effects"`
	Script   string     `yaml:"script"`
	Outcome  string     `yaml:"outcome"`
}

// AnswerDef says what an ask takes.
type AnswerDef struct {
	Type     string   `yaml:"type"`
	Options  []Option `yaml:"options"`
	Enum     string   `yaml:"enum"` // filled into Options by the loader
	Min      *float64 `yaml:"min"`
	Max      *float64 `yaml:"max"`
	NA       bool     `yaml:"na"`
	Refuse   bool     `yaml:"refuse"`
	Required bool     `yaml:"required"`
}

// Option of a choice.
type Option struct {
	Value string `yaml:"value"`
	ZH    string `yaml:"zh"`
	EN    string `yaml:"en"`
}

// Turn is a branch: the first true one wins.
type Turn struct {
	If   Condition `yaml:"if"`
	Goto string    `yaml:"goto"`
}

// Effect is something to do when its node is left (3.2.4).
type Effect struct {
	Do     string
	If     *Condition
	Params map[string]string
}

// Node by its id in this script, nil when there is none.
func (s *Script) Node(id string) *Node { return s.nodes[id] }

// Body is the YAML as it was read.
func (s *Script) Body() []byte { return s.body }

// ByKey is the ask of an answer key, nil when there is none.
func (s *Script) ByKey(key string) *Node { return s.keys[key] }

// Has tells whether the node carries a tag.
func (n *Node) Has(tag string) bool { return slices.Contains(n.Tags, tag) }

// Option with a value, nil when there is none.
func (a *AnswerDef) Option(value string) *Option {
	for i := range a.Options {
		if a.Options[i].Value == value {
			return &a.Options[i]
		}
	}
	return nil
}

// MinChars is the least length of an answer in words (3.2.5): complaint words
// and the words of a lost renewal need 10, other required words 4.
func (n *Node) MinChars() int {
	if n.Answer == nil || n.Answer.Type != "verbatim" || !n.Answer.Required {
		return 0
	}
	switch n.Key {
	case "verbatim", "lost_words", "not_solved_words", "unhappy_words":
		return 10
	}
	return 4
}

// index makes the maps; the checker has looked for doubles before.
func (s *Script) index() {
	s.nodes, s.keys = map[string]*Node{}, map[string]*Node{}
	for _, n := range s.Nodes {
		s.nodes[n.ID] = n
		if n.Key != "" {
			s.keys[n.Key] = n
		}
	}
}
