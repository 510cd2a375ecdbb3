package script

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"
)

type tags []string

// UnmarshalYAML takes one tag or a list of them.
func (t *tags) UnmarshalYAML(read func(any) error) error {
	var list []string
	if err := read(&list); err == nil {
		*t = list
		return nil
	}
	var one string
	if err := read(&one); err != nil {
		return err
	}
	*t = tags{one}
	return nil
}

// UnmarshalYAML splits an effect into action, condition and parameters. Values
// of parameters are words; true and numbers are kept as their text.
func (e *Effect) UnmarshalYAML(read func(any) error) error {
	var raw map[string]any
	if err := read(&raw); err != nil {
		return err
	}
	e.Params = map[string]string{}
	for k, v := range raw {
		switch k {
		case "do":
			e.Do = fmt.Sprint(v)
		case "if":
			cond, err := conditionFrom(v)
			if err != nil {
				return err
			}
			e.If = &cond
		default:
			e.Params[k] = fmt.Sprint(v)
		}
	}
	return nil
}

// conditionFrom builds a condition from decoded YAML.
func conditionFrom(v any) (Condition, error) {
	var c Condition
	m, ok := v.(map[string]any)
	if !ok {
		return c, fmt.Errorf("a condition is no mapping: %v", v)
	}
	for k, x := range m {
		var err error
		switch k {
		case "key":
			c.Key = fmt.Sprint(x)
		case "op":
			c.Op = fmt.Sprint(x)
		case "value":
			c.Value = x
		case "all":
			c.All, err = conditionsFrom(x)
		case "any":
			c.Any, err = conditionsFrom(x)
		default:
			err = fmt.Errorf("a condition has no field %q", k)
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func conditionsFrom(v any) ([]Condition, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("conditions are no list: %v", v)
	}
	out := make([]Condition, len(list))
	for i, x := range list {
		var err error
		if out[i], err = conditionFrom(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// parse reads one script file; unknown fields, doubled keys and empty values
// (an unquoted comma makes one) are refused.
func parse(body []byte) (*Script, error) {
	var loose map[string]any
	if err := yaml.Unmarshal(body, &loose); err != nil {
		return nil, err
	}
	if at := emptyValue("", loose); at != "" {
		return nil, fmt.Errorf("empty value at %s, probably an unquoted comma", at)
	}
	s := &Script{body: body}
	if err := yaml.NewDecoder(bytes.NewReader(body), yaml.DisallowUnknownField()).Decode(s); err != nil {
		return nil, err
	}
	return s, nil
}

func emptyValue(at string, v any) string {
	switch v := v.(type) {
	case nil:
		return at
	case map[string]any:
		for k, x := range v {
			if found := emptyValue(at+"/"+k, x); found != "" {
				return found
			}
		}
	case []any:
		for i, x := range v {
			if found := emptyValue(fmt.Sprintf("%s/%d", at, i), x); found != "" {
				return found
			}
		}
	}
	return ""
}
