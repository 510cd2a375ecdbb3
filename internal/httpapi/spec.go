package httpapi

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/desk"
	"ringback/internal/live"
)

const components = "#/components/schemas/"

// describeLive adds what travels over the websocket to the API's description, so
// that the console's types come from ours: LiveTopics (each topic's value),
// LiveCommands (each command's arguments and result), LiveServerFrame and
// LiveConsoleFrame.
func (s *Server) describeLive() {
	r := s.api.OpenAPI().Components.Schemas
	topics := map[string]*huma.Schema{}
	for name, t := range s.hub.Topics() {
		topics[name] = r.Schema(t.Shape, true, name)
	}
	commands := map[string]*huma.Schema{}
	for name, c := range desk.Shapes() {
		commands[name] = record(map[string]*huma.Schema{"args": r.Schema(c.Args, true, name), "result": r.Schema(c.Result, true, name)})
	}
	r.Map()["LiveTopics"] = record(topics)
	r.Map()["LiveCommands"] = record(commands)
	r.Map()["LiveServerFrame"] = anyOf(r, live.ServerFrames())
	r.Map()["LiveConsoleFrame"] = anyOf(r, live.ConsoleFrames())
	r.Map()["LiveWelcome"].Properties["session"] = r.Schema(reflect.TypeFor[SessionView](), true, "")
	r.Map()["Problem"] = r.Schema(reflect.TypeFor[problem](), false, "")
}

// record is an object of which every property is there.
func record(properties map[string]*huma.Schema) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Properties: properties, Required: slices.Sorted(maps.Keys(properties)), AdditionalProperties: false}
}

func anyOf(r huma.Registry, frames []any) *huma.Schema {
	all := make([]*huma.Schema, 0, len(frames))
	for _, f := range frames {
		all = append(all, r.Schema(reflect.TypeOf(f), true, ""))
	}
	slices.SortFunc(all, func(a, b *huma.Schema) int { return cmp.Compare(a.Ref, b.Ref) })
	return &huma.Schema{OneOf: all}
}
