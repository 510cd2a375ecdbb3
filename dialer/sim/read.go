package sim

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"

	"ringback/internal/errs"
)

// Read takes a scenario from YAML. What is left out stays as Default has it; a
// field that does not exist is an error, since a slip of the pen would otherwise
// simulate something else. Check is not called.
func Read(raw []byte) (Scenario, error) {
	s := Default()
	var anything any
	if err := yaml.Unmarshal(raw, &anything); err == nil && anything == nil {
		return s, nil // nothing but comments
	}
	d := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := d.Decode(&s); err != nil {
		where := yaml.FormatError(err, false, false)
		return Scenario{}, errs.New(errs.Invalid, "simulate_scenario", fmt.Sprintf("情景文件无法读懂：%s。请对照 deploy/scenario.yaml 修改。", where),
			fmt.Sprintf("The scenario file cannot be read: %s. Compare it with deploy/scenario.yaml.", where))
	}
	return s, nil
}
