package postgres_test

import (
	"context"
	"errors"
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

	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/postgres/pgtest"
)

// statement is one SQL text of the source. Pieces known only at run time read
// "true" in it.
type statement struct {
	at     token.Position
	sql    string
	pieced bool
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
		if _, err := conn.Prepare(context.Background(), "", s.sql); err != nil && !(s.pieced && mayBePiece(err)) {
			t.Errorf("%s: %v\n%s", s.at, err, s.sql)
		}
	}
	t.Logf("%d statements", len(found))
}

// mayBePiece: the missing piece may hold what the server misses, such as the one
// use of a parameter; a table or column that does not exist is wrong anyway.
func mayBePiece(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code != "42703" && pg.Code != "42P01"
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
		"\tsay(\"Select a file from the list\")\n\trun(`update store set code = $1`)\n\tos.Query(ctx, name)\n\tmany(`select `+cols+` from store where `+where+` order by id`)\n\tmany(whole)\n}\n" +
		"const whole = `delete from store`\nconst begun = `select id from store where `\nfunc g() { q := begun + where; run(q) }\n"
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range statementsOf(t, dir) {
		got = append(got, fmt.Sprintf("%d %s", s.at.Line, s.sql))
	}
	want := "4 select id, code from store|5 notify x|6 select now()|8 update store set code = $1|" +
		"10 select id, code from store where true order by id|11 delete from store|15 select id from store where true"
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
		return n.Tok != token.IMPORT && n.Tok != token.CONST // a constant is looked at where it is used
	case *ast.SelectorExpr:
		ast.Inspect(n.X, s.visit)
		return false
	case *ast.CallExpr:
		if arg := sqlArgument(n); arg != nil && s.add(arg, true) {
			s.visitOthers(n, arg)
			return false
		}
	case *ast.BinaryExpr, *ast.BasicLit, *ast.Ident:
		return !s.add(n.(ast.Expr), false)
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

// isSQL tells SQL from prose by its case: "select …" or "SELECT …".
func isSQL(text string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return looksLikeSQL.MatchString(text) && (word == strings.ToUpper(word) || word == strings.ToLower(word))
}

// add takes an expression that is SQL for sure, or reads like it.
func (s *search) add(e ast.Expr, sure bool) bool {
	text, known := s.text(e)
	unknown := !strings.ContainsAny(text, " ") // nothing of it can be read here
	if text == "" || sure && unknown && known < all || !sure && !isSQL(text) {
		return false
	}
	s.found = append(s.found, statement{s.fset.Position(e.Pos()), text, known < all})
	return true
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

type knowledge int

const (
	nothing knowledge = iota
	part
	all
)

// text resolves literals, constants of the package and their sums. What it
// cannot resolve reads "true", which fits where most pieces go: a condition.
func (s *search) text(e ast.Expr) (string, knowledge) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if v, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return v, all
		}
		return "", nothing
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.Ident:
		if v, ok := s.consts[e.Name]; ok {
			return s.text(v)
		}
	case *ast.BinaryExpr:
		x, knowX := s.text(e.X)
		y, knowY := s.text(e.Y)
		if e.Op != token.ADD || knowX == nothing && knowY == nothing {
			return "", nothing
		}
		return orTrue(x, knowX) + orTrue(y, knowY), max(part, min(knowX, knowY))
	}
	return "", nothing
}

func orTrue(text string, k knowledge) string {
	if k == nothing {
		return "true"
	}
	return text
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
