package siptest

import (
	"embed"
	"fmt"
)

//go:embed voices/*.al
var voices embed.FS

// Voice is a recording by its name in voices/, as A-law. It panics when there is
// none: names are written in this package only.
func Voice(name string) []byte {
	b, err := voices.ReadFile("voices/" + name + ".al")
	if err != nil {
		panic(fmt.Sprintf("siptest: no voice %q", name))
	}
	return b
}

// persons speak as customers.
func persons() []string { return []string{"wang", "li"} }

// lines are what a customer says in turn, after the greeting; the last but one
// repeat while the call goes on.
func lines() []string {
	return []string{"yes", "good", "explained", "right", "wait", "clean", "right", "nothing"}
}
