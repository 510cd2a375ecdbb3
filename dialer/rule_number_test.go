package dialer

import "testing"

func real(f *Facts) { f.Lines[0].IsSimulator = false }

func TestCG01Number(t *testing.T) {
	runCases(t, []ruleCase{
		{name: "a synthetic number goes to the simulator"},
		{name: "a test number of a real customer too", with: func(f *Facts) { f.Synthetic = false }},
		{name: "no line chosen yet", with: func(f *Facts) { f.Lines = nil }},
		{name: "no number", with: func(f *Facts) { f.Number = "" }, rule: "CG-01", out: OutcomeStop, cause: ByFile},
		{name: "a number known to be wrong", with: func(f *Facts) { f.PhoneStatus = "wrong" }, rule: "CG-01", out: OutcomeStop, cause: ByFile},
		{name: "an employee's number", with: func(f *Facts) { f.PhoneStatus = "staff" }, rule: "CG-01", out: OutcomeStop, cause: ByFile},
		{name: "a number nobody has checked", with: func(f *Facts) { f.PhoneStatus = "unknown" }},
		{name: "emergency", with: func(f *Facts) { f.Number = "110" }, rule: "CG-01", out: OutcomeStop},
		{name: "carrier service", with: func(f *Facts) { f.Number = "10086" }, rule: "CG-01", out: OutcomeStop},
		{name: "400 number", with: func(f *Facts) { f.Number = "4008001234" }, rule: "CG-01", out: OutcomeStop},
		{name: "premium", with: func(f *Facts) { f.Number = "16812345" }, rule: "CG-01", out: OutcomeStop},
		{name: "international", with: func(f *Facts) { f.Number = "008613800000000" }, rule: "CG-01", out: OutcomeStop},
		{name: "test number on a real trunk", with: real, rule: "CG-01", out: OutcomeStop, cause: ByHouse},
		{name: "real number on the simulator", with: func(f *Facts) { f.Number, f.Synthetic = "13800000000", false }, rule: "CG-01", out: OutcomeStop, cause: ByHouse},
		{name: "real number of a synthetic customer on a real trunk", with: func(f *Facts) { f.Number = "13800000000"; real(f) }, rule: "CG-01", out: OutcomeStop},
		{name: "real number on a real trunk", with: func(f *Facts) { f.Number, f.Synthetic = "13800000000", false; real(f) }},
		{name: "landline on a real trunk", with: func(f *Facts) { f.Number, f.Synthetic = "057188881234", false; real(f) }},
		{name: "landline that nobody routes", with: func(f *Facts) { f.Number, f.Synthetic = "057108881234", false; real(f) }, rule: "CG-01", out: OutcomeStop},
	})
}
