package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const module = "ringback"

// file is one Go file as its imports and calls tell it.
type file struct {
	path    string // from the repository's top
	room    string // its folder
	test    bool
	imports []string
	ast     *ast.File
}

// read parses all Go files below top.
func read(top fs.FS) ([]file, error) {
	var out []file
	err := fs.WalkDir(top, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "var" || path == "internal/pins") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parse(top, path)
		if err != nil {
			return err
		}
		out = append(out, f)
		return nil
	})
	return out, err
}

func parse(top fs.FS, path string) (file, error) {
	src, err := fs.ReadFile(top, path)
	if err != nil {
		return file{}, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
	if err != nil {
		return file{}, fmt.Errorf("parsing %s: %w", path, err)
	}
	f := file{path: path, room: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go"), ast: tree}
	for _, i := range tree.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, p)
	}
	return f, nil
}

// brokenWalls lists every import that the tables do not allow.
func brokenWalls(files []file) []string {
	var out []string
	for _, f := range files {
		for _, i := range f.imports {
			if room, ours := strings.CutPrefix(i, module+"/"); ours {
				if !mayImport(f, room) {
					out = append(out, fmt.Sprintf("%s: %s may not import %s", f.path, f.room, room))
				}
			} else if !mayUse(f, i) {
				out = append(out, fmt.Sprintf("%s: %s may not use %s", f.path, f.room, i))
			}
		}
	}
	return out
}

func mayImport(f file, room string) bool {
	if f.room == room { // an external test of its own room
		return true
	}
	if f.test && slices.Contains(testsMay(), room) {
		return true
	}
	if f.test && (isTestDoor(room) || strings.HasPrefix(f.room, "cmd/")) {
		return true
	}
	if slices.Contains(leaves(), f.room) {
		return false
	}
	return slices.Contains(everywhere(), room) || anyMatch(allowed()[f.room], room)
}

// isTestDoor: a test may stand a room on the real stores beneath it.
func isTestDoor(room string) bool {
	return slices.Contains([]string{"internal/postgres", "internal/postgres/embedded", "internal/redis", "dialer/hopper"}, room)
}

func mayUse(f file, lib string) bool {
	if f.test { // tests drive the outside world with the same libraries
		return true
	}
	for prefix, rooms := range libraries() {
		if lib == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(lib, prefix) {
			return slices.Contains(rooms, f.room)
		}
	}
	return true
}

// callsAllStores tells whether a file calls postgres.Pool.AllStores.
func callsAllStores(f file) bool {
	found := false
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "AllStores" {
			found = true
		}
		return !found
	})
	return found
}
