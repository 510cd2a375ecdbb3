package customer

import (
	"testing"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

func TestWhoIsWho(t *testing.T) { // spec 7.5
	wang, li := uuid.UUID{1}, uuid.UUID{2}
	for name, c := range map[string]struct {
		who    string
		cands  []candidate
		owned  bool
		second bool
		want   decision
	}{
		"2: equal mobile and name": {"王华磊", []candidate{{id: wang, name: "王华磊", surname: "王", byPhone: true, byMobile: true}}, false, false, decision{same: wang}},
		"3: equal mobile and vehicle, same surname": {
			"王先生",
			[]candidate{{id: wang, name: "王华磊", surname: "王", byPhone: true, byMobile: true, byVehicle: true}},
			true, false,
			decision{same: wang},
		},
		"3: equal mobile and vehicle, other surname: bringer with a review": {
			"李四",
			[]candidate{{id: wang, name: "王华磊", surname: "王", byPhone: true, byMobile: true, byVehicle: true}},
			true, false,
			decision{role: bringer, review: wang, rule: "3"},
		},
		"4: equal mobile only: apart with a review":         {"李四", []candidate{{id: wang, name: "王华磊", surname: "王", byPhone: true, byMobile: true}}, false, false, decision{role: owner, review: wang, rule: "4"}},
		"4: a surname in common does not join a family":     {"王五", []candidate{{id: wang, name: "王华磊", surname: "王", byPhone: true, byMobile: true}}, false, false, decision{role: owner, review: wang, rule: "4"}},
		"5: equal vehicle and name, new mobile":             {"王华磊", []candidate{{id: wang, name: "王华磊", surname: "王", byVehicle: true}}, true, false, decision{same: wang}},
		"6: equal vehicle, name and mobile differ":          {"李四", []candidate{{id: wang, name: "王华磊", surname: "王", byVehicle: true}}, true, false, decision{role: bringer}},
		"6: shown with two customers in one file":           {"李四", []candidate{{id: wang, name: "王华磊", surname: "王", byVehicle: true}}, true, true, decision{role: user}},
		"7: equal ID number, other spelling: with a review": {"王花磊", []candidate{{id: wang, name: "王华磊", byID: true}}, false, false, decision{same: wang, review: wang, rule: "7"}},
		"8: equal company":                                  {"示例甲有限公司", []candidate{{id: wang, name: "示例甲有限责任公司", company: true, byCompany: true}}, false, false, decision{same: wang}},
		"name alone never joins":                            {"王华磊", nil, false, false, decision{role: owner}},
		"the ID number is stronger than the name": {
			"李四",
			[]candidate{{id: wang, name: "李四", byPhone: true, byMobile: true}, {id: li, name: "李四", byID: true}},
			false, false,
			decision{same: li},
		},
		"an equal landline alone does not ask": {"李四", []candidate{{id: wang, name: "王华磊", byPhone: true}}, false, false, decision{role: owner}},
	} {
		if got := decide(cn.ParseName(c.who), c.cands, c.owned, c.second); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestDoNotCallScopes(t *testing.T) {
	for _, c := range []struct {
		scope  Scope
		class  string
		survey bool
		stops  bool
	}{
		{ScopeAll, "service", false, true},
		{ScopeAll, "commercial", false, true},
		{ScopeSurvey, "service", true, true},
		{ScopeSurvey, "service", false, false},
		{ScopeCommercial, "service", true, false},
		{ScopeCommercial, "commercial", false, true},
		{ScopeCommercial, "reminder", false, true},
		{ScopeSMS, "commercial", true, false},
	} {
		if got := c.scope.Stops(c.class, c.survey); got != c.stops {
			t.Errorf("%s stops %s (survey %v): %v, want %v", c.scope, c.class, c.survey, got, c.stops)
		}
	}
	if RefusalScope("service", true, false) != ScopeSurvey || RefusalScope("reminder", false, false) != ScopeCommercial ||
		RefusalScope("service", true, true) != ScopeAll {
		t.Error("C05 writes the scope of the task's class (spec 2.6)")
	}
}
