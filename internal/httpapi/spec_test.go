package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ringback/crm/importer"
	"ringback/crm/script"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/httpapi"
	"ringback/telephony/acd"
)

type schema struct {
	Ref        string            `json:"$ref"`
	Enum       []string          `json:"enum"`
	Type       any               `json:"type"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	OneOf      []schema          `json:"oneOf"`
}

func described(t *testing.T) map[string]schema {
	t.Helper()
	raw, err := httpapi.New(httpapi.Options{Version: "1", Web: fstest.MapFS{}}).OpenAPI()
	must(t, err)
	var api struct {
		Components struct{ Schemas map[string]schema }
	}
	must(t, json.Unmarshal(raw, &api))
	return api.Components.Schemas
}

func texts[T ~string](codes ...T) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = string(c)
	}
	return out
}

func TestTheCodesOfTheDescriptionAreThoseOfTheRooms(t *testing.T) {
	all := described(t)
	states := texts(dialer.Draft, dialer.Running, dialer.Paused, dialer.Draining, dialer.Completed, dialer.Cancelled)
	agent := texts(acd.Offline, acd.Ready, acd.Reserved, acd.Preview, acd.Dialing, acd.Ringing, acd.Talking, acd.Holding, acd.Consult, acd.WrapUp, acd.Paused, acd.Lost)
	for _, c := range []struct {
		schema, field string
		codes         []string
	}{
		{"DialerCampaignView", "state", states},
		{"CampaignLine", "state", states},
		{"DialerCampaignView", "mode", texts(dialer.Manual, dialer.Preview, dialer.Progressive)},
		{"DeskView", "state", agent},
		{"ReportAgentNow", "state", agent},
		{"ImportView", "state", texts(importer.Uploaded, importer.Parsed, importer.Committing, importer.Done, importer.Failed, importer.Undone)},
		{"ImportRow", "outcome", texts(importer.Waiting, importer.Created, importer.Same, importer.Updated, importer.Superseded, importer.Merged, importer.Rejected)},
		{"SessionView", "permissions", texts(auth.PermissionsOf([]auth.Role{auth.CSAgent, auth.InfoClerk, auth.Supervisor, auth.CSManager, auth.Admin})...)},
		{"DeskAnswerForm", "type", answerTypes(t)},
	} {
		f := all[c.schema].Properties[c.field]
		if f.Items != nil {
			f = *f.Items
		}
		for _, code := range c.codes {
			if !slices.Contains(f.Enum, code) {
				t.Errorf("%s.%s: %q is missing in the description", c.schema, c.field, code)
			}
		}
	}
}

// answerTypes are those of the scripts that are shipped.
func answerTypes(t *testing.T) []string {
	library, err := script.Shipped()
	must(t, err)
	var out []string
	for _, s := range library.Scripts() {
		for _, n := range s.Nodes {
			if n.Answer != nil {
				out = append(out, n.Answer.Type)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no script asks anything")
	}
	return out
}

func TestTopicsCommandsAndFramesAreDescribed(t *testing.T) {
	all := described(t)
	for _, name := range []string{"desk", "wallboard", "campaigns", "campaign", "imports"} {
		if all["LiveTopics"].Properties[name].Ref == "" {
			t.Errorf("topic %s has no shape", name)
		}
	}
	answer := all["LiveCommands"].Properties["desk.answer"].Properties["args"].Ref
	args, found := all[strings.TrimPrefix(answer, "#/components/schemas/")]
	if _, ok := args.Properties["responseId"]; !found || !ok {
		t.Errorf("desk.answer takes %q", answer)
	}
	if got := len(all["LiveServerFrame"].OneOf); got != 6 {
		t.Errorf("a console may hear %d kinds of frames, want 6", got)
	}
	if all["LiveWelcome"].Properties["session"].Ref == "" {
		t.Error("a welcome's session has no shape")
	}
}

func TestListsAreNeverNull(t *testing.T) {
	for name, s := range described(t) {
		for field, f := range s.Properties {
			if kinds, ok := f.Type.([]any); ok && slices.Contains(kinds, any("array")) {
				t.Errorf("%s.%s may be null", name, field)
			}
		}
	}
	boss := newWorld(t).signIn("boss")
	for _, path := range []string{"/api/v1/campaigns", "/api/v1/campaigns/options", "/api/v1/campaigns/forecast?taskKind=followup_3d"} {
		status, body, _ := boss.send("GET", path, "", nil)
		if status != http.StatusOK || bytes.Contains(body, []byte(":null")) || !bytes.Contains(body, []byte(":[]")) {
			t.Errorf("GET %s: %d %s", path, status, body)
		}
	}
}
