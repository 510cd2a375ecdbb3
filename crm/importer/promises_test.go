package importer_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"ringback/crm/importer"
)

// renewalKey reads what the answer key says about renewals.
func renewalKey(t *testing.T) stagesKey {
	t.Helper()
	raw, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Files map[string]stagesKey `json:"files"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all.Files["policies.xlsx"]
}

// stagesKey is what expected.json says about renewals: vehicles by where they stand
// on the key's day.
type stagesKey struct {
	Vins map[string][]string `json:"renewal_vins_by_stage_today"`
}

// TestTheDemoFilesMakeTheRenewalCallsOfTheirDay holds the stages by expiry against the
// answer key: who stands at T-45 has the first call, who stands at T-15, T-7, T-1 or
// T+1 has the call of that day, and nobody else has one. The policy that binds may
// come in a later chunk of the file: then the call of its forerunner is cancelled.
func TestTheDemoFilesMakeTheRenewalCallsOfTheirDay(t *testing.T) {
	want := key(t)
	stages := renewalKey(t)
	s := open(t, want.FollowUp.AsOf)
	for _, name := range importer.DemoOrder() {
		s.load(t, name)
	}
	touches := map[string][]string{}
	for _, r := range s.query(t, `SELECT v.vin, k.kind || ' ' || split_part(k.subject_key, '/', 3)
		FROM task k JOIN vehicle v ON v.id = k.vehicle_id WHERE k.renewal_id IS NOT NULL AND (k.state, k.blocked_reason) <> ('cancelled', 'bound') ORDER BY 1, 2`) {
		touches[r[0]] = append(touches[r[0]], r[1])
	}
	sms := map[string][]string{}
	for _, r := range s.query(t, `SELECT v.vin, m.rule || ' ' || m.template FROM sms m JOIN vehicle v ON v.id::text = m.subject->>'vehicle' ORDER BY 1, 2`) {
		sms[r[0]] = append(sms[r[0]], r[1])
	}
	for stage, call := range map[string]string{
		"T-45": "renewal_first T-45", "T-15": "renewal_final T-15", "T-7": "renewal_final T-7", "T-1": "renewal_final T-1", "T+1": "renewal_final T+1",
		"T-2m": "", "T-3": "", "bound": "", "lapsed": "",
	} {
		for _, vin := range stages.Vins[stage] {
			got := touches[vin]
			if call == "" && len(got) != 0 || call != "" && !slices.Equal(got, []string{call}) {
				t.Errorf("%s %s: tasks %v, want %q", stage, vin, got, call)
			}
			delete(touches, vin)
		}
	}
	for stage, rules := range map[string][]string{"T-2m": {"TR-30 renewal_intro", "TR-36 renewal_intro"}, "T-3": {"TR-34 renewal_last"}} {
		for _, vin := range stages.Vins[stage] {
			if !slices.ContainsFunc(sms[vin], func(m string) bool { return slices.Contains(rules, m) }) {
				t.Errorf("%s %s: messages %v, want one of %v", stage, vin, sms[vin], rules)
			}
		}
	}
	s.sameRenewals(t, stages)
}

// sameRenewals compares the opportunities with the key.
func (s shop) sameRenewals(t *testing.T, want stagesKey) {
	t.Helper()
	stage := map[string]string{}
	for _, r := range s.query(t, `SELECT v.vin, r.stage FROM renewal r JOIN vehicle v ON v.id = r.vehicle_id`) {
		stage[r[0]] = r[1]
	}
	for key, allowed := range map[string][]string{
		"T-2m": {"listed"}, "T-45": {"listed"}, "T-15": {"listed"}, "T-7": {"listed"}, "T-3": {"listed"}, "T-1": {"listed"},
		"T+1": {"lapsed"}, "other_expired_2_to_30_days": {"lapsed"}, "bound": {"bound"}, "lapsed": {""},
	} {
		for _, vin := range want.Vins[key] {
			if !slices.Contains(allowed, stage[vin]) {
				t.Errorf("%s %s: stage %q, want %v", key, vin, stage[vin], allowed)
			}
		}
	}
}
