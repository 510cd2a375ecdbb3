package postgres_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ringback/internal/postgres/pgtest"
)

// statement is one SQL text of the source.
type statement struct {
	at  token.Position
	sql string
}

var (
	looksLikeSQL = regexp.MustCompile(`(?is)^\s*(select\s.+|insert\s+into\s.+|update\s+\w+(\s+(as\s+)?\w+)?\s+set\s.+|delete\s+from\s.+|with\s+(recursive\s+)?\w+\s*(\([\w, ]+\))?\s+as\s.+)`)
	readsClock   = regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|\bcurrent_(timestamp|date|time)\b|\blocal(timestamp|time)\b`)
)

func TestEveryStatementPreparesAgainstTheSchema(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.New(t).AppURL)
	found := statementsOf(t, moduleRoot(t))
	if len(found) < 10 {
		t.Fatalf("only %d statements were found: the search is broken", len(found))
	}
	for _, s := range found {
		if _, err := conn.Prepare(context.Background(), "", s.sql); err != nil {
			t.Errorf("%s: %v\n%s", s.at, err, s.sql)
		}
	}
	t.Logf("%d statements", len(found))
}

func TestNoStatementReadsTheDatabasesClock(t *testing.T) {
	t.Parallel()
	for _, s := range statementsOf(t, moduleRoot(t)) {
		if m := readsClock.FindString(s.sql); m != "" {
			t.Errorf("%s: %q in SQL; business time is passed in as a parameter", s.at, m)
		}
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			code, _, _ := strings.Cut(line, "--")
			if m := readsClock.FindString(code); m != "" {
				t.Errorf("%s:%d: %q in a migration", f, i+1, m)
			}
		}
	}
}

func TestTheSearchFindsWrongStatements(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := "package p\nconst cols = `id, code`\nfunc f(db DB) {\n\tdb.Query(ctx, `select `+cols+` from store`)\n\tdb.Exec(ctx, \"notify x\")\n\tb.Queue(`select now()`)\n" +
		"\tsay(\"Select a file from the list\")\n\trun(`update store set code = $1`)\n\tos.Query(name)\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range statementsOf(t, dir) {
		got = append(got, fmt.Sprintf("%d %s", s.at.Line, s.sql))
	}
	want := "4 select id, code from store|5 notify x|6 select now()|8 update store set code = $1"
	if strings.Join(got, "|") != want {
		t.Errorf("found %q", got)
	}
	if !readsClock.MatchString("x < NOW ()") || !readsClock.MatchString("= current_date") || readsClock.MatchString("know(1), now_at") {
		t.Error("readsClock misreads")
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the test")
	return ""
}

// statementsOf reads the source itself: every constant string that is passed
// to Exec, Query, QueryRow or Queue, and every other one that reads like SQL.
func statementsOf(t *testing.T, root string) (found []statement) {
	t.Helper()
	fset := token.NewFileSet()
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); path != root && (n == "node_modules" || n == "testdata" || n == "var" || strings.HasPrefix(n, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		if strings.HasPrefix(filepath.ToSlash(dir), filepath.ToSlash(root)+"/internal/postgres") {
			continue // works on catalogs and other databases, and has its own tests
		}
		s := search{fset: fset, consts: constantsOf(files)}
		for _, f := range files {
			ast.Inspect(f, s.visit)
		}
		found = append(found, s.found...)
	}
	return found
}

type search struct {
	fset   *token.FileSet
	consts map[string]ast.Expr
	found  []statement
}

func (s *search) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.IMPORT
	case *ast.CallExpr:
		if arg := sqlArgument(n); arg != nil {
			if sql, ok := s.text(arg); ok {
				s.add(arg, sql)
				s.visitOthers(n, arg)
				return false
			}
		}
	case *ast.BinaryExpr, *ast.BasicLit:
		expr := n.(ast.Expr)
		if sql, ok := s.text(expr); ok {
			if looksLikeSQL.MatchString(sql) && strings.ToLower(sql[:1]) == sql[:1] || isShouted(sql) {
				s.add(expr, sql)
			}
			return false
		}
		return !startsSQL(s, expr) // put together at run time: its pieces are no statements
	}
	return true
}

func (s *search) visitOthers(call *ast.CallExpr, sql ast.Expr) {
	ast.Inspect(call.Fun, s.visit)
	for _, a := range call.Args {
		if a != sql {
			ast.Inspect(a, s.visit)
		}
	}
}

func isShouted(sql string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	return looksLikeSQL.MatchString(sql) && word == strings.ToUpper(word)
}

func startsSQL(s *search, e ast.Expr) bool {
	for {
		b, ok := e.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = b.X
	}
	sql, ok := s.text(e)
	return ok && looksLikeSQL.MatchString(sql)
}

func (s *search) add(e ast.Expr, sql string) {
	s.found = append(s.found, statement{s.fset.Position(e.Pos()), sql})
}

// sqlArgument is the argument of a call that holds SQL, by the method's name.
func sqlArgument(call *ast.CallExpr) ast.Expr {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	at := map[string]int{"Exec": 1, "Query": 1, "QueryRow": 1, "Queue": 0}
	i, ok := at[sel.Sel.Name]
	if !ok || len(call.Args) <= i {
		return nil
	}
	return call.Args[i]
}

// text resolves literals, constants of the package and their sums.
func (s *search) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		v, err := strconv.Unquote(e.Value)
		return v, err == nil && v != ""
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.Ident:
		if v, ok := s.consts[e.Name]; ok {
			return s.text(v)
		}
	case *ast.BinaryExpr:
		x, okX := s.text(e.X)
		y, okY := s.text(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	}
	return "", false
}

func constantsOf(files []*ast.File) map[string]ast.Expr {
	consts := map[string]ast.Expr{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				return true
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						consts[name.Name] = v.Values[i]
					}
				}
			}
			return true
		})
	}
	return consts
}
