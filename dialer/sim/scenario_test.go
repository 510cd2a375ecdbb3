package sim

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ringback/internal/errs"
)

func TestTheFileThatShowsEveryParameterIsTheDefault(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/scenario.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Shocks = []Shock{}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
}

func TestRead(t *testing.T) {
	plain := Default()
	cases := []struct {
		name, yaml string
		want       func(*Scenario)
	}{
		{"nothing is the default", "", func(*Scenario) {}},
		{"comments are nothing", "# later\n", func(*Scenario) {}},
		{"what is left out stays", "talk: {mean: 1m30s}\nwrap: {cv: 2}", func(s *Scenario) { s.Talk.Mean, s.Wrap.CV = 90, 2 }},
		{"times in several ways", "grace: 2\nburst: 1.5s\nring: {limit: 0.5m}", func(s *Scenario) { s.Grace, s.BurstSeconds, s.Ring.Limit = 2, 1.5, 30 }},
		{"hours and shocks", "answer_by_hour: [0.1, 0.2]\nshocks: [p2, drift]", func(s *Scenario) {
			s.AnswerByHour, s.Shocks = []float64{0.1, 0.2}, []Shock{AnswersDouble, Drift}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := plain
			c.want(&want)
			got, err := Read([]byte(c.yaml))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
	for name, broken := range map[string]string{
		"no YAML": "agents: [3", "an unknown field": "agent: 3", "a word for a number": "agents: many",
		"a time that is none": "talk: {mean: quick}", "an endless time": "grace: .inf", "the pack's limit is not the file's": "pack_limit: 0.5",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read([]byte(broken))
			if e, ok := errs.Of(err); !ok || e.Code != "simulate_scenario" || e.ZH == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	good := Default()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(*Scenario){
		"agents":              func(s *Scenario) { s.Agents = 0 },
		"answer_rate":         func(s *Scenario) { s.AnswerRate = -0.1 },
		"cap":                 func(s *Scenario) { s.Cap = 0.031 },
		"talk":                func(s *Scenario) { s.Talk.Mean = 0 },
		"talk_cv":             func(s *Scenario) { s.Talk.CV = math.NaN() },
		"wrap":                func(s *Scenario) { s.Wrap.Mean = -5 },
		"days":                func(s *Scenario) { s.Days = -1 },
		"others_machine":      func(s *Scenario) { s.Others.Busy, s.Others.Machine = 0.8, 0.3 },
		"ring_limit":          func(s *Scenario) { s.Ring.Limit = 1 },
		"shock":               func(s *Scenario) { s.Shocks = []Shock{"p3"} },
		"detection_person_to": func(s *Scenario) { s.Detection.Person = Range{3, 1} },
		"answer_by_hour_1":    func(s *Scenario) { s.AnswerByHour = []float64{0.3, 1.2} },
	}
	for code, spoil := range cases {
		t.Run(code, func(t *testing.T) {
			s := Default()
			spoil(&s)
			err := s.Check()
			e, ok := errs.Of(err)
			if !ok || e.Code != "simulate_"+code || e.Kind != errs.Invalid {
				t.Fatalf("got %v", err)
			}
			if e.ZH == "" || !strings.HasSuffix(e.EN, ".") {
				t.Errorf("words: %q, %q", e.ZH, e.EN)
			}
		})
	}
}
