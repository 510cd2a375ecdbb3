package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ringback/internal/errs"
)

// command runs ringback as a user would, without a database.
func command(t *testing.T, lang string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	err = run(context.Background(), args, func(name string) string {
		if name == "LANG" {
			return lang
		}
		return ""
	}, &out, &log)
	return out.String(), log.String(), err
}

func TestSimulatePrintsWhatIsAskedFor(t *testing.T) {
	out, log, err := command(t, "C", "simulate", "--agents", "4", "--days", "2", "--cap", "0.02", "--seed", "9", "--shock", "p2,drift", "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, field := range []string{"talk_share", "talk_share_by_day", "abandon_rate", "moments_above_cap", "min_margin", "answered", "dials"} {
		if _, ok := got[field]; !ok {
			t.Errorf("%s is missing", field)
		}
	}
	if got["agents"] != 4.0 || got["cap"] != 0.02 || got["seed"] != 9.0 || got["moments_above_cap"] != 0.0 || len(got["talk_share_by_day"].([]any)) != 2 {
		t.Errorf("got %s", out)
	}
	if log != "" {
		t.Errorf("the progress bar is for terminals: %q", log)
	}
	again, _, _ := command(t, "C", "simulate", "--agents", "4", "--days", "2", "--cap", "0.02", "--seed", "9", "--shock", "p2", "--shock", "drift", "--format", "json")
	if again != out {
		t.Errorf("the same seed gave\n%s\nand\n%s", out, again)
	}
}

func TestSimulateSpeaksItsReadersLanguage(t *testing.T) {
	for lang, word := range map[string]string{"zh_CN.UTF-8": "放弃率上限", "C": "moments above the cap"} {
		out, _, err := command(t, lang, "simulate", "--days", "1", "--agents", "2", "--mode", "progressive")
		if err != nil || !strings.Contains(out, word) {
			t.Errorf("%s: %v, %s", lang, err, out)
		}
	}
}

func TestSimulateTakesAFileAndFlagsOnTop(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(file, []byte("agents: 3\ndays: 5\nanswer_by_hour: [0, 0]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := command(t, "C", "simulate", "--scenario", file, "--days", "1", "--answer-rate", "0.4", "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Agents, Days, Connected int }
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Agents != 3 || got.Days != 1 || got.Connected == 0 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestSimulateSaysWhatIsWrong(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("agents: [3"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, code := range map[string]string{
		"--agents 0": "simulate_agents", "--agents -3": "simulate_agents", "--cap 0.04": "simulate_cap", "--cap -0.01": "simulate_cap",
		"--cap NaN": "simulate_cap", "--answer-rate 2": "simulate_answer_rate", "--talk -90s": "simulate_talk", "--talk soon": "usage", "--days 0": "simulate_days",
		"--mode fast": "simulate_mode", "--mode ratio:none": "simulate_ratio", "--shock quake": "simulate_shock", "--format xml": "simulate_format",
		"--seed -1": "simulate_seed", "--scenario " + broken: "simulate_scenario", "--scenario /nowhere.yaml": "simulate_no_file",
	} {
		out, _, err := command(t, "C", slices.Concat([]string{"simulate"}, strings.Fields(args))...)
		e, ok := errs.Of(err)
		if !ok || e.Code != code || e.ZH == "" || out != "" {
			t.Errorf("%s: %v, printed %q", args, err, out)
		}
	}
}

func TestACapOfNothingIsProgressive(t *testing.T) {
	zero, _, err := command(t, "C", "simulate", "--days", "1", "--cap", "0", "--format", "json")
	if err != nil || !strings.Contains(zero, `"abandoned": 0`) {
		t.Errorf("%v: %s", err, zero)
	}
}
