package archtest

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func repo(t *testing.T) fs.FS {
	t.Helper()
	return os.DirFS("../..")
}

func source(t *testing.T) []file {
	t.Helper()
	files, err := read(repo(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files were read", len(files))
	}
	return files
}

func TestNoRoomImportsWhatItMayNot(t *testing.T) {
	for _, b := range brokenWalls(source(t)) {
		t.Error(b)
	}
}

func TestEveryRoomIsInTheTable(t *testing.T) {
	known := append(leaves(), "internal/archtest")
	for room := range allowed() {
		known = append(known, room)
	}
	for _, f := range source(t) {
		if !slices.Contains(known, f.room) && !strings.HasPrefix(f.room, "web") && !strings.HasPrefix(f.room, "cmd/ringback/e2e") {
			t.Errorf("%s: the room %s is not in the table", f.path, f.room)
		}
	}
}

func TestABrokenWallIsFound(t *testing.T) {
	cases := map[string]struct {
		path, src string
		broken    bool
	}{
		"crm may not know the dialer":         {"crm/task/x.go", `package task; import _ "ringback/dialer"`, true},
		"a leaf imports nothing of ours":      {"dialer/pacing/x.go", `package pacing; import _ "ringback/internal/clock"`, true},
		"sipgo stays in its room":             {"telephony/x.go", `package telephony; import _ "github.com/emiago/sipgo/sip"`, true},
		"chi stays in its room":               {"internal/live/x.go", `package live; import _ "github.com/go-chi/chi/v5"`, true},
		"a test may use a real database":      {"dialer/x_test.go", `package dialer; import _ "ringback/internal/postgres/pgtest"`, false},
		"the product may not use test rooms":  {"dialer/x.go", `package dialer; import _ "ringback/internal/postgres/pgtest"`, true},
		"the dialer may know acd":             {"dialer/x.go", `package dialer; import _ "ringback/telephony/acd"`, false},
		"telephony may not know the customer": {"telephony/x.go", `package telephony; import _ "ringback/crm/customer"`, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			files, err := read(fstest.MapFS{c.path: {Data: []byte(c.src)}})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(brokenWalls(files)) > 0; got != c.broken {
				t.Fatalf("broken = %v, want %v", got, c.broken)
			}
		})
	}
}

func TestOnlyNamedRoomsWorkOutsideAStore(t *testing.T) {
	for _, f := range source(t) {
		if _, ok := outsideScope()[f.room]; !f.test && !ok && callsAllStores(f) && !strings.HasSuffix(f.room, "/pgtest") {
			t.Errorf("%s calls AllStores and is not named in the table", f.path)
		}
	}
}

func TestPacingDoesNoInputOutput(t *testing.T) {
	for _, f := range source(t) {
		if f.room != "dialer/pacing" || f.test {
			continue
		}
		for _, i := range f.imports {
			if i == "time" || i == "os" || i == "context" || strings.HasPrefix(i, "net") || strings.HasPrefix(i, "database") || strings.Contains(i, "pgx") {
				t.Errorf("%s imports %s: pacing is arithmetic only", f.path, i)
			}
		}
	}
}

func TestTheTopLevelIsTheHouse(t *testing.T) {
	want := []string{"cmd", "telephony", "crm", "dialer", "internal", "web", "deploy", "go.mod", "go.sum", "README.md", "Makefile", "LICENSE", "var", "bin"}
	entries, err := fs.ReadDir(repo(t), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(want, e.Name()) {
			t.Errorf("%s does not belong at the top", e.Name())
		}
	}
}
