package script

import (
	"slices"
	"testing"
)

func TestGoingBackKeepsLaterAnswers(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("nps")
	if err := c.w.Goto("price_parts"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.w.Answer("price_parts", "price_parts", Input{Value: 3.0}); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "nps" {
		t.Errorf("stands on %s, want nps again", c.w.Node)
	}
	if g, ok := c.w.Given("overall"); !ok || *g.Num != 10 {
		t.Errorf("overall lost: %+v", g)
	}
	c.toEnd()
	if !slices.Contains(c.seen, "quick/what") {
		t.Errorf("the corrected score must open the form: %v", c.seen)
	}
}

func TestCorrectedAnswerAsksWhatItNeeds(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("opinion")
	if err := c.w.Goto("overall"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.w.Answer("overall", "overall", Input{Value: 8.0}); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "why_not_full" {
		t.Errorf("stands on %s, want why_not_full", c.w.Node)
	}
}

func TestFormByButtonComesBackAndOpensOnce(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(map[string]any{"speed_reception": 3}), nil).to("facility")
	if _, err := c.w.OpenForm(); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "quick/sorry" || !c.w.InForm() {
		t.Fatalf("stands on %s", c.w.Node)
	}
	c.to("facility").toEnd()
	if n := count(c.effects, "create_quick_form"); n != 1 {
		t.Errorf("form made %d times", n)
	}
	if n := count(c.seen, "quick/what"); n != 1 {
		t.Errorf("form walked %d times: %v", n, c.seen)
	}
}

func TestFormReopenedLeadsBackToTheQuestion(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(map[string]any{"overall": 5}), nil).to("blanks")
	if _, err := c.w.OpenForm(); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "quick/what" {
		t.Fatalf("stands on %s", c.w.Node)
	}
	if _, err := c.w.Answer("quick/what", "quick.verbatim", Input{Value: "改一改客户说的这些话就好"}); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "blanks" {
		t.Errorf("stands on %s, want blanks", c.w.Node)
	}
}
