package script

import (
	"slices"
	"testing"
)

func TestAScriptThatAsksForMoreThanIsRunIsNotUsed(t *testing.T) {
	l, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if !l.Usable(l.Latest("quick_handling")) {
		t.Error("nothing is withheld before it is said what is run")
	}
	var all []string
	for action := range actionParams() {
		if action != "create_rework" {
			all = append(all, action)
		}
	}
	lacks := l.Runs(all)
	if !slices.Contains(lacks, Lack{"quick_handling", "readback", "create_rework"}) || !slices.Contains(lacks, Lack{"followup_7d", "rework", "create_rework"}) {
		t.Errorf("lacks %+v", lacks)
	}
	for id, want := range map[string]bool{"quick_handling": false, "followup_7d": false, "csi_followup_3d": false, "appointment_confirm": true} {
		if got := l.Usable(l.Latest(id)); got != want { // the 3-day call contains the quick form
			t.Errorf("%s usable %v, want %v", id, got, want)
		}
	}
	if s := l.For("followup_7d"); s != nil {
		t.Errorf("a call of the kind would use %s", s.ID)
	}
}
