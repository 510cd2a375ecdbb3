package script

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestShippedLibraryLoads(t *testing.T) {
	l := library(t)
	if got := len(l.Scripts()); got != 16 {
		t.Fatalf("scripts: %d, want 16", got)
	}
	if s := l.For("followup_3d"); s == nil || s.ID != "csi_followup_3d" {
		t.Errorf("script of followup_3d: %v", s)
	}
	if c, ok := l.Enums.Code("complaint_category", "price.parts"); !ok || c.Extras["dept"] != "parts" {
		t.Errorf("category %+v", c)
	}
	if m, ok := l.Templates.Message("club_intro"); !ok || m.Class != "commercial" {
		t.Errorf("template %+v", m)
	}
}

// changed is the shipped library with a piece of the follow-up script replaced.
func changed(t *testing.T, old, now string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(shipped, "library/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		short := strings.TrimPrefix(name, "library/")
		if short == "csi_followup_3d.yaml" {
			if !strings.Contains(string(raw), old) {
				t.Fatalf("%q is not in the script", old)
			}
			raw = []byte(strings.Replace(string(raw), old, now, 1))
		}
		files[short] = &fstest.MapFile{Data: raw}
	}
	return files
}

func TestLoaderRefusesWhatCouldGoWrongInACall(t *testing.T) {
	for _, tt := range []struct{ name, old, now, says string }{
		{"unknown placeholder", "{{greeting}},我是", "{{unknown}},我是", "csi_followup_3d.yaml: node opening: placeholder {{unknown}}"},
		{"unknown placeholder in a hint", "hint_zh: 填写用户原话。", "hint_zh: \"{{plate}}\"", "node opinion: placeholder {{plate}}"},
		{"unknown field", "    dept: lounge", "    colour: red\n    dept: lounge", "colour"},
		{"unknown action", "{do: ownership_review}", "{do: ownership_guess}", "node vehicle_sold: effect 1: action \"ownership_guess\""},
		{"unknown parameter", "{do: add_dnc, scope: survey}", "{do: add_dnc, reach: survey}", "takes no \"reach\""},
		{"unknown scope", "{do: add_dnc, scope: survey}", "{do: add_dnc, scope: friends}", "add_dnc.scope cannot be \"friends\""},
		{"unknown purpose", "purpose: recording", "purpose: singing", "record_consent.purpose cannot be \"singing\""},
		{"branch to nowhere", "goto: third_party", "goto: nobody", "node identity: a branch goes to no node"},
		{"next to nowhere", "next: end_third", "next: nowhere", "node third_party: next names no node"},
		{"unreachable node", "        goto: never\n", "        goto: refuse\n", "node never: no way leads here"},
		{"unknown key in a condition", "{key: overall, op: lte, value: 8}", "{key: overal, op: lte, value: 8}", "unknown key: \"overal\""},
		{"unknown operator", "{key: overall, op: lte, value: 8}", "{key: overall, op: under, value: 8}", "operator \"under\""},
		{"unknown department", "dept: lounge", "dept: loung", "department \"loung\""},
		{"outcome not allowed", "outcome: C06", "outcome: M01", "outcome \"M01\""},
		{"unknown template", "template: club_intro", "template: club_outro", "no message template"},
		{"doubled key", "key: nps", "key: why", "doubled"},
		{"empty value", "outcome: C06", "outcome:", "empty value"},
		{"subscript of itself", "script: quick_handling", "script: csi_followup_3d", "contains itself"},
		{"no notice", "    tag: recording_notice\n", "", "no node has the tag"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(changed(t, tt.old, tt.now))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want …%s…", err, tt.says)
			}
		})
	}
}

func TestWordsOfANode(t *testing.T) {
	vars := map[string]any{
		"greeting": "上午好", "store_name": "示例一店", "agent_name": "林晓禾", "call_name": "刘女士",
		"next_service_zh": "2027年5月17日或28600公里", "hotline": "0510-00001111",
	}
	for _, tt := range []struct {
		name, text, want string
		vars             map[string]any
	}{
		{"half-width marks widen", "{{greeting}},我是{{store_name}}客服{{agent_name}}。", "上午好，我是示例一店客服林晓禾。", vars},
		{"marks between digits stay", "10:00到12:00,共1,026元(含税)?", "10:00到12:00，共1,026元（含税）？", vars},
		{"a value keeps its marks", "请拨{{hotline}},再见!", "请拨0510:1,2，再见！", map[string]any{"hotline": "0510:1,2"}},
		{"missing name has words", "请问是{{call_name}}吗?", "请问是您吗？", nil},
		{"missing advisor leaves no gap", "服务顾问{{advisor_name}}和维修人员的态度?", "服务顾问和维修人员的态度？", nil},
		{"a sentence that cannot do without goes", "提醒您下次保养是{{next_service_zh}},以先到为准。来店前拨打{{hotline}}预约。", "来店前拨打本店服务电话预约。", nil},
		{"Latin text is left alone", "Good morning, sir (and madam).", "Good morning, sir (and madam).", nil},
	} {
		if got := Fill(tt.text, tt.vars); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestGreetingByTheLocalMinute(t *testing.T) {
	for clock, want := range map[string]string{
		"04:59": "晚上好", "05:00": "早上好", "08:59": "早上好", "09:00": "上午好", "11:29": "上午好",
		"11:30": "中午好", "13:29": "中午好", "13:30": "下午好", "17:59": "下午好", "18:00": "晚上好",
	} {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := Greeting(at); got != want {
			t.Errorf("%s: %s, want %s", clock, got, want)
		}
	}
}

func TestIdentityQuestionNamesTheCustomerWhenTheTitleIsUnknown(t *testing.T) {
	l := library(t)
	w, _, err := l.Begin(l.Latest("csi_followup_3d"), map[string]any{"call_name": CallName("刘", ""), "full_name": "刘春棠"}, nil, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if zh, _ := w.Words(w.script.Node("identity")); zh != "请问是刘春棠吗？" {
		t.Errorf("identity: %s", zh)
	}
	if zh, _ := w.Words(w.script.Node("third_party")); zh != "请问您什么时间方便接听？我们稍后再联系，谢谢您。" {
		t.Errorf("third party: %s", zh)
	}
}
