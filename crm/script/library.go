package script

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed library/*.yaml
var shipped embed.FS

// Library holds scripts by id and version, the enumerations they refer to, and
// the templates of messages. It is not changed after
// [Library.Publish] and [Library.Runs].
type Library struct {
	latest    map[string]*Script
	versions  map[string]map[int]*Script
	runs      []string // actions that are run; nil: not said yet
	Enums     Enums
	Templates Templates
}

// Code is one value of an enumeration.
type Code struct {
	Code   string
	ZH     string
	EN     string
	Extras map[string]any // what else the row says: dept, closes_task, limit_min …
}

// Enums by name, as enums.yaml lists them.
type Enums map[string][]Code

// Templates of voice prompts, short messages and letters.
type Templates struct {
	Version int        `yaml:"version"`
	Prompts []Template `yaml:"voice_prompts"`
	SMS     []Template `yaml:"sms"`
	Letters []Template `yaml:"letters"`
	OptOut  []string   `yaml:"opt_out_replies"`
}

// Template of one message.
type Template struct {
	ID         string   `yaml:"id"`
	Class      string   `yaml:"class"`
	ZH         string   `yaml:"zh"`
	EN         string   `yaml:"en"`
	MaxSeconds int      `yaml:"max_seconds"`
	Marketing  bool     `yaml:"marketing"`
	Page       string   `yaml:"page"`
	Fields     []string `yaml:"fields"`
}

// Shipped loads the library that comes with the product.
func Shipped() (*Library, error) {
	files, err := fs.Sub(shipped, "library")
	if err != nil {
		return nil, fmt.Errorf("opening the script library: %w", err)
	}
	return Load(files)
}

// Load reads and checks every *.yaml of files: enums.yaml,
// prompts_and_templates.yaml and one script each. What is wrong is named by
// file, node and name; nothing is loaded then.
func Load(files fs.FS) (*Library, error) {
	l := &Library{latest: map[string]*Script{}, versions: map[string]map[int]*Script{}}
	if err := l.readShared(files); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing scripts: %w", err)
	}
	for _, name := range names {
		if name == enumsFile || name == templatesFile {
			continue
		}
		if err := l.readScript(files, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return l, l.check()
}

const (
	enumsFile     = "enums.yaml"
	templatesFile = "prompts_and_templates.yaml"
)

func (l *Library) readShared(files fs.FS) error {
	raw, err := fs.ReadFile(files, enumsFile)
	if err != nil {
		return fmt.Errorf("reading enumerations: %w", err)
	}
	if l.Enums, err = parseEnums(raw); err != nil {
		return fmt.Errorf("%s: %w", enumsFile, err)
	}
	if raw, err = fs.ReadFile(files, templatesFile); err != nil {
		return fmt.Errorf("reading templates: %w", err)
	}
	if err := yaml.Unmarshal(raw, &l.Templates); err != nil {
		return fmt.Errorf("%s: %w", templatesFile, err)
	}
	return nil
}

func parseEnums(raw []byte) (Enums, error) {
	var loose map[string]any
	if err := yaml.Unmarshal(raw, &loose); err != nil {
		return nil, err
	}
	if at := emptyValue("", loose); at != "" {
		return nil, fmt.Errorf("empty value at %s, probably an unquoted comma", at)
	}
	out := Enums{}
	for name, list := range loose {
		rows, ok := list.([]any)
		if !ok {
			continue // the file's version
		}
		codes, err := parseCodes(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = codes
	}
	return out, nil
}

func parseCodes(rows []any) ([]Code, error) {
	out := make([]Code, 0, len(rows))
	for i, row := range rows {
		m, ok := row.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("row %d is no mapping", i+1)
		}
		c := Code{Extras: map[string]any{}}
		for k, v := range m {
			switch k {
			case "code":
				c.Code = fmt.Sprint(v)
			case "zh":
				c.ZH = fmt.Sprint(v)
			case "en":
				c.EN = fmt.Sprint(v)
			default:
				c.Extras[k] = v
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func (l *Library) readScript(files fs.FS, name string) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	s, err := parse(raw)
	if err != nil {
		return err
	}
	if l.latest[s.ID] != nil {
		return fmt.Errorf("script %s is in two files", s.ID)
	}
	if s.ID+".yaml" != name {
		return fmt.Errorf("the id is %q", s.ID)
	}
	l.latest[s.ID] = s
	l.add(s)
	return nil
}

func (l *Library) add(s *Script) {
	s.index()
	l.fillOptions(s)
	if l.versions[s.ID] == nil {
		l.versions[s.ID] = map[int]*Script{}
	}
	l.versions[s.ID][s.Version] = s
}

// fillOptions gives choices over an enumeration their options.
func (l *Library) fillOptions(s *Script) {
	for _, n := range s.Nodes {
		if n.Answer == nil || n.Answer.Enum == "" {
			continue
		}
		n.Answer.Options = nil
		for _, c := range l.Enums[n.Answer.Enum] {
			n.Answer.Options = append(n.Answer.Options, Option{Value: c.Code, ZH: FullWidth(c.ZH), EN: c.EN})
		}
	}
}

// Latest is the version that new calls use, nil when the id is unknown.
func (l *Library) Latest(id string) *Script { return l.latest[id] }

// Version of a script, nil when it is not known. A running call finishes on
// the version it began with (3.2.11).
func (l *Library) Version(id string, version int) *Script { return l.versions[id][version] }

// For a kind of task: the usable script that lists it, or nil.
func (l *Library) For(taskKind string) *Script {
	for _, s := range l.Scripts() {
		if slices.Contains(s.TaskTypes, taskKind) && l.Usable(s) {
			return s
		}
	}
	return nil
}

// Scripts are the latest versions, by id.
func (l *Library) Scripts() []*Script {
	out := make([]*Script, 0, len(l.latest))
	for _, s := range l.latest {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Script) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Code of an enumeration, ok when it is there.
func (e Enums) Code(enum, code string) (Code, bool) {
	i := slices.IndexFunc(e[enum], func(c Code) bool { return c.Code == code })
	if i < 0 {
		return Code{}, false
	}
	return e[enum][i], true
}

// Message is the short-message template with an id.
func (t Templates) Message(id string) (Template, bool) {
	i := slices.IndexFunc(t.SMS, func(m Template) bool { return m.ID == id })
	if i < 0 {
		return Template{}, false
	}
	return t.SMS[i], true
}

// Words fills the short message id with vars: its class and text. It fails when
// there is no such template.
func (t Templates) Words(id string, vars map[string]any) (class, text string, err error) {
	m, ok := t.Message(id)
	if !ok {
		return "", "", fmt.Errorf("there is no message template %s", id)
	}
	return m.Class, Fill(m.ZH, vars), nil
}
